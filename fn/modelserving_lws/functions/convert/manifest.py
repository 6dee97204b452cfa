"""The ModelServing that does a LeaderWorkerSet's job, as text: what both have is the set's own
text, with its comments and quotes.
"""

from __future__ import annotations

from ...kthena.modelserving import API_VERSION, PLUGIN_NAME
from ...kthena.modelserving import KIND as MODEL_SERVING
from ...lws.leaderworkerset import LEADER_TEMPLATE, WORKER_TEMPLATE
from ...yamltext.access import get
from ...yamltext.edit import Document
from ...yamltext.excerpt import field, indented
from ...yamltext.nodes import Mapping
from ...yamltext.read import read
from ...yamltext.write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lws.leaderworkerset import LeaderWorkerSet

# kubectl's own note of what was applied; see the table of fields.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def manifest(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    """The ModelServing as lines at column 0, its one role of this name. The set is one that
    `findings.py` has no error for.
    """
    spec = get(lws.leader_template or lws.worker_template, "spec")
    if isinstance(spec, Mapping):
        document.indent_as(spec, "containers")
    return (
        f"apiVersion: {API_VERSION}\nkind: {MODEL_SERVING}\n"
        + _below("metadata", _metadata(document, lws.metadata))
        + _below("spec", _spec(document, lws, role))
    )


def _metadata(document: Document, metadata: Mapping) -> str:
    lines = _fields(document, metadata, "name", "namespace", "labels")
    annotations = _fields(document, metadata, "annotations")
    names = _keys(get(metadata, "annotations"))
    if _LAST_APPLIED not in names:
        return lines + annotations
    if len(names) == 1:
        return lines
    part, root = Document(annotations), read(annotations)[0]
    if isinstance(root, Mapping):
        part.remove(part.own_mapping(root, "annotations"), (_LAST_APPLIED,))
    return lines + part.output.decode()


def _spec(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    lines = _fields(document, lws.spec, "replicas")
    if lws.scheduler is not None:
        lines += f"schedulerName: {write(lws.scheduler)}\n"
    lines += "plugins:\n" + _entry(document, f"name: {PLUGIN_NAME}\ntype: BuiltIn\n")
    lines += f"recoveryPolicy: {write(lws.recovery_policy)}\n"
    lines += _rollout(document, lws)
    return lines + _below("template", "roles:\n" + _entry(document, _role(document, lws, role)))


def _rollout(document: Document, lws: LeaderWorkerSet) -> str:
    if lws.rollout is None:
        return ""
    lines, rolling = "type: ServingGroupRollingUpdate\n", lws.rolling
    if rolling is not None:
        if lws.max_unavailable == 0:
            fields = "maxUnavailable: 1\n"
        else:
            fields = _fields(document, rolling, "maxUnavailable")
        fields += _fields(document, rolling, "partition")
        lines += _below("rollingUpdateConfiguration", fields)
    return _below("rolloutStrategy", lines)


def _role(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    entry = WORKER_TEMPLATE if lws.leader_template is None else LEADER_TEMPLATE
    return (
        f"name: {write(role)}\nreplicas: 1\n"
        + _template(document, lws.template, entry, "entryTemplate")
        + f"workerReplicas: {lws.size - 1}\n"
        + _template(document, lws.template, WORKER_TEMPLATE, "workerTemplate")
    )


def _template(document: Document, parent: Mapping, name: str, new_name: str) -> str:
    """A template under its new name; all of it where a ModelServing has a place for all."""
    template = parent.get(name)
    if not isinstance(template, Mapping):
        raise AssertionError(f"`{name}` must be a mapping")
    metadata, lines = get(template, "metadata"), ""
    if _keys(metadata) <= {"labels", "annotations"} and _keys(template) <= {"metadata", "spec"}:
        return field(document, parent, name, new_name)
    if isinstance(metadata, Mapping):
        lines = _below("metadata", _fields(document, metadata, "labels", "annotations"))
    return _below(new_name, lines + _fields(document, template, "spec"))


def _keys(node: object) -> set[str]:
    return set(node.fields()) if isinstance(node, Mapping) else set()


def _fields(document: Document, parent: Mapping, *names: str) -> str:
    """Those of the fields that are there."""
    return "".join(field(document, parent, name) for name in names if get(parent, name) is not None)


def _below(name: str, lines: str) -> str:
    """A key with these lines below it; nothing where there are none."""
    return f"{name}:\n{indented(lines, 2)}" if lines else ""


def _entry(document: Document, lines: str) -> str:
    """The lines of a mapping as the one entry of a list, that is indented as the templates' are."""
    return indented("- " + indented(lines, 2)[2:], document.offset)
