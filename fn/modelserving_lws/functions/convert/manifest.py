"""The ModelServing that does a LeaderWorkerSet's job, as text. Fields that both have keep the set's
text, with its comments and quotes.
"""

from __future__ import annotations

from ...kthena import modelserving
from ...kthena.controller import parsed
from ...kthena.names import API_VERSION
from ...kthena.names import KIND as MODEL_SERVING
from ...kthena.rules import BY_GROUP
from ...kustomize.history import PREVIOUS_KINDS
from ...lws.fields import RECOVERY_POLICIES
from ...lws.leaderworkerset import KIND as LEADER_WORKER_SET
from ...lws.leaderworkerset import LEADER_TEMPLATE, WORKER_TEMPLATE
from ...yamltext.data import get, text_at
from ...yamltext.excerpt import field, indented, line
from ...yamltext.nodes import Mapping
from ...yamltext.write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lws.leaderworkerset import LeaderWorkerSet
    from ...yamltext.edit import Document

# kubectl's own note of what was applied; see the table of fields.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def manifest(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    """The ModelServing as lines at column 0, with one role of this name, of a readable set."""
    spec = get(lws.leader_template or lws.worker_template, "spec")
    if isinstance(spec, Mapping):
        document.indent_as(spec, "containers")
    root, start = lws.node, lws.node.open  # the comments above the first field stay there
    return (
        line(document, root, "apiVersion", f"apiVersion: {API_VERSION}", start)
        + line(document, root, "kind", f"kind: {MODEL_SERVING}", start)
        + line(document, root, "metadata", "metadata:", start)
        + indented(_metadata(document, lws.metadata), 2)
        + line(document, root, "spec", "spec:", start)
        + indented(_spec(document, lws, role), 2)
    )


def _metadata(document: Document, metadata: Mapping) -> str:
    lines = _fields(document, metadata, "name", "namespace", "labels")
    annotations = _fields(document, metadata, "annotations")
    there = get(metadata, "annotations")
    names = _keys(there)
    if names.isdisjoint((_LAST_APPLIED, PREVIOUS_KINDS)):
        return lines + annotations
    if names == {_LAST_APPLIED}:
        return lines
    document, root = parsed(annotations)
    own = document.own_mapping(root, "annotations")
    document.remove(own, (_LAST_APPLIED,))
    kinds = text_at(there, PREVIOUS_KINDS)
    if kinds:
        # kustomize finds an object by its old kind and new group.
        old = [MODEL_SERVING if kind == LEADER_WORKER_SET else kind for kind in kinds.split(",")]
        document.update(own, {PREVIOUS_KINDS: ",".join(old)})
    return lines + document.output.decode()


def _spec(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    lines = _fields(document, lws.spec, "replicas")
    if lws.scheduler is not None:
        lines += f"schedulerName: {write(lws.scheduler)}\n"
    lines += "plugins:\n" + _entry(
        document, f"name: {modelserving.LWS_PLUGIN}\ntype: {modelserving.BUILT_IN}\n"
    )
    policy = f"recoveryPolicy: {write(RECOVERY_POLICIES[lws.restart_policy])}"
    lines += line(document, lws.template, "restartPolicy", policy) + _rollout(document, lws)
    lines += line(document, lws.spec, "leaderWorkerTemplate", "template:")
    return lines + indented("roles:\n" + _entry(document, _role(document, lws, role)), 2)


def _rollout(document: Document, lws: LeaderWorkerSet) -> str:
    if lws.rollout is None:
        return ""
    lines, rolling = line(document, lws.rollout, "type", f"type: {BY_GROUP}"), lws.rolling
    if rolling is not None:
        if lws.max_unavailable == 0:
            fields = line(document, rolling, "maxUnavailable", "maxUnavailable: 1")
        else:
            fields = _fields(document, rolling, "maxUnavailable")
        fields += _fields(document, rolling, "partition")
        lines += _below(document, lws.rollout, "rollingUpdateConfiguration", fields)
    return _below(document, lws.spec, "rolloutStrategy", lines)


def _role(document: Document, lws: LeaderWorkerSet, role: str) -> str:
    entry = WORKER_TEMPLATE if lws.leader_template is None else LEADER_TEMPLATE
    return (
        f"name: {write(role)}\nreplicas: 1\n"
        + _template(document, lws.template, entry, modelserving.ENTRY_TEMPLATE)
        + line(document, lws.template, "size", f"workerReplicas: {lws.size - 1}")
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
        lines = _fields(document, metadata, "labels", "annotations")
        lines = _below(document, template, "metadata", lines)
    lines += _fields(document, template, "spec")
    head = f"{new_name}:" if lines else f"{new_name}: {{}}"  # it is there, without any field
    return line(document, parent, name, head) + indented(lines, 2)


def _keys(node: object) -> set[str]:
    return set(node.fields()) if isinstance(node, Mapping) else set()


def _fields(document: Document, parent: Mapping, *names: str) -> str:
    """The fields of these names that are there."""
    return "".join(field(document, parent, name) for name in names if get(parent, name) is not None)


def _below(document: Document, parent: Mapping, name: str, lines: str) -> str:
    """A key with these lines as its value, and the comments that it has; nothing for no lines."""
    return line(document, parent, name, f"{name}:") + indented(lines, 2) if lines else ""


def _entry(document: Document, lines: str) -> str:
    """The lines of a mapping as the one entry of a list, indented as the templates' lists are."""
    return indented("- " + indented(lines, 2)[2:], document.offset)
