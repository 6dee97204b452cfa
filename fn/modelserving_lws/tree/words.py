"""What is said of the nodes of a tree, in every format; all text of the input on one line, control
characters as escapes.
"""

from __future__ import annotations

from ..results.result import count, cut, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Pod, Service, Serving

# No name or image has more characters.
_LONGEST = 300


def shown(text: str) -> str:
    """A text of the input."""
    return cut(visible(text).replace("\n", "\\n").replace("\t", "\\t"), _LONGEST)


def full_name(it: Pod | Service | Serving) -> str:
    """`namespace/name`, or the name alone where there is no namespace."""
    return shown(f"{it.namespace}/{it.name}" if it.namespace else it.name)


def totals(serving: Serving) -> str:
    """What a ModelServing has: ServingGroups, pods, extended resources."""
    pods = [*serving.pods()]
    if not pods:
        return "no pods"
    found = [count(len(serving.groups), "ServingGroup"), count(len(pods), "pod")]
    if gpus := resources(pods):
        found.append(gpus)
    return ", ".join(found)


def resources(pods: Iterable[Pod]) -> str:
    """The sums of the pods' extended resources: `16 nvidia.com/gpu`. `?` for a sum of which a part
    is no plain number.
    """
    sums: dict[str, int | None] = {}
    for pod in pods:
        for name, amount in pod.resources.items():
            there = sums.get(name, 0)
            sums[name] = None if there is None or amount is None else there + amount
    return ", ".join(
        f"{'?' if amount is None else amount} {shown(name)}" for name, amount in sums.items()
    )


def index(pod: Pod) -> str:
    return "?" if pod.index is None else str(pod.index)


def kind(pod: Pod) -> str:
    """Entry pod or worker."""
    return "entry" if pod.is_entry else "worker"


def images(pod: Pod) -> str:
    """The images of a pod, each once."""
    found = [shown(image or "no image") + " (init)" * init for image, init in pod.images]
    return ", ".join(dict.fromkeys(found))


def address(found: str | None) -> str:
    return "no address: no Service" if found is None else f"address {shown(found)}"


def ports(service: Service) -> str:
    """`port 80 to 8080, 443`; empty where there is none."""
    found = [number if number == to else f"{number} to {to}" for number, to in service.ports]
    return f"port{'s' * (len(found) > 1)} {shown(', '.join(found))}" if found else ""


def selection(service: Service) -> str:
    """What a Service selects."""
    if service.pods:
        return f"selects {count(len(service.pods), 'pod')}"
    if service.selector is not None:
        labels = ", ".join(f"{key}={value}" for key, value in service.selector.items())
        return f"selects no pod here: {shown(labels)}"
    if service.external_name is not None:
        return f"selects no pod: the name {shown(service.external_name)}"
    return "selects no pod: no selector"
