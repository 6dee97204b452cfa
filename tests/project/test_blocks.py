"""Every command of a page runs, or says why not; every output is what it prints; every manifest is
in a file, or says why not.

A page runs as a reader would type it: all of its commands in one shell, in a folder with a copy of
the examples, and each file that the page shows is written where it shows it.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from modelserving_lws import InputError, run
from modelserving_lws.config.function_config import API_VERSION
from modelserving_lws.results.messages import MESSAGES
from tests.project.blocks import COMMANDS, FILES, OUTPUTS, blocks_of, with_outputs
from tests.running import EXAMPLES, ROOT, UPDATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.blocks import Block

PAGES = [
    page
    for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    if blocks_of(page.read_text())
]
# A command that finds nothing to do is an example of that alone, and then the page shows it.
NOTHING_FOUND = re.sub("{[a-z]+}", ".+", MESSAGES["nothing-found"][1])
HOSTS = ("kustomize", "kpt", "helm")
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


class Session:
    """The run of a page. `outputs` has, by the number of each block that ran, what it printed on
    stdout and on stderr.
    """

    def __init__(
        self,
        blocks: list[Block],
        folder: Path,
        environment: dict[str, str],
        *,
        has_helm_4: bool = False,
    ) -> None:
        """Runs the blocks for the `helm` that the environment has."""
        self.outputs: dict[int, tuple[str, str]] = {}
        self._has_helm_4 = has_helm_4
        self._folder = folder / "page"
        self._streams = folder / "streams"
        self._streams.mkdir()
        shutil.copytree(EXAMPLES, self._folder / "examples")
        script = "".join(self._lines(number, block) for number, block in enumerate(blocks))
        process = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        for number in range(len(blocks)):
            paths = [self._stream(number, name) for name in ("stdout", "stderr")]
            if paths[0].exists():
                stdout, stderr = (path.read_text() for path in paths)
                self.outputs[number] = stdout, stderr
        last = max(self.outputs, default=0)
        assert process.returncode == 0, (blocks[last : last + 1], self.outputs.get(last))

    def _lines(self, number: int, block: Block) -> str:
        """What the shell runs for a block."""
        if block.file:
            return f"cat > {block.file} <<'END OF THE BLOCK'\n{block.text}END OF THE BLOCK\n"
        if not block.runs or block.has_helm_4 != self._has_helm_4:
            return ""
        streams = [shlex.quote(str(self._stream(number, name))) for name in ("stdout", "stderr")]
        text = block.text
        if block.language == "python":
            text = f"python3 - <<'END OF THE BLOCK'\n{text}END OF THE BLOCK\n"
        if block.exit_code:
            text = f"code=0\n{{\n{text}}} || code=$?\n[ $code = {block.exit_code} ]\n"
        return f"exec > {streams[0]} 2> {streams[1]}\n{text}"

    def _stream(self, number: int, name: str) -> Path:
        return self._streams / f"{number}.{name}"

    def texts(self) -> list[str]:
        """What was printed, and the files as they are at the end."""
        printed = [text for texts in self.outputs.values() for text in texts]
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return printed + [path.read_text() for path in files]


def is_function_config(block: Block) -> bool:
    """Whether it is a functionConfig, as the program takes it."""
    data = yaml.safe_load(block.text)
    if not isinstance(data, dict) or data.get("apiVersion") != API_VERSION:
        return False
    try:
        return not run(b"", config=block.text.encode()).failed
    except InputError:
        return False


@pages
def test_the_commands_of_a_page_run_and_print_what_it_shows(
    page: Path, tmp_path: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    blocks = blocks_of(page.read_text())
    for host in HOSTS:
        is_called = re.compile(rf"(^|\| ){host} ", re.MULTILINE)
        if any(it.runs and not it.has_helm_4 and is_called.search(it.text) for it in blocks):
            request.getfixturevalue(host)
    session = Session(blocks, tmp_path, environment)

    def shown(number: int, block: Block) -> str:
        before = max((it for it in session.outputs if it < number), default=-1)
        assert before >= 0, f"an output, and nothing before it that runs: {block}"
        return block.shown(*session.outputs[before])

    expected = with_outputs(page.read_text(), shown)
    if UPDATE:
        page.write_text(expected)
    assert page.read_text() == expected
    for _, stderr in session.outputs.values():
        assert stderr in expected or not re.search(NOTHING_FOUND, stderr), stderr

    texts = session.texts()
    for block in blocks:
        if block.language in FILES and not (block.file or block.comment):
            assert is_function_config(block) or any(block.text in text for text in texts), block


def test_the_commands_for_helm_4_run(tmp_path: Path, helm4_environment: dict[str, str]) -> None:
    blocks = [block for page in PAGES for block in blocks_of(page.read_text()) if block.has_helm_4]
    session = Session(blocks, tmp_path, helm4_environment, has_helm_4=True)
    assert any("LWS_LEADER_ADDRESS" in stdout for stdout, _ in session.outputs.values())


@pages
def test_every_block_has_a_use_and_a_comment_that_the_tests_know(page: Path) -> None:
    blocks = blocks_of(page.read_text())
    assert page.read_text().count("```") == 2 * len(blocks)
    for block in blocks:
        assert block.language in COMMANDS + OUTPUTS + FILES, block
        assert not block.comment or block.is_marked, block.comment


def test_no_pipe_loses_an_error() -> None:
    lossy = re.compile(r"(modelserving-lws (?!--print)|helm template|kustomize build) [^\n]*\|")
    texts = [block.text for page in PAGES for block in blocks_of(page.read_text()) if block.runs]
    piped = [text for text in texts if lossy.search(text)]
    assert len(piped) > 3
    assert [text for text in piped if "pipefail" not in text] == []
