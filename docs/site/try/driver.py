"""Runs the program's commands on files in memory, for the page "Try it in the browser".

The page's worker calls `answer`, then `pods` (docs/site/try/worker.js). The commands are those of
the command line, run in this process: only the folders and the streams are made here.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelserving_lws import __version__
from modelserving_lws.cli.command_arguments import describe
from modelserving_lws.cli.commands import FUNCTIONS, run_command
from modelserving_lws.config.schema import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PROGRAM = "modelserving-lws: "


class Streams:
    """Stdout and stderr of a command, kept."""

    def __init__(self) -> None:
        self.printed = b""
        self.said: list[str] = []

    def write(self, parts: Iterable[bytes], /) -> int:
        """Keeps what goes to stdout; returns the exit code."""
        self.printed += b"".join(parts)
        return 0

    def say(self, text: str, /) -> None:
        """Keeps what goes to stderr."""
        self.said.append(text)


class Workplace:
    """A folder with the folders `in` and `out`, and files for what the commands read and report."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inputs, self.outputs = root / "in", root / "out"
        self.config, self.report = root / "config.json", root / "report.json"
        for folder in (self.inputs, self.outputs):
            folder.mkdir()

    def put(self, path: str, data: bytes) -> None:
        """Writes a file of the input. Raises OSError or ValueError for what is no name of one."""
        file = self.inputs / path
        if not file.resolve().is_relative_to(self.inputs.resolve()):
            raise ValueError
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def run(self, folder: Path, *arguments: str) -> tuple[Streams, int]:
        """Runs a command on a folder, also where there are errors; returns its streams and its exit
        code.
        """
        common = ("--keep-going", f"--report=json={self.report}")
        streams, errors = Streams(), io.StringIO()
        self.report.unlink(missing_ok=True)
        with contextlib.chdir(folder), contextlib.redirect_stderr(errors):
            try:
                code = run_command([*arguments, *common, "."], streams)
            except SystemExit as end:  # argparse ends the process
                code = int(end.code or 0)
        streams.said += [line for line in [errors.getvalue()] if line]
        return streams, code

    def found(self, streams: Streams) -> dict[str, Any]:
        """The report of the last command, and what it said besides."""
        if not self.report.exists():
            return {"report": None, "said": _lines(streams.said)}
        report = json.loads(self.report.read_bytes())
        # Beside the report as text, each line has the program's name. Findings are told once.
        told = tuple(finding["message"] for finding in report["findings"])
        said = [text for text in streams.said if text.startswith(_PROGRAM)]
        return {"report": report, "said": [it for it in _lines(said) if not it.endswith(told)]}


# The last request and its files, for `pods`.
_last: list[tuple[dict[str, Any], Workplace]] = []


def answer(request: str) -> str:
    """What a command makes of files, as JSON.

    The request: `command`; `files`, texts by their paths; `settings`, strings by their names;
    `config`, a functionConfig or null; `ignored`, ids of messages.

    The answer: `code`; `files`; `report`, null where the settings are wrong; `said`, lines.
    """
    while _last:
        shutil.rmtree(_last.pop()[1].root)
    asked = json.loads(request)
    place = Workplace(Path(tempfile.mkdtemp()))
    _last.append((asked, place))
    return json.dumps(_answer(asked, place))


def pods() -> str:
    """The pods of the last answer's files, as JSON: `tree`, what `render --tree --format json`
    prints, null where it prints nothing; `report` and `said`.
    """
    ((asked, place),) = _last
    given = [f"--set=kthena={it}" for name, it in asked["settings"].items() if name == "kthena"]
    streams, _ = place.run(place.outputs, "render", "--tree", "--format=json", *given)
    tree = json.loads(streams.printed) if streams.printed else None
    return json.dumps({"tree": tree, **place.found(streams)})


def _answer(asked: dict[str, Any], place: Workplace) -> dict[str, Any]:
    for path, text in asked["files"].items():
        try:
            place.put(path, text.encode("utf-8", "surrogatepass"))
        except (OSError, ValueError):
            said = f"{path}: no name that a file can have beside the others"
            return {"code": 2, "files": {}, "report": None, "said": [said]}
    given = [f"--set={name}={value}" for name, value in asked["settings"].items()]
    given += [f"--ignore={name}" for name in asked["ignored"]]
    if asked["config"] is not None:
        place.config.write_text(json.dumps(asked["config"]), "utf-8")
        given.append(f"--config={place.config}")
    streams, code = place.run(place.inputs, asked["command"], *given, f"-o={place.outputs}/")
    return {"code": code, "files": dict(_files(place.outputs)), **place.found(streams)}


def description() -> dict[str, Any]:
    """What the page says before the program runs: `version`; `commands`, each with what it `does`
    and the `functions` that it runs; the functions' `settings`, as JSON Schemas by their names;
    `printed`, by the commands that need no files.
    """
    kinds = sorted({kind for functions in FUNCTIONS.values() for kind in functions})
    printed = {}
    for command in ("policy", "webhook-guard"):
        streams = Streams()
        run_command([command], streams)
        printed[command] = streams.printed.decode()
    return {
        "version": __version__,
        "commands": {
            name: {"does": describe(name), "functions": [*functions]}
            for name, functions in FUNCTIONS.items()
        },
        "settings": {kind: schema_of(kind)["properties"]["spec"]["properties"] for kind in kinds},
        "printed": printed,
    }


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            file = Path(path, name)
            yield str(file.relative_to(folder)), file.read_bytes().decode(errors="replace")


def _lines(said: list[str]) -> list[str]:
    return [line.removeprefix(_PROGRAM) for text in said for line in text.splitlines() if line]
