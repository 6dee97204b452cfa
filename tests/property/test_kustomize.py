"""For any JSON 6902 patch of a set: what it makes of the set's ModelServing, once it has followed,
is the ModelServing of what it makes of the set.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.kustomize_trees import HEAD, Migrated
from tests.model import leaderworkerset
from tests.model.json_patch import ConflictError, patched, pointer
from tests.property.styles import Style

if TYPE_CHECKING:
    from random import Random

randoms = st.randoms(use_true_random=True)
TEMPLATE = ("spec", "leaderWorkerTemplate")
FIXED: tuple[tuple[tuple[str, ...], st.SearchStrategy[Any]], ...] = (
    (("spec", "replicas"), st.integers(1, 4)),
    ((*TEMPLATE, "size"), st.integers(1, 5)),
    ((*TEMPLATE, "restartPolicy"), st.sampled_from(("RecreateGroupOnPodRestart", "None"))),
    (
        ("spec", "rolloutStrategy"),
        st.fixed_dictionaries(
            {"type": st.just("RollingUpdate")},
            optional={
                "rollingUpdateConfiguration": st.fixed_dictionaries(
                    {"partition": st.integers(0, 2)},
                    optional={"maxUnavailable": st.integers(1, 2), "maxSurge": st.just(1)},
                )
            },
        ),
    ),
    (("metadata", "labels"), st.just({"a/b": "~c"})),
    (("metadata", "annotations"), st.just({"a": "b"})),
)
values = st.sampled_from(("x", "1", {"name": "x", "value": "- y\n"}, ["a", "b"], "", True, 3))


def steps(data: Any) -> list[tuple[str, ...]]:
    """The paths of all fields and entries of the data."""
    if isinstance(data, dict):
        pairs = [(str(key), value) for key, value in data.items()]
    else:
        pairs = [(str(i), it) for i, it in enumerate(data)] if isinstance(data, list) else []
    return [path for key, value in pairs for path in ((key,), *((key, *it) for it in steps(value)))]


@st.composite
def patches(draw: st.DrawFn, lws: Any) -> list[Any]:
    """Operations on a set."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            path, value = draw(st.sampled_from(FIXED))
            found.append({"op": "add", "path": pointer(path), "value": draw(value)})
            continue
        name = draw(st.sampled_from(("leaderTemplate", "workerTemplate")))
        template = lws["spec"]["leaderWorkerTemplate"].get(name)
        inner = [
            path for path in steps((template or {}).get("spec")) if "schedulerName" not in path
        ]
        if not inner:
            continue
        path = (*TEMPLATE, name, "spec", *draw(st.sampled_from(inner)))
        op = draw(st.sampled_from(("add", "replace", "remove", "copy")))
        one: dict[str, Any] = {"op": op, "path": pointer(path)}
        if op == "copy":
            one["from"] = pointer((*TEMPLATE, name, "spec", *draw(st.sampled_from(inner))))
        elif op != "remove":
            one["value"] = draw(values)
        found.append(one)
    return found


@given(st.data(), leaderworkerset.sets(), randoms, st.sampled_from("|'>\"f"))
def test_any_patch(data: st.DataObject, lws: Any, random: Random, style: str) -> None:
    # With no replicas, a percentage comes to 0, which becomes 1.
    lws["spec"]["replicas"] = lws["spec"].get("replicas") or 1
    # A patch of `size` may change which templates count for the one scheduler.
    lws = json.loads(json.dumps(lws).replace('"schedulerName"', '"nodeName"'))
    operations = data.draw(patches(lws))
    assume(operations)
    try:
        after = patched(lws, operations)
    except ConflictError:
        assume(False)
    try:
        wanted = leaderworkerset.tidied(leaderworkerset.serving(after))
    except (AttributeError, KeyError, TypeError):
        assume(False)  # the patch makes it no set
    text = "".join(Style(random).items(operations))
    if random.random() < 0.3:
        text = json.dumps(operations, indent=random.choice((None, 2)))
    files = {
        "set.yaml": yaml.safe_dump(lws),
        "kustomization.yaml": HEAD + kustomization(style, text),
    }
    if style == "f":
        files["patch.yaml"] = text
    migrated = Migrated(files)
    assume(not any(result.severity == "error" for result in migrated.results))
    made = yaml.safe_load(migrated.files["kustomization.yaml"])["patches"][0]
    assert made["target"] == {"kind": "ModelServing"}
    new = yaml.safe_load(made["patch"] if style != "f" else migrated.files["patch.yaml"])
    serving = json.loads(json.dumps(leaderworkerset.serving(lws)))  # templates of their own
    assert leaderworkerset.tidied(patched(serving, new)) == wanted


def kustomization(style: str, text: str) -> str:
    start = "resources: [set.yaml]\npatches:\n- target: {kind: LeaderWorkerSet}\n"
    if style == "f":
        return f"{start}  path: patch.yaml\n"
    written = yaml.dump({"patch": text}, default_style=style, width=10_000)
    body = written.partition(":")[2]
    return f"{start}  patch:{body.replace(chr(10), chr(10) + '  ').rstrip(' ')}"
