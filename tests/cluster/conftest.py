"""The cluster, with the policy as the program prints it."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster import control_plane
from tests.cluster.namespace import Namespace, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cluster.api import API, Object
    from tests.running import Program

MODEL_SERVINGS = "/apis/workload.serving.volcano.sh/v1alpha1/modelservings"


@pytest.fixture(scope="session")
def api_server() -> Path:
    """The program kube-apiserver; a test that needs it is skipped where it can't run."""
    reason = control_plane.missing()
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return control_plane.built()


@pytest.fixture(scope="session")
def policy(program: Program) -> list[Object]:
    """The policy and its binding, as the program prints them."""
    return list(yaml.safe_load_all(program("", "--print-policy").stdout))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cluster's files."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="session")
def api(api_server: Path, policy: list[Object], folder: Path) -> Iterator[API]:
    """A cluster with the policy and the kind ModelServing."""
    kind = Path(__file__).with_name("modelserving-crd.yaml").read_text()
    with control_plane.running(api_server, folder) as api:
        api.create(yaml.safe_load(kind))
        wait_until(lambda: api.exists(MODEL_SERVINGS), "the kind ModelServing is served")
        for item in policy:
            api.create(item)
        yield api


@pytest.fixture(scope="session")
def new_namespace(api: API) -> Callable[[], Namespace]:
    """Makes namespaces."""
    numbers = itertools.count()
    return lambda: Namespace(api, f"n{next(numbers)}")


@pytest.fixture
def namespace(new_namespace: Callable[[], Namespace]) -> Namespace:
    """A namespace of the test's own."""
    return new_namespace()


@pytest.fixture
def plain(new_namespace: Callable[[], Namespace]) -> Namespace:
    """A namespace without ModelServings: what is stored here is what was sent, and defaults."""
    return new_namespace()
