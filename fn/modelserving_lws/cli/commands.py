"""The commands, which work on files. Imported only where the arguments begin with one, or name
files.
"""

from __future__ import annotations

import gc
import os
import sys

from ..config.chained import load_all, scalars
from ..config.function_config import (
    CONVERT_LEADER_WORKER_SET,
    EXPAND_LWS_PLUGIN,
    INJECT_LWS,
    RENDER_MODEL_SERVING,
    load,
)
from ..pipeline import GivenConfig, config_node
from ..repository.around import kustomizations_around
from ..repository.chain import Run, Step, run_all, run_by_set
from ..repository.files import NO_MANIFESTS, STDIN, File, Found, find, read_all, read_file
from ..repository.join import Source
from ..repository.trees import Builds
from ..results.errors import ConfigError, InputError, Shown
from ..results.result import INFO
from ..results.result import say as message
from ..wire.origin import Origin
from . import PROGRAM
from .command_arguments import CommandOptions, parse, usage
from .output import Output, problems
from .progress import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import Options
    from .output import Streams

# What each command runs, one after the other.
FUNCTIONS = {
    "migrate": (CONVERT_LEADER_WORKER_SET, EXPAND_LWS_PLUGIN),
    "convert": (CONVERT_LEADER_WORKER_SET,),
    "expand": (EXPAND_LWS_PLUGIN,),
    "inject": (INJECT_LWS,),
    "render": (RENDER_MODEL_SERVING,),
}


def run_command(arguments: list[str], streams: Streams) -> int:
    """Runs the command that the arguments begin with; returns the exit code."""
    try:
        options = parse(arguments)
    except Shown as shown:
        return streams.write([str(shown).encode()])
    if options.command == "policy":
        from ..functions.expand.policy import policy

        return streams.write([policy()])
    if options.command == "webhook-guard":
        from ..functions.convert.webhook_guard import webhook_guard

        return streams.write([webhook_guard()])
    if options.command == "completion":
        from .completion import script

        return streams.write([script(options.paths[0]).encode()])
    steps = _settled(FUNCTIONS[options.command], options, streams)
    if steps is None:
        return 2  # settings that are wrong are wrong usage, wherever they stand
    is_stdin = options.paths == [STDIN]
    if is_stdin and (sys.stdin is None or sys.stdin.isatty()):
        streams.say(usage(options.command))
        return 2
    gc.enable()
    with Progress() as progress:
        found = _stdin() if is_stdin else find(options.paths, _may_be_manifest, progress.read)
        reports = {os.path.realpath(file) for _, file in options.reports if file is not None}
        taken = [file.path for file in found.files if os.path.realpath(file.real) in reports]
        if taken and not is_stdin:
            streams.say(f"{PROGRAM}: --report must not write to a file that is read: {taken[0]}\n")
            return 2
        builds = Builds(_sources(found))
        builds.add_around(kustomizations_around(found))
        if options.command == "migrate":
            if steps[0].spec.get("reportOnly"):
                del steps[1:]
            expansion = {} if len(steps) == 1 else {**steps[1].spec}
            expansion.pop("ignore", None)
            for step in steps[1:]:
                step.takes = lambda source: not builds.has(source)
            run = run_by_set(
                lambda: _sources(found, builds),
                steps,
                lambda sources: [
                    *builds.finish(sources, options.transformer, expansion),
                    *builds.in_place(sources, expands=False),
                ],
            )
        elif options.command == "convert":
            run = run_by_set(
                lambda: _sources(found, builds),
                steps,
                lambda sources: builds.in_place(sources, expands=False),
                is_whole=False,
            )
        else:
            is_told = options.command == "expand"
            run = run_all(
                _sources(found, builds),
                steps,
                (lambda sources: builds.in_place(sources, expands=True)) if is_told else None,
            )
    _leave_out(found, run, builds)
    builds.hinder(run.sets, run.results)
    tree = None
    if options.tree:
        from .tree import tree_of

        tree = tree_of(run)
    return Output(options, found, run, streams, tree).put()


def check_files(given: Options, streams: Streams) -> int:
    """Prints what the KRM function's options would change in files, and what is wrong; returns the
    exit code.
    """
    gc.enable()
    options = CommandOptions()
    options.config, options.check = given.config, True
    steps = _settled(tuple(given.functions), options, streams)
    if steps is None:
        return options.error_code
    found = find(given.files, _may_be_manifest)
    builds = Builds(_sources(found))
    run = run_all(_sources(found, builds), steps)
    _leave_out(found, run, builds)
    lines = [f"{PROGRAM}: {problem}" for problem in problems(found, run)]
    lines += [str(result) for result in run.results if result.severity != INFO]
    streams.say("".join(f"{line}\n" for line in lines))
    diff = b"".join(source.patch() for source in run.changed)
    if os.isatty(1):
        from .terminal import readable

        diff = readable(diff, os.environ)
    failed = streams.write([diff]) or run.failed or found.unread
    return options.error_code if failed else int(bool(diff))


def _settled(
    functions: tuple[str, ...], options: CommandOptions, streams: Streams
) -> list[Step] | None:
    """The functions with their settings; without functions, the one that the functionConfig names.
    None where they are wrong, which is said.
    """
    try:
        node = None
        if options.config is not None:
            node = config_node(None, GivenConfig(read_file(options.config)[0], options.config))
        functions = functions or (load(node).kind,)
        own = scalars(functions, options.settings, "", None)
        steps = [Step(it.kind, {**it.spec, **own[it.kind]}) for it in load_all(node, functions)]
        for step in steps if options.ignored else ():
            step.spec["ignore"] = [*step.spec.get("ignore", ()), *options.ignored]
        return steps
    except ConfigError as error:
        streams.say("".join(f"{result}\n" for result in error.results))
    except InputError as error:
        streams.say(f"{PROGRAM}: {' '.join(str(error).splitlines())}\n")
    except OSError as error:
        problem = message("not-read", name=options.config, problem=error.strerror)
        streams.say(f"{PROGRAM}: {problem}\n")
    return None


def _stdin() -> Found:
    found = Found()
    try:
        found.files.append(File("", "", "", None, read_all(0)))
    except OSError as error:
        found.unread.append(("stdin", error))
    return found


def _sources(found: Found, builds: Builds | None = None) -> list[Source]:
    """The files, unread, in their kustomization trees. What stdin has comes from the files that its
    annotations name.
    """
    trees = {} if builds is None else builds.reached
    return [
        Source(file, Origin(file.path, file.real, trees.get(file.path, ())) if file.path else None)
        for file in found.files
    ]


def _leave_out(found: Found, run: Run, builds: Builds) -> None:
    """Notes the files that are no manifests, and no part of a kustomization."""
    for source in run.sources:
        file = source.file
        is_used = file.is_kustomization or builds.has(source)
        if file.path and not is_used and source.is_no_manifest:
            found.leave_out(NO_MANIFESTS, file.path)


def _may_be_manifest(data: bytes) -> bool:
    """Whether a file may have items: each has a kind."""
    return b"kind" in data
