"""A namespace of the cluster, with its ModelServings and pods."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING

import yaml

from tests.cluster.expand import expanded
from tests.manifests import LWS, SERVING, WORKER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.api import API, Object

NAME = f"{LWS}/name"
SECONDS = 90  # the API server looks for new kinds twice a minute
# What the API server makes anew for each object.
OWN = ("creationTimestamp", "managedFields", "namespace", "resourceVersion", "uid")


def serving(name: str = "chat") -> Object:
    """A ModelServing with the plugin `lws`."""
    found: Object = yaml.safe_load(SERVING)
    found["metadata"] = {"name": name}
    template = {"spec": {"containers": [{"name": "engine", "image": "example.com/engine:1"}]}}
    for role in found["spec"]["template"]["roles"]:
        role["entryTemplate"] = role["workerTemplate"] = template
    return found


def pod(group: str = "chat-1", index: int = 1, role: str = "main") -> Object:
    """A pod as kthena's controller makes it; the ModelServing is the group without its ordinal."""
    address = f"{group}-{role}-0-0.serving"
    found: Object = yaml.safe_load(WORKER)
    metadata = found["metadata"]
    metadata["name"] = f"{group}-{role}-0-{index}"
    metadata["labels"] = {
        "modelserving.volcano.sh/name": group.rpartition("-")[0],
        "modelserving.volcano.sh/group-name": group,
        "modelserving.volcano.sh/role": role,
        "modelserving.volcano.sh/role-id": f"{role}-0",
        **({"modelserving.volcano.sh/entry": "true"} if index == 0 else {}),
    }
    found["spec"]["containers"] = [container("engine", address, index)]
    return found


def container(name: str, address: str = "chat-1-main-0-0.serving", index: int = 1) -> Object:
    """A container with the variables of kthena's controller."""
    values = {"GROUP_SIZE": "2", "ENTRY_ADDRESS": address, "WORKER_INDEX": str(index)}
    env = [{"name": name, "value": value} for name, value in values.items()]
    return {"name": name, "image": "example.com/engine:1", "env": env}


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Asks until it is so; fails after a while."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {SECONDS} seconds: {what}"
        time.sleep(0.05)


class Namespace:
    """A namespace that is new, and the API to it."""

    def __init__(self, api: API, name: str) -> None:
        self._api = api
        self.name = name
        self._probes = 0
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def add(self, *servings: Object) -> list[Object]:
        """Creates ModelServings; returns when the policy has seen them."""
        stored = [self._api.create(self._placed(serving)) for serving in servings]
        self.settle()
        return stored

    def settle(self) -> None:
        """Waits until the policy has seen all that was written to ModelServings so far: it sees
        them in that order, and so when it has seen one more.
        """
        self._probes += 1
        name = f"probe-{self.name}-{self._probes}"
        self._api.create(self._placed(expanded(serving(name))))
        wait_until(
            lambda: NAME in self.store(pod(f"{name}-0"), dry_run=True)["metadata"]["labels"],
            "the admission policy is active",
        )

    def store(self, pod: Object, *, dry_run: bool = False) -> Object:
        """Creates a pod; gives what is stored, without what is new in each object."""
        stored = self._api.create(self._placed(pod), dry_run=dry_run)
        for key in OWN:
            stored["metadata"].pop(key, None)
        return stored

    def _placed(self, item: Object) -> Object:
        item = copy.deepcopy(item)
        item["metadata"]["namespace"] = self.name
        return item
