"""The Pods and Services that kthena's controller makes of a ModelServing, as manifests.

The rules are those of `GenerateEntryPod`, `GenerateWorkerPod` and `CreateHeadlessService` in
`pkg/model-serving-controller/utils/utils.go`, github.com/volcano-sh/kthena. The message `rendered`
names what is left out, since only a cluster knows it.
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..results.errors import EditError, InputError
from ..yamltext.data import detached, get, text_at, without_text
from ..yamltext.edit import Document
from ..yamltext.excerpt import field, indented
from ..yamltext.nodes import Mapping
from ..yamltext.read import read
from ..yamltext.write import block, write
from . import names
from .names import CONTROLLER_ENV, KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data
    from .modelserving import ModelServing, Role

_SCHEDULER = "volcano"


class PodContext:
    """What a pod is made from, and its names. `document` has the ModelServing; `numbers` are those
    of the ServingGroup, the role's replica and the pod.
    """

    def __init__(
        self, document: Document, serving: ModelServing, role: Role, numbers: tuple[str, str, str]
    ) -> None:
        ordinal, replica, index = numbers
        self.document = document
        self.serving = serving
        self.role = role
        self.ordinal = ordinal
        self.index = index
        self.is_entry = index == "0"
        group, role_id = names.group_name(serving.name, ordinal), names.role_id(role.name, replica)
        self.pod = names.pod_name(group, role_id, index)
        self.service = names.pod_name(group, role_id, 0)
        # The labels that a Pod and its Service share.
        self.labels: dict[str, Data] = {
            names.NAME: serving.name,
            names.GROUP_NAME: group,
            names.ROLE: role.name,
            names.ROLE_ID: role_id,
        }
        values = {
            names.GROUP_SIZE: str(role.group_size),
            names.ENTRY_ADDRESS: names.entry_address(group, role_id, serving.namespace),
            names.WORKER_INDEX: index,
        }
        self.env: list[dict[str, Data]] = [
            {"name": name, "value": values[name]} for name in CONTROLLER_ENV
        ]

    def metadata(self, name: str) -> str:
        """The first lines of a manifest's `metadata`."""
        lines = f"metadata:\n  name: {write(name)}\n"
        if self.serving.namespace:
            lines += f"  namespace: {write(self.serving.namespace)}\n"
        return lines

    @property
    def owner(self) -> str:
        """The lines of `ownerReferences`."""
        return (
            f"  ownerReferences:\n  - apiVersion: {names.API_VERSION}\n    kind: {KIND}\n"
            f"    name: {write(self.serving.name)}\n"
            "    blockOwnerDeletion: true\n    controller: true\n"
        )


def pod(context: PodContext, template: Mapping, leftover: list[dict[str, Data]]) -> str:
    """A pod before its plugins run: the template's text with what the controller adds. The env
    entries `leftover` stand before the controller's own. The ModelServing must be valid.
    """
    document = context.document
    metadata = get(template, "metadata")
    text = f"apiVersion: v1\nkind: Pod\n{context.metadata(context.pod)}"
    for name in ("labels", "annotations"):
        there = get(metadata, name)
        if isinstance(metadata, Mapping) and isinstance(there, Mapping) and there.fields():
            copy = without_text(document.copy(there)) if there.flow else None
            if isinstance(copy, Mapping):  # the controller's labels would make it a long line
                copy.flow = False
                text += f"  {name}:\n    {block(copy, 4, '')}\n"
            else:
                text += indented(field(document, metadata, name), 2)
        elif name == "labels":
            text += "  labels: {}\n"
    text += context.owner + field(document, template, "spec", with_end=False)
    made, root = parsed(text)
    _add_labels(made, root, context)
    _add_env(made, root, [*leftover, *context.env])
    spec = get(context.serving.item.node, "spec")
    scheduler = text_at(spec, "schedulerName") or _SCHEDULER
    made.update(root, {"spec": {"schedulerName": scheduler}})
    return made.output.decode()


def service(context: PodContext) -> str:
    """The headless Service of an entry pod. It has the pod's name, which workers resolve."""
    selector = {**context.labels, names.ENTRY: "true"}
    del selector[names.NAME]
    text = f"apiVersion: v1\nkind: Service\n{context.metadata(context.service)}  labels: {{}}\n"
    text += f"{context.owner}spec:\n  clusterIP: None\n  publishNotReadyAddresses: true\n"
    return updated(text, {"metadata": {"labels": context.labels}, "spec": {"selector": selector}})


def updated(manifest: str, data: dict[str, Data]) -> str:
    """A manifest with these fields written into it."""
    document, root = parsed(manifest)
    document.update(root, data)
    return document.output.decode()


def parsed(manifest: str) -> tuple[Document, Mapping]:
    """A manifest, ready for edits. Raises EditError where it can't be read."""
    try:
        (root,) = read(manifest)
    except InputError as error:
        raise EditError(error.id, **error.values) from error
    if not isinstance(root, Mapping):
        raise AssertionError("a manifest must be a mapping")
    return Document(manifest), root


def _add_labels(document: Document, root: Mapping, context: PodContext) -> None:
    labels = context.labels
    if context.is_entry:
        labels = {**labels, names.ENTRY: "true"}
    there = get(get(root, "metadata"), "labels")
    if isinstance(there, Mapping):  # the template's win
        labels = {key: value for key, value in labels.items() if key not in there.fields()}
    document.update(root, {"metadata": {"labels": labels}})


def _add_env(document: Document, root: Mapping, new: list[dict[str, Data]]) -> None:
    spec = document.own_mapping(root, "spec")
    document.indent_as(spec, "containers")
    for container in read_containers(root, ""):
        listed = document.own_sequence(spec, container.field)
        mapping = document.own_entry(listed, container.index)
        stays = [i for i, entry in enumerate(container.entries) if entry.name not in CONTROLLER_ENV]
        if stays:
            document.rewrite(mapping, "env", [*stays, *new])
        else:
            document.set(mapping, "env", detached(list(new), document.offset))
        if get(mapping, "resources") is None:  # as the API server stores it
            document.update(mapping, {"resources": {}})
