"""The command line. Imported only where there are arguments."""

from __future__ import annotations

import argparse

from .. import __version__
from ..config.function_config import KINDS
from ..results.errors import Shown
from . import CHECK, DEBUG, DIFF, OUTPUT, POLICY, PROGRAM, WEBHOOK_GUARD, Options

_DESCRIPTION = """\
Writes the LeaderWorkerSet (LWS) contract into the manifests of kthena ModelServings.

Reads a ResourceList, a `v1` List or a stream of manifests on stdin, as YAML or JSON, and writes the
same to stdout, changed only where the contract changes it. The ResourceList's functionConfig says
what to do; without one, the options do, and without those it is InjectLWS.
"""
_EPILOG = f"""\
functions:
  InjectLWS  writes the LWS labels, annotations and env vars into the pods of ModelServings that
             have the plugin `lws`
  ExpandLWSPlugin  writes the LWS contract into the templates of ModelServings that have the
             plugin `lws`, for a kthena that has no such plugin
  ConvertLeaderWorkerSet  turns LeaderWorkerSets into ModelServings that do the same job, and
             reports what has no equivalent
  RenderModelServing  adds the Pods and headless Services that kthena's controller creates from
             ModelServings

environment:
  {DEBUG}=1  prints on stderr how many items were skipped, read by their
             lines (quick), and read by PyYAML or as JSON (exact)
  NO_COLOR=1  shows --diff without colours, as a terminal does whose TERM is `dumb` or not set

exit codes:
  0  done; 1  an error, named on stderr and in the ResourceList's results; 2  wrong usage
  with --check: 0  nothing to change; 1  a change; 2  an error, or wrong usage

example:
  kubectl get modelservings,pods -o yaml | modelserving-lws
"""


class _Show(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        raise Shown(self.const or parser.format_help())


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Formats for 80 columns, whatever the environment says of the terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROGRAM,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Formatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action=_Show, nargs=0, help="show this help and exit")
    parser.add_argument(
        "--function",
        dest="functions",
        metavar="KIND",
        action="append",
        default=[],
        help=f"the function to run: {', '.join(KINDS)}; given several times, each runs on what the "
        "one before gives",
    )
    parser.add_argument("--config", metavar="FILE", help="a file with a functionConfig")
    show = parser.add_mutually_exclusive_group()
    show.add_argument(
        "--diff",
        dest="show",
        action="store_const",
        const=DIFF,
        default=OUTPUT,
        help="print a unified diff in place of the output, in colour on a terminal",
    )
    show.add_argument(
        "--check",
        dest="show",
        action="store_const",
        const=CHECK,
        help="print a unified diff, and exit with 1 where there is one, with 2 for an error",
    )
    show.add_argument(
        "--print-policy",
        dest="show",
        action="store_const",
        const=POLICY,
        help="print the MutatingAdmissionPolicy that writes the contract into pods when they are "
        "created, and its binding; stdin is not read",
    )
    show.add_argument(
        "--print-webhook-guard",
        dest="show",
        action="store_const",
        const=WEBHOOK_GUARD,
        help="print a JSON patch that makes LWS's webhook pass over the pods of converted "
        "LeaderWorkerSets; stdin is not read",
    )
    parser.add_argument(
        "--version",
        action=_Show,
        nargs=0,
        const=f"{PROGRAM} {__version__}\n",
        help="show the version and exit",
    )
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="with --check: the files to check, as one list, in place of stdin",
    )
    return parser


def parse(arguments: list[str]) -> Options:
    """What the arguments ask for. Exits with 2 where they are wrong; raises Shown for --help and
    --version.
    """
    parser = _parser()
    options = parser.parse_args(arguments, Options())
    if options.files and options.show != CHECK:
        parser.error("a FILE needs --check, or a command before it")
    for function in options.functions:
        if options.functions.count(function) > 1:
            parser.error(f"--function {function} is there twice")
    return options


def help_text() -> str:
    """What --help prints."""
    return _parser().format_help()


def usage() -> str:
    """How to call the program."""
    return _parser().format_usage()
