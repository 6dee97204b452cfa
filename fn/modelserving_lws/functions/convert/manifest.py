"""The ModelServing that does a LeaderWorkerSet's job, as text. Fields that both have keep the set's
text, with its comments and quotes.
"""

from __future__ import annotations

from ...kthena import modelserving
from ...kthena.controller import parsed
from ...kthena.names import API_VERSION
from ...kthena.names import KIND as MODEL_SERVING
from ...kthena.validation import BY_GROUP, RECREATE_GROUP, RECREATE_NONE
from ...lws.leaderworkerset import LEADER_TEMPLATE, RESTART_POLICIES, WORKER_TEMPLATE
from ...yamltext.access import get
from ...yamltext.excerpt import field, indented
from ...yamltext.nodes import Mapping
from ...yamltext.write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lws.leaderworkerset import LeaderWorkerSet
    from ...yamltext.edit import Document

# The recovery policy of each restart policy.
_RECOVERY_POLICIES = dict(
    zip(
        RESTART_POLICIES,
        (RECREATE_GROUP, RECREATE_GROUP, RECREATE_NONE, RECREATE_NONE),
        strict=True,
    )
)
# kubectl's own note of what was applied; see the table of fields.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def manifest(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    """The ModelServing as lines at column 0, with one role of this name, of a readable set."""
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
    document, root = parsed(annotations)
    document.remove(document.own_mapping(root, "annotations"), (_LAST_APPLIED,))
    return lines + document.output.decode()


def _spec(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    lines = _fields(document, lws.spec, "replicas")
    if lws.scheduler is not None:
        lines += f"schedulerName: {write(lws.scheduler)}\n"
    lines += "plugins:\n" + _entry(
        document, f"name: {modelserving.LWS_PLUGIN}\ntype: {modelserving.BUILT_IN}\n"
    )
    lines += f"recoveryPolicy: {write(_RECOVERY_POLICIES[lws.restart_policy])}\n"
    lines += _rollout(document, lws)
    return lines + _below("template", "roles:\n" + _entry(document, _role(document, lws, role)))


def _rollout(document: Document, lws: LeaderWorkerSet) -> str:
    if lws.rollout is None:
        return ""
    lines, rolling = f"type: {BY_GROUP}\n", lws.rolling
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
        + _template(document, lws.template, entry, modelserving.ENTRY_TEMPLATE)
        + f"workerReplicas: {lws.size - 1}\n"
        + _template(document, lws.template, WORKER_TEMPLATE, modelserving.WORKER_TEMPLATE)
    )


def _template(document: Document, parent: Mapping, name: str, new_name: str) -> str:
    """A template under its new name, without the fields that a ModelServing does not have."""
    template = parent.get(name)
    if not isinstance(template, Mapping):
        raise AssertionError(f"`{name}` must be a mapping")
    metadata, lines = get(template, "metadata"), ""
    if _keys(metadata) <= {"labels", "annotations"} and _keys(template) <= {"metadata", "spec"}:
        return field(document, parent, name, new_name)
    if isinstance(metadata, Mapping):
        lines = _below("metadata", _fields(document, metadata, "labels", "annotations"))
    lines += _fields(document, template, "spec")
    return _below(new_name, lines) or f"{new_name}: {{}}\n"  # it is there, without any field


def _keys(node: object) -> set[str]:
    return set(node.fields()) if isinstance(node, Mapping) else set()


def _fields(document: Document, parent: Mapping, *names: str) -> str:
    """The fields of these names that are there."""
    return "".join(field(document, parent, name) for name in names if get(parent, name) is not None)


def _below(name: str, lines: str) -> str:
    """A key with these lines as its value; nothing for no lines."""
    return f"{name}:\n{indented(lines, 2)}" if lines else ""


def _entry(document: Document, lines: str) -> str:
    """The lines of a mapping as the one entry of a list, indented as the templates' lists are."""
    return indented("- " + indented(lines, 2)[2:], document.offset)
