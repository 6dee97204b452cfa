"""`spec.plugins` of a ModelServing that has the plugin `lws`, for both ways to expand it."""

from __future__ import annotations

from ...kthena.validation import refusals, unknown_roles
from ...results.result import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kthena.modelserving import ModelServing, Plugin
    from ...results.result import Data, Result
    from ...yamltext.edit import Document
    from ...yamltext.nodes import Mapping


def problems(serving: ModelServing, plugins: list[Plugin]) -> tuple[list[Result], list[Result]]:
    """Errors, which are what a cluster refuses and entries of `lws` whose scope has no role of the
    ModelServing; and warnings, which are other names in scopes that are no roles.
    """
    node = serving.item.node
    errors, unknown = refusals(node), unknown_roles(node)
    for plugin in plugins:
        if plugin.roles and len(unknown.get(plugin.index, ())) == len(plugin.roles):
            errors += unknown.pop(plugin.index)
    for error in errors:
        error.severity = ERROR
    return errors, [it.on(serving.item.reference) for found in unknown.values() for it in found]


def replace_plugins(
    document: Document, spec: Mapping, plugins: list[Plugin], new: list[dict[str, Data]]
) -> None:
    """Removes entries of `spec.plugins`, and puts new ones before the others. An empty list goes,
    or stays where a merge key would bring the field back.
    """
    gone = {plugin.index for plugin in plugins}
    there = document.own_sequence(spec, "plugins")
    stays = [i for i in range(there.count) if i not in gone]
    is_merged = any("plugins" in source.own() for source in spec.merged())
    if new or stays or is_merged:
        document.rewrite(spec, "plugins", [*new, *stays])
    else:
        document.remove(spec, ("plugins",))
