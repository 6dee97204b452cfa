"""What a pod says of where it comes from, by what kthena's controller writes into it."""

from __future__ import annotations

from ..yamltext.data import get, text_at
from ..yamltext.nodes import DETACHED, Mapping, Node, Sequence, resolve
from . import names
from .names import GROUP_NAME, ServingGroup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..wire.items import Item


class Pod:
    """A Pod, or the pod of a PodTemplate. `base` is the mapping with the pod's `metadata` and
    `spec`; `prefix` is its path, empty or `template.`.

    A PodTemplate's own metadata counts, key by key, where the template's has no such key.
    """

    def __init__(self, node: Mapping, kind: str = "Pod") -> None:
        self.prefix = "template." if kind == "PodTemplate" else ""
        base = get(node, "template") if self.prefix else node
        self.base = base if isinstance(base, Mapping) else Mapping(DETACHED, DETACHED, False)
        self._metadata = [get(self.base, "metadata")]
        if self.prefix:
            self._metadata.append(get(node, "metadata"))
        self._labels = [_texts(get(metadata, "labels")) for metadata in self._metadata]
        self._annotations = [_texts(get(metadata, "annotations")) for metadata in self._metadata]
        self.namespace = self._text("namespace")
        self.role = self.label(names.ROLE)
        self.is_entry = self.label(names.ENTRY) == "true"

    @staticmethod
    def is_kind_of(item: Item) -> bool:
        return item.api_version == "v1" and item.kind in ("Pod", "PodTemplate")

    def _text(self, name: str) -> str:
        for metadata in self._metadata:
            if found := text_at(metadata, name):
                return found
        return ""

    def label(self, key: str) -> str | None:
        return _first(self._labels, key)

    def annotation(self, key: str) -> str | None:
        return _first(self._annotations, key)

    @property
    def name(self) -> str:
        return self._text("name")

    @property
    def model_serving(self) -> str | None:
        """The name of the ModelServing that the pod comes from."""
        return self.label(names.NAME) or self.annotation(names.NAME) or self._owner()

    def _owner(self) -> str | None:
        for metadata in self._metadata:
            if owner := owner_of(metadata):
                return text_at(owner, "name")
        return None

    @property
    def plugins(self) -> list[str]:
        """The plugins that its annotation names."""
        listed = self.annotation(names.PLUGINS)
        return [name.strip() for name in listed.split(",")] if listed else []

    def serving_group(self, model_serving: str) -> ServingGroup | None:
        """The ServingGroup: by label, else by annotation, else by the pod's name; None where none
        of these has it. Raises ItemError where what they have is no ServingGroup's name.
        """
        for kind, name in (
            ("labels", self.label(GROUP_NAME)),
            ("annotations", self.annotation(GROUP_NAME)),
        ):
            if name:
                return ServingGroup(name, f"{self.prefix}metadata.{kind}['{GROUP_NAME}']")
        name = names.group_in(self.name, model_serving, self.label(names.ROLE_ID))
        return ServingGroup(name, f"{self.prefix}metadata.name") if name else None

    def role_id(self, group: str) -> str | None:
        """The role id: by label, else by the pod's name."""
        return self.label(names.ROLE_ID) or names.role_id_in(self.name, group)

    def role_name(self, group: str) -> str | None:
        """The role: by label, else by the role id."""
        return self.role or (self.role_id(group) or "").rpartition("-")[0] or None


def owner_of(metadata: Node | None) -> Node | None:
    """The first entry of `ownerReferences` that names a ModelServing."""
    references = get(metadata, "ownerReferences")
    for entry in references.entries if isinstance(references, Sequence) else ():
        owner = resolve(entry)
        group = (text_at(owner, "apiVersion") or "").rpartition("/")[0]
        if text_at(owner, "kind") == names.KIND and group in names.GROUPS:
            return owner
    return None


def _texts(node: Node | None) -> dict[str, str] | Node | None:
    """The texts of a mapping's fields, where they are seen at once; else the node itself."""
    texts = node.texts() if isinstance(node, Mapping) else None
    return node if texts is None else texts


def _first(fields: list[dict[str, str] | Node | None], key: str) -> str | None:
    """The text at a key in the first of the mappings that has one."""
    for there in fields:
        if found := there.get(key) if isinstance(there, dict) else text_at(there, key):
            return found
    return None
