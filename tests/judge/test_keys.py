"""Keys that YAML readers take for something else than strings keep their text wherever a function
copies them: kubectl reads `yes: a` as the key `true`, kyaml as `yes`, and both read `1_0: a` as 10.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.judge.pairs import verdict
from tests.judge.places import (
    CONVERT,
    EXPAND,
    INJECT,
    RENDER,
    lines,
    listed,
    lws,
    pod,
    serving,
    template_of,
    workers,
)
from tests.manifests import LIST_HEAD

if TYPE_CHECKING:
    from tests.judge.judge import Judge

KEYS = (
    "true", "yes", "On", "y", "null", "~", "12", "1_0", "0x1F", "012", "1.5", "1e3", "2001-01-01",
    ".inf", "=", "1:30", "'yes'", "? yes ", "!!str yes", "!!bool yes", "!!int 3", "&a on", "[a]",
)  # fmt: skip
_LIMITS = "resources: {limits: {KEY: 1}}"
_ITEMS = {
    INJECT: pod(labels=lines(4, "KEY: a"), container=lines(4, _LIMITS)),
    EXPAND: workers(_LIMITS, metadata=("labels: {KEY: a}",)),
    CONVERT: lws(metadata=lines(2, "labels: {KEY: a}"), container=lines(10, _LIMITS)),
    RENDER: serving(
        worker=template_of(
            "workerTemplate",
            metadata=lines(8, "metadata:", "  annotations: {KEY: a}"),
            container=lines(12, _LIMITS),
        )
    ),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("function", _ITEMS)
def test_a_key_is_copied_as_it_is(judge: Judge, function: str, key: str) -> None:
    item = _ITEMS[function]
    data = json.dumps(yaml.safe_load(item)).replace('"KEY"', "KEY")
    for text in (item, listed(item), f"{data}\n", f"{LIST_HEAD}- {data}\n"):
        came_to = verdict(judge, function, {}, text.replace("KEY", key))
        assert came_to.faults == []
        assert came_to.changed
