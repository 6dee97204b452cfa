"""ModelServings as ExpandLWSPlugin with `via: AdmissionPolicy` writes them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import yaml

from tests.running import PROGRAM

if TYPE_CHECKING:
    from tests.cluster.api import Object


def expanded(serving: Object, max_groups: int = 64) -> Object:
    """The ModelServing without its plugin `lws`, with what the admission policy reads."""
    (found,) = all_expanded([serving], max_groups)
    return found


def all_expanded(servings: list[Object], max_groups: int = 64) -> list[Object]:
    """The same of several, by one run of the installed program."""
    spec = {"via": "AdmissionPolicy", "emitPolicy": False, "maxGroups": max_groups}
    config = {"apiVersion": "fn.serving.volcano.sh/v1alpha1", "kind": "ExpandLWSPlugin"}
    resource_list = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": servings,
        "functionConfig": {**config, "spec": spec},
    }
    process = subprocess.run(
        [PROGRAM],
        input=yaml.safe_dump(resource_list),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[Object] = yaml.safe_load(process.stdout)["items"]
    return found
