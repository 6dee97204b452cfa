"""The text of a ModelServing that ExpandLWSPlugin must keep: all that the contract does not
replace.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from tests.manifests import LWS
from tests.model import containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

WRITTEN = {
    "MODELSERVING_GROUP_NAME",
    "MODELSERVING_ROLE_ID",
    "MODELSERVING_NAMESPACE",
    "LWS_LEADER_ADDRESS",
    "LWS_GROUP_SIZE",
    "LWS_WORKER_INDEX",
}
_TOKEN = re.compile(r"#.*|[\w./$()-]+|\S")


def assert_kept(before: str, after: str, index: int) -> None:
    """All that must stay of the ModelServing at this index of a list without aliases stands in the
    text that came of it, in its order; so does all else in the list.
    """
    item = yaml.compose(before, yaml.CSafeLoader)
    item = _value(item, "items").value[index]
    result = yaml.load(after, yaml.CSafeLoader)["items"][index]
    kept = list(before)
    for start, end in _gone(before, item, result):
        kept[start:end] = " " * (end - start)
    rest = iter(_TOKEN.findall(after))
    for token in _TOKEN.findall("".join(kept)):
        assert token in rest, (token, before, after)


def _gone(text: str, item: Any, result: Any) -> Iterator[Span]:
    spec = _value(item, "spec")
    plugins = _value(spec, "plugins")
    if "plugins" in result["spec"]:
        gone = [_value(plugin, "name").value == "lws" for plugin in plugins.value]
        yield from _children(text, plugins, gone)
    else:
        yield from _children(text, spec, [key.value == "plugins" for key, _ in spec.value])
    roles = _value(_value(spec, "template"), "roles").value
    for role, data in zip(roles, result["spec"]["template"]["roles"], strict=True):
        for field in ("entryTemplate", "workerTemplate"):
            if field in data:
                yield from _template(text, _value(role, field), data[field])


def _template(text: str, template: Any, data: Any) -> Iterator[Span]:
    metadata = _value(template, "metadata")
    if metadata is not None and _is_empty(metadata):
        yield _span(metadata)
    elif metadata is not None:
        for field in ("labels", "annotations"):
            there = _value(metadata, field)
            if there is not None:
                yield from _strings(text, there, data["metadata"][field] or {})
    found = [_value(template, "spec")]
    listed = [
        container
        for field in ("containers", "initContainers")
        for container in getattr(_value(found[0], field), "value", ())
    ]
    for container, now in zip(listed, containers(data), strict=True):
        env = _value(container, "env")
        names = {entry["name"] for entry in now.get("env") or []}
        if env is None or not (set(WRITTEN) & names):
            continue
        if _is_empty(env):
            yield _span(env)
        else:
            gone = [
                _value(entry, "name").value in WRITTEN or _value(entry, "name").value not in names
                for entry in env.value
            ]
            yield from _children(text, env, gone)


def _strings(text: str, there: Any, now: dict[str, str]) -> Iterator[Span]:
    """The contract's keys that have gone, and its values that have changed."""
    if _is_empty(there):
        yield _span(there)
        return
    gone = [key.value not in now for key, _ in there.value]
    assert all(key.value.startswith(LWS) for key, _ in there.value if key.value not in now)
    if there.flow_style and all(gone):
        yield _span(there)
        return
    yield from _children(text, there, gone)
    for key, value in there.value:
        if now.get(key.value, value.value) != value.value:
            yield _span(value)


def _children(text: str, parent: Any, gone: list[bool]) -> Iterator[Span]:
    """The places of the children that have gone, with their commas or lines."""
    places = [_place(text, parent, child) for child in parent.value]
    for i, (start, end) in enumerate(places):
        if not gone[i]:
            continue
        if parent.flow_style:
            if all(gone[i:]) and i:
                start = places[i - 1][1]
            elif i + 1 < len(places):
                end = places[i + 1][0]
        else:
            end = text.index("\n", end - 1)
            if i and _ends_in_block_scalar(parent.value[i - 1]):
                # It would take comments for its own.
                while match := re.compile("\n *(?:#.*)?(?=\n)").match(text, end):
                    end = match.end()
        yield start, end


def _place(text: str, parent: Any, child: Any) -> Span:
    if isinstance(child, tuple):
        start, end = child[0].start_mark.index, _end(child[1])
        if not parent.flow_style and text[:start].endswith("? "):
            start -= 2
        return start, end
    start = child.start_mark.index
    if not parent.flow_style:
        start = max(match.start() for match in re.finditer(r"(?m)^ *(- )*?-(?= |$)", text[:start]))
    return start, _end(child)


def _end(node: Any) -> int:
    while isinstance(node, yaml.CollectionNode) and not node.flow_style:
        node = node.value[-1]
        node = node[1] if isinstance(node, tuple) else node
    return int(node.end_mark.index)


def _ends_in_block_scalar(child: Any) -> bool:
    node = child[1] if isinstance(child, tuple) else child
    while isinstance(node, yaml.CollectionNode) and not node.flow_style:
        node = node.value[-1]
        node = node[1] if isinstance(node, tuple) else node
    return getattr(node, "style", None) == "|"


def _is_empty(node: Any) -> bool:
    return not node.value or bool(node.tag.endswith(":null"))


def _span(node: Any) -> Span:
    return node.start_mark.index, node.end_mark.index


def _value(mapping: Any, name: str) -> Any:
    return next((value for key, value in mapping.value if key.value == name), None)
