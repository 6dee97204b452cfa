"""`spec.plugins` of a ModelServing that has the plugin `lws`, for both ways to expand it."""

from __future__ import annotations

from ...kthena.modelserving import plugin_entries
from ...kthena.validation import refusals, unknown_roles
from ...results.result import ERROR
from ...yamltext.data import equals, get

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from ...kthena.modelserving import ModelServing, Plugin
    from ...results.result import Data, Result
    from ...yamltext.edit import Document
    from ...yamltext.nodes import Mapping


def problems(
    serving: ModelServing,
    plugins: list[Plugin],
    version: str,
    own: Container[int] = (),
) -> tuple[list[Result], list[Result]]:
    """What a cluster with this version of kthena refuses, as `refusals` has it, and errors for
    entries of `lws`, which `plugins` are, whose scope has no role of the ModelServing; then
    warnings for other names in scopes that are no roles. `own` has the indexes of entries that go.
    """
    node = serving.item.node
    there = {id(entry) for _, entry in plugin_entries(node)}
    more = [plugin for plugin in plugins if id(plugin.node) not in there]
    unknown = unknown_roles(node, more, own)
    errors = refusals(node, version)
    for plugin in plugins:
        if plugin.roles and len(unknown.get(plugin.path, ())) == len(plugin.roles):
            for error in unknown[plugin.path]:
                error.severity = ERROR
            errors += unknown.pop(plugin.path)
    return errors, [it for found in unknown.values() for it in found]


def replace_plugins(
    document: Document, spec: Mapping, plugins: Sequence[Plugin], new: list[dict[str, Data]]
) -> bool:
    """Removes entries of `spec.plugins`, and puts new ones before the others; returns whether that
    changes anything. An empty list goes, or stays where a merge key would bring the field back.
    """
    if [plugin.index for plugin in plugins] == list(range(len(new))) and all(
        equals(plugin.node, entry) for plugin, entry in zip(plugins, new, strict=True)
    ):
        return False
    if get(spec, "plugins") is None:
        document.update(spec, {"plugins": [*new]})
        return True
    gone = {plugin.index for plugin in plugins}
    there = document.own_sequence(spec, "plugins")
    stays = [i for i in range(there.count) if i not in gone]
    is_merged = any("plugins" in source.own() for source in spec.merged())
    if new or stays or is_merged:
        document.rewrite(spec, "plugins", [*new, *stays])
    else:
        document.remove(spec, ("plugins",))
    return True
