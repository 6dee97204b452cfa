"""Compares two ResourceLists as data, `results` aside. Usage: python equal.py FILE FILE

Prints the first difference and exits with 1 where there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml


def main() -> int:
    first, second = map(_read, sys.argv[1:])
    for i, (item, other) in enumerate(zip(first["items"], second["items"], strict=False)):
        if item != other:
            sys.stdout.write(f"items[{i}]:\n{yaml.safe_dump(item)}\n{yaml.safe_dump(other)}")
            return 1
    for key in sorted({*first, *second} - {"results"}):
        if first.get(key) != second.get(key):
            sys.stdout.write(f"{key} differs\n")
            return 1
    return 0


def _read(path: str) -> dict[str, Any]:
    with Path(path).open("rb") as file:
        content = yaml.load(file, Loader=yaml.CSafeLoader)
    if not isinstance(content, dict):
        raise SystemExit(f"{path}: must be a ResourceList")
    return content


if __name__ == "__main__":
    sys.exit(main())
