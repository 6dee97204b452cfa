"""The admission policy and InjectLWS give pods the same, whatever their env."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from tests.cluster.expand import expanded
from tests.cluster.namespace import container, pod, serving
from tests.manifests import INJECT_LWS, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.api import Object
    from tests.cluster.namespace import Namespace

pytestmark = pytest.mark.cluster

CONFIG = (INJECT_LWS + "spec:\n  onMissing: Skip\n").encode()
SOURCES = ("ENTRY_ADDRESS", "GROUP_SIZE", "WORKER_INDEX")
NAMES = ("A", "LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX", *SOURCES)
VALUES = ("", "0", "1", "2", "$(A)", "$$(A)", "$A", "a b")

values = st.fixed_dictionaries({"value": st.sampled_from(VALUES)})
references = st.just({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})
entries = st.builds(
    lambda name, rest: {"name": name, **rest}, st.sampled_from(NAMES), values | references
)


@st.composite
def containers(draw: st.DrawFn, name: str) -> Object:
    """A container: mostly the controller's variables stand last, as the controller puts them."""
    found = container(name)
    own = found.pop("env")
    others = draw(st.lists(entries, max_size=5))
    env = draw(st.sampled_from([others + own, others + own, own + others, own, others]))
    if env:
        found["env"] = env
    return found


@st.composite
def pods(draw: st.DrawFn) -> Object:
    found = pod(draw(st.sampled_from(["chat-0", "chat-7"])), draw(st.sampled_from([0, 1])))
    spec = found["spec"]
    spec["containers"] = [draw(containers(f"c{i}")) for i in range(draw(st.integers(1, 3)))]
    spec["initContainers"] = [draw(containers(f"i{i}")) for i in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        found["metadata"]["annotations"] = {"a": "b"}
    return found


@pytest.fixture(scope="module")
def both(new_namespace: Callable[[], Namespace]) -> tuple[Namespace, Namespace]:
    """A namespace with the ModelServing, and one without it."""
    namespace = new_namespace()
    namespace.add(expanded(serving()))
    return namespace, new_namespace()


def injected(before: Object) -> Object:
    """The pod as InjectLWS gives it; as it was where the value of a source is not known, or the
    item has a warning or an error.
    """
    spec = before["spec"]
    for each in spec["containers"] + spec["initContainers"]:
        counting = {entry["name"]: entry.get("value", "$(") for entry in each.get("env", ())}
        if any("$(" in counting.get(name, "") for name in SOURCES):
            return before
    text = stream(yaml.safe_dump(serving()), yaml.safe_dump(before))
    after: Object
    _, after = yaml.safe_load_all(run(text.encode(), config=CONFIG).output)
    return after


@given(before=pods())
def test_the_policy_does_what_inject_lws_does(
    both: tuple[Namespace, Namespace], before: Object
) -> None:
    namespace, plain = both
    after = plain.store(injected(before), dry_run=True)
    assert namespace.store(before, dry_run=True) == after
