"""Host names of LWS's pods in texts: written out, or put together from variables.

All takes time linear in the text: no regular expression here backtracks.
"""

from __future__ import annotations

import re

from ...lws.pods import is_number, sets_of
from .facts import DOMAIN, INDEX, OTHER, SELF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

_KINDS = SELF + DOMAIN + INDEX + OTHER
_STARS = str.maketrans(dict.fromkeys(_KINDS, "*"))
_COMMENT = re.compile(r"^[ \t]*+#.*+", re.MULTILINE)
# `$NAME`, `${NAME}`, `${NAME:-x}` and the kubelet's `$(NAME)`, with the quotes around it.
_REFERENCE = re.compile(
    r"""["']?\$(?:\(([A-Za-z_]\w*+)\)|\{([A-Za-z_]\w*+)([^{}\s]*+)\}|([A-Za-z_]\w*+))["']?"""
)
_ASSIGNMENT = re.compile(
    r"""(?<![\w$.-])([A-Za-z_]\w*+)=["']?([a-z][-a-z0-9]*+)["']?(?![^\s;&|)])"""
)
_WORD = f"[-a-z0-9{_KINDS}]*+"
# A label of a host name in which no word goes on, a second label, and a third if there is one.
_HOST = re.compile(
    rf"(?<![-.\w{_KINDS}])([a-z{SELF}]{_WORD})\.([a-z0-9{_KINDS}]{_WORD})"
    rf"(?:\.([a-z0-9{_KINDS}]{_WORD}))?+(?!\w)"
)
# A word up to the index of a group, which has a variable.
_GROUP = re.compile(rf"(?<![-.\w{_KINDS}])([a-z{SELF}][-a-z0-9{SELF}]*+)(?={INDEX})")


class Host:
    """What may be a host name of LWS's pods, or the start of one: `pod` and `domain` are its first
    two labels, `namespace` the third where that is known; `sets` the names and groups that the pod
    may have. In all of them, one character stands for a variable.
    """

    __slots__ = ("domain", "namespace", "pod", "sets")

    def __init__(self, pod: str, domain: str, namespace: str) -> None:
        self.pod = pod
        self.domain = domain
        self.namespace = "" if namespace[:1] in _KINDS else namespace
        self.sets = [
            (name, group)
            for name, group, worker in sets_of(pod)
            if _is_index(group) and _is_index(worker)
        ]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of variables that it is put together from."""
        return frozenset(kind for kind in _KINDS if kind in self.pod or kind in self.domain)

    def name(self, set_name: str) -> str:
        """The name as a person reads it: `*` stands for what only a pod knows."""
        shown = f"{self.pod}.{self.domain}" if self.domain else self.pod
        return shown.replace(SELF, set_name).translate(_STARS)


def without_comments(text: str) -> str:
    """The text without the lines that begin with `#`, in shell, Python, YAML and hostfiles."""
    return _COMMENT.sub("", text) if "#" in text else text


def hosts(text: str, kind_of: Callable[[str], str], known: Container[str]) -> Iterator[Host]:
    """What may be host names of LWS's pods; the caller looks up whether a set is meant.

    `kind_of` says of a variable what it holds. A shell's own assignment (`NAME=chat`) of a `known`
    name or domain counts, too. Rule: the first label ends in `-GROUP` or `-GROUP-WORKER`, and a
    second one follows. Without a second one, the variable of the group's index must stand there:
    `$(LWS_NAME)-$(GROUP_INDEX)`.
    """
    if "$" in text:
        own = {match[1]: match[2] for match in _ASSIGNMENT.finditer(text) if match[2] in known}

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2] or match[4]
            if match[3] and match[3][:2] not in (":-", ":="):
                return OTHER
            return own.get(name) or kind_of(name)

        text = _REFERENCE.sub(value, text)
    for match in _HOST.finditer(text):
        pod, domain, namespace = match.groups(default="")
        host = Host(pod, domain, namespace)
        if host.sets:
            yield host
    if INDEX in text:
        for match in _GROUP.finditer(text):
            name, dash, rest = match[1].rpartition("-")
            if dash and name and not rest:
                yield Host(f"{name}-{INDEX}", "", "")


def _is_index(text: str) -> bool:
    return not text or text in (INDEX, OTHER) or is_number(text)
