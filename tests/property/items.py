"""Strategies for the items of a list: pods of ModelServings as kthena makes them and as people
change them, and other objects.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.manifests import LWS, MSV

ROLES = ("prefill", "decode")

text = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\ufffe\uffff"), max_size=12)
lines = st.lists(st.sampled_from(("- a: b", "kind: Pod", "  # x", "", "é", "x")), max_size=3).map(
    "\n".join
)
scalars = st.one_of(
    text, lines, st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(("0", "no", "1e3"))
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    ),
    max_leaves=8,
)

field_refs = st.sampled_from(
    (
        {"fieldRef": {"fieldPath": "metadata.name"}},
        {"fieldRef": {"fieldPath": f"metadata.labels['{LWS}/worker-index']"}},
    )
)
OTHER_ENV: list[dict[str, Any]] = [
    {"name": "A", "value": "$(LWS_LEADER_ADDRESS):1"},
    {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}},
    {"name": "C", "value": "two\nlines\n"},
    {"name": "D"},
    {"name": "LWS_GROUP_SIZE", "value": "9"},
    {"name": "LWS_WORKER_INDEX", "value": "0"},
    {"name": "LWS_WORKER_INDEX", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    {"name": "LWS_LEADER_ADDRESS", "value": "x"},
]


@st.composite
def envs(draw: st.DrawFn, values: dict[str, str]) -> Any:
    """A container's env: absent, null, empty, or entries in any order."""
    sources: list[Any] = []
    for name, value in values.items():
        how = draw(st.sampled_from(("value", "value", "value", "absent", "from", "reference")))
        if how == "value":
            sources.append({"name": name, "value": value})
        elif how == "from":
            sources.append({"name": name, "valueFrom": draw(field_refs)})
        elif how == "reference":
            sources.append({"name": name, "value": "$(A)"})
    others = draw(st.lists(st.sampled_from(OTHER_ENV), max_size=4))
    entries = draw(st.permutations(sources + others))
    return entries or draw(st.sampled_from(([], None)))


@st.composite
def pods(draw: st.DrawFn) -> Any:
    """A pod of the ModelServing `chat` or of another one."""
    serving = draw(st.sampled_from(("chat", "chat", "talk")))
    role = draw(st.sampled_from(ROLES))
    ordinal, replica, index = (draw(st.integers(0, 2)) for _ in range(3))
    group, role_id = f"{serving}-{ordinal}", f"{role}-{replica}"
    values = {
        "GROUP_SIZE": "3",
        "ENTRY_ADDRESS": f"{group}-{role_id}-0.serving",
        "WORKER_INDEX": str(index),
    }
    labels = {
        f"{MSV}/name": serving,
        f"{MSV}/group-name": group,
        f"{MSV}/role": role,
        f"{MSV}/role-id": role_id,
    }
    if index == 0:
        labels[f"{MSV}/entry"] = "true"
    for key in draw(st.lists(st.sampled_from(("name", "worker-index", "x")), unique=True)):
        labels[f"{LWS}/{key}"] = draw(st.sampled_from(("left-over", "0", "chat")))
    metadata: dict[str, Any] = {
        "name": f"{group}-{role_id}-{index}",
        "namespace": "serving",
        "labels": labels,
    }
    annotations = draw(
        st.sampled_from(("absent", None, {}, {"a": "b"}, {f"{LWS}/size": "99", "x": "y\nz"}))
    )
    if annotations != "absent":
        metadata["annotations"] = annotations
    shared = draw(envs(values))
    containers = []
    for i in range(draw(st.integers(1, 3))):
        container = {"name": f"c{i}", "image": "example.com/engine:1"}
        env = draw(st.one_of(st.just("absent"), st.just(shared), envs(values)))
        if env != "absent":
            container["env"] = env
        containers.append(dict(draw(st.permutations(list(container.items())))))
    spec = {"containers": containers}
    if draw(st.booleans()):
        spec["initContainers"] = containers[:1]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    return dict(draw(st.permutations(list(pod.items()))))


@st.composite
def model_servings(draw: st.DrawFn, name: str = "chat") -> Any:
    """A ModelServing with or without the plugin."""
    scope: dict[str, Any] = draw(
        st.sampled_from(({}, {}, {"scope": {"roles": ["decode"]}}, {"scope": {"target": "Worker"}}))
    )
    plugin = draw(st.sampled_from(("lws", "lws", "lws", "other")))
    spec: dict[str, Any] = {
        "plugins": [{"name": plugin, **scope}],
        "template": {"roles": [{"name": role, "workerReplicas": 2} for role in ROLES]},
    }
    if draw(st.booleans()):
        spec["replicas"] = 3
    return {
        "apiVersion": "workload.serving.volcano.sh/v1alpha1",
        "kind": "ModelServing",
        "metadata": {"name": name, "namespace": "serving"},
        "spec": spec,
    }


@st.composite
def lists(draw: st.DrawFn) -> list[Any]:
    """The items of a list."""
    items = draw(st.lists(st.one_of(pods(), pods(), anything), max_size=5))
    items.append(draw(model_servings()))
    if draw(st.booleans()):
        items.append(draw(model_servings("talk")))
    return draw(st.permutations(items))
