"""Writes manifests in a plain loop: what RenderModelServing is measured against.

Usage: python loop.py NAME GROUPS ITEMS. The file ITEMS has what stands before the items, the items
of one ServingGroup, and what stands behind, with NUL characters between. In an item, `{group}` and
`{key}` stand for the ServingGroup's ordinal and key, `{number}` for the item's place in its file.
"""

import sys
from hashlib import sha1
from pathlib import Path

name, groups, path = sys.argv[1:]
head, *items, tail = Path(path).read_text(encoding="utf-8").split("\0")
write = sys.stdout.write
number = 0
write(head)
for group in range(int(groups)):
    key = sha1(f"{name}-{group}".encode(), usedforsecurity=False).hexdigest()
    if not key[0].isalpha():
        key = f'"{key}"'
    for item in items:
        write(item.format(group=group, key=key, number=number))
        number += 1
write(tail)
