"""`python -m modelserving_lws.cli.compile_patterns` writes the module `yamltext/compiled_patterns`,
which spares short runs the time to compile their patterns. The build of the package and that of the
image run it. Lists in several styles tell which patterns such runs need.
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import json
import re
from array import array
from pathlib import Path
from unittest.mock import patch

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
      - "ESCAPESserve \
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
    """Lists in block style, with escapes and without, with their dashes at two columns; a stream;
    a list in JSON.
    """
    texts = []
    for escapes in ("", r"\t"):
        item = ITEM.replace("ESCAPES", escapes).replace("\\\n", "\\\n" if escapes else "\n")
        stream = re.sub("(?m)^(?:- |  )", "", item)
        texts += [HEAD + item, HEAD + re.sub("(?m)^", "  ", item), f"---\n{stream}---\n{stream}"]
    listed = {"apiVersion": "v1", "kind": "List", "items": [POD]}
    return [*texts, json.dumps(listed, indent=2)]


def code_of(pattern: str) -> tuple[Any, ...]:
    """What `_sre.compile` makes a pattern of: its flags, its code, and what tells of its groups."""
    with patch.object(_sre, "compile", wraps=_sre.compile) as compile_:
        re._compiler.compile(pattern)  # type: ignore[attr-defined]
    _, flags, code, *groups = compile_.call_args.args
    return int(flags), array("I", code).tobytes(), *groups


def module() -> str:
    """The text of the module, after runs on all samples."""
    for text in samples():
        run(text.encode())
    codes = "".join(f"    {it!r}: {code_of(it)!r},\n" for it in patterns.asked_for())
    return f"FOR = {patterns.PYTHON!r}\nCODES = {{\n{codes}}}\n"


if __name__ == "__main__":
    PLACE.write_text(module())
