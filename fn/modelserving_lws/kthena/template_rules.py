"""The rules of `kthena/rules` that are about a template."""

from __future__ import annotations

from ..k8s.fields import check_string, fields_of, integer_at, mapping_at, sequence_at, wrong
from ..results.errors import ItemError
from ..results.result import Result, quoted
from ..yamltext.data import get
from ..yamltext.nodes import Mapping, Node, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .subjects import Report, Template

# The lists that the CRD has as maps: the fields that are an entry's key, which must be there if
# they have no default, or an empty one.
_POD_LISTS: dict[str, dict[str, str | None]] = {
    "volumes": {"name": None},
    "imagePullSecrets": {"name": ""},
    "topologySpreadConstraints": {"topologyKey": None, "whenUnsatisfiable": None},
    "schedulingGates": {"name": None},
    "resourceClaims": {"name": None},
}
_CONTAINER_LISTS: dict[str, dict[str, str | None]] = {
    "env": {"name": None},
    "ports": {"containerPort": None, "protocol": "TCP"},
    "volumeMounts": {"mountPath": None},
    "volumeDevices": {"devicePath": None},
}


def metadata(template: Template, report: Report) -> None:
    check_metadata(template.node, f"{template.path}.metadata", report)


def check_metadata(node: Mapping, path: str, report: Report) -> None:
    """Reports labels and annotations that are no strings; a null is as good as an empty one."""
    found = mapping_at(node, "metadata", path)
    for field in ("labels", "annotations") if found is not None else ():
        here = f"{path}.{field}"
        strings = report.read(None, mapping_at, found, field, here)
        for key, value in {} if strings is None else fields_of(strings, here).items():
            if not is_null(value):
                report.read("", check_string, value, f"{here}['{key}']")


def containers(template: Template, report: Report) -> None:
    lists: dict[str, list[tuple[Mapping, str]]] = {}
    for container in template.containers:
        lists.setdefault(container.field, []).append((container.node, container.path))
    for entries in lists.values():
        _check_keys(entries, {"name": None}, report)


def lists(template: Template, report: Report) -> None:
    spec = mapping_at(template.node, "spec", f"{template.path}.spec")
    if spec is not None:
        _check_lists(spec, f"{template.path}.spec", _POD_LISTS, report)
    for container in template.containers:
        _check_lists(container.node, container.path, _CONTAINER_LISTS, report)


def _check_lists(
    parent: Mapping, path: str, known: dict[str, dict[str, str | None]], report: Report
) -> None:
    for name, fields in known.items():
        if get(parent, name) is not None:
            none: list[tuple[Mapping, str]] = []
            entries = report.read(none, _entries, parent, name, f"{path}.{name}")
            _check_keys(entries, fields, report)


def _entries(parent: Mapping, name: str, path: str) -> list[tuple[Mapping, str]]:
    """The entries of a list with their paths. Raises ItemError for one that is no mapping."""
    found = sequence_at(parent, name, path, secret=True)
    entries = []
    for i, entry in enumerate(found.entries if found is not None else ()):
        node, at = resolve(entry), f"{path}[{i}]"
        if not isinstance(node, Mapping):
            raise ItemError(wrong(at, node, "a mapping", secret=True))
        entries.append((node, at))
    return entries


def _check_keys(
    entries: list[tuple[Mapping, str]], fields: dict[str, str | None], report: Report
) -> None:
    """Checks that entries, given with their paths, have these fields, and that no two have the same
    values in all of them.
    """
    first = next(iter(fields))
    keys: list[tuple[str, str]] = []
    for node, path in entries:
        values = [
            report.read(None, _key, node, name, f"{path}.{name}", default)
            for name, default in fields.items()
        ]
        if None not in values:
            keys.append(("/".join(map(str, values)), f"{path}.{first}"))
    report.check_unique(keys)


def _key(node: Mapping, name: str, path: str, default: str | None) -> str:
    """Raises ItemError where the field is not there, or of another type."""
    value = get(node, name)
    if value is None:
        if default is None:
            raise ItemError(Result("missing-field", path))
        return default
    if name == "containerPort":
        return str(integer_at(node, name, path))
    return check_string(value, path)


def images(template: Template, report: Report) -> None:
    """The webhook's `validateImageField`, which does not see init containers."""
    for container in template.containers:
        path, value = f"{container.path}.image", get(container.node, "image")
        image = "" if value is None else report.read("", check_string, value, path)
        is_refused = " " in image or image.isspace()
        if is_refused and container.field == "containers":
            report.add("image-with-space", path, image, found=quoted(image))


def values(template: Template, report: Report) -> None:
    for container in template.containers:
        for entry in container.entries:
            value = get(entry.mapping, "value")
            if value is not None:
                report.read("", check_string, value, f"{entry.path}.value", True)


def is_null(node: Node) -> bool:
    """Whether a value is as good as absent."""
    node = resolve(node)
    return isinstance(node, Scalar) and node.is_null
