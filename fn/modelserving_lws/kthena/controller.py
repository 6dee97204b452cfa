"""The pods and Services that kthena's controller makes of a ModelServing, as manifests.

The rules are those of `GenerateEntryPod`, `GenerateWorkerPod` and `CreateHeadlessService` in
`pkg/model-serving-controller/utils/utils.go`, github.com/volcano-sh/kthena. What a cluster alone
knows is left out: see LEFT_OUT.
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
from .modelserving import (
    ENTRY,
    ENTRY_ADDRESS,
    GROUP_NAME,
    GROUP_SIZE,
    GROUPS,
    KIND,
    NAME,
    ROLE,
    ROLE_ID,
    WORKER_INDEX,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data
    from .modelserving import ModelServing, Role

LEFT_OUT = (
    "the `uid` of the owner, the labels `revision` and `role-template-hash`, and Volcano's "
    "annotations for PodGroups"
)
_SCHEDULER = "volcano"
_NAMESPACE = "default"


class Names:
    """What a pod is called, and what it is part of; `ordinal`, `replica` and `index` are those of
    the ServingGroup, the role and the pod.
    """

    def __init__(
        self, serving: ModelServing, role: Role, ordinal: str, replica: str, index: str
    ) -> None:
        self.serving = serving
        self.role = role
        self.index = index
        self.is_entry = index == "0"
        self.group = f"{serving.name}-{ordinal}"
        self.role_id = f"{role.name}-{replica}"
        self.pod = f"{self.group}-{self.role_id}-{index}"
        self.entry = f"{self.group}-{self.role_id}-0"

    @property
    def labels(self) -> dict[str, Data]:
        """The labels that say what it is part of."""
        return {
            NAME: self.serving.name,
            GROUP_NAME: self.group,
            ROLE: self.role.name,
            ROLE_ID: self.role_id,
        }

    def metadata(self, name: str) -> str:
        """The lines of a manifest's `metadata`, up to its namespace."""
        lines = f"metadata:\n  name: {write(name)}\n"
        if self.serving.namespace:
            lines += f"  namespace: {write(self.serving.namespace)}\n"
        return lines

    @property
    def owner(self) -> str:
        """The lines of `ownerReferences`."""
        return (
            f"  ownerReferences:\n  - apiVersion: {GROUPS[0]}/v1alpha1\n    kind: {KIND}\n"
            f"    name: {write(self.serving.name)}\n"
            "    blockOwnerDeletion: true\n    controller: true\n"
        )


def pod(
    document: Document, names: Names, template: Mapping, more_env: list[dict[str, Data]]
) -> str:
    """A pod before its plugins: the text of the template, and what the controller adds. `more_env`
    stands before the controller's own env. `document` has the ModelServing, which a cluster must
    not refuse.
    """
    metadata = get(template, "metadata")
    text = f"apiVersion: v1\nkind: Pod\n{names.metadata(names.pod)}"
    for name in ("labels", "annotations"):
        there = get(metadata, name)
        if isinstance(metadata, Mapping) and isinstance(there, Mapping) and there.fields():
            copy = without_text(document.copy(there)) if there.flow else None
            if isinstance(copy, Mapping):  # with the controller's, the line would be a long one
                copy.flow = False
                text += f"  {name}:\n    {block(copy, 4, '')}\n"
            else:
                text += indented(field(document, metadata, name), 2)
        elif name == "labels":
            text += "  labels: {}\n"
    text += names.owner + _without_end(field(document, template, "spec"))
    made, root = parsed(text)
    _add_labels(made, root, names)
    _add_env(made, root, names, more_env)
    spec = get(names.serving.item.node, "spec")
    scheduler = text_at(spec, "schedulerName") or _SCHEDULER
    made.update(root, {"spec": {"schedulerName": scheduler}})
    return made.output.decode()


def _without_end(lines: str) -> str:
    """Lines without the comments at their end that stand at column 0: in a stream, these would not
    be the document's.
    """
    while (last := lines[lines.rfind("\n", 0, -1) + 1 :]) == "\n" or last.startswith("#"):
        lines = lines.removesuffix(last)
    return lines


def service(names: Names) -> str:
    """The headless Service of an entry pod, by whose name the workers find it."""
    selector = {**names.labels, ENTRY: "true"}
    del selector[NAME]
    text = f"apiVersion: v1\nkind: Service\n{names.metadata(names.entry)}  labels: {{}}\n"
    text += f"{names.owner}spec:\n  clusterIP: None\n  publishNotReadyAddresses: true\n"
    made, root = parsed(text)
    made.update(root, {"metadata": {"labels": names.labels}, "spec": {"selector": selector}})
    return made.output.decode()


def parsed(manifest: str) -> tuple[Document, Mapping]:
    """A manifest, to be edited. Raises EditError where it can't be read."""
    try:
        (root,) = read(manifest)
    except InputError as error:
        raise EditError(error.id, **error.values) from error
    if not isinstance(root, Mapping):
        raise AssertionError("a manifest must be a mapping")
    return Document(manifest), root


def _add_labels(document: Document, root: Mapping, names: Names) -> None:
    labels = names.labels
    if names.is_entry:
        labels[ENTRY] = "true"
    there = get(get(root, "metadata"), "labels")
    if isinstance(there, Mapping):  # the template's win
        labels = {key: value for key, value in labels.items() if key not in there.fields()}
    document.update(root, {"metadata": {"labels": labels}})


def _add_env(
    document: Document, root: Mapping, names: Names, more_env: list[dict[str, Data]]
) -> None:
    values = {
        GROUP_SIZE: str(names.role.workers + 1),
        ENTRY_ADDRESS: f"{names.entry}.{names.serving.namespace or _NAMESPACE}",
        WORKER_INDEX: names.index,
    }
    own: list[dict[str, Data]] = [{"name": name, "value": value} for name, value in values.items()]
    new = [*more_env, *own]
    spec = document.own_mapping(root, "spec")
    document.indent_as(spec, "containers")
    for container in read_containers(root, ""):
        listed = document.own_sequence(spec, container.field)
        mapping = document.own_entry(listed, container.index)
        stays = [i for i, entry in enumerate(container.entries) if entry.name not in values]
        if stays:
            document.rewrite(mapping, "env", [*stays, *new])
        else:
            document.set(mapping, "env", detached(list(new), document.offset))
        if get(mapping, "resources") is None:  # as the API server has it
            document.update(mapping, {"resources": {}})
