"""`python -m modelserving_lws.cli.compile_patterns` writes the module `yamltext/compiled_patterns`,
which spares short runs the time to compile their patterns. The build of the package and that of the
image run it. Lists in several styles tell which patterns such runs need.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import json
import re
import sys
from pathlib import Path

from ..pipeline import run
from ..yamltext import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PLACE = Path(patterns.__file__).with_name("compiled_patterns.py")
HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
ITEM = r"""- apiVersion: v1
  kind: Pod
  metadata:
    name: chat-0-main-0-1 # a comment
    labels:
      modelserving.volcano.sh/name: chat
      modelserving.volcano.sh/group-name: chat-0
    annotations: {modelserving.volcano.sh/plugins: lws, modelserving.volcano.sh/replicas: "1"}
  spec:
    containers:
    - name: engine
      command: ["sh", '-c']
      args:
      - |
        serve
      - "\tserve \
        --all"
      - 'serve
        --all'
      env:
      - name: GROUP_SIZE
        value: "2"
      - { name: WORKER_INDEX, value: "1" }
      - name: ENTRY_ADDRESS
        value: chat-0-main-0-0.default
"""
PREFIX = "modelserving.volcano.sh"
ENV = {"GROUP_SIZE": "2", "ENTRY_ADDRESS": "chat-0-main-0-0.default", "WORKER_INDEX": "1"}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "chat-0-main-0-1",
        "labels": {f"{PREFIX}/name": "chat", f"{PREFIX}/group-name": "chat-0"},
        "annotations": {f"{PREFIX}/plugins": "lws", f"{PREFIX}/replicas": "1"},
    },
    "spec": {
        "containers": [
            {"name": "engine", "env": [{"name": it, "value": ENV[it]} for it in ENV]},
        ]
    },
}


def samples() -> list[str]:
    """Lists in block style, with their dashes at two columns; a stream; a list in JSON. None needs
    PyYAML, which a build does not have.
    """
    document = re.sub("(?m)^(?:- |  )", "", ITEM)
    listed = {"apiVersion": "v1", "kind": "List", "items": [POD]}
    return [
        HEAD + ITEM,
        HEAD + re.sub("(?m)^(?=.)", "  ", ITEM),
        f"---\n{document}---\n{document}",
        json.dumps(listed, indent=2),
    ]


def code_of(pattern: str) -> tuple[Any, ...]:
    """What `_sre.compile` makes a pattern of: its flags, its code, and what tells of its groups."""
    compile_, made = _sre.compile, []

    def recorded(*arguments: Any) -> Any:
        made.append(arguments)
        return compile_(*arguments)

    _sre.compile = recorded
    try:
        re._compiler.compile(pattern)  # type: ignore[attr-defined]
    finally:
        _sre.compile = compile_
    _, flags, code, *groups = made[0]
    return int(flags), b"".join(it.to_bytes(4, sys.byteorder) for it in code), *groups


def module() -> str:
    """The text of the module, after runs on all samples."""
    for text in samples():
        run(text.encode())
    codes = "".join(f"    {it!r}: {code_of(it)!r},\n" for it in patterns.asked_for())
    return f"FOR = {patterns.PYTHON!r}\nCODES = {{\n{codes}}}\n"


if __name__ == "__main__":
    written = PLACE.with_suffix(".new")
    written.write_text(module())
    written.replace(PLACE)
