"""What reads or selects labels of LWS's pods that the pods of a ModelServing do not carry."""

from __future__ import annotations

import re

from ...lws.contract import PREFIX
from ...lws.pods import (
    LWS_ONLY,
    NAME,
    PER_GROUP,
    POD_INDEX,
    POD_NAME,
    WORKER_INDEX,
)
from ...yamltext.data import entries_of, get, text_at
from ...yamltext.nodes import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .facts import Sets
    from .strings import String

_LEADER = "0"
# Where the keys of a mapping are a selector, by the keys above it, the nearest first.
_SELECTORS = (
    ("matchLabels",),
    ("selector",),
    ("labels", "workloadSelector"),
    ("labels", "subsets"),
)
_KEY_LISTS = (("matchLabelKeys",), ("mismatchLabelKeys",), ("podTargetLabels",))
_KEYS = sorted({*PER_GROUP, *LWS_ONLY, WORKER_INDEX})
_NAMES = "|".join(key.removeprefix(PREFIX) for key in _KEYS)
# A label in a selector as text (`KEY=x`, `KEY in (x)`), in a path (`['KEY']`, `["KEY"]`), with its
# dots escaped, as in kubectl's JSONPath, and as Prometheus writes it
# (`label_leaderworkerset_sigs_k8s_io_group_key`). The last group is the value, where there is one.
_QUERIES = tuple(
    map(
        re.compile,
        (
            rf"(?<![\w./-]){re.escape(PREFIX)}({_NAMES})"
            r"(?: ?[!=]=?| (?:not)?in ?\() ?[\"']?([-\w]{0,3})",
            rf"\[\\?[\"']{re.escape(PREFIX)}({_NAMES})\\?[\"']\]()",
            rf"leaderworkerset\\+\.sigs\\+\.k8s\\+\.io/({_NAMES})(?![\w.-])()",
            rf"leaderworkerset_sigs_k8s_io_({_NAMES.replace('-', '_')})(?!\w)"
            r"(?: ?(?:=~|!=|!~|=) ?\\?[\"']([^\"'\\]{0,3}))?",
        ),
    )
)


class Carried:
    """Which labels of LWS's pods the pods will carry, by ExpandLWSPlugin's `via: Templates` or
    `via: AdmissionPolicy`.
    """

    def __init__(self, sets: Sets, with_policy: bool) -> None:
        self._sets = sets
        self._missing = LWS_ONLY if with_policy else LWS_ONLY | PER_GROUP
        # Templates carry the index of the leader, and of a worker that is the only one.
        self._has_index = with_policy or not sets.has_several_workers

    def is_missing(self, key: str, value: str = "") -> bool:
        """Whether a label is missing, of all pods or of those that the value is to select."""
        return key in self._missing or (
            key == WORKER_INDEX and not self._has_index and value != _LEADER
        )

    def selected(self, string: String) -> str:
        """The missing label that a string selects pods by; empty where it is no such selector.

        Rule: a key of a selector's mapping, the `key` of an entry of `matchExpressions`, or an
        entry of a list of label keys. A selector that names, by LWS's label, a set that is not
        there means other pods. `worker-index: "0"` is carried.
        """
        place, text = string.place, string.value
        if string.is_key:
            if PREFIX not in text and text not in (POD_NAME, POD_INDEX):
                return ""
            if not any(place.above(*keys) for keys in _SELECTORS):
                return ""
            mapping = place.mapping
            name, value = text_at(mapping, NAME), text_at(mapping, text) or ""
            if name is not None and name not in self._sets.names:
                return ""
            if text == POD_NAME:
                return text if self._sets.of_pod(value) else ""
            if text == POD_INDEX:
                return text if name is not None else ""
            return text if self.is_missing(text, value) else ""
        if PREFIX not in text:
            return ""
        if place.key == "key" and place.above("matchExpressions"):
            values = entries_of(get(place.mapping, "values"))
            found = {it.value for it in values if isinstance(it, Scalar)}
            is_leader = found == {_LEADER}
            return text if self.is_missing(text, _LEADER if is_leader else "") else ""
        if isinstance(place.key, int) and any(place.above(*keys) for keys in _KEY_LISTS):
            return text if self.is_missing(text) else ""
        return ""

    def queried(self, text: str) -> str:
        """The missing label that a text asks for; empty where there is none.

        Rule: a selector as text, a path to the label, or its name in Prometheus.
        """
        if "leaderworkerset" not in text:
            return ""
        for query in _QUERIES:
            for match in query.finditer(text):
                key = PREFIX + match[1].replace("_", "-")
                if self.is_missing(key, match[2] or ""):
                    return key
        return ""
