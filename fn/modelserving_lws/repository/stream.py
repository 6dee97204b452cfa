"""Several functions on what stands on stdin, in one process and with one set of results."""

from __future__ import annotations

from ..config.chained import load_all
from ..pipeline import GivenConfig, Outcome, config_node
from ..results.errors import ConfigError, EditError, InputError
from .chain import Step, run_all
from .files import File
from .join import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.report import SetRow
    from ..results.result import Result


def run_stream(
    data: bytes, functions: tuple[str, ...], config: bytes | None = None, config_path: str = ""
) -> Outcome:
    """Runs each function on what the one before gives. Where one has an error, those behind it do
    not run, and the items come out as they were before it. Raises InputError where `data` or
    `config` can't be read.
    """
    given = None if config is None else GivenConfig(config, config_path)
    source = Source(File("", "", "", None, data), None)
    steps: list[Step] = []
    sets: list[SetRow] = []
    ignored: dict[str, int] = {}
    try:
        node = config_node(source.read().function_config, given)
        steps = [Step(it.kind, it.spec) for it in load_all(node, functions)]
        run = run_all([source], steps)
    except ConfigError as error:
        results: list[Result] = error.results
    else:
        (source,), results = run.sources, run.results
        sets, ignored = run.sets, run.ignored
        # As of one function: of an empty stream, there is no word.
        results += run.nothing if source.read().root is None and source.total else []
    if source.error is not None:
        raise source.error
    resource_list = source.read()
    try:
        resource_list.append_results(results)
    except EditError as error:
        raise InputError(error.id, **error.values) from error
    is_report = any(step.spec.get("reportOnly", False) for step in steps)
    return Outcome(resource_list, results, is_report, source.line_break, source, sets, ignored)
