"""The values of the contract for one pod: from its env, else derived as kthena derives them."""

from __future__ import annotations

from ..results.result import Result

try:
    from _sha1 import sha1  # type: ignore[import-not-found]  # hashlib would load OpenSSL
except ImportError:
    from hashlib import sha1

from ..config.settings import DERIVE, SKIP
from ..k8s.fields import MAX_INT32, integer
from ..lws.contract import GROUP_INDEX, GROUP_KEY, MODEL_SERVING
from ..lws.contract import REPLICAS as SPEC_REPLICAS
from ..results.errors import ItemError
from ..results.quoting import quoted
from ..results.result import WARNING
from .modelserving import ENTRY_ADDRESS, GROUP_SIZE, REPLICAS, WORKER_INDEX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ..functions.inject.provenance import Source
    from ..k8s.containers import Container
    from .modelserving import ModelServing
    from .pod import Pod

    T = TypeVar("T")

# Every container gets the values; none that means anything is longer: a name has 253 characters.
_LONGEST = 1_000


def find_values(
    pod: Pod, source: Source, containers: list[Container], on_missing: str
) -> tuple[dict[str, str], str]:
    """The contract's values, by what the table calls them, and the ServingGroup's name.

    Raises ItemError where a value is wrong or can't be had; where it is missing and `on_missing` is
    SKIP, with the severity of a warning.
    """
    missing = _Missing(on_missing)
    item = source.item
    group = pod.serving_group(source.name)
    if group is None:
        raise missing.error("missing-group", found=quoted(pod.name))
    in_env = {name: _in_env(containers, name) for name in (WORKER_INDEX, GROUP_SIZE, ENTRY_ADDRESS)}
    for name, value in in_env.items():
        if value is None:
            missing.refuse(name)
    index = in_env[WORKER_INDEX]
    if index is None:
        index = "0" if pod.is_entry else str(_index_in_name(pod, missing))
    size = in_env[GROUP_SIZE]
    if size is None:
        size = str(_group_size(pod, group.name, item, missing))
    address = in_env[ENTRY_ADDRESS]
    if address is None:
        address = _entry_address(pod, group.name, item, missing)
    values = {
        MODEL_SERVING: source.name,
        WORKER_INDEX: index,
        GROUP_SIZE: size,
        ENTRY_ADDRESS: address,
        GROUP_INDEX: str(group.ordinal),
        GROUP_KEY: group_key(group.name),
        SPEC_REPLICAS: str(_replicas(pod, source, missing)),
    }
    for name, value in values.items():
        if len(value) > _LONGEST:
            raise ItemError(Result("too-long", name=name, limit=_LONGEST))
    return values, group.name


def group_key(group: str) -> str:
    """The SHA-1 of a ServingGroup's name, in lower-case hex."""
    digest: str = sha1(group.encode(), usedforsecurity=False).hexdigest()
    return digest


class _Missing:
    """What becomes of an item that lacks a value."""

    def __init__(self, on_missing: str) -> None:
        self._on_missing = on_missing

    def error(self, name: str, /, **values: Any) -> ItemError:
        """For a value that can't be had at all."""
        result = Result(name, **values)
        if self._on_missing == SKIP:
            result.severity = WARNING
            result.message += "; skipping the item"
        return ItemError(result)

    def refuse(self, name: str) -> None:
        """For a value that is not in the env: raises unless it may be derived."""
        if self._on_missing != DERIVE:
            raise self.error("missing-variable", name=name)


def _in_env(containers: list[Container], name: str) -> str | None:
    value = found = None
    for container in containers:
        there = container.values.get(name)
        if there is None or there == value:
            continue
        if found is not None:
            path = _path(found, name)
            raise ItemError(
                Result(
                    "values-differ",
                    _path(container, name),
                    current=there,
                    name=name,
                    found=quoted(there),
                    other=quoted(value or ""),
                    path=path,
                )
            )
        value, found = there, container
    if value is None or found is None:
        return None
    if name == ENTRY_ADDRESS:
        if not value:
            raise ItemError(Result("empty-value", _path(found, name), current=value, name=name))
    elif integer(value) is None:
        raise ItemError(
            Result(
                "wrong-variable", _path(found, name), current=value, name=name, found=quoted(value)
            )
        )
    return value


def _path(container: Container, name: str) -> str:
    """The path of the value that counts of a variable."""
    return f"{container.entries[container.last[name]].path}.value"


def _index_in_name(pod: Pod, missing: _Missing) -> int:
    index = pod.index_in_name()
    if index is None:
        raise missing.error("missing-index", found=quoted(pod.name))
    return index


def _group_size(pod: Pod, group: str, item: ModelServing | None, missing: _Missing) -> int:
    role = pod.role_name(group)
    if item is None:
        raise missing.error("missing-size")
    if role is None:
        raise missing.error("missing-role")
    workers = _ask(item, lambda: item.worker_replicas(role))
    if workers is None:
        raise missing.error("unknown-role", name=quoted(item.name), role=quoted(role))
    return workers + 1


def _entry_address(pod: Pod, group: str, item: ModelServing | None, missing: _Missing) -> str:
    role_id = pod.role_id(group)
    if role_id is None:
        raise missing.error("missing-address")
    namespace = pod.namespace or (item.namespace if item is not None else "") or "default"
    return f"{group}-{role_id}-0.{namespace}"


def _replicas(pod: Pod, source: Source, missing: _Missing) -> int:
    if source.item is not None:
        return _ask(source.item, source.item.replicas)
    if (annotated := pod.annotation(REPLICAS)) is not None:
        replicas = integer(annotated)
        if replicas is None:
            raise ItemError(
                Result(
                    "wrong-value",
                    f"{pod.prefix}metadata.annotations['{REPLICAS}']",
                    current=annotated,
                    allowed=f"an integer from 0 to {MAX_INT32}",
                    found=quoted(annotated),
                )
            )
        return replicas
    if source.replicas is None:
        raise missing.error("missing-replicas")
    return source.replicas


def _ask(item: ModelServing, read: Callable[[], T]) -> T:
    """What the ModelServing says; what is wrong with it, as the pod's error."""
    try:
        return read()
    except ItemError as error:
        raise ItemError(
            Result(
                "wrong-modelserving",
                name=quoted(item.name),
                field=error.results[0].field,
                message=error.results[0].message,
            )
        ) from error
