"""`kpt fn doc` shows the help. A stand-in for the container engine runs what the image runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

from modelserving_lws.cli.arguments import help_text
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = "localhost/modelserving-lws:v0.1.0"
# kpt asks for the engine's version first.
ENGINE = f"""\
#!/bin/sh
case "$*" in
version*) echo 20.10.0 ;;
run\\ *\\ {IMAGE}\\ --help) exec COMMAND --help ;;
*) exit 125 ;;
esac
"""


def test_kpt_fn_doc_shows_the_help(kpt: str, environment: dict[str, str], tmp_path: Path) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    (entry_point,) = re.findall(r"^ENTRYPOINT (\[.*\])$", dockerfile, re.MULTILINE)
    engine = tmp_path / "docker"
    engine.write_text(ENGINE.replace("COMMAND", " ".join(json.loads(entry_point))))
    engine.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), environment["PATH"]))
    process = subprocess.run(
        [kpt, "fn", "doc", "--image", IMAGE],
        env={**environment, "PATH": path, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == help_text().split()
    assert IMAGE in (ROOT / "docs" / "functions" / "README.md").read_text()
