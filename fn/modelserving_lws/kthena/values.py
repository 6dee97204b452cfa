"""The contract's values for one pod: from its env, else derived as kthena derives them."""

from __future__ import annotations

from ..k8s.fields import MAX_INT32, integer
from ..lws import contract
from ..lws.contract import GROUP_SIZE, LEADER_ADDRESS, WORKER_INDEX
from ..results.errors import ItemError
from ..results.result import WARNING, Result, quoted
from .names import CONTROLLER_ENV, REPLICAS, VARIABLE_OF, entry_address, group_size, index_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ..k8s.containers import Container
    from .modelserving import ModelServing
    from .names import ServingGroup
    from .pod import Pod

    T = TypeVar("T")

# What to do about a value that is not in the pod's env.
DERIVE, SKIP = "Derive", "Skip"
# What each value of the contract is in a ModelServing's pod.
SOURCES = {
    contract.SET_NAME: "ModelServing name",
    contract.GROUP_INDEX: "ordinal at the end of the ServingGroup name",
    contract.GROUP_KEY: "lower-case hex SHA-1 of the ServingGroup name",
    contract.REPLICAS: "ModelServing `spec.replicas`",
    **VARIABLE_OF,
}
_FROM_ENV = (WORKER_INDEX, GROUP_SIZE, LEADER_ADDRESS)
# Every container gets the values. No valid name is longer than 253 characters.
_LONGEST = 1_000


class Source:
    """The ModelServing that a pod comes from: its name; itself, where it is among the items; its
    `replicas`, where the functionConfig has them.
    """

    __slots__ = ("name", "replicas", "serving")

    def __init__(self, name: str, serving: ModelServing | None, replicas: int | None) -> None:
        self.name = name
        self.serving = serving
        self.replicas = replicas


def find_values(
    pod: Pod, source: Source, containers: list[Container], on_missing: str
) -> tuple[dict[str, str], ServingGroup]:
    """The values by what `lws/contract` calls them, and the pod's ServingGroup.

    Raises ItemError for a wrong value, and for one that can't be had: as a warning with SKIP as
    `on_missing`. Only with DERIVE is a value derived that the env lacks.
    """
    missing = _Missing(on_missing)
    group = pod.serving_group(source.name)
    if group is None:
        raise missing.error("missing-group", found=quoted(pod.name))
    in_env = {value: _in_env(containers, VARIABLE_OF[value]) for value in _FROM_ENV}
    for value, text in in_env.items():
        if text is None and on_missing != DERIVE:
            raise missing.error("missing-variable", name=VARIABLE_OF[value])
    index = in_env[WORKER_INDEX]
    if index is None:
        found = 0 if pod.is_entry else index_in(pod.name)
        if found is None:
            raise missing.error("missing-index", found=quoted(pod.name))
        index = str(found)
    size = in_env[GROUP_SIZE]
    if size is None:
        size = str(_group_size(pod, group.name, source.serving, missing))
    address = in_env[LEADER_ADDRESS]
    if address is None:
        role_id, serving = pod.role_id(group.name), source.serving
        if role_id is None:
            raise missing.error("missing-address")
        namespace = pod.namespace or (serving.namespace if serving is not None else "")
        address = entry_address(group.name, role_id, namespace)
    values = {
        contract.SET_NAME: source.name,
        WORKER_INDEX: index,
        GROUP_SIZE: size,
        LEADER_ADDRESS: address,
        contract.GROUP_INDEX: str(group.ordinal),
        contract.GROUP_KEY: contract.group_key(group.name),
        contract.REPLICAS: str(_replicas(pod, source, missing)),
    }
    for value in values:
        if len(values[value]) > _LONGEST:
            raise ItemError(Result("too-long", name=SOURCES[value], limit=_LONGEST))
    return values, group


class _Missing:
    """What becomes of an item that lacks a value."""

    def __init__(self, on_missing: str) -> None:
        self._on_missing = on_missing

    def error(self, name: str, /, **values: Any) -> ItemError:
        result = Result(name, **values)
        if self._on_missing == SKIP:
            result.severity = WARNING
            result.message += "; skipping the item"
        return ItemError(result)


def _in_env(containers: list[Container], name: str) -> str | None:
    """The one value that the containers give a variable of the controller."""
    value = found = None
    for container in containers:
        there = container.values.get(name)
        if there is None or there == value:
            continue
        if found is not None:
            both: dict[str, Any] = {"found": quoted(there), "other": quoted(value or "")}
            here, path = _path(container, name), _path(found, name)
            result = Result("values-differ", here, current=there, name=name, path=path, **both)
            raise ItemError(result)
        value, found = there, container
    if value is None or found is None:
        return None
    if CONTROLLER_ENV[name] == LEADER_ADDRESS:
        if not value:
            raise ItemError(Result("empty-value", _path(found, name), current=value, name=name))
    elif integer(value) is None:
        path, shown = _path(found, name), quoted(value)
        raise ItemError(Result("wrong-variable", path, current=value, name=name, found=shown))
    return value


def _path(container: Container, name: str) -> str:
    """The path of the value that counts of a variable."""
    return f"{container.entries[container.last[name]].path}.value"


def _group_size(pod: Pod, group: str, serving: ModelServing | None, missing: _Missing) -> int:
    role = pod.role_name(group)
    if serving is None:
        raise missing.error("missing-size")
    if role is None:
        raise missing.error("missing-role")
    workers = _ask(serving, lambda: serving.worker_replicas(role))
    if workers is None:
        raise missing.error("unknown-role", name=quoted(serving.name), role=quoted(role))
    return group_size(workers)


def _replicas(pod: Pod, source: Source, missing: _Missing) -> int:
    if source.serving is not None:
        return _ask(source.serving, source.serving.replicas)
    if (annotated := pod.annotation(REPLICAS)) is not None:
        replicas = integer(annotated)
        if replicas is None:
            path = f"{pod.prefix}metadata.annotations['{REPLICAS}']"
            allowed, found = f"an integer from 0 to {MAX_INT32}", quoted(annotated)
            result = Result("wrong-value", path, current=annotated, allowed=allowed, found=found)
            raise ItemError(result)
        return replicas
    if source.replicas is None:
        raise missing.error("missing-replicas")
    return source.replicas


def _ask(serving: ModelServing, read: Callable[[], T]) -> T:
    """What the ModelServing says; what is wrong with it, as the pod's error."""
    try:
        return read()
    except ItemError as error:
        name, wrong = quoted(serving.name), error.results[0]
        result = Result("wrong-modelserving", name=name, field=wrong.field, message=wrong.message)
        raise ItemError(result) from error
