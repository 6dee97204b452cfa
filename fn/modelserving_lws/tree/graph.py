"""A tree as a graph, for documents: nodes with some lines of text, and arrows between them."""

from __future__ import annotations

from . import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Pod, Replica, Service, Tree

SERVICE = "Service"


class Node:
    """`id` is unique in the graph: letters and digits."""

    def __init__(self, id_: str, kind: str, lines: list[str]) -> None:
        self.id = id_
        self.kind = kind
        self.lines = [line for line in lines if line]


class Graph:
    """`arrows` lead from a node to a node by their ids; those that start at a Service are the pods
    that it selects.
    """

    def __init__(self, tree: Tree) -> None:
        self.nodes: list[Node] = []
        self.owned: list[tuple[str, str]] = []
        self.selected: list[tuple[str, str]] = []
        self._pods: dict[int, str] = {}
        for serving in tree.servings:
            top = self._node("ModelServing", [words.full_name(serving), words.totals(serving)])
            for group in serving.groups.values():
                middle = self._node("ServingGroup", [words.shown(group.name)], top)
                for replica in group.replicas.values():
                    self._replica(replica, middle)
        for pod in tree.others:
            self._pod(pod, "")
        for service in tree.services:
            self._service(service)

    def _node(self, kind: str, lines: list[str], above: str = "") -> str:
        id_ = f"n{len(self.nodes)}"
        self.nodes.append(Node(id_, kind, lines))
        if above:
            self.owned.append((above, id_))
        return id_

    def _replica(self, replica: Replica, above: str) -> None:
        lines = [words.shown(replica.id), words.address(replica.address)]
        id_ = self._node("role", lines, above)
        for pod in replica.pods:
            self._pod(pod, id_)

    def _pod(self, pod: Pod, above: str) -> None:
        first = f"{words.index(pod)} {words.kind(pod)}" if above else ""
        lines = [first, words.shown(pod.name), words.images(pod), words.resources([pod])]
        self._pods[id(pod)] = self._node("Pod", lines, above)

    def _service(self, service: Service) -> None:
        lines = [words.full_name(service), words.ports(service)]
        if not service.pods:
            lines.append(words.selection(service))
        id_ = self._node(SERVICE, lines)
        self.selected += [(id_, self._pods[id(pod)]) for pod in service.pods]


def mermaid(tree: Tree) -> Iterator[str]:
    """The lines of a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    graph = Graph(tree)
    yield "flowchart LR"
    for node in graph.nodes:
        text = "<br/>".join(map(_in_mermaid, [node.kind, *node.lines]))
        opens, closes = ('(["', '"])') if node.kind == SERVICE else ('["', '"]')
        yield f"  {node.id}{opens}{text}{closes}"
    for start, end in graph.owned:
        yield f"  {start} --> {end}"
    for start, end in graph.selected:
        yield f"  {start} -.-> {end}"


def _in_mermaid(text: str) -> str:
    """The text with what means something to Mermaid or HTML as numbers of characters."""
    return "".join(c if c.isalnum() or c in " -./,:=()?_" else f"#{ord(c)};" for c in text)


def dot(tree: Tree) -> Iterator[str]:
    """The lines of a Graphviz digraph (https://graphviz.org/doc/info/lang.html)."""
    graph = Graph(tree)
    yield "digraph {"
    yield "  rankdir=LR"
    yield "  node [shape=box]"
    for node in graph.nodes:
        text = "\\n".join(map(_in_dot, [node.kind, *node.lines]))
        yield f'  {node.id} [label="{text}"{", style=rounded" * (node.kind == SERVICE)}]'
    for start, end in graph.owned:
        yield f"  {start} -> {end}"
    for start, end in graph.selected:
        yield f"  {start} -> {end} [style=dashed]"
    yield "}"


def _in_dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
