"""The guard of LWS's webhook on an API server: a configuration as LWS installs it, with a webhook
that nobody answers, so that a pod that the webhook is asked about is refused.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster import control_plane
from tests.cluster.api import APIError
from tests.cluster.namespace import Namespace, pod, wait_until
from tests.manifests import LWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.api import API, Object
    from tests.running import Program

pytestmark = pytest.mark.cluster

# The names, order and selector of github.com/kubernetes-sigs/lws config/webhook.
CONFIGURATION = """\
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: lws-mutating-webhook-configuration
webhooks:
- name: mleaderworkerset.kb.io
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  clientConfig: {url: "https://127.0.0.1:1/sets"}
  rules:
  - apiGroups: [leaderworkerset.x-k8s.io]
    apiVersions: [v1]
    resources: [leaderworkersets]
    operations: [CREATE, UPDATE]
- name: mpod.kb.io
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  clientConfig: {url: "https://127.0.0.1:1/pods"}
  objectSelector:
    matchExpressions:
    - {key: leaderworkerset.sigs.k8s.io/name, operator: Exists}
  rules:
  - {apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}
"""


def converted() -> Object:
    """A pod of a converted set."""
    found = pod()
    found["metadata"]["labels"][f"{LWS}/name"] = "chat"
    found["metadata"]["annotations"] = {f"{LWS}/size": "2"}
    return found


def of_a_set() -> Object:
    """A pod as LWS makes it."""
    found = converted()
    found["metadata"]["labels"] = {f"{LWS}/name": "chat", f"{LWS}/worker-index": "0"}
    return found


def of_a_copy() -> Object:
    """A pod of the ModelServing that kthena makes of a LeaderWorkerSet by itself."""
    found = converted()
    del found["metadata"]["annotations"]
    return found


@pytest.fixture(scope="module")
def patch(program: Program) -> list[Object]:
    found: list[Object] = json.loads(program("", "--print-webhook-guard").stdout)
    return found


@pytest.fixture(scope="module")
def cluster(api_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[API]:
    with control_plane.running(api_server, tmp_path_factory.mktemp("guard")) as api:
        yield api


@pytest.fixture
def configuration(cluster: API) -> Iterator[Object]:
    """LWS's webhooks, in effect."""
    stored = cluster.create(yaml.safe_load(CONFIGURATION))
    yield stored
    cluster.delete(stored)


@pytest.fixture(scope="module")
def place(cluster: API) -> Namespace:
    return Namespace(cluster, "guard")


def is_asked(place: Namespace, pod: Object) -> bool:
    """Whether the API server asks the webhook about a pod."""
    try:
        place.store(pod, dry_run=True)
    except APIError as error:
        if "mpod.kb.io" not in str(error) or "connection refused" not in str(error):
            raise
        return True
    return False


def test_the_webhook_passes_over_converted_pods_alone(
    cluster: API, configuration: Object, place: Namespace, patch: list[Object]
) -> None:
    wait_until(lambda: is_asked(place, converted()), "the webhook is asked")
    cluster.patch(configuration, patch)
    wait_until(lambda: not is_asked(place, converted()), "the guard is in effect")
    assert is_asked(place, of_a_set())
    assert is_asked(place, of_a_copy())
    plain = pod()
    del plain["metadata"]["labels"]
    assert not is_asked(place, plain)


def test_a_second_time_changes_nothing(
    cluster: API, configuration: Object, patch: list[Object]
) -> None:
    once = cluster.patch(configuration, patch)
    assert cluster.patch(configuration, patch) == once


def test_another_order_of_the_webhooks_is_refused(
    cluster: API, configuration: Object, patch: list[Object]
) -> None:
    other = copy.deepcopy(configuration)
    other["webhooks"].reverse()
    before = cluster.replace(other)
    with pytest.raises(APIError, match="422: "):
        cluster.patch(configuration, patch)
    assert cluster.get(configuration) == before


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_the_expression_needs_neither_labels_nor_annotations(
    cluster: API, configuration: Object, place: Namespace, patch: list[Object], field: str
) -> None:
    """Where the selector is empty, the condition is asked about every pod."""
    guard = [*patch, {"op": "remove", "path": "/webhooks/1/objectSelector"}]
    cluster.patch(configuration, guard)
    plain = converted()
    del plain["metadata"][field]
    wait_until(lambda: is_asked(place, plain), "the webhook is asked about all")
    assert not is_asked(place, converted())
