"""What the API server takes under strict validation, by kthena's documented fields."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.api import APIError
from tests.cluster.manifests import IDS, REFUSALS, SERVINGS, ready_for_kthena

if TYPE_CHECKING:
    from tests.cluster.api import API, Object

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(("name", "item"), SERVINGS, ids=IDS)
def test_every_expansion_is_taken(api: API, name: str, item: Object) -> None:
    serving = ready_for_kthena(item, "default")
    assert api.create(serving, dry_run=True, strict=True)["metadata"]["name"] in name


def taken_by_all() -> list[Any]:
    return [case for case in REFUSALS if case["1.0.0"] == case["main"] == "accepted"]


@pytest.mark.parametrize("case", taken_by_all(), ids=lambda case: case["name"])
def test_what_both_versions_take_is_taken(api: API, case: Any) -> None:
    item = copy.deepcopy(case["modelServing"])
    item["metadata"]["namespace"] = "default"
    api.create(item, dry_run=True, strict=True)


def test_a_field_that_is_not_there_is_refused(api: API) -> None:
    _, item = SERVINGS[0]
    serving = ready_for_kthena(item, "default")
    serving["spec"]["maxSurge"] = 1
    with pytest.raises(APIError, match="unknown field"):
        api.create(serving, dry_run=True, strict=True)
