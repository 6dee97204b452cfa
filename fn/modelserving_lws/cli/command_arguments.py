"""The arguments of the commands."""

from __future__ import annotations

import argparse
import os
from textwrap import fill, wrap

from ..results.errors import Shown
from ..tree.formats import FORMATS as TREE_FORMATS
from . import COMMANDS, PROGRAM
from .report import FORMATS, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

_SUFFIX = "--rename-suffix"
SHELLS = ("bash", "zsh", "fish")
_DOES = {
    "migrate": "turns LeaderWorkerSets into ModelServings that run on a stock kthena, and what "
    "refers to them: convert and expand in one",
    "convert": "runs ConvertLeaderWorkerSet: turns LeaderWorkerSets into ModelServings with the "
    "plugin `lws`",
    "expand": "runs ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings "
    "with the plugin `lws`",
    "inject": "runs InjectLWS: writes the LWS contract into pods of ModelServings with the plugin "
    "`lws`",
    "render": "runs RenderModelServing: prints the manifests, and the Pods and Services that "
    "kthena makes of the ModelServings",
    "policy": "prints the admission policy that writes the LWS contract into pods",
    "webhook-guard": "prints a JSON patch that makes LWS's webhook leave ModelServings' pods alone",
    "completion": "prints the completion for a shell",
}
_PATHS = """\
Reads the files that are given, in a folder all *.yaml, *.yml, *.json and
Kustomization files, or stdin (`-`). Hidden folders, and templates/ of Helm
charts, are left out. All of it is one list: an autoscaler finds its set in
another file.
"""
_EXIT_CODES = """\
exit codes:
  0  done; 1  an error; 2  wrong usage
"""
_CHECK_CODES = """\
  with --check: 0  nothing to change; 1  a change; 2  an error, or wrong usage
"""


class CommandOptions:
    """What a command is to do. `settings` are those of --set; `reports` are pairs of a format and a
    file, None for the stream that has the text otherwise.
    """

    def __init__(self) -> None:
        self.command = ""
        self.paths: list[str] = []
        self.write = self.diff = self.check = self.keep_going = self.transformer = False
        self.tree = False
        self.tree_format: str | None = None
        self.output: str | None = None
        self.config: str | None = None
        self.rename_suffix: str | None = None
        self.settings: dict[str, str] = {}
        self.reports: list[tuple[str, str | None]] = []
        self.ignored: list[str] = []

    @property
    def error_code(self) -> int:
        """The exit code of a run with an error. With --check, 1 stands for a change."""
        return 2 if self.check else 1


class _Parser(argparse.ArgumentParser):
    """Formats for 80 columns, whatever the environment says of the terminal."""

    def __init__(self, command: str) -> None:
        has_paths = command in _DOES and command not in ("policy", "webhook-guard", "completion")
        epilog = _EXIT_CODES + (_CHECK_CODES if has_paths and command != "render" else "")
        does = describe(command)
        super().__init__(
            f"{PROGRAM} {command}",
            description=f"{fill(does, 80)}\n\n{_PATHS}" if has_paths else fill(does, 80),
            epilog=epilog,
            formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=80),
            allow_abbrev=False,
            add_help=False,
        )
        self.add_argument("-h", "--help", action=_Help, nargs=0, help="show this help and exit")


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        raise Shown(parser.format_help())


class _Once(argparse.Action):
    """An option that may be there once."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: object,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) != self.default:
            parser.error(f"{option_string} is there twice")
        setattr(namespace, self.dest, True if self.nargs == 0 else values)


def describe(command: str) -> str:
    """What a command does, as one sentence."""
    return f"{_DOES[command][:1].upper()}{_DOES[command][1:]}."


def parser_of(command: str) -> argparse.ArgumentParser:
    """The parser of a command's arguments."""
    parser = _Parser(command)
    if command in ("policy", "webhook-guard"):
        return parser
    if command == "completion":
        parser.add_argument("paths", metavar="SHELL", nargs=1, choices=SHELLS, help="the shell")
        return parser
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder, or - for stdin")

    def flag(name: str, text: str) -> None:
        parser.add_argument(name, action=_Once, nargs=0, default=False, help=text)

    def value(*names: str, metavar: str, text: str) -> None:
        parser.add_argument(*names, metavar=metavar, action=_Once, help=text)

    if command != "render":
        flag("--write", "change the files in place: all of them, or none where there is an error")
        flag("--diff", "print the changes as a patch; the report goes to stderr")
        flag("--check", "exit with 1 where something would change")
    value(
        "-o",
        "--output",
        metavar="FILE|FOLDER",
        text="write the manifests there, - for stdout; nothing where there is an error",
    )
    if command == "render":
        flag("--tree", "print the pods as a tree, and which of them the Services select")
        parser.add_argument(
            "--format",
            dest="tree_format",
            action=_Once,
            choices=TREE_FORMATS,
            help="the tree's format: text in colour at a terminal, a Mermaid or Graphviz graph, a "
            "table of the pods' LWS variables, or JSON with all of their variables",
        )
    flag("--keep-going", "with an error, write what can be done all the same")
    _add_report(parser)
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action=_Setting,
        default={},
        help="a setting of a function of the command",
    )
    value("--config", metavar="FILE", text="a file with a functionConfig")
    if command in ("migrate", "convert"):
        value(
            _SUFFIX,
            metavar="SUFFIX",
            text="what the ModelServings' names have behind the sets' names",
        )
    if command == "migrate":
        flag("--transformer", "let kustomizations expand what they build, by a transformer")
    parser.add_argument(
        "--ignore",
        dest="ignored",
        metavar="ID",
        action="append",
        default=[],
        help="do not show findings of this id, but count them (docs/messages.md)",
    )
    return parser


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--report",
        dest="reports",
        metavar="FORMAT[=FILE]",
        action=_Report,
        default=[],
        help=f"the report's format, {' or '.join(FORMATS)}, and its file; {TEXT} by default",
    )


class _Setting(argparse.Action):
    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, _: str | None = None
    ) -> None:
        key, equals, text = value.partition("=")
        if not (key and equals):
            parser.error(f"--set {value} must be KEY=VALUE")
        if key in namespace.settings:
            parser.error(f"--set {key} is there twice")
        namespace.settings = {**namespace.settings, key: text}


class _Report(argparse.Action):
    def __call__(
        self, parser: argparse.ArgumentParser, namespace: Any, value: Any, _: str | None = None
    ) -> None:
        format_, equals, file = value.partition("=")
        if format_ not in FORMATS:
            parser.error(f"--report {format_} must be one of {', '.join(FORMATS)}")
        if equals and not file:
            parser.error(f"--report {value} must name a file behind =")
        if not file and any(other is None for _, other in namespace.reports):
            parser.error("--report is there twice without a file")
        namespace.reports = [*namespace.reports, (format_, file or None)]


def parse(arguments: list[str]) -> CommandOptions:
    """What the arguments ask for; the first one is the command. Exits with 2 where they are wrong;
    raises Shown for --help.
    """
    command, *rest = arguments
    parser = parser_of(command)
    options = parser.parse_args(_joined(rest), CommandOptions())
    options.command = command
    _check(options, parser.error)
    if options.rename_suffix is not None:
        options.settings = {**options.settings, "renameSuffix": options.rename_suffix}
    return options


def _joined(arguments: list[str]) -> list[str]:
    """The arguments, a suffix joined with its option: argparse takes `-new` for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined[-1:] == [_SUFFIX]:
            joined[-1] = f"{_SUFFIX}={argument}"
        else:
            joined.append(argument)
    return joined


def _check(options: CommandOptions, error: Callable[[str], NoReturn]) -> None:
    """Refuses what does not go together."""
    if "-" in options.paths and options.command != "completion" and options.paths != ["-"]:
        error("- must be alone")
    if not all((*options.paths, options.config != "", options.output != "")):
        error("a PATH or FILE must not be empty")
    reports = [os.path.realpath(file) for _, file in options.reports if file is not None]
    if len({*reports, os.path.realpath(options.output or "")}) <= len(reports):
        error("--report must not write to the file of another --report, or of -o")
    places = {
        "--write": options.write,
        "-o": options.output is not None,
        "--diff": options.diff,
        "--tree": options.tree,
    }
    given = [name for name, is_there in places.items() if is_there]
    if len(given) > 1:
        error(f"{given[0]} and {given[1]} do not go together")
    if options.check and (options.write or options.output is not None):
        error(f"--check does not go with {given[0]}")
    if options.tree_format is not None and not options.tree:
        error("--format needs --tree")
    if options.write and options.paths == ["-"]:
        error("--write needs files; -o - prints what becomes of stdin")
    from ..results.ignored import check

    for wrong in check(options.ignored):
        error(f"--ignore {wrong.message}")


def usage(command: str) -> str:
    """How to call a command."""
    return parser_of(command).format_usage()


def summaries() -> str:
    """What the commands do, as lines for --help."""
    lines = []
    for command in COMMANDS:
        head = f"  {command} " if len(command) > 8 else f"  {command:<8} "
        lines += wrap(head + _DOES[command], 80, subsequent_indent=" " * 11, break_on_hyphens=False)
    return "\n".join(lines) + "\n"
