"""kustomize's own transformers, which `transformers` of a kustomization names with the fields that
they have there: patches, field specs, replacements.

Source: github.com/kubernetes-sigs/kustomize `api/builtins`.
"""

from __future__ import annotations

from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Mapping
from .patches import Patches
from .specs import follow_replacement, follow_specs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Result
    from ..yamltext.edit import Document
    from .scope import Scope
    from .sources import Source, Sources
    from .trees import TreeSet

_BUILT_IN = "builtin"


def follow_transformer(
    document: Document,
    root: Mapping,
    scope: Scope,
    sources: Sources,
    kustomization: Source,
    done: dict[str, TreeSet],
    *,
    is_dry: bool,
    accepted: frozenset[str],
) -> list[Result]:
    """Makes a transformer follow, which is a document by itself. Its paths start from the folder of
    the kustomization. `done` is that of Patches. Raises ItemError where it can't follow.
    """
    if text_at(root, "apiVersion") != _BUILT_IN:
        return []
    results: list[Result] = []
    if get(root, "target") is not None:
        patches = Patches(
            sources,
            kustomization,
            scope,
            done,
            is_dry=is_dry,
            accepted=accepted,
            document=document,
        )
        results = patches.follow(root, "")
        patches.finish()
    follow_specs(document, root, "fieldSpecs", "", scope)
    for i, entry in enumerate(entries_of(get(root, "replacements"))):
        if isinstance(entry, Mapping):
            own = document.own_entry(document.own_sequence(root, "replacements"), i)
            follow_replacement(document, own, f"replacements[{i}]", scope)
    return results
