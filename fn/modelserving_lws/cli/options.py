"""What the command line asks for. `arguments` fills it in, where there are arguments."""

from __future__ import annotations

PROGRAM = "modelserving-lws"
DEBUG = "MODELSERVING_LWS_DEBUG"
# What is printed.
OUTPUT, DIFF, CHECK = "output", "diff", "check"
POLICY, WEBHOOK_GUARD = "policy", "webhook guard"


class Options:
    """`function` is a kind, `config` the file of a functionConfig; `files` are read in place of
    stdin.
    """

    def __init__(self) -> None:
        self.function: str | None = None
        self.config: str | None = None
        self.show = OUTPUT
        self.files: list[str] = []
