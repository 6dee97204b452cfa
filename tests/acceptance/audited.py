"""Runs the program, and writes to a file descriptor each file that it opens, each process that it
starts, and each environment variable that it reads. Usage: python audited.py DESCRIPTOR
[ARGUMENT...]
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

descriptor = int(sys.argv.pop(1))


def tell(what: str, *values: object) -> None:
    os.write(descriptor, (json.dumps([what, *map(repr, values)]) + "\n").encode())


class Environment(type(os.environ)):  # type: ignore[misc]
    """Tells what is asked for."""

    def __getitem__(self, name: str) -> Any:
        tell("environment", name)
        return super().__getitem__(name)

    def __iter__(self) -> Any:
        tell("environment", "*")
        return super().__iter__()


def hook(event: str, values: tuple[object, ...]) -> None:
    if event.split(".")[0] in (
        "open",
        "os",
        "shutil",
        "socket",
        "subprocess",
        "tempfile",
        "ctypes",
    ):
        tell(event, *values)


os.environ.__class__ = Environment
sys.addaudithook(hook)

from modelserving_lws.cli.main import start  # noqa: E402

start()
