"""Exec probes that refer to variables of the contract.

The kubelet expands only variables with a plain value in the command of a probe. The contract's
`LWS_LEADER_ADDRESS` is composed of others, but kthena's own variable has the same value:

    command: [nc, -z, $(LWS_LEADER_ADDRESS), "80"]    command: [nc, -z, $(ENTRY_ADDRESS), "80"]
"""

from __future__ import annotations

from ...k8s.references import PROBES, references, rename
from ...results.result import Result
from ...yamltext.data import entries_of, get, string
from ...yamltext.nodes import DETACHED, Mapping, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...k8s.containers import Container
    from ...results.result import Data
    from ...yamltext.edit import Document
    from ...yamltext.nodes import Node


def rewrite_probes(
    document: Document, mapping: Mapping, container: Container, names: dict[str, str]
) -> list[Result]:
    """Makes the exec probes of a container, whose mapping may be edited, refer to other variables:
    `names` has the new name of each. Returns an info for each command that changed.
    """
    results = []
    for probe in PROBES:
        found = get(get(get(container.node, probe), "exec"), "command")
        texts = [it.value if isinstance(it, Scalar) else None for it in entries_of(found)]
        new = [None if text is None else rename(text, names) for text in texts]
        if new == texts:
            continue
        action = document.own_mapping(document.own_mapping(mapping, probe), "exec")
        command = document.own_sequence(action, "command")
        is_own = command.start != DETACHED
        order: list[int | dict[str, Data] | Node] = []
        for i, (old, text) in enumerate(zip(texts, new, strict=True)):
            entry = command.entries[i]
            if text is None or text == old or (is_own and _replace(document, entry, names)):
                order.append(i)
            else:
                order.append(string(text))
        if order != list(range(len(texts))):
            document.rewrite(action, "command", order)
        path = f"{container.path}.{probe}.exec.command"
        used = sorted(names.keys() & references("".join(text or "" for text in texts)))
        results.append(Result("probe-rewritten", path, names=", ".join(f"`{it}`" for it in used)))
    return results


def _replace(document: Document, entry: Node, names: dict[str, str]) -> bool:
    """Replaces the names in the text of a scalar itself, where they stand there as they are."""
    if not isinstance(entry, Scalar):
        return False
    text = document.text[entry.start : entry.end]
    if entry.aliases or rename(text, names).count("$") != text.count("$"):
        return False
    for name in names:
        if text.count(f"$({name})") != entry.value.count(f"$({name})"):
            return False
    document.put(entry.start, entry.end, rename(text, names))
    return True
