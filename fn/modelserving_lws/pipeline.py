"""From bytes to bytes: the library's entry."""

from __future__ import annotations

from functools import partial

from .config.function_config import (
    CONVERT_LEADER_WORKER_SET,
    EXPAND_LWS_PLUGIN,
    RENDER_MODEL_SERVING,
    is_none,
    load,
)
from .results.errors import ConfigError, EditError, InputError, ShapeError
from .results.result import ERROR, INFO, Result
from .wire.resource_list import ResourceList
from .yamltext.nodes import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    from .results.report import Report, SetRow
    from .yamltext.nodes import Node

    class Edited(Protocol):
        """A text and its edits."""

        def parts(self) -> Iterator[bytes]:
            """The text with all edits, in parts."""
            ...

        def diff(self, before: str, after: str, line_break: str) -> str:
            """The edits as a unified diff."""
            ...


class Outcome:
    """What a run came to: this run's `results`, and the text to hand on. `has_results` is whether
    that text has them, too: a stream has no place for results. `ways` counts the items by how they
    were read.
    """

    def __init__(
        self,
        resource_list: ResourceList,
        results: list[Result],
        is_report: bool,
        line_break: str,
        edited: Edited | None = None,
        sets: list[SetRow] | None = None,
        ignored: dict[str, int] | None = None,
    ) -> None:
        """Line feeds come out as this line break. `edited` is the text with its edits, unless the
        list has them all. `sets` and `ignored` are those of a Report.
        """
        self._document: Edited = edited or resource_list.document
        self._line_break = line_break
        self._is_report = is_report
        self._ignored = ignored or {}
        self.results = results
        self.sets = sets or []
        self.has_results = resource_list.root is not None
        self.ways = resource_list.ways

    @property
    def output(self) -> bytes:
        """The input with all edits; the very input where there are none."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """The same, in parts."""
        parts = self._document.parts()
        if self._line_break == "\n":
            return parts
        return (part.replace(b"\n", self._line_break.encode()) for part in parts)

    @property
    def diff(self) -> bytes:
        """A unified diff between input and output."""
        return self._diff("before", "after").encode()

    def patch(self, path: str) -> bytes:
        """The diff for a file, as `git apply` and `patch -p1` take it."""
        from .yamltext.diff import file_name

        names = file_name(f"a/{path}"), file_name(f"b/{path}")
        return self._diff(*names).encode(errors="surrogateescape")

    def _diff(self, before: str, after: str) -> str:
        return self._document.diff(before, after, self._line_break)

    @property
    def done(self) -> Result | None:
        """The result that counts what was done; None where nothing was."""
        for result in self.results:
            is_count = result.severity == INFO and result.reference is None
            if is_count and result.id != "nothing-found":
                return result
        return None

    def told(self, with_done: bool = True) -> str:
        """What a person is told, as lines: errors and warnings, all results where the output has
        no place for them (but `done`, if that is told elsewhere); of a run that only reports, all
        of them, laid out to be read.
        """
        if self._is_report:
            from .results.layout import layout

            return layout(self.report())
        left_out = None if with_done else self.done
        told = [
            f"{result}\n"
            for result in self.results
            if result.severity != INFO or not (self.has_results or result is left_out)
        ]
        return "".join(told)

    def report(self, path: str = "") -> Report:
        """What a report says of the run on the file of this path; empty for stdin."""
        from .results.report import Report
        from .wire.places import located

        findings = [located(result, path) for result in self.results]
        return Report(findings, sets=self.sets, ignored=self._ignored)

    @property
    def failed(self) -> bool:
        """Whether one of the results is an error."""
        return any(result.severity == ERROR for result in self.results)


def run(
    data: bytes, function: str | None = None, config: bytes | None = None, config_path: str = ""
) -> Outcome:
    """Runs the function that the ResourceList's functionConfig names, else `config` (a whole
    functionConfig as YAML), else `function` (its kind), else InjectLWS.

    Raises InputError where `data` or `config` can't be read.
    """
    text, line_break = decoded(data)
    del data  # the text has it all
    given = None if config is None else GivenConfig(config, config_path)
    return _run(ResourceList(text), function, given, line_break)


def decoded(data: bytes) -> tuple[str, str]:
    r"""The text, with line feeds alone where all of its lines end in `\r\n`, and the line break
    that its line feeds stand for. Raises InputError.
    """
    text = _decode(data)
    if "\r" in text and text.count("\r\n") == text.count("\n") == text.count("\r"):
        # To YAML, it makes no difference; all line feeds of the output become line breaks again.
        return text.replace("\r\n", "\n"), "\r\n"
    return text, "\n"


def _run(
    resource_list: ResourceList,
    function: str | None,
    given: GivenConfig | None,
    line_break: str,
) -> Outcome:
    is_report = False
    sets: list[SetRow] = []
    ignored: dict[str, int] = {}
    try:
        config = load(config_node(resource_list.function_config, given), function)
    except ConfigError as error:
        results = error.results
    else:
        is_report = config.spec.get("reportOnly", False)
        if config.kind == CONVERT_LEADER_WORKER_SET:
            results = convert(resource_list, config.spec, sets)
        else:
            results = transform(config.kind)(resource_list, config.spec)
        results = [*resource_list.warnings, *results, *passed_over(resource_list, (config.kind,))]
        if config.spec.get("ignore"):
            from .results.ignored import without

            ignored = without(config.spec["ignore"], results, sets)
    try:
        resource_list.append_results(results)
    except (EditError, ShapeError) as error:
        raise InputError(error.id, **error.values) from error
    return Outcome(resource_list, results, is_report, line_break, None, sets, ignored)


def convert(
    resource_list: ResourceList,
    spec: dict[str, Any],
    rows: list[SetRow],
    expansion: dict[str, Any] | None = None,
    *,
    is_whole: bool = False,
) -> list[Result]:
    """Runs ConvertLeaderWorkerSet; `rows` gets what becomes of each set. `expansion` are the
    settings of ExpandLWSPlugin where that runs on the result. Of the whole way, and of a report,
    which is about it, what that function or a cluster says of a ModelServing is said of the set,
    and an error keeps the set as it is.
    """
    from .functions.convert.convert import convert as convert_sets
    from .kthena.subjects import BOTH

    via = (spec if expansion is None else expansion).get("via", "Templates")
    if not (is_whole or spec.get("reportOnly")):
        with_policy = expansion is not None and via == "AdmissionPolicy"
        return convert_sets(resource_list, spec, with_policy=with_policy, rows=rows)
    version = (spec if expansion is None else expansion).get("kthena", BOTH)
    behind = partial(_behind, {"via": via, "emitPolicy": False, "kthena": version})
    with_policy = via == "AdmissionPolicy"
    return convert_sets(resource_list, spec, with_policy=with_policy, behind=behind, rows=rows)


def _behind(expansion: dict[str, Any], manifest: str) -> list[Result]:
    """What ExpandLWSPlugin with these settings and a cluster say of a ModelServing."""
    from .kthena.validation import refusals
    from .yamltext.read import read

    resource_list = ResourceList(manifest)
    results = transform(EXPAND_LWS_PLUGIN)(resource_list, expansion)
    found = [result for result in results if result.reference is not None]
    if not any(result.severity == ERROR for result in found):
        (root,) = read(resource_list.document.output.decode())
        if isinstance(root, Mapping):
            found += refusals(root, expansion["kthena"])
    return found


def passed_over(resource_list: ResourceList, functions: tuple[str, ...]) -> list[Result]:
    """What the functions have passed over though it was probably meant; of a stream, also that
    they have found nothing.
    """
    from .functions.slips import nothing_found, slips

    results = slips(resource_list, functions)
    # Of an empty stream, such as Helm gives to its post-renderer, there is no word.
    if resource_list.root is None and resource_list.ways.total:
        results += nothing_found(resource_list.found, functions, resource_list.ways.total)
    return results


def transform(kind: str) -> Callable[[ResourceList, dict[str, Any]], list[Result]]:
    """The function of a kind; what the others need is not imported."""
    if kind == EXPAND_LWS_PLUGIN:
        from .functions.expand.expand import expand

        return expand
    if kind == CONVERT_LEADER_WORKER_SET:
        from .functions.convert.convert import convert

        return convert
    if kind == RENDER_MODEL_SERVING:
        from .functions.render.render import render

        return render
    from .functions.inject import inject

    return inject


class GivenConfig:
    """A functionConfig that the command line gives."""

    def __init__(self, data: bytes, path: str) -> None:
        from .yamltext.read import read

        try:
            self.roots = read(_decode(data))
        except InputError as error:
            error.path = path
            raise


def config_node(node: Node | None, given: GivenConfig | None) -> Node | None:
    """The functionConfig: that of the list, or the given one. Raises ConfigError where both are
    there, or two are given.
    """
    if given is None:
        return node
    if node is not None and not is_none(node):
        raise ConfigError([Result("config-with-config")])
    if len(given.roots) > 1:
        raise ConfigError([Result("config-not-one")])
    return given.roots[0] if given.roots else None


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        found = ", but UTF-16" if is_wide else ""
        raise InputError("not-utf-8", before, len(before), found=found) from error
