"""What looks like a slip: items that the functions pass over, though they were probably meant.

The kinds of all items and a look at the text come first; only items that these point to are read.
"""

from __future__ import annotations

import re

from ..config.function_config import (
    CONVERT_LEADER_WORKER_SET,
    EXPAND_LWS_PLUGIN,
    INJECT_LWS,
    KINDS,
    RENDER_MODEL_SERVING,
)
from ..kthena.names import API_VERSION, GROUPS
from ..kthena.names import KIND as MODEL_SERVING
from ..results.result import Result, count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..wire.items import Item
    from ..wire.resource_list import ResourceList

# Of the module `lws.leaderworkerset`, which most runs do without; a test holds them against it.
LEADER_WORKER_SET, DISAGGREGATED_SET = "LeaderWorkerSet", "DisaggregatedSet"
# The kinds of items that each function works on.
READS = {
    CONVERT_LEADER_WORKER_SET: (LEADER_WORKER_SET,),
    EXPAND_LWS_PLUGIN: (MODEL_SERVING,),
    INJECT_LWS: ("Pod", "PodTemplate"),
    RENDER_MODEL_SERVING: (MODEL_SERVING,),
}
# How the `apiVersion` of each kind may stand in the text.
VERSIONS = {
    LEADER_WORKER_SET: ("leaderworkerset.x-k8s.io/v1",),
    MODEL_SERVING: tuple(f"{group}/{API_VERSION.partition('/')[2]}" for group in GROUPS),
}
# Kinds by their small letters; `Pods` would be a kind of another API.
SPELLED = {kind.lower(): kind for kind in VERSIONS}
_CONFIG_GROUP = "fn.serving.volcano.sh"
# An item with one of these is for another host: kpt, or kustomize.
_FOR_HOSTS = ("config.kubernetes.io/local-config", "config.kubernetes.io/function")
_VERSION = r"apiVersion[\"']?: *[\"']?([^\s\"',}]+)"
_PLUGIN = r"name[\"']?: *[\"']?((?!lws\b)(?i:lws))\b"


def slips(items: ResourceList, functions: tuple[str, ...]) -> list[Result]:
    """A warning for each item that the functions pass over and that was probably meant; one for all
    of a kind that another function reads, and one for all functionConfigs.
    """
    kinds = items.kinds
    read = {kind for function in functions for kind in READS[function]}
    results = [_slip("odd-kind", item, "kind") for item in _of(items, filter(_is_odd, kinds))]
    known = kinds & VERSIONS.keys()
    texts = items.texts(known) if known else []
    # Patterns take time to compile, and most texts have nothing that they could find.
    right = [f"apiVersion: {version}\n" for kind in known for version in VERSIONS[kind]]
    if any(text.count("apiVersion") > sum(map(text.count, right)) for text in texts):
        versions = {match for text in texts for match in re.findall(_VERSION, text)}
        for kind in sorted(known):
            odd = [version for version in versions if _is_odd_version(version, kind, read)]
            found = [item for item in _of(items, (kind,), odd) if item.api_version in odd]
            results += [_slip("odd-version", item, "apiVersion") for item in found]
    if MODEL_SERVING in kinds and any(it.lower().count("lws") > it.count("lws") for it in texts):
        names = {match for text in texts for match in re.findall(_PLUGIN, text)}
        for item in _of(items, (MODEL_SERVING,), names):
            results += _odd_plugins(item)
    if LEADER_WORKER_SET in kinds - read:
        results += _all_of(_of(items, (LEADER_WORKER_SET,)), "set-not-read", function=functions[0])
    if DISAGGREGATED_SET in kinds and LEADER_WORKER_SET in read:
        results += _all_of(_of(items, (DISAGGREGATED_SET,)), "disaggregated-set")
    if not kinds.isdisjoint(KINDS):
        results += _all_of(filter(_is_config, _of(items, KINDS)), "config-among-items")
    return results


def nothing_found(
    found: set[str], functions: tuple[str, ...], number: int, noun: str = "item"
) -> list[Result]:
    """That no item is of a kind that the functions work on, if so. `found` are the kinds of those
    that were asked for, `number` is how many items or files there are.
    """
    kinds = dict.fromkeys(kind for function in functions for kind in READS[function])
    if not found.isdisjoint(kinds):
        return []
    among = f"the {count(number, noun)}"
    return [Result("nothing-found", kinds=" or ".join(kinds), among=among)]


def _of(items: ResourceList, kinds: Iterable[str], words: Iterable[str] = ("",)) -> list[Item]:
    """The items of these kinds that have one of the words. What is no YAML is not among them."""
    wanted, found = {*kinds}, tuple(words)
    if not (wanted and found):
        return []

    def may_be(text: str) -> bool:
        return any(kind in text for kind in wanted) and any(word in text for word in found)

    return [item for item in items.holding(may_be) if item.kind in wanted]


def _all_of(items: Iterable[Item], message: str, **values: str) -> list[Result]:
    """One warning for all of them, on the first one."""
    found = [*items]
    if not found:
        return []
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    result = Result(message, **{"more": more, **values})  # type: ignore[arg-type]
    return [result.on(found[0].reference)]


def _slip(message: str, item: Item, field: str) -> Result:
    kind = _meant(item.kind) or ""
    proposed = kind if field == "kind" else VERSIONS[kind][0]
    current = item.kind if field == "kind" else item.api_version
    result = Result(message, field, current=current, proposed=proposed, meant=f'"{proposed}"')
    return result.on(item.reference)


def _meant(kind: str) -> str | None:
    """The known kind that one is, but for case and plural."""
    lower = kind.lower()
    return SPELLED.get(lower) or SPELLED.get(lower.removesuffix("s"))


def _is_odd(kind: str) -> bool:
    return _meant(kind) not in (None, kind)


def _is_odd_version(version: str, kind: str, read: set[str]) -> bool:
    """Whether a version of the API is none of a kind's, but differs from one by case or plural, or
    by the version of a kind that is not checked otherwise.
    """
    known = VERSIONS[kind]
    if version in known:
        return False
    group = version.rpartition("/")[0]
    groups = [it.rpartition("/")[0] for it in known]
    if group in groups:  # LWS's versions are checked where they are read
        return kind in read and group == GROUPS[0]
    return _plain(group) in map(_plain, groups)


def _plain(group: str) -> str:
    return re.sub(r"s(?=\.|$)", "", group.lower())


def _odd_plugins(item: Item) -> list[Result]:
    from ..yamltext.data import entries_of, get, text_at

    found = []
    for i, entry in enumerate(entries_of(get(get(item.node, "spec"), "plugins"))):
        name = text_at(entry, "name") or ""
        if name != "lws" and name.lower() == "lws":
            path = f"spec.plugins[{i}].name"
            result = Result("odd-plugin", path, current=name, proposed="lws")
            found.append(result.on(item.reference))
    return found


def _is_config(item: Item) -> bool:
    from ..yamltext.data import get

    annotations = get(get(item.node, "metadata"), "annotations")
    is_for_host = any(get(annotations, name) is not None for name in _FOR_HOSTS)
    return item.group == _CONFIG_GROUP and not is_for_host
