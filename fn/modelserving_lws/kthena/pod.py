"""A pod: where it comes from, by what kthena's controller writes into it.

The names are made in github.com/volcano-sh/kthena
`pkg/model-serving-controller/utils/utils.go`.
"""

from __future__ import annotations

from ..k8s.fields import integer, is_digits
from ..yamltext.access import get, text_at
from ..yamltext.nodes import DETACHED, Mapping, Node, Sequence, resolve
from .modelserving import (
    ENTRY,
    GROUP_NAME,
    GROUPS,
    KIND,
    NAME,
    PLUGINS,
    ROLE,
    ROLE_ID,
    ServingGroup,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..wire.items import Item


class Pod:
    """A Pod or PodTemplate item. `base` is the mapping with the pod's `metadata` and `spec`;
    `prefix` is its path.

    Where a pod comes from is read from its metadata; for a PodTemplate, key by key, from its own
    where the template's has no such key.
    """

    def __init__(self, item: Item) -> None:
        self.item = item
        self.prefix = "template." if item.kind == "PodTemplate" else ""
        base = get(item.node, "template") if self.prefix else item.node
        self.base = base if isinstance(base, Mapping) else Mapping(DETACHED, DETACHED, False)
        self._metadata = [get(self.base, "metadata")]
        if self.prefix:
            self._metadata.append(get(item.node, "metadata"))
        self._labels = [_texts(get(metadata, "labels")) for metadata in self._metadata]
        self._annotations = [_texts(get(metadata, "annotations")) for metadata in self._metadata]
        self.namespace = self._text("namespace")
        self.role = self.label(ROLE)
        self.is_entry = self.label(ENTRY) == "true"

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
        """The name of the ModelServing it comes from."""
        return self.label(NAME) or self.annotation(NAME) or self._owner()

    def _owner(self) -> str | None:
        for metadata in self._metadata:
            references = get(metadata, "ownerReferences")
            for entry in references.entries if isinstance(references, Sequence) else ():
                reference = resolve(entry)
                group = (text_at(reference, "apiVersion") or "").rpartition("/")[0]
                if text_at(reference, "kind") == KIND and group in GROUPS:
                    return text_at(reference, "name")
        return None

    @property
    def plugins(self) -> list[str]:
        """The plugins that its annotation names."""
        names = self.annotation(PLUGINS)
        return [name.strip() for name in names.split(",")] if names else []

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
        name = self._group_in_name(model_serving)
        return ServingGroup(name, f"{self.prefix}metadata.name") if name else None

    def _group_in_name(self, model_serving: str) -> str | None:
        before, _, index = self.name.rpartition("-")
        if not is_digits(index):
            return None
        if role_id := self.label(ROLE_ID):
            group = before.removesuffix(f"-{role_id}")
            return group if group != before else None
        rest = before.removeprefix(f"{model_serving}-")
        ordinal, _, role_id = rest.partition("-")
        if rest == before or not role_id or not is_digits(ordinal):
            return None
        return f"{model_serving}-{ordinal}"

    def role_id(self, group: str) -> str | None:
        """The role's name and ordinal: by label, else by the pod's name."""
        if role_id := self.label(ROLE_ID):
            return role_id
        before, _, index = self.name.rpartition("-")
        role_id = before.removeprefix(f"{group}-")
        return role_id if role_id not in (before, "") and is_digits(index) else None

    def role_name(self, group: str) -> str | None:
        """The role: by label, else by what names its replica."""
        return self.role or (self.role_id(group) or "").rpartition("-")[0] or None

    def index_in_name(self) -> int | None:
        """The integer at the end of the pod's name."""
        _, dash, index = self.name.rpartition("-")
        return integer(index) if dash else None


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
