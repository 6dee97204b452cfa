"""Packs what the page "Try it in the browser" is made of: `program.zip`, the program as the browser
runs it, `page.json`, what the page says and its examples, and `pyyaml-licence.txt`.

    pack.py WHEEL SITE_PACKAGES OUT
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT))
from driver import description  # noqa: E402
from tests import guide  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

# The oldest time that a ZIP can hold, so that the same files give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_DETECTORS = "tests/corpus/detectors/found"
_POLICY = {"via": "AdmissionPolicy", "maxGroups": "4"}
# What the page loads: a title, the command, its settings, a folder, and files in it.
_EXAMPLES: tuple[tuple[str, str, dict[str, str], str, tuple[str, ...]], ...] = (
    (
        "A LeaderWorkerSet with its Service and autoscaler",
        "migrate",
        {},
        "examples/convert-lws-kpt",
        ("leaderworkerset.yaml", "service.yaml", "autoscaler.yaml"),
    ),
    (
        "A LeaderWorkerSet with one template",
        "migrate",
        {},
        "examples/convert-lws-kustomize",
        ("sglang.yaml", "service.yaml"),
    ),
    ("Findings: host names in a ConfigMap", "migrate", {}, _DETECTORS, ("hostfile.yaml",)),
    ("Findings: commands in a script", "migrate", {}, _DETECTORS, ("commands.yaml",)),
    (
        "A ModelServing with the plugin lws",
        "expand",
        {},
        "examples/expand-lws-plugin-kpt",
        ("modelserving.yaml", "service.yaml"),
    ),
    (
        "A ModelServing for an admission policy",
        "expand",
        _POLICY,
        "examples/expand-lws-plugin-policy-kpt",
        ("modelserving.yaml", "service.yaml"),
    ),
    ("A plugin for some roles", "expand", {}, "tests/golden/scope-roles", ("modelserving.yaml",)),
    (
        "A ModelServing and its pods",
        "inject",
        {"onConflict": "Error"},
        "examples/inject-lws-kpt",
        ("modelserving.yaml", "pods.yaml", "service.yaml"),
    ),
    (
        "The pods of a ModelServing",
        "render",
        {},
        "examples/render-modelserving-kpt",
        ("modelserving.yaml",),
    ),
)
# Of the tests' kustomization tree, one with all that a migration follows.
_TREE = ("base/", "components/scale/", "providers/gke/", "deployments/gke/", "deployments/scaled/")


def main(wheel: str, site_packages: str, out: str) -> None:
    """Writes the files into the folder OUT."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "program.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in sorted(_program(Path(wheel), Path(site_packages))):
            new.writestr(zipfile.ZipInfo(name, _TIME), data, zipfile.ZIP_DEFLATED)
    page = {**description(), "examples": examples()}
    (folder / "page.json").write_text(json.dumps(page, indent=1) + "\n", "utf-8")
    (licence,) = Path(site_packages).glob("pyyaml-*.dist-info/licenses/LICENSE")
    (folder / "pyyaml-licence.txt").write_bytes(licence.read_bytes())


def _program(wheel: Path, site_packages: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the wheel, PyYAML's without those in C, and the driver."""
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            yield name, files.read(name)
    for path in (site_packages / "yaml").glob("*.py"):
        yield f"yaml/{path.name}", path.read_bytes()
    yield "driver.py", (HERE / "driver.py").read_bytes()


def examples() -> list[dict[str, Any]]:
    """The examples as the page loads them: `title`, `command`, `settings`, and `files` by names."""
    found = [_example(*example) for example in _EXAMPLES]
    found.insert(2, _kustomize_example())
    return found


def _example(
    title: str, command: str, settings: dict[str, str], folder: str, names: tuple[str, ...]
) -> dict[str, Any]:
    files = {name: (ROOT / folder / name).read_text("utf-8") for name in names}
    return {"title": title, "command": command, "settings": settings, "files": files}


def _kustomize_example() -> dict[str, Any]:
    title = "Kustomize: a base, a component and overlays"
    files = {path: text for path, text in guide.FILES.items() if path.startswith(_TREE)}
    return {"title": title, "command": "migrate", "settings": {}, "files": files}


if __name__ == "__main__":
    main(*sys.argv[1:])
