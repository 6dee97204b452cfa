"""kustomize's own transformers, which `transformers` of a kustomization names with the fields that
they have there: patches, field specs, replacements.

Source: github.com/kubernetes-sigs/kustomize `api/builtins`.
"""

from __future__ import annotations

from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Mapping
from .kinds import BUILT_IN
from .patches import Done, Patches
from .specs import follow_replacement, follow_specs
from .trees import texts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Result
    from ..yamltext.edit import Document
    from .scope import Scope
    from .sources import Source, Sources

# Of PatchJson6902Transformer and PatchStrategicMergeTransformer.
_OPERATIONS, _MERGE_PATCHES = "jsonOp", "patches"


def follow_transformer(
    document: Document,
    root: Mapping,
    where: str,
    scope: Scope,
    sources: Sources,
    kustomization: Source,
    done: Done,
    *,
    is_dry: bool,
    accepted: frozenset[str],
) -> list[Result]:
    """Makes a transformer follow, which is a document by itself; `where` leads to it. Its paths
    start from the folder of the kustomization. `done` is that of Patches. Raises ItemError where it
    can't follow.
    """
    if text_at(root, "apiVersion") != BUILT_IN:
        return []
    merge_patches = get(root, _MERGE_PATCHES) is not None
    operations = get(root, _OPERATIONS) is not None
    patches = Patches(
        sources,
        kustomization,
        scope,
        done,
        is_dry=is_dry,
        accepted=accepted,
        document=document,
        field=_MERGE_PATCHES if merge_patches else _OPERATIONS if operations else "patch",
    )
    results = patches.follow(root, where)
    patches.finish()
    for path in texts_of(get(root, "paths")):
        results += patches.follow_file(path)
    follow_specs(document, root, "fieldSpecs", where, scope)
    for i, entry in enumerate(entries_of(get(root, "replacements"))):
        if isinstance(entry, Mapping):
            own = document.own_entry(document.own_sequence(root, "replacements"), i)
            place = f"{where}.replacements[{i}]".removeprefix(".")
            follow_replacement(document, own, place, scope)
    return results
