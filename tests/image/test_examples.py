"""The examples with the image in place of the program: each of their commands runs, twice, and
gives what `.expected` holds. The READMEs show what is to change for that.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.cli.arguments import help_text
from tests.hosts.test_examples import NAMES, commands, expectation, outcome
from tests.image import base
from tests.image.conftest import IMAGE
from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.image.engine import Engine

PAGE = (ROOT / "docs" / "containers.md").read_text()
# What stands in a Kptfile and in a functionConfig: the program, and the image.
IN_PLACE = {
    "- exec: modelserving-lws\n": f"- image: {IMAGE}\n",
    "      exec:\n        path: modelserving-lws\n": f"      container:\n        image: {IMAGE}\n",
}


def with_image(command: str) -> str:
    """A command that runs the image where it ran the program."""
    command = re.sub(" --(allow|enable)-exec", "", command)
    files = ' --volume "$PWD:/work:ro" --workdir /work' if "--config" in command else ""
    return re.sub("^modelserving-lws", f"docker run --rm -i{files} {IMAGE}", command)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples with the image in place of the program, to run in."""
    return copy(tmp_path / "examples")


def copy(folder: Path) -> Path:
    shutil.copytree(EXAMPLES, folder)
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "README.md":
            text = path.read_text()
            for old, new in IN_PLACE.items():
                text = text.replace(old, new)
            path.write_text(text)
    return folder


def texts_of(folder: Path) -> list[str]:
    """The files of examples, but for their READMEs."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.read_text() for path in files if path.name != "README.md"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_the_same_with_the_image(
    name: str,
    image: str,
    folder: Path,
    tmp_path: Path,
    with_docker: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    assert image == IMAGE
    before = copy(tmp_path / "before") / name
    ran = commands((EXAMPLES / name / "README.md").read_text())
    for host in ("kustomize", "kpt"):
        if any(command.startswith(host) for command in ran):
            request.getfixturevalue(host)
    for _ in ("once", "twice"):
        found = outcome([*map(with_image, ran)], before, folder / name, with_docker)
        assert found == expectation(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_shows_how_to_take_the_image(name: str, folder: Path) -> None:
    readme = (EXAMPLES / name / "README.md").read_text()
    section = readme.partition("\n### With the image\n")[2]
    ran = commands(readme)
    shown = commands(section)
    assert shown == [with_image(command) for command in ran if with_image(command) != command]
    texts = texts_of(folder / name)
    blocks = re.findall("^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert bool(blocks) == name.endswith(("-kpt", "-kustomize"))
    for block in blocks:
        assert any(block in text for text in texts), block


def test_the_page_on_containers_shows_each_function_in_both_hosts(folder: Path) -> None:
    texts = texts_of(folder)
    blocks = re.findall("^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert any(block in text for text in texts), block
    rows = re.findall(
        r"^\| `(\w+)` \| \[.+?\]\((.+?)\) \| \[.+?\]\((.+?)\) \|$", PAGE, re.MULTILINE
    )
    assert len(rows) == 4
    for kind, *links in rows:
        for link in links:
            example = (ROOT / "docs" / link).resolve()
            found = [
                path for path in example.rglob("*.yaml") if f"\nkind: {kind}\n" in path.read_text()
            ]
            assert found, link


def test_the_commands_of_the_page_on_containers_run(
    image: str, folder: Path, with_docker: dict[str, str], kpt: str, kustomize: str
) -> None:
    assert (image, bool(kpt), bool(kustomize)) == (IMAGE, True, True)
    comment = "<!-- Not run by the tests of this page: `make test-image` runs it. -->\n"
    blocks = re.findall(f"^{comment}```shell\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        process = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=folder.parent,
            env=with_docker,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr


def test_kpt_evaluates_the_image(
    image: str, folder: Path, with_docker: dict[str, str], kpt: str
) -> None:
    package = folder / "inject-lws-kpt"
    options = ["--image", image, "--fn-config", "inject-lws.yaml"]
    subprocess.run([kpt, "fn", "eval", *options], cwd=package, env=with_docker, check=True)
    expected = EXAMPLES / "inject-lws-kpt" / ".expected" / "diff.patch"
    subprocess.run(["patch", "--reverse", "-p1", "-i", expected], cwd=package, check=True)
    before = EXAMPLES / "inject-lws-kpt" / "pods.yaml"
    assert (package / "pods.yaml").read_text() == before.read_text()


def test_kpt_shows_the_help(image: str, with_docker: dict[str, str], kpt: str) -> None:
    shown = subprocess.run(
        [kpt, "fn", "doc", "--image", image],
        env={**with_docker, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == help_text().split()


def test_argo_cds_sidecar_is_built_from_it(
    engine: Engine, bases: dict[str, str], image: str, tmp_path: Path, kustomize: str
) -> None:
    """It runs the plugin's command as another user, on a read-only file system."""
    argo_cd = EXAMPLES / "argo-cd"
    assert f"\nFROM {image} AS " in (argo_cd / "Dockerfile").read_text()
    source, sidecar = (
        f"localhost/modelserving-lws-test/{name}" for name in ("kustomize", "argo-cd")
    )
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY kustomize /app/kustomize\n")
    shutil.copy(kustomize, tmp_path / "kustomize")
    engine.run("build", "--tag", source, tmp_path)
    debian = bases[base.base_of(argo_cd / "Dockerfile")]
    given = ["--build-arg", f"BASE={debian}", "--build-arg", f"KUSTOMIZE={source}"]
    engine.run("build", *given, "--tag", sidecar, argo_cd)
    plugin = (argo_cd / "plugin.yaml").read_text()
    (command,) = re.findall(r"command: \[(.+)\]", plugin)
    (arguments,) = re.findall(r'args: \["(.+)"\]', plugin)
    limits = [
        "--read-only",
        "--network",
        "none",
        "--user",
        "999",
        "--volume",
        f"{argo_cd}/app:/app:ro",
    ]
    words = [*re.split(", *", command), arguments]
    done = engine.run("run", "--rm", *limits, "--workdir", "/app", sidecar, *words)
    assert done.stdout.count(b"name: LWS_LEADER_ADDRESS\n") == 2
    assert shlex.split(arguments)[0] == "kustomize"
