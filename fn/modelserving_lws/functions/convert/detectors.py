"""What breaks when LeaderWorkerSets become ModelServings, though no field of them says so: host
names of LWS's pods in scripts and hostfiles, labels that no pod will carry, rules and commands
about LeaderWorkerSets. docs/detectors.md has the rules.

Each rule is precise before it is complete. It names the path and what it matched, never the rest of
a text; Secrets are not searched. The time is linear in the text, however many sets there are.
"""

from __future__ import annotations

import re

from ...kthena.names import GROUPS
from ...kustomize.kinds import KINDS as KUSTOMIZATIONS
from ...lws.contract import LEADER_ADDRESS_ENV, PREFIX
from ...lws.fields import FIELDS
from ...lws.leaderworkerset import GROUP
from ...lws.pods import GROUP_INDEX, GROUP_KEY, IDENTITY, OTHERS
from ...results.messages import ERROR, WARNING
from ...results.result import Result, cut, quoted
from ...yamltext.data import entries_of, get, text_at
from ...yamltext.nodes import Mapping, Scalar, Sequence
from .facts import DOMAIN, INDEX, OTHER, SELF, field_key, templates_of
from .host_names import hosts, without_comments
from .kubectl import PODS, SETS, targets_in, targets_of
from .labels import Carried
from .shell import Variable
from .strings import strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Any

    from ...results.result import Reference
    from ...yamltext.nodes import Node
    from .facts import SetFacts, Sets
    from .host_names import Host
    from .kubectl import Target
    from .strings import String

# What holds secrets, and what holds descriptions of fields for people.
_NOT_SEARCHED = frozenset(("Secret", "CustomResourceDefinition"))
_ANNOTATIONS = ("metadata", "annotations")
# What the API server or kubectl keeps of an object.
_SKIP = frozenset(
    (
        ("status",),
        ("metadata", "managedFields"),
        (*_ANNOTATIONS, "kubectl.kubernetes.io/last-applied-configuration"),
    )
)
_RBAC, _ROLES = "rbac.authorization.k8s.io", frozenset(("Role", "ClusterRole"))
_RESOURCE, _SERVINGS = "leaderworkersets", "modelservings"
# Annotations of a set or a template that place its pods. Those that the table of fields has
# (`lws/fields.py`) are not among them.
_PLACEMENT = ("topology", "gang")
_IN_TABLE = {
    path.rpartition("['")[2].removesuffix("']") for path in FIELDS if "annotations['" in path
}
_KUEUE = "kueue.x-k8s.io/podset-"
# What the text of an item has that a rule may match.
_WORDS = r"leaderworkerset|kubectl|statefulset.kubernetes.io/pod-name|\bhostname *\|"
_LONGEST = 253
# Patterns have the names of so many variables, and those of so many sets that use one text.
_MOST_VARIABLES, _MOST_SCRIPTS = 100, 10
# The host name of a Service, up to `.svc`.
_SERVICE = re.compile(r"(?<![-.\w])([a-z][-a-z0-9]*+)\.([a-z0-9][-a-z0-9]*+)\.svc(?![-\w])")
# A character by its number, and a line break that is none; other escapes.
_ESCAPED, _ESCAPE = re.compile(r"\\[xuU\n]"), re.compile(r"\\.", re.DOTALL)


class Finding:
    """A result, and the sets that stay as they are where it is an error."""

    __slots__ = ("result", "sets")

    def __init__(self, result: Result, sets: list[SetFacts]) -> None:
        self.result = result
        self.sets = sets


class Detectors:
    """The rules for the sets of one list."""

    def __init__(
        self,
        sets: Sets,
        *,
        with_policy: bool = False,
        allow_lossy: bool = False,
        services: Callable[[], Container[tuple[str, str]]] = tuple,
    ) -> None:
        """`with_policy`: the ModelServings are to be expanded `via: AdmissionPolicy`, not by
        templates. `services` gives the names and namespaces of the list's Services.
        """
        self._services = services
        self._sets = sets
        self._with_policy = with_policy
        self._allow_lossy = allow_lossy
        self._carried = Carried(sets, with_policy)
        self._known = sets.names | sets.domains
        # The scripts' variables by their names.
        self._variables: dict[frozenset[str], Variable] = {}
        names = {name for it in sets.all for name in (*it.addresses, *it.pod_names)}
        words = sorted(names) if len(names) <= _MOST_VARIABLES else [r"\w"]
        self._words = re.compile("|".join((_WORDS, *words)))

    def may_match(self, text: str) -> bool:
        """Whether an item of this text may have something to find: a quick look before it is
        read.
        """
        if self._words.search(text):
            return True
        if "\\" in text:  # what is escaped is read, but for line breaks and the like
            if _ESCAPED.search(text):
                return True
            text = _ESCAPE.sub(" ", text)
        if any(match[1] in self._sets.names for match in _SERVICE.finditer(text)):
            return True
        return any(
            host.kinds & {SELF, INDEX} or self._meant(host, _Scripts([]), "")
            for host in hosts(text, self._sets.kind_of, self._known)
        )

    def find(self, node: Node, reference: Reference, own: SetFacts | None = None) -> list[Finding]:
        """What breaks in an item, or in a patch; `own` are the facts of one that is a set."""
        kind = reference.kind
        if kind in _NOT_SEARCHED:
            return []
        found = _Found(reference, self._allow_lossy)
        scripts: _Scripts | None = None
        kind_of: Callable[[str], str] = _no_variables
        if own is not None and isinstance(node, Mapping):
            scripts, kind_of = _Scripts([own]), lambda name: own.variables.get(name, OTHER)
            _annotations(node, own, found)
        elif kind == "ConfigMap":
            scripts = _Scripts(self._sets.users(reference.name, reference.namespace))
            kind_of = self._sets.kind_of
        elif kind in KUSTOMIZATIONS or isinstance(node, Sequence):
            scripts = _Scripts([])
        elif kind in _ROLES and reference.api_version.startswith(f"{_RBAC}/"):
            _rules(node, found)
        for string in strings_of(node, _SKIP):
            self._labels(string, found)
            if string.is_key:
                self._kubectl(targets_of(_kubectl_words(string)), string, found)
            elif own is not None and string.place.key == "fieldPath":
                self._field(string, own, found)
            else:
                text = without_comments(string.value)
                self._names(text, string, scripts or _Scripts([]), kind_of, found)
                if scripts is not None:
                    self._parts(text, string, scripts.sets, found)
                self._service(text, string, found)
                if "kubectl" in text and _script(string):
                    self._kubectl(targets_in(text), string, found)
        return found.list

    def _names(
        self,
        text: str,
        string: String,
        scripts: _Scripts,
        kind_of: Callable[[str], str],
        found: _Found,
    ) -> None:
        """Host names of pods, written out or put together; one finding for each set and text."""
        namespace = found.reference.namespace
        names: dict[tuple[str, int], tuple[list[SetFacts], dict[str, None]]] = {}
        for host in hosts(text, kind_of, self._known):
            sets = self._meant(host, scripts, namespace)
            if sets:
                message = "composed-name" if host.kinds else "pod-host-name"
                _, shown = names.setdefault((message, id(sets[0])), (sets, {}))
                shown[host.name(sets[0].name)] = None
        for (message, _), (sets, shown) in names.items():
            name, *others = shown
            more = f" (and {len(others)} more)" if others else ""
            found.add(message, string.place, name, sets, set=quoted(sets[0].name), more=more)

    def _meant(self, host: Host, scripts: _Scripts, namespace: str) -> list[SetFacts]:
        """The sets that a host name means; none where it is another name. `scripts` are the sets
        whose variables the text has.
        """
        kinds, domain = host.kinds - {OTHER}, host.domain
        if kinds and not scripts.with_kinds(kinds):
            return []
        for name, group in host.sets:
            if name == SELF:
                is_known = domain in ("", SELF, DOMAIN, f"{SELF}-{group}")
                sets = scripts.with_kinds(kinds, domain="" if is_known else domain)
            elif domain in (SELF, DOMAIN):
                sets = scripts.with_kinds(kinds, name=name)
            else:
                namespace = host.namespace or namespace
                sets = self._sets.of_host(name, group, domain or name, namespace)
            if sets:
                return sets
        return []

    def _parts(self, text: str, string: String, scripts: list[SetFacts], found: _Found) -> None:
        """`LWS_LEADER_ADDRESS` or the pod's name, taken apart in a set, or in a ConfigMap that its
        pods use.
        """
        some = scripts[:_MOST_SCRIPTS]
        addresses = frozenset((LEADER_ADDRESS_ENV, *(it for one in some for it in one.addresses)))
        part = self._variable(addresses).parts(text)
        if part:
            found.add("address-taken-apart", string.place, part, scripts)
        pod_names = frozenset(it for one in some for it in one.pod_names)
        part = self._variable(pod_names, "hostname").parts(text) if pod_names else ""
        if part:
            found.add("pod-name-taken-apart", string.place, part, scripts)

    def _service(self, text: str, string: String, found: _Found) -> None:
        """The Service that LWS makes for a set, by its host name."""
        for match in _SERVICE.finditer(text) if ".svc" in text else ():
            name, namespace = match[1], match[2]
            sets = self._sets.named(name, namespace) if name in self._sets.names else []
            if sets and not any((name, it) in self._services() for it in (namespace, "")):
                found.add("lws-service", string.place, match[0], [])
                return

    def _kubectl(self, targets: Iterable[Target], string: String, found: _Found) -> None:
        """Calls of `kubectl`: the first on sets, and the first on what LWS makes of one."""
        told: set[str] = set()
        for target in targets:
            name, message = target.name, "lws-object-command"
            if target.kind == SETS:
                message = "lws-command"
            elif not (
                self._sets.of_pod(name) or (target.kind != PODS and name in self._sets.names)
            ):
                continue
            if message not in told:
                told.add(message)
                found.add(message, string.place, target.text, [])

    def _variable(self, names: frozenset[str], command: str = "") -> Variable:
        if names not in self._variables:
            self._variables[names] = Variable(names, command)
        return self._variables[names]

    def _field(self, string: String, own: SetFacts, found: _Found) -> None:
        """A field that a container of a set reads of its own pod."""
        key = field_key(string.value) if string.place.above("fieldRef") else None
        if key in IDENTITY:
            found.add("reads-lws-identity", string.place, key, [own])
        elif key in OTHERS:
            found.add("reads-lws-label", string.place, key, [own])
        elif key == GROUP_KEY:
            message = "group-key-differs" if self._with_policy else "reads-group-key"
            found.add(message, string.place, key, [own])
        elif key == GROUP_INDEX and not self._with_policy:
            found.add("reads-not-carried", string.place, key, [own], key=f"`{key}`")

    def _labels(self, string: String, found: _Found) -> None:
        label = self._carried.selected(string)
        if label:
            found.add("selects-not-carried", string.place, label, [])
        elif not string.is_key and string.place.key not in ("fieldPath", "targetLabel"):
            label = self._carried.queried(string.value)
            if label:
                found.add("selects-not-carried", string.place, label, [])


class _Scripts:
    """The sets whose pods run the scripts of an item, and with it these sets' variables."""

    def __init__(self, sets: list[SetFacts]) -> None:
        self.sets = sets
        self._found: dict[tuple[frozenset[str], str, str], list[SetFacts]] = {}

    def with_kinds(
        self, kinds: frozenset[str], *, name: str = "", domain: str = ""
    ) -> list[SetFacts]:
        """Those that have variables of these kinds, of this name and domain where one is given."""
        key = kinds, name, domain
        if key not in self._found:
            self._found[key] = [
                it
                for it in self.sets
                if kinds <= it.kinds and name in ("", it.name) and domain in ("", *it.domains)
            ]
        return self._found[key]


class _Found:
    """The findings of one item. `add` takes a message, where it is, and what was matched; an error
    that concerns no set is a warning.
    """

    def __init__(self, reference: Reference, allow_lossy: bool) -> None:
        self.list: list[Finding] = []
        self.reference = reference
        self._allow_lossy = allow_lossy

    def add(
        self, message: str, place: object, name: str | None, sets: list[SetFacts], **values: Any
    ) -> None:
        is_lossy = not sets or (self._allow_lossy and message != "partial-set")
        shown = cut(name or "", _LONGEST)
        result = Result(
            message,
            str(place),
            reference=self.reference,
            current=shown or None,
            severity=WARNING if is_lossy else None,
            name=shown,
            **values,
        )
        result.advised()
        self.list.append(Finding(result, sets if result.severity == ERROR else []))


def _no_variables(name: str) -> str:  # noqa: ARG001 (as others have it)
    return OTHER


def _annotations(node: Mapping, own: SetFacts, found: _Found) -> None:
    """Annotations that place the pods of a group, and templates of what is no whole set."""
    templates = templates_of(node)
    for parent, path in ((node, ""), *((it, f"{path}.") for it, path in templates)):
        annotations = get(get(parent, "metadata"), "annotations")
        for key in annotations.fields() if isinstance(annotations, Mapping) else ():
            place = f"{path}metadata.annotations['{key}']"
            in_table = key in _IN_TABLE
            if key.startswith(PREFIX) and not in_table and any(it in key for it in _PLACEMENT):
                found.add("placement-annotation", place, key, [own])
            elif key.startswith(_KUEUE):
                found.add("kueue-topology", place, key, [own])
    for template, path in templates:
        pod = get(template, "spec")
        has_none = pod is None or (isinstance(pod, Mapping) and get(pod, "containers") is None)
        if isinstance(template, Mapping) and has_none:
            found.add("partial-set", f"{path}.spec.containers", None, [own])


def _rules(node: Node, found: _Found) -> None:
    """RBAC rules on LeaderWorkerSets, in a role that has none on ModelServings; but for those of
    LWS itself, and of other controllers of LeaderWorkerSets: only these need rules on
    `leaderworkersets/finalizers`.
    """
    if text_at(get(get(node, "metadata"), "labels"), "app.kubernetes.io/part-of") == "lws":
        return
    places = []
    for i, rule in enumerate(entries_of(get(node, "rules"))):
        groups = _texts(rule, "apiGroups")
        for j, resource in enumerate(_texts(rule, "resources")):
            is_own = resource == f"{_RESOURCE}/finalizers" and GROUP in groups
            if is_own or (resource == _SERVINGS and GROUPS[0] in groups):
                return
            if GROUP in groups and resource.partition("/")[0] == _RESOURCE:
                places.append((f"rules[{i}].resources[{j}]", resource))
    for place, resource in places:
        found.add("lws-rule", place, resource, [])


def _texts(node: Node | None, name: str) -> list[str]:
    """The strings of a list; an empty one for an entry that is none."""
    entries = entries_of(get(node, name))
    return [entry.value if isinstance(entry, Scalar) else "" for entry in entries]


def _script(string: String) -> bool:
    """Whether a string is a script among the words of a container's command, or in a ConfigMap."""
    place = string.place
    is_word = isinstance(place.key, int) and (place.above("command") or place.above("args"))
    is_script = string.value.startswith("#!") or str(place.key).endswith(".sh")
    return is_word or (is_script and place.above("data"))


def _kubectl_words(string: String) -> list[str]:
    """The words behind `kubectl` of a container's command that is `kubectl` itself, each word of it
    an entry.
    """
    place, container = string.place, string.place.mapping
    if place.key not in ("command", "args"):
        return []
    command, args = _texts(container, "command"), _texts(container, "args")
    if bool(command) != (place.key == "command"):
        return []  # the other key has it
    program = command.pop(0) if command else text_at(container, "image") or ""
    name = program.rpartition("/")[2].partition(":")[0].partition("@")[0]
    return command + args if name == "kubectl" else []
