"""What scales other objects: the kinds, and the field that names what they scale."""

from __future__ import annotations


class Scaler:
    """A kind of autoscaler: its API group, and the field of its `spec` that names an object."""

    __slots__ = ("field", "group")

    def __init__(self, group: str, field: str) -> None:
        self.group = group
        self.field = field

    @property
    def path(self) -> str:
        """The path of the field."""
        return f"spec.{self.field}"


_SCALE_TARGET = "scaleTargetRef"
SCALERS = {
    "HorizontalPodAutoscaler": Scaler("autoscaling", _SCALE_TARGET),
    "ScaledObject": Scaler("keda.sh", _SCALE_TARGET),
    "VerticalPodAutoscaler": Scaler("autoscaling.k8s.io", "targetRef"),
}
FIELDS = tuple(dict.fromkeys(it.field for it in SCALERS.values()))
