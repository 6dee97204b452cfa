"""The Pods and Services that kthena's controller makes of a ModelServing, as manifests.

The rules are those of `GenerateEntryPod`, `GenerateWorkerPod` and `CreateHeadlessService` in
`pkg/model-serving-controller/utils/utils.go`, github.com/volcano-sh/kthena. The message `rendered`
names what is left out, since only a cluster knows it.
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..results.errors import EditError, InputError
from ..yamltext.access import get, text_at
from ..yamltext.data import detached, without_text
from ..yamltext.edit import Document
from ..yamltext.excerpt import field, indented
from ..yamltext.nodes import Mapping
from ..yamltext.read import read
from ..yamltext.write import block, write
from .names import (
    API_VERSION,
    CONTROLLER_ENV,
    ENTRY,
    ENTRY_ADDRESS,
    GROUP_NAME,
    GROUP_SIZE,
    KIND,
    NAME,
    ROLE,
    ROLE_ID,
    WORKER_INDEX,
    entry_address,
    group_name,
    pod_name,
    role_id,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data
    from .modelserving import ModelServing, Role

_SCHEDULER = "volcano"


class PodNames:
    """The names of a pod and of what it is part of; `ordinal`, `replica` and `index` are those of
    its ServingGroup, its role's replica and itself.
    """

    def __init__(
        self, serving: ModelServing, role: Role, ordinal: str, replica: str, index: str
    ) -> None:
        self.serving = serving
        self.role = role
        self.ordinal = ordinal
        self.index = index
        self.is_entry = index == "0"
        self.group = group_name(serving.name, ordinal)
        self.role_id = role_id(role.name, replica)
        self.pod = pod_name(self.group, self.role_id, index)
        self.service = pod_name(self.group, self.role_id, 0)

    @property
    def labels(self) -> dict[str, Data]:
        """The labels that a Pod and its Service share."""
        return {
            NAME: self.serving.name,
            GROUP_NAME: self.group,
            ROLE: self.role.name,
            ROLE_ID: self.role_id,
        }

    @property
    def env(self) -> list[dict[str, Data]]:
        """The controller's env."""
        values = {
            GROUP_SIZE: str(self.role.group_size),
            ENTRY_ADDRESS: entry_address(self.group, self.role_id, self.serving.namespace),
            WORKER_INDEX: self.index,
        }
        return [{"name": name, "value": values[name]} for name in CONTROLLER_ENV]

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
            f"  ownerReferences:\n  - apiVersion: {API_VERSION}\n    kind: {KIND}\n"
            f"    name: {write(self.serving.name)}\n"
            "    blockOwnerDeletion: true\n    controller: true\n"
        )


class PodDraft:
    """A pod in the making: its manifest so far, its names, and the document that has its
    ModelServing.
    """

    __slots__ = ("document", "names", "text")

    def __init__(self, text: str, names: PodNames, document: Document) -> None:
        self.text = text
        self.names = names
        self.document = document

    def parsed(self) -> tuple[Document, Mapping]:
        """The manifest, ready for edits."""
        return parsed(self.text)

    def update(self, data: dict[str, Data]) -> None:
        """Writes fields into the manifest."""
        document, root = parsed(self.text)
        document.update(root, data)
        self.text = document.output.decode()


def pod(
    document: Document, names: PodNames, template: Mapping, leftover: list[dict[str, Data]]
) -> PodDraft:
    """A pod before its plugins run: the template's text with what the controller adds. The env
    entries `leftover` stand before the controller's own. `document` has the ModelServing, which
    must be valid.
    """
    metadata = get(template, "metadata")
    text = f"apiVersion: v1\nkind: Pod\n{names.metadata(names.pod)}"
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
    text += names.owner + _without_end(field(document, template, "spec"))
    made, root = parsed(text)
    _add_labels(made, root, names)
    _add_env(made, root, [*leftover, *names.env])
    spec = get(names.serving.item.node, "spec")
    scheduler = text_at(spec, "schedulerName") or _SCHEDULER
    made.update(root, {"spec": {"schedulerName": scheduler}})
    return PodDraft(made.output.decode(), names, document)


def _without_end(lines: str) -> str:
    """The lines without trailing blank lines and comments at column 0, which a stream would give
    to no document.
    """
    while (last := lines[lines.rfind("\n", 0, -1) + 1 :]) == "\n" or last.startswith("#"):
        lines = lines.removesuffix(last)
    return lines


def service(names: PodNames) -> str:
    """The headless Service of an entry pod. It has the pod's name, which workers resolve."""
    selector = {**names.labels, ENTRY: "true"}
    del selector[NAME]
    text = f"apiVersion: v1\nkind: Service\n{names.metadata(names.service)}  labels: {{}}\n"
    text += f"{names.owner}spec:\n  clusterIP: None\n  publishNotReadyAddresses: true\n"
    made, root = parsed(text)
    made.update(root, {"metadata": {"labels": names.labels}, "spec": {"selector": selector}})
    return made.output.decode()


def parsed(manifest: str) -> tuple[Document, Mapping]:
    """A manifest, ready for edits. Raises EditError where it can't be read."""
    try:
        (root,) = read(manifest)
    except InputError as error:
        raise EditError(error.id, **error.values) from error
    if not isinstance(root, Mapping):
        raise AssertionError("a manifest must be a mapping")
    return Document(manifest), root


def _add_labels(document: Document, root: Mapping, names: PodNames) -> None:
    labels = names.labels
    if names.is_entry:
        labels[ENTRY] = "true"
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
