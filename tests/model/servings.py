"""Strategies for ModelServings with a plugin `lws`, as people write them. A cluster accepts all of
them, apart from that plugin: see `admission.problems`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.manifests import LWS

ROLE_NAMES = ("decode", "prefill", "r-0")
NAMES = ("A", "B", "C", "A", "B", "C", "LWS_WORKER_INDEX", "LWS_GROUP_SIZE", "LWS_LEADER_ADDRESS")
VALUES = (
    "a",
    "",
    "$(LWS_LEADER_ADDRESS):6379",
    "$(LWS_WORKER_INDEX)",
    "$(LWS_LEADER_ADDRESS)/$(LWS_WORKER_INDEX)",
    "$(LWS_GROUP_SIZE)",
    "$(A)",
    "$(B)-$(C)",
    "$$(LWS_WORKER_INDEX)",
    "$(WORKER_INDEX)/$(GROUP_SIZE)",
    "$(UNKNOWN) $(LWS_WORKER_INDEX",
    "$(MODELSERVING_NAMESPACE)/$$(MODELSERVING_ROLE_ID)",
)
FIELD_PATHS = (
    f"metadata.labels['{LWS}/worker-index']",
    f"metadata.labels['{LWS}/name']",
    f"metadata.labels['{LWS}/group-index']",
    f"metadata.labels['{LWS}/group-key']",
    f"metadata.annotations['{LWS}/size']",
    f"metadata.annotations['{LWS}/replicas']",
    "metadata.labels['app']",
    "metadata.name",
    "status.podIP",
)
SOURCES: list[dict[str, Any]] = [
    *({"value": value} for value in VALUES * 2),
    *({"valueFrom": {"fieldRef": {"fieldPath": path}}} for path in FIELD_PATHS),
    {"valueFrom": {"secretKeyRef": {"name": "token", "key": "token"}}},
    {},
]
HELPER = {
    "name": "MODELSERVING_NAMESPACE",
    "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}},
}
TEXTS = (
    "serve",
    "--leader=$(LWS_LEADER_ADDRESS)",
    "run --rank $(LWS_WORKER_INDEX) --size $(LWS_GROUP_SIZE) $(A)",
    "$$(LWS_WORKER_INDEX) $LWS_WORKER_INDEX $(B)",
    "$(C) $(WORKER_INDEX)",
)
LABELS = {"app": "vllm", f"{LWS}/name": "left-over", f"{LWS}/worker-index": "7"}
ANNOTATIONS = {"example.com/note": "x", f"{LWS}/size": "99", f"{LWS}/replicas": "9"}


def envs(*more_names: str) -> st.SearchStrategy[Any]:
    """Entries in any order, each name once, as the schema wants it."""
    entry = st.builds(
        lambda name, source: {"name": name, **source},
        st.sampled_from((*NAMES, *more_names)),
        st.sampled_from(SOURCES),
    )
    entry = entry | entry | entry | st.just(HELPER)
    return st.lists(entry, max_size=4, unique_by=lambda entry: entry["name"])


def _some(mapping: dict[str, str]) -> st.SearchStrategy[Any]:
    keys = st.lists(st.sampled_from(sorted(mapping)), unique=True)
    return keys.map(lambda keys: {key: mapping[key] for key in keys})


def _fields(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A mapping with any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def _containers(draw: st.DrawFn, *names: str) -> Any:
    """Containers with these names, or with the first ones of them."""
    texts = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)
    env = envs("WORKER_INDEX", "ENTRY_ADDRESS")
    fields = _fields(env=env | env | env | st.none(), command=texts, args=texts)
    return [
        {"name": name, "image": "example.com/engine:1", **draw(fields)}
        for name in names[: draw(st.integers(1, len(names)))]
    ]


templates = st.fixed_dictionaries(
    {
        "spec": st.fixed_dictionaries(
            {"containers": _containers("engine", "metrics")},
            optional={
                "initContainers": _containers("fetch"),
                "schedulerName": st.just("default-scheduler"),
            },
        )
    },
    optional={
        "metadata": st.none()
        | _fields(
            labels=_some(LABELS) | st.none(),
            annotations=_some(ANNOTATIONS) | st.none(),
        )
    },
)
scopes = st.none() | _fields(
    roles=st.lists(st.sampled_from((*ROLE_NAMES, "absent")), max_size=2, unique=True),
    target=st.sampled_from(("All", "Entry", "Worker")),
)


def _plugins(name: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"name": st.just(name), **fields},
        optional={"type": st.just("BuiltIn"), "scope": scopes},
    )


lws_entries = _plugins("lws")
tweaks = _plugins(
    "demo-pod-tweaks",
    config=st.none()
    | _fields(
        env=envs(),
        annotations=_some(ANNOTATIONS),
        runtimeClassName=st.just("nvidia"),
    ),
)


@st.composite
def roles(draw: st.DrawFn, name: str) -> Any:
    """A role; without workers, it may have no workerTemplate, or one that is of no use."""
    workers = draw(st.integers(0, 5))
    role: dict[str, Any] = {"name": name}
    if draw(st.booleans()):
        role["replicas"] = draw(st.integers(0, 2))
    role["entryTemplate"] = draw(templates)
    role["workerReplicas"] = workers
    if workers or draw(st.booleans()):
        role["workerTemplate"] = draw(templates)
    return role


@st.composite
def servings(draw: st.DrawFn) -> Any:
    """A ModelServing with one `lws` entry or two, at any place among its plugins."""
    plugins = draw(st.lists(lws_entries, min_size=1, max_size=2))
    plugins += draw(st.lists(tweaks, max_size=2))
    names = draw(st.lists(st.sampled_from(ROLE_NAMES), min_size=1, max_size=2, unique=True))
    for plugin in plugins:
        scope = plugin.get("scope") or {}
        if plugin["name"] == "lws" and scope.get("roles") and not {*scope["roles"]} & {*names}:
            scope["roles"].append(names[0])  # a scope without a role would be an error
    metadata = {"name": "chat"}
    if draw(st.booleans()):
        metadata["namespace"] = "serving"
    spec: dict[str, Any] = {"plugins": draw(st.permutations(plugins))}
    if draw(st.booleans()):
        spec["replicas"] = draw(st.integers(0, 3))
    spec["template"] = {"roles": [draw(roles(name)) for name in names]}
    return {
        "apiVersion": "workload.serving.volcano.sh/v1alpha1",
        "kind": "ModelServing",
        "metadata": metadata,
        "spec": spec,
    }
