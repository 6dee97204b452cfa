"""The build of the wheel: compiles the patterns of short runs for the Python that builds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledPatterns(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Writes the module before the files of the wheel are listed."""
        command = [sys.executable, "-m", "modelserving_lws.cli.compile_patterns"]
        fn = Path(self.root, "fn")
        subprocess.run(command, env={**os.environ, "PYTHONPATH": str(fn)}, check=True)
        build_data["artifacts"].append("/fn/modelserving_lws/yamltext/compiled_patterns.py")
