"""Kustomization trees: what each kustomization reaches, and under which names.

A kustomization reaches the files that it names in `resources`, and what the kustomizations reach
that it names in `resources`, `bases` and `components`. A component works on what the kustomization
that names it reaches: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/.
"""

from __future__ import annotations

from collections import deque
from posixpath import dirname

from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Mapping, Scalar
from .kinds import BUILT_IN, COMPONENT
from .sources import is_kustomization, resolved, roots_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..yamltext.nodes import Node
    from .sources import Source, Sources

# A set has a name for each way of prefixes and suffixes; more than these are not told apart.
_MOST_NAMES = 100
_MOST_AFFIXES = 6
# Of the search for cycles, over all kustomizations.
_MOST_STEPS = 1_000_000
_GENERATORS = {"ConfigMapGenerator", "SecretGenerator"}
_CHARTS = "helmCharts"
_PATCH_LISTS = ("patches", "patchesJson6902")


class TreeSet:
    """A LeaderWorkerSet of a file: whether it has a `leaderTemplate`, and whether it became a
    ModelServing.
    """

    __slots__ = ("has_leader", "is_converted", "name", "namespace", "path")

    def __init__(
        self, path: str, name: str, namespace: str, *, has_leader: bool, is_converted: bool
    ) -> None:
        self.path = path
        self.name = name
        self.namespace = namespace
        self.has_leader = has_leader
        self.is_converted = is_converted


class Kustomization:
    """One kustomization: its root, what it names, and the files that it names as patches."""

    __slots__ = (
        "components",
        "entries",
        "files",
        "folders",
        "missing",
        "node",
        "patches",
        "path",
        "source",
        "transformers",
    )

    def __init__(self, source: Source, sources: Sources) -> None:
        node = source.mapping
        if node is None:
            raise AssertionError("a kustomization must be a mapping")
        self.path = source.path
        self.source = source
        self.node = node
        self.files: list[str] = []
        # Paths of other kustomizations.
        self.folders: list[str] = []
        self.components: list[str] = []
        # The entries that name them: the entry's path and text, and the other kustomization's path.
        self.entries: list[tuple[str, str, str]] = []
        # What is named and not there: a URL, or a file that the call does not have.
        self.missing: list[str] = []
        for field in ("resources", "bases", "components"):
            for i, entry in enumerate(entries_of(get(node, field))):
                if isinstance(entry, Scalar):
                    self._add(f"{field}[{i}]", entry.value, sources)
        self.patches = {resolved(text, self.path) for text in _patch_paths(node)}
        # Transformers: those in texts, and the paths of files or folders.
        texts = texts_of(get(node, "transformers"))
        self.transformers = [resolved(text, self.path) for text in texts if not is_inline(text)]
        for text in filter(is_inline, texts):
            self._add_patches(roots_of(text))

    def _add(self, where: str, text: str, sources: Sources) -> None:
        path, is_component = resolved(text, self.path), where.startswith("components")
        if path in sources and not is_component:
            self.files.append(path)
            return
        folder = sources.kustomization_in(path)
        if folder is None:
            self.missing.append(text)
        else:
            self.entries.append((where, text, folder))
            (self.components if is_component else self.folders).append(folder)

    def _add_patches(self, roots: Iterable[Node]) -> None:
        """Adds the files that kustomize's own transformers name as patches."""
        for root in roots:
            if text_at(root, "apiVersion") == BUILT_IN:
                paths = [text_at(root, "path") or "", *texts_of(get(root, "paths"))]
                self.patches.update(resolved(path, self.path) for path in paths if path)

    @property
    def affixes(self) -> tuple[str, str]:
        """The prefix and the suffix that it gives to names."""
        return text_at(self.node, "namePrefix") or "", text_at(self.node, "nameSuffix") or ""

    @property
    def is_component(self) -> bool:
        return text_at(self.node, "kind") == COMPONENT


def texts_of(node: Node | None) -> list[str]:
    """The texts in a list."""
    return [entry.value for entry in entries_of(node) if isinstance(entry, Scalar)]


def is_inline(text: str) -> bool:
    """Whether an entry that may be a path is a YAML text."""
    return "\n" in text or ": " in text


def _patch_paths(node: Mapping) -> Iterator[str]:
    for field in _PATCH_LISTS:
        for entry in entries_of(get(node, field)):
            path = text_at(entry, "path")
            if path:
                yield path
    for text in texts_of(get(node, "patchesStrategicMerge")):
        if not is_inline(text):
            yield text


def _folders(path: str) -> Iterator[str]:
    """The folder of a file, and those above it."""
    folder = dirname(path)
    yield folder
    while folder not in ("", "/") and not folder.endswith(".."):
        folder = dirname(folder)
        yield folder


class Reach:
    """The sets that a kustomization works on, with the names and namespaces that they may have
    there.
    """

    __slots__ = ("is_any", "names", "namespaces")

    def __init__(self) -> None:
        self.names: dict[TreeSet, set[str]] = {}
        # Those that kustomizations give to what they reach.
        self.namespaces: set[str] = set()
        # Too many names to tell apart: a name may be any.
        self.is_any = False

    def add(self, it: TreeSet, names: Iterable[str]) -> bool:
        """Whether that added one."""
        is_new = it not in self.names
        known = self.names.setdefault(it, set())
        before = len(known)
        for name in names:
            if len(known) == _MOST_NAMES:
                self.is_any = True
                break
            known.add(name)
        return is_new or len(known) > before

    def take(self, other: Reach, affixes: Iterable[tuple[str, str]] = ()) -> bool:
        """Takes what another kustomization works on, also under the names that these prefixes and
        suffixes give, one after the other. Whether that added something.
        """
        changed = (other.is_any and not self.is_any) or not other.namespaces <= self.namespaces
        self.is_any = self.is_any or other.is_any
        self.namespaces |= other.namespaces
        for it, names in list(other.names.items()):
            changed |= self.add(it, _named(names, affixes))
        return changed


def _named(names: Iterable[str], affixes: Iterable[tuple[str, str]]) -> Iterable[str]:
    """The names, and those that prefixes and suffixes make of them."""
    found = dict.fromkeys(names)
    for prefix, suffix in affixes:
        if prefix or suffix:
            found |= dict.fromkeys([f"{prefix}{name}{suffix}" for name in found])
    return found


def _until_nothing_changes(paths: Iterable[str], give: Callable[[str], list[str]]) -> None:
    """Gives on from each path, and again from those that it changes."""
    waiting = deque(paths)
    queued = set(waiting)
    while waiting:
        path = waiting.popleft()
        queued.discard(path)
        for target in give(path):
            if target not in queued:
                waiting.append(target)
                queued.add(target)


class Trees:
    """All kustomizations of a call."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.all: dict[str, Kustomization] = {}
        for path in sources.kustomizations():
            source = sources.get(path)
            if source is not None and source.mapping is not None:
                self.all[path] = Kustomization(source, sources)
        for it in self.all.values():
            for text in it.transformers:
                for file in map(sources.get, self.files_of(text)):
                    it._add_patches([] if file is None else file.roots)
        self._users: dict[str, list[str]] = {path: [] for path in self.all}
        for path, it in self.all.items():
            for child in (*it.folders, *it.components):
                if child in self._users:
                    self._users[child].append(path)

    def add(self, source: Source) -> None:
        """Adds a kustomization that is an item of a list."""
        node = source.mapping
        if node is not None and is_kustomization(node):
            self.all[source.path] = Kustomization(source, self.sources)
            self._users.setdefault(source.path, [])

    @property
    def patches(self) -> set[str]:
        """The files that a kustomization names as patches: no LeaderWorkerSet in them is one."""
        return {path for it in self.all.values() for path in it.patches}

    def outermost(self) -> list[str]:
        """The kustomizations that are built: no other one names them."""
        return [path for path, it in self.all.items() if not (self._users[path] or it.is_component)]

    def unseen(self, path: str) -> list[str]:
        """What a kustomization gets objects from that is not among the files: URLs, files and
        folders that are not there, charts and generators.
        """
        found: list[str] = []
        for one in self._below(path):
            it = self.all[one]
            charts = (text_at(entry, "name") or "" for entry in entries_of(get(it.node, _CHARTS)))
            generators = texts_of(get(it.node, "generators"))
            found += it.missing
            found += (f"the chart {name}" for name in charts)
            found += ("a generator" for text in generators if self._may_make_sets(it, text))
        return found

    def _may_make_sets(self, it: Kustomization, generator: str) -> bool:
        """Whether a generator, given as its text or path, may make other objects than ConfigMaps
        and Secrets.
        """
        roots = roots_of(generator)
        if not is_inline(generator):
            source = self.sources.get(resolved(generator, it.path))
            roots = [] if source is None else source.roots
        kinds = {text_at(root, "kind") for root in roots}
        return not kinds or not kinds <= _GENERATORS

    def leading_to(self, file: str) -> set[str]:
        """The kustomizations that reach a file."""
        named = [path for path, it in self.all.items() if file in it.files]
        return {user for path in named for user in self._above(path, _MOST_STEPS)}

    def cycles(self) -> list[tuple[Kustomization, str, str]]:
        """The kustomizations that kustomize refuses, since they lead back to themselves, or to a
        folder above one that leads to them: one for each cycle, with the path and the text of an
        entry of it. Source: `errIfArgEqualOrHigher` in its
        `api/internal/loader/fileloader.go`.
        """
        found = []
        told: set[str] = set()
        left = _MOST_STEPS
        for path, it in sorted(self.all.items()):
            if path in told or not it.entries:
                continue
            above = self._above(path, left)
            left -= len(above)
            folders = {folder for one in above for folder in _folders(one)}
            for where, text, other in it.entries:
                if dirname(other) in folders:
                    found.append((it, where, text))
                    told |= above
                    break
        return found

    def _above(self, path: str, most: int) -> set[str]:
        """A kustomization and those that lead to it, `most` of them."""
        seen = {path}
        waiting = [path]
        while waiting and len(seen) < most:
            for user in self._users.get(waiting.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return seen

    def files_of(self, path: str) -> list[str]:
        """The file at a path; those that a kustomization there reaches if it is a folder."""
        folder = self.sources.kustomization_in(path)
        if folder is not None:
            return sorted(self.files(folder))
        return [path] if path in self.sources else []

    def files(self, path: str) -> set[str]:
        """The files that the kustomization at a path reaches, those of components included."""
        return {file for one in self._below(path) for file in self.all[one].files}

    def _below(self, path: str) -> list[str]:
        """A kustomization and those that it leads to."""
        seen = {path}
        waiting = [path]
        found = []
        while waiting:
            it = self.all.get(waiting.pop())
            if it is None:
                continue
            found.append(it.path)
            for child in (*it.folders, *it.components):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return found

    def reached(self) -> dict[str, list[str]]:
        """The outermost kustomizations that reach each file, by its path."""
        found: dict[str, list[str]] = {}
        for path in self.outermost():
            for file in self.files(path):
                found.setdefault(file, []).append(path)
        return found

    def reach(self, sets: Iterable[TreeSet]) -> dict[str, Reach]:
        """What each kustomization works on, by its path."""
        by_file: dict[str, list[TreeSet]] = {}
        for one in sets:
            by_file.setdefault(one.path, []).append(one)
        reaches = {path: Reach() for path in self.all}
        components = {path: self._component_affixes(path) for path in self.all}
        for path, it in self.all.items():
            namespace = text_at(it.node, "namespace")
            reaches[path].namespaces.update((namespace,) if namespace else ())
            for file in it.files:
                for found in by_file.get(file, ()):
                    reaches[path].add(found, _named((found.name,), components[path]))

        def give_to_users(path: str) -> list[str]:
            own = self.all[path].affixes
            return [
                user
                for user in self._users[path]
                if reaches[user].take(reaches[path], (own, *components[user]))
            ]

        def give_to_components(path: str) -> list[str]:
            there = [it for it in self.all[path].components if it in reaches]
            return [it for it in there if reaches[it].take(reaches[path])]

        # What a component works on is not what it brings to others.
        _until_nothing_changes(self.all, give_to_users)
        _until_nothing_changes(self.all, give_to_components)
        return reaches

    def _component_affixes(self, path: str) -> list[tuple[str, str]]:
        """The prefixes and suffixes that the components of a kustomization give to names."""
        found: list[tuple[str, str]] = []
        seen: set[str] = set()
        waiting = list(reversed(self.all[path].components))
        while waiting and len(found) < _MOST_AFFIXES:
            it = self.all.get(waiting.pop())
            if it is not None and it.path not in seen:
                seen.add(it.path)
                waiting += reversed(it.components)
                if it.affixes != ("", ""):
                    found.append(it.affixes)
        return found
