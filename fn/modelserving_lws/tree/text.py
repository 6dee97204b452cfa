"""A tree as text, for a terminal."""

from __future__ import annotations

from . import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Group, Pod, Replica, Service, Serving, Tree

_BOLD, _DIM, _RED, _GREEN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"
_YELLOW, _CYAN = "\x1b[33m", "\x1b[36m"
_END = "\x1b[m"


class TreeText:
    """Writes a tree, in colours or not."""

    def __init__(self, colours: bool) -> None:
        self._colours = colours

    def lines(self, tree: Tree) -> Iterator[str]:
        """The lines; none where there is nothing to show."""
        for serving in tree.servings:
            yield from self._serving(serving)
        if tree.others:
            yield self._in(_BOLD, "Pods of no ModelServing")
            yield from self._branches([[line] for line in self._pods(tree.others)])
        for service in tree.services:
            yield from self._service(service)

    def _serving(self, serving: Serving) -> Iterator[str]:
        yield f"{self._in(_BOLD, 'ModelServing')} {self._in(_BOLD, words.full_name(serving))}" + (
            f"  {self._totals(serving)}"
        )
        yield from self._branches([self._group(group) for group in serving.groups.values()])

    def _totals(self, serving: Serving) -> str:
        text = words.totals(serving)
        return text if serving.groups else self._in(_RED, text)

    def _group(self, group: Group) -> Iterator[str]:
        yield f"ServingGroup {words.shown(group.name)}"
        yield from self._branches([self._replica(it) for it in group.replicas.values()])

    def _replica(self, replica: Replica) -> Iterator[str]:
        colour = _RED if replica.address is None else _CYAN
        yield (
            f"role {words.shown(replica.id)}  {self._in(colour, words.address(replica.address))}"
        )
        yield from self._branches([[line] for line in self._pods(replica.pods)])

    def _pods(self, pods: Sequence[Pod]) -> Iterator[str]:
        rows = [(words.index(it), words.shown(it.name), words.kind(it)) for it in pods]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for pod, (index, name, kind) in zip(pods, rows, strict=True):
            colour = _GREEN if pod.is_entry else ""
            cells = [
                index.rjust(widths[0]),
                self._in(colour, name.ljust(widths[1])),
                self._in(colour, kind.ljust(widths[2])),
                words.images(pod),
            ]
            if gpus := words.resources([pod]):
                cells.append(self._in(_YELLOW, gpus))
            yield "  ".join(cells)

    def _service(self, service: Service) -> Iterator[str]:
        cells = [self._in(_BOLD, f"Service {words.full_name(service)}")]
        if ports := words.ports(service):
            cells.append(ports)
        colour = "" if service.pods else _RED
        yield "  ".join([*cells, self._in(colour, words.selection(service))])
        yield from self._branches([[words.shown(service.endpoint(it))] for it in service.pods])

    def _branches(self, children: Sequence[Iterator[str] | list[str]]) -> Iterator[str]:
        for i, child in enumerate(children):
            is_last = i == len(children) - 1
            marks = ("└── ", "    ") if is_last else ("├── ", "│   ")
            for j, line in enumerate(child):
                yield self._in(_DIM, marks[j > 0]) + line

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_END}" if colour and self._colours else text
