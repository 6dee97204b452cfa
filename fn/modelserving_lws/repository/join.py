"""All files of a call as one list of items, which functions work on as they do on one text's."""

from __future__ import annotations

import re
from contextlib import suppress

from ..pipeline import decoded
from ..results.errors import InputError
from ..wire.resource_list import ResourceList
from ..yamltext.compose import compose
from ..yamltext.edit import Document
from ..yamltext.lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..results.result import Result
    from ..wire.items import Item
    from ..wire.list_edits import Place
    from ..wire.origin import Origin
    from ..yamltext.compose import Edits
    from .files import File

    # Why items stay as they are, by their file's path and their number there.
    Blocked = dict[tuple[str, int], list[Result]]


class Source:
    """A file as text, and its edits. It is read when something asks for its items: `list` is None
    before that, and where it is no list of manifests.
    """

    __slots__ = (
        "_base",
        "_edits",
        "_lines",
        "_plain",
        "_text",
        "error",
        "file",
        "line_break",
        "list",
        "origin",
    )

    def __init__(self, file: File, origin: Origin | None) -> None:
        self.file = file
        self.origin = origin
        self.list: ResourceList | None = None
        # Why the file could not be read.
        self.error: InputError | None = None
        self.line_break = "\n"
        self._text: str | None = None
        # Of a file that is no list of manifests, such as a patch.
        self._plain: Document | None = None
        # Of the functions before: the text that they began with, and their edits.
        self._base = ""
        self._edits: Edits = []
        self._lines: Lines | None = None

    def read(self) -> ResourceList:
        """Its items. Raises InputError where it can't be read, or is no list of manifests."""
        if self.list is None:
            self.list = ResourceList(self._read_text(), origin=self.origin)
        return self.list

    def check(self) -> None:
        """Reads a file that nothing has asked for, so that it is known whether it can be read."""
        if self.error is None and self.document is None:
            try:
                self.read().items(frozenset())
            except InputError as error:
                self.fail(error)

    def _read_text(self) -> str:
        if self._text is None:
            self._text, self.line_break = decoded(self.file.data or b"")
            self._base = self._text
        return self._text

    def open(self) -> Document:
        """Its text, whatever it is, with its edits. Raises InputError where it can't be read."""
        if self.list is None and self._plain is None:
            self.file.load()
            try:
                return self.read().document
            except InputError:
                self._plain = Document(self._read_text())
        document = self.document
        if document is None:
            raise AssertionError("there must be a text")
        return document

    @property
    def document(self) -> Document | None:
        """Its text with its edits; None where nothing has asked for it."""
        return self._plain if self.list is None else self.list.document

    def fail(self, error: InputError) -> None:
        """Leaves it out, since it can't be read."""
        error.path = self.file.path if self.origin is not None else ""
        self.error, self.list = error, None

    def after(self) -> Source:
        """The same file, with the text that its edits give."""
        next_ = Source(self.file, self.origin)
        next_.error, next_.line_break = self.error, self.line_break
        next_._text, next_._base, next_._edits = self._text, self._base, self._edits
        document = self.document
        if document is None or not document.edits():
            next_.list, next_._plain = self.list, self._plain
            return next_
        next_._text = document.output.decode()
        next_._edits = self.edits()
        return next_

    def edits(self) -> Edits:
        """All edits of the file's text."""
        if self.document is None:
            return self._edits
        return compose(len(self._base), self._edits, self.document.edits())

    def place_of(self, item: Item, path: str) -> tuple[int, int]:
        """The line and column in the file of an item's field; the item may be of the text that the
        functions before gave.
        """
        position, grown = item.position_of(path), 0
        if not self._edits:
            return item.document.line_and_column(position)
        for start, end, written in self._edits:
            if position < start + grown:
                break
            if position < start + grown + len(written):
                position = start + grown
                break
            grown += len(written) - (end - start)
        if self._lines is None:
            self._lines = Lines(self._base)
        return self._lines.line_and_column(position - grown)

    @property
    def is_edited(self) -> bool:
        """Whether a function before has changed it."""
        return bool(self._edits)

    @property
    def is_changed(self) -> bool:
        return bool(self.edits())

    @property
    def total(self) -> int | None:
        """How many items it has; None where it can't be read."""
        try:
            listed = self.read()
            listed.items(frozenset())
        except InputError:
            return None
        return listed.ways.total

    @property
    def has_manifests(self) -> bool:
        """Whether it holds manifests, and no kustomization."""
        try:
            return not self.file.is_kustomization and self.read() is not None
        except InputError:
            return False

    @property
    def is_no_manifest(self) -> bool:
        """Whether it is known that nothing in it is a manifest: each has a kind."""
        if self.error is not None:
            return self.error.id == "no-manifest"
        if self.list is not None and self.list.root is None and self.list.kinds == {""}:
            return True
        return b"kind" not in (self.file.data or b"")

    @property
    def output(self) -> bytes:
        """The file's bytes with all edits."""
        if not self.is_changed:
            return self.file.data or b""
        output = b"".join(self.parts())
        return output if self.line_break == "\n" else output.replace(b"\n", b"\r\n")

    def parts(self) -> Iterator[bytes]:
        """The text with all edits, in parts, with line feeds alone."""
        return (
            iter([self._read_text().encode()]) if self.document is None else self.document.parts()
        )

    def diff(self, before: str, after: str, line_break: str = "") -> str:
        """A unified diff between the file's text and its output."""
        from ..yamltext.diff import unified

        return unified(self._base, self.edits(), before, after, line_break or self.line_break)

    def patch(self) -> bytes:
        """The diff as `git apply` and `patch -p1` take it. A file that is not below the folder that
        the program runs in is named from the root on, for `patch --directory /`.
        """
        from ..yamltext.diff import file_name

        name = self.file.path.lstrip("/")
        before, after = file_name(f"a/{name}"), file_name(f"b/{name}")
        return self.diff(before, after).encode(errors="surrogateescape")


class _Files:
    """The files of a call, for kustomizations."""

    def __init__(self, sources: list[Source]) -> None:
        self._by_path = {source.file.path: source for source in sources}

    @property
    def paths(self) -> Iterable[str]:
        """The paths of all files."""
        return self._by_path

    def open(self, path: str) -> Document | None:
        """The document of a file; None where there is no such file."""
        return self._by_path[path].open() if path in self._by_path else None


class Repository:
    """The items of several files. It has the methods of a ResourceList that functions use."""

    def __init__(self, sources: Iterable[Source], blocked: Blocked | None = None) -> None:
        """`blocked` are items that no function may change, and why."""
        self.sources = list(sources)
        self._blocked = blocked or {}
        self._by_document: dict[Document, ResourceList] = {}
        # The kinds of the items that have been asked for.
        self.found: set[str] = set()

    @property
    def files(self) -> _Files | None:
        """The files, where the items are from files."""
        return _Files(self.sources) if any(it.origin is not None for it in self.sources) else None

    @property
    def warnings(self) -> list[Result]:
        """What looks like a slip in the texts that have been read."""
        return [it for source in self.sources if source.list for it in source.list.warnings]

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, file by file. A file that can't be read has none."""
        names = pattern_of(kinds)
        found: list[Item] = []
        for source in self._sources(lambda data: names.search(data) is not None):
            try:
                items = source.read().items(kinds)
            except InputError as error:
                source.fail(error)
            else:
                found += self._known(source.read(), items, source.file.path)
        self.found.update([item.kind for item in found])
        return found

    @property
    def kinds(self) -> set[str]:
        """The kinds of all items, and others that the texts mention."""
        expression = re.compile(rb"kind[\"']?: *[\"']?([A-Za-z0-9]+)")
        data = (source.file.data for source in self.sources if source.file.data is not None)
        found = {match for text in data for match in expression.findall(text)}
        return {match.decode(errors="replace") for match in found}

    def texts(self, kinds: Iterable[str]) -> list[str]:
        """The files' texts that have one of these kinds."""
        names = pattern_of(kinds)
        data = (source.file.data for source in self.sources if source.file.data is not None)
        return [text.decode(errors="replace") for text in data if names.search(text)]

    def holding(self, test: Callable[[str], bool]) -> list[Item]:
        """The items whose text passes a test, file by file. A file that can't be read has none."""
        found: list[Item] = []
        for source in self._sources(lambda data: test(data.decode(errors="replace"))):
            with suppress(InputError):
                listed = source.read()
                found += self._known(listed, listed.holding(test), source.file.path)
        return found

    def _sources(self, test: Callable[[bytes], bool]) -> Iterator[Source]:
        """The files whose bytes pass a test, and those that a function before has changed."""
        for source in self.sources:
            data = source.file.data
            if source.error is None and data is not None and (source.is_edited or test(data)):
                yield source

    def _known(self, listed: ResourceList, items: list[Item], path: str) -> list[Item]:
        """The items of a file, noted as such."""
        for item in items:
            self._by_document[item.document] = listed
            key = path, item.number
            if key in self._blocked:
                item.error = self._blocked[key][0]
        return items

    def replace(self, item: Item, manifest: str) -> None:
        """Puts a manifest in the place of an item, as ResourceList does."""
        self._by_document[item.document].replace(item, manifest)

    def place(self, item: Item) -> Place:
        """Where new items go that follow an item or take its place."""
        return self._by_document[item.document].place(item)

    def remove(self, items: list[Item]) -> None:
        """Takes items away, as ResourceList does."""
        by_document: dict[Document, list[Item]] = {}
        for item in items:
            by_document.setdefault(item.document, []).append(item)
        for document, found in by_document.items():
            self._by_document[document].remove(found)

    def append(self, manifests: list[str], beside: Item | None = None) -> None:
        """Puts manifests at the end of the file that an item is in."""
        if beside is None:
            raise AssertionError("several files have several ends")
        self._by_document[beside.document].append(manifests)


def pattern_of(kinds: Iterable[str]) -> re.Pattern[bytes]:
    """What finds the names of kinds in a file that has not been read."""
    return re.compile(b"|".join(re.escape(kind.encode()) for kind in sorted(kinds)))
