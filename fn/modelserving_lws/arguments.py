"""The command line. Imported only where there are arguments."""

from __future__ import annotations

import argparse

from . import __version__
from .__main__ import DEBUG, PROGRAM
from .function_config import KINDS

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
  ExpandLWSPlugin  writes them into the templates of such ModelServings, for a kthena that has no
             plugin `lws`
  ConvertLeaderWorkerSet  turns LeaderWorkerSets into ModelServings that do the same job, and
             reports what has no equivalent
  RenderModelServing  adds the Pods and headless Services that kthena's controller makes of
             ModelServings

environment:
  {DEBUG}=1  prints on stderr how many items were skipped, read by their
             lines (quick), and read by PyYAML or as JSON (exact)

exit codes:
  0  done; 1  an error, named on stderr and in the ResourceList's results; 2  wrong usage

example:
  kubectl get modelservings,pods -o yaml | modelserving-lws
"""


class Shown(Exception):  # noqa: N818 (it is no error)
    """What the command line asks for in place of a run: its help, or the version."""


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
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--function", metavar="KIND", help=f"the function to run: {', '.join(KINDS)}"
    )
    choice.add_argument("--config", metavar="FILE", help="a file with a functionConfig")
    parser.add_argument(
        "--diff", action="store_true", help="print a unified diff in place of the output"
    )
    parser.add_argument(
        "--print-policy",
        action="store_true",
        help="print the MutatingAdmissionPolicy that writes the contract into pods when they are "
        "created, and its binding; stdin is not read",
    )
    parser.add_argument(
        "--version",
        action=_Show,
        nargs=0,
        const=f"{PROGRAM} {__version__}\n",
        help="show the version and exit",
    )
    return parser


def parse(arguments: list[str]) -> tuple[str | None, str | None, bool, bool]:
    """The function's kind, the functionConfig's file, whether to print a diff, and whether to
    print the policy and no more. Exits with 2 where they are wrong; raises Shown for --help and
    --version.
    """
    parsed = _parser().parse_args(arguments)
    return parsed.function, parsed.config, parsed.diff, parsed.print_policy


def help_text() -> str:
    """What --help prints."""
    return _parser().format_help()


def usage() -> str:
    """How to call the program."""
    return _parser().format_usage()
