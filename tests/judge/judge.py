"""The judge: a Go program that reads YAML as kubectl, kustomize and kpt do, built where Go is.
`main.go` says how it is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.running import TOOLS

HERE = Path(__file__).parent
MISSING = "go, which builds the judge, is not on the PATH; see https://go.dev/doc/install"


def built() -> Path | None:
    """The program, made anew for other sources; None where Go is missing."""
    sources = sorted(path for path in HERE.iterdir() if path.suffix in (".go", ".mod", ".sum"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    program = TOOLS / f"judge-{digest[:12]}"
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        return None
    TOOLS.mkdir(parents=True, exist_ok=True)
    unfinished = TOOLS / f"judge.{os.getpid()}"
    build = [go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(unfinished), "."]
    done = subprocess.run(build, cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    unfinished.replace(program)
    for old in TOOLS.glob("judge-*"):
        if old != program:
            old.unlink(missing_ok=True)
    return program


class Judge:
    """The running program. `compared` counts by reader how often it had something to say; `asked`
    is the number of requests.
    """

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.asked = 0
        self.compared: dict[str, int] = {}

    def faults_of_run(
        self, function: str, before: str, after: str, spec: dict[str, Any] | None = None
    ) -> list[str]:
        """What a run of a function did wrong; an empty function is one that changes nothing."""
        request = {"function": function, "spec": spec or {}, "before": before, "after": after}
        return self._ask(request)

    def faults_of_text(self, text: str, documents: list[Any]) -> list[str]:
        """How the documents that the readers see in a text differ from these."""
        return self._ask({"text": text, "want": documents})

    def _ask(self, request: dict[str, Any]) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the judge gave up on {request}"
        answer = json.loads(line)
        self.asked += 1
        for reader in answer["compared"]:
            self.compared[reader] = self.compared.get(reader, 0) + 1
        faults: list[str] = answer["faults"]
        return faults

    def close(self) -> None:
        self._process.communicate()
