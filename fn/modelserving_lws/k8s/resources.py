"""What a pod asks for of the extended resources of its node: GPUs, TPUs, network devices."""

from __future__ import annotations

from ..yamltext.data import get, text_at
from ..yamltext.nodes import Mapping, Scalar, resolve
from .fields import is_digits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .containers import Container

# No node has more, and no sum of them is slow.
_LONGEST = 12


def extended_resources(containers: list[Container]) -> dict[str, int | None]:
    """The amount of each extended resource that the scheduler counts for a pod with these
    containers; None where one of the amounts is no plain integer.

    Init containers run one after the other, before the others, so that the larger need counts;
    those with `restartPolicy: Always` go on running (Kubernetes, `PodRequests` in
    `k8s.io/component-helpers/resource/helpers.go`).
    """
    totals: dict[str, int] = {}
    sidecars: dict[str, int] = {}
    peaks: dict[str, int] = {}
    unknown: dict[str, None] = {}
    for container in containers:
        is_init = container.field == "initContainers"
        is_sidecar = is_init and text_at(container.node, "restartPolicy") == "Always"
        for name, amount in _amounts(container).items():
            if amount is None:
                unknown[name] = None
            elif is_init:
                there = sidecars.get(name, 0) + amount
                peaks[name] = max(peaks.get(name, 0), there)
                if is_sidecar:
                    sidecars[name] = there
            else:
                totals[name] = totals.get(name, 0) + amount
    needs: dict[str, int | None] = {}
    for name in (*totals, *peaks):
        running = totals.get(name, 0) + sidecars.get(name, 0)
        needs[name] = max(running, peaks.get(name, 0))
    needs.update(unknown)
    return needs


def _amounts(container: Container) -> dict[str, int | None]:
    """The amounts of the extended resources of one container: its limits, which for these are its
    requests, too.
    """
    amounts: dict[str, int | None] = {}
    resources = get(container.node, "resources")
    for field in ("limits", "requests"):
        listed = get(resources, field)
        for name, (_, node) in listed.fields().items() if isinstance(listed, Mapping) else ():
            if "/" not in name or "kubernetes.io/" in name or name in amounts:
                continue
            value = resolve(node)
            text = value.value if isinstance(value, Scalar) else ""
            is_plain = is_digits(text) and len(text) <= _LONGEST
            amounts[name] = int(text) if is_plain else None
    return amounts
