"""What a kustomization selects: by group, version and kind, by name and by namespace.

Each is a regular expression for the whole text, as github.com/kubernetes-sigs/kustomize
`api/types/selector.go` has it; an absent one selects all. Those of the simple kinds that people
write are answered (`chat`, `chat-.*`, `a|b`); any other one may match.
"""

from __future__ import annotations

import re

from ..kthena.names import API_VERSION as SERVING_VERSION
from ..kthena.names import KIND as MODEL_SERVING
from ..lws.leaderworkerset import API_VERSION, GROUP, KIND
from ..yamltext.data import text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..yamltext.nodes import Node

_VERSION = API_VERSION.rpartition("/")[2]
SERVING_GROUP, _, _SERVING_VERSION = SERVING_VERSION.rpartition("/")
# The fields of a selector that name a kind: what they are of LeaderWorkerSet and of ModelServing.
KINDS = {
    "group": (GROUP, SERVING_GROUP),
    "version": (_VERSION, _SERVING_VERSION),
    "kind": (KIND, MODEL_SERVING),
}
_LONGEST = 1000
_SIMPLE = re.compile(r"(?:[\w/-]|\\[.-]|\.[*+]?|\|)*")
_TOKEN = re.compile(r"\.[*+]?|\\?.")


def matches(pattern: str | None, text: str) -> bool:
    """Whether a pattern matches the whole text, or may."""
    if not pattern or pattern == text or max(len(pattern), len(text)) > _LONGEST:
        return True
    pattern = pattern.removeprefix("^").removesuffix("$")
    if _SIMPLE.fullmatch(pattern) is None:
        return True
    return any(_matches(_TOKEN.findall(part), text) for part in pattern.split("|"))


def _matches(tokens: list[str], text: str) -> bool:
    # The places in the text that the tokens before may have come to.
    places = {0}
    for step in tokens:
        if step == ".*":
            places = set(range(min(places), len(text) + 1))
        elif step == ".+":
            places = set(range(min(places) + 1, len(text) + 1))
        else:
            literal = step[-1]
            is_any = step == "."
            places = {
                place + 1
                for place in places
                if place < len(text) and (is_any or text[place] == literal)
            }
        if not places:
            return False
    return len(text) in places


def selects_kind(selector: Node | None, api_version: str = API_VERSION, kind: str = KIND) -> bool:
    """Whether a selector's group, version and kind fit objects of a kind."""
    group, _, version = api_version.rpartition("/")
    return (
        matches(text_at(selector, "group"), group)
        and matches(text_at(selector, "version"), version)
        and matches(text_at(selector, "kind"), kind)
    )


def selects_name(selector: Node | None, names: Iterable[str], namespaces: Iterable[str]) -> bool:
    """Whether a selector's name and namespace fit one of these."""
    name, namespace = text_at(selector, "name"), text_at(selector, "namespace")
    return any(matches(name, it) for it in names) and any(
        matches(namespace, it) for it in namespaces
    )


def followed(selector: Node | None) -> dict[str, str]:
    """The fields of a selector of LeaderWorkerSets that change, so that it selects the
    ModelServings.
    """
    texts = {name: text_at(selector, name) for name in KINDS}
    new = {name: _replaced(texts[name], *names) for name, names in KINDS.items()}
    return {name: text for name, text in new.items() if text is not None and text != texts[name]}


def _replaced(pattern: str | None, old: str, new: str) -> str | None:
    if pattern is None:
        return None
    escaped = old.replace(".", r"\.")
    if escaped in pattern:
        return pattern.replace(escaped, new.replace(".", r"\."))
    parts = pattern.split("|")
    return "|".join(new if part == old else part for part in parts)
