"""The transformer that expands the plugin `lws` in a build: names, numbers and env are final there,
which they are not in the files that the build is made of.
"""

from __future__ import annotations

import json
from functools import partial

from ..results.errors import EditError
from ..results.result import quote
from ..yamltext.data import get, text_at
from ..yamltext.lines import column
from ..yamltext.nodes import Sequence
from .sources import resolved, roots_of
from .trees import is_inline, texts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .sources import Sources
    from .trees import Kustomization

_KIND = "ExpandLWSPlugin"
_FIELD = "transformers"
TRANSFORMER = f"""\
apiVersion: fn.serving.volcano.sh/v1alpha1
kind: {_KIND}
metadata:
  name: expand-lws-plugin
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: modelserving-lws
"""


def transformer(settings: dict[str, Any]) -> str:
    """The transformer with these settings of ExpandLWSPlugin."""
    lines = [f"  {name}: {json.dumps(value)}\n" for name, value in settings.items()]
    return TRANSFORMER + "".join(["spec:\n", *lines] if lines else [])


def add_transformer(kustomization: Kustomization, sources: Sources, text: str) -> bool:
    """Adds the transformer of this text to a kustomization, behind those that it has. False where
    one of this kind is there. Raises EditError where it would not be the last one: kustomize runs
    the transformers that are text in the kustomization first, then those in files
    (`configureExternalTransformers` in its `api/internal/target/kusttarget.go`).
    """
    document, root = kustomization.source.document, kustomization.node
    there = get(root, _FIELD)
    if has_transformer(kustomization, sources):
        return False
    if not all(map(is_inline, texts_of(there))):
        raise EditError("transformer-not-last")
    if isinstance(there, Sequence) and there.count:
        own = document.own_sequence(root, _FIELD)
        if own.flow:
            document.insert_flow(own, own.last, [quote(text)])
        else:
            place = document.below(own.last)
            document.put(place, place, _entry(text, column(document.text, own.open)))
    elif root.flow or there is not None:
        document.update(root, {_FIELD: [text]})
    else:
        place, indent = document.below(root), column(document.text, root.open)
        document.put(place, place, " " * indent + f"{_FIELD}:\n" + _entry(text, indent))
    return True


def has_transformer(kustomization: Kustomization, sources: Sources) -> bool:
    """Whether a kustomization has such a transformer."""
    texts = texts_of(get(kustomization.node, _FIELD))
    return any(map(partial(_is_there, kustomization, sources), texts))


def _entry(text: str, indent: int) -> str:
    """The transformer as an entry of a list in block style."""
    lines = [f"  {line}" for line in text.splitlines()]
    return "".join(f"{' ' * indent}{line}\n" for line in ["- |", *lines])


def _is_there(kustomization: Kustomization, sources: Sources, text: str) -> bool:
    """Whether an entry of `transformers`, a path or a text, is such a transformer."""
    if is_inline(text):
        roots = roots_of(text)
    else:
        source = sources.get(resolved(text, kustomization.path))
        roots = [] if source is None else source.roots
    return any(text_at(root, "kind") == _KIND for root in roots)
