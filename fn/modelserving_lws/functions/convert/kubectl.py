"""What calls of `kubectl` are about: LeaderWorkerSets, and the pods and StatefulSets that LWS makes
of them.
"""

from __future__ import annotations

from ...lws.leaderworkerset import GROUP
from .shell import commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_KUBECTL = "kubectl"
# Verbs whose arguments are a kind and names; behind `rollout` stands one more verb.
_VERBS = frozenset(
    ("annotate", "delete", "describe", "edit", "get", "label", "patch", "rollout", "scale", "wait")
)
# Verbs whose first argument is a pod.
_POD_VERBS = frozenset(("attach", "cp", "debug", "exec", "logs", "port-forward"))
# kubectl's options that take a value, where that is a word of its own.
_LONG = (
    "as cascade cluster container context field-selector filename for grace-period kubeconfig "
    "namespace output patch replicas request-timeout selector server since tail timeout token type "
    "user"
)
_VALUED = {*(f"--{name}" for name in _LONG.split(" ")), *(f"-{letter}" for letter in "cflnops")}
SETS, PODS, STATEFUL_SETS = "leaderworkersets", "pods", "statefulsets"
_KINDS = {
    **dict.fromkeys(("lws", "leaderworkerset", "leaderworkersets"), SETS),
    **dict.fromkeys(("po", "pod", "pods"), PODS),
    **dict.fromkeys(("sts", "statefulset", "statefulsets"), STATEFUL_SETS),
}
_GROUPS = {SETS: GROUP, STATEFUL_SETS: "apps"}


class Target:
    """What a call is about: a kind of SETS, PODS and STATEFUL_SETS, and a name, which is empty
    where the call gives none; `text` is how it is written.
    """

    __slots__ = ("kind", "name", "text")

    def __init__(self, kind: str, name: str, text: str) -> None:
        self.kind = kind
        self.name = name
        self.text = text


def targets_in(text: str) -> Iterator[Target]:
    """The targets of the calls in a script."""
    if _KUBECTL in text:
        for command in commands(text, _has_kubectl):
            if command.name == _KUBECTL:
                yield from targets_of(command.words[1:])


def targets_of(words: list[str]) -> Iterator[Target]:
    """The targets of one call, given as its words behind `kubectl`. Rule: a verb, and as the
    arguments behind it a kind and names, `kind/name`, or a pod: `-n x get lws/chat`,
    `exec chat-0 -- sh`, and not `get pods -n lws`.
    """
    verb, kind, waiting = "", "", iter(words)
    for word in waiting:
        if word == "--":
            return
        if word.startswith("-"):
            if word in _VALUED:
                next(waiting, None)
        elif verb in ("", "rollout"):
            if not verb and word not in _VERBS | _POD_VERBS:
                return
            verb = word
        elif kind:
            yield Target(kind, word, word)
        elif verb in _POD_VERBS:
            yield from _pod(word.partition(":")[0])
            if verb != "cp":
                return
        else:
            for resource in word.split(","):
                named, _, name = resource.partition("/")
                found = _kind(named)
                if found:
                    yield Target(found, name, named if found == SETS else resource)
                kind = found if not name else kind
            if not kind:
                return


def _pod(word: str) -> Iterator[Target]:
    first, _, name = word.rpartition("/")
    kind = _kind(first) if first else PODS
    # `cp` has the namespace there.
    yield Target(kind or PODS, name, word)


def _kind(resource: str) -> str:
    name, _, group = resource.partition(".")
    kind = _KINDS.get(name.lower(), "")
    own = _GROUPS.get(kind)
    return kind if not group or (own and group in (own, f"v1.{own}")) else ""


def _has_kubectl(line: str) -> bool:
    return _KUBECTL in line
