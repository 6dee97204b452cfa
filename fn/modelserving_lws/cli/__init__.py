"""What the command line asks for. `arguments` fills it in, where there are arguments."""

from __future__ import annotations

PROGRAM = "modelserving-lws"
DEBUG = "MODELSERVING_LWS_DEBUG"
# What works on files, named by the first argument.
COMMANDS = (
    "migrate",
    "convert",
    "expand",
    "inject",
    "render",
    "policy",
    "webhook-guard",
    "completion",
)
# What is printed.
OUTPUT, DIFF, CHECK = "output", "diff", "check"
POLICY, WEBHOOK_GUARD = "policy", "webhook guard"


class Options:
    """`functions` are kinds, in the order that they run; `config` is the file of a functionConfig;
    `files` are read in place of stdin.
    """

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.config: str | None = None
        self.show = OUTPUT
        self.files: list[str] = []

    @property
    def error_code(self) -> int:
        """The exit code of a run with an error. With --check, 1 stands for a change."""
        return 2 if self.show == CHECK else 1
