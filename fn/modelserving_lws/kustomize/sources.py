"""The texts that kustomizations are made of, each read once, and where they stand."""

from __future__ import annotations

from posixpath import dirname, join, normpath

from ..results.errors import InputError
from ..wire.items import reference_to
from ..yamltext.data import entries_of, text_at
from ..yamltext.edit import Document
from ..yamltext.inner import position_of
from ..yamltext.nodes import Mapping as MappingNode
from ..yamltext.nodes import Sequence
from ..yamltext.read import read
from .kinds import GROUP, KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..results.result import Reference
    from ..wire.resource_list import Files
    from ..yamltext.nodes import Node

# The file that makes a folder a kustomization: github.com/kubernetes-sigs/kustomize
# `api/konfig/general.go`.
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Texts:
    """Files that are texts in memory, by their paths. `edited` has those that have edits."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.paths = list(texts)
        self._texts = texts
        self._documents: dict[str, Document] = {}

    def open(self, path: str) -> Document | None:
        """The document of a file; as ResourceList's `files` give it."""
        if path in self._texts and path not in self._documents:
            self._documents[path] = Document(self._texts[path])
        return self._documents.get(path)

    @property
    def edited(self) -> dict[str, Document]:
        """The documents that have edits, by their paths."""
        return {path: it for path, it in self._documents.items() if it.edits()}


# How results name a list: of operations, and any other one.
_PATCH, _LIST = "JSON 6902 patch", "list"


class Root:
    """A root of a document, of which a Reference gets the places of fields."""

    __slots__ = ("document", "node")

    def __init__(self, document: Document, node: Node) -> None:
        self.document = document
        self.node = node

    def position_of(self, path: str) -> int:
        """As that of Item."""
        return position_of(self.node, self.document.text, path)


class Source:
    """A YAML text at a path, and the roots in it, safe to edit: of its documents, or of the one
    item that it is.
    """

    __slots__ = ("_reference", "document", "path", "roots")

    def __init__(
        self, path: str, document: Document, roots: list[Node], reference: Reference | None = None
    ) -> None:
        """`reference` names it in results."""
        self.path = path
        self.document = document
        self.roots = roots
        self._reference = reference

    @property
    def reference(self) -> Reference:
        """What names it in results."""
        if self._reference is None:
            root = self.roots[0] if len(self.roots) == 1 else Sequence(0, 0, False)
            self._reference = self.reference_to(root)
        return self._reference

    def reference_to(self, root: Node) -> Reference:
        """What names one of its roots in results."""
        place = ""
        if isinstance(root, Sequence):
            is_patch = any(text_at(entry, "op") for entry in entries_of(root))
            place = _PATCH if is_patch else _LIST
        reference = reference_to(root, place)
        reference.path, reference.index = self.path, None
        if not reference.kind and self.path.rpartition("/")[2] in NAMES:
            reference.kind = "Kustomization"  # as kustomize has it
        reference.item = Root(self.document, root)
        return reference

    @property
    def mapping(self) -> MappingNode | None:
        """The root, if it is the only one and a mapping."""
        root = self.roots[0] if len(self.roots) == 1 else None
        return root if isinstance(root, MappingNode) else None

    @property
    def sequence(self) -> Sequence | None:
        """The root, if it is the only one and a list."""
        root = self.roots[0] if len(self.roots) == 1 else None
        return root if isinstance(root, Sequence) else None


class Sources:
    """The texts of a call by their paths. A text is read when it is asked for."""

    def __init__(self, files: Files | None = None) -> None:
        """Without files, it has what is added."""
        self._paths = set() if files is None else set(files.paths)
        self._files = files
        self._read: dict[str, Source] = {}
        # Those that are no YAML, and why.
        self.errors: dict[str, InputError] = {}

    @property
    def are_files(self) -> bool:
        """Whether what is not here is not among the files of a call."""
        return self._files is not None

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def add(self, source: Source) -> None:
        """Adds a text that has been read, such as an item of a list."""
        self._paths.add(source.path)
        self._read[source.path] = source

    def get(self, path: str) -> Source | None:
        """The text at a path; None where it is not there, or no YAML."""
        if path in self._read or path in self.errors or path not in self._paths:
            return self._read.get(path)
        try:
            document = None if self._files is None else self._files.open(path)
            if document is None:
                return None
            source = Source(path, document, read(document.source))
        except InputError as error:
            error.path = path
            self.errors[path] = error
            return None
        self._read[path] = source
        return source

    def kustomization_in(self, folder: str) -> str | None:
        """The path of a folder's kustomization."""
        paths = (normpath(join(folder, name)) for name in NAMES)
        return next((path for path in paths if path in self._paths), None)

    def kustomizations(self) -> list[str]:
        """The paths of all kustomizations."""
        return sorted(path for path in self._paths if path.rpartition("/")[2] in NAMES)


def resolved(path: str, kustomization: str) -> str:
    """The path that a kustomization at a path names."""
    return normpath(join(dirname(kustomization), path))


def roots_of(text: str) -> list[Node]:
    """The documents of a text; none where it is no YAML, which kustomize says."""
    try:
        return read(text)
    except InputError:
        return []


def is_kustomization(node: MappingNode) -> bool:
    """Whether an item is a Kustomization or a Component."""
    version = text_at(node, "apiVersion") or ""
    return text_at(node, "kind") in KINDS and version.rpartition("/")[0] == GROUP
