"""The bill of what an image holds, in the form of CycloneDX 1.6."""

from __future__ import annotations

import json
import platform
from email import message_from_string
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def bill(packages: Path, paragraphs: Iterable[str], name: str, version: str) -> str:
    """The bill as JSON: this Python, the distributions in a folder, and the Debian packages that
    paragraphs of `dpkg-query --status` describe.
    """
    python = f"pkg:generic/python@{platform.python_version()}"
    found = [component("python", platform.python_version(), python)]
    found += [*of_distributions(packages), *of_debian(paragraphs)]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": name, "version": version}},
        "components": sorted(found, key=lambda each: str(each["bom-ref"])),
    }
    return json.dumps(document, indent=2) + "\n"


def of_distributions(packages: Path) -> Iterator[dict[str, Any]]:
    for each in distributions(path=[str(packages)]):
        purl = f"pkg:pypi/{each.name.lower().replace('_', '-')}@{each.version}"
        (licence,) = each.metadata.get_all("License-Expression") or [None]
        yield component(each.name, each.version, purl, licence)


def of_debian(paragraphs: Iterable[str]) -> Iterator[dict[str, Any]]:
    for paragraph in paragraphs:
        told = message_from_string(paragraph)
        name, version = told["Package"], told["Version"]
        purl = f"pkg:deb/debian/{name}@{quote(version, safe='')}?arch={told['Architecture']}"
        yield component(name, version, purl)


def component(name: str, version: str, purl: str, licence: str | None = None) -> dict[str, Any]:
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return found if licence is None else {**found, "licenses": [{"expression": licence}]}
