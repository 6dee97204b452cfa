"""The build of the wheel compiles the patterns of short runs, for the Python that it runs on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledPatterns(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Writes their module before the build lists its files. Where that fails, the wheel has no
        such module, and each run compiles what it needs.
        """
        command = [sys.executable, "-m", "modelserving_lws.cli.compile_patterns"]
        environment = {**os.environ, "PYTHONPATH": str(Path(self.root, "fn"))}
        if not subprocess.run(command, env=environment, check=False).returncode:  # noqa: S603
            build_data["artifacts"].append("/fn/modelserving_lws/yamltext/compiled_patterns.py")
