"""From bytes to bytes: the library's entry."""

from __future__ import annotations

from .function_config import ConfigError, FunctionConfig, is_none, load
from .reader import read
from .resource_list import ResourceList
from .result import ERROR, InputError, Result


class Outcome:
    """What a run came to: this run's `results`, and the text to hand on. `has_results` is whether
    that text has them, too: a stream has no place for results.
    """

    def __init__(self, resource_list: ResourceList, results: list[Result]) -> None:
        self._document = resource_list.document
        self.results = results
        self.has_results = resource_list.root is not None

    @property
    def output(self) -> bytes:
        """The input with all edits; the very input where there are none."""
        return self._document.output.encode()

    @property
    def diff(self) -> bytes:
        """A unified diff between input and output."""
        return self._document.diff.encode()

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
    resource_list = ResourceList(_decode(data))
    try:
        function_config = _function_config(resource_list, function, config, config_path)
    except ConfigError as error:
        results = error.results
    else:
        results = _run(function_config, resource_list)
    resource_list.append_results(results)
    return Outcome(resource_list, results)


def _run(function_config: FunctionConfig, resource_list: ResourceList) -> list[Result]:
    from .inject import inject

    return inject(resource_list.items, resource_list.document, function_config.spec)


def _function_config(
    resource_list: ResourceList, function: str | None, config: bytes | None, config_path: str
) -> FunctionConfig:
    node = resource_list.function_config
    if config is None:
        return load(node, function)
    if node is not None and not is_none(node):
        raise ConfigError(
            [Result(ERROR, "--config must not be given for a ResourceList with a functionConfig")]
        )
    try:
        roots = read(_decode(config))
    except InputError as error:
        error.path = config_path
        raise
    if len(roots) > 1:
        raise ConfigError([Result(ERROR, "--config must name a file with one functionConfig")])
    return load(roots[0] if roots else None, function)


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise InputError("not UTF-8", before, len(before)) from error
