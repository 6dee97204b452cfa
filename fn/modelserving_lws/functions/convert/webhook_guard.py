"""The JSON patch that makes LWS's webhook for pods pass over the pods of ModelServings.

LWS's MutatingWebhookConfiguration has two webhooks, of which the second is for pods; its selector
takes every pod with the label of the set's name: github.com/kubernetes-sigs/lws
`config/webhook/manifests.yaml` and `mutating-patch.yaml`. Match conditions are CEL, for pods that
the selector takes: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from __future__ import annotations

import json

from ...kthena.names import NAME
from ...lws.contract import PREFIX

_PATH, _WEBHOOK = "/webhooks/1", "mpod.kb.io"
# kthena makes a ModelServing of each set by itself, whose pods the webhook must go on refusing:
# they have kthena's label, but not the contract's annotation.
_IS_CONVERTED = (
    f"has(object.metadata.labels) && '{NAME}' in object.metadata.labels && "
    f"has(object.metadata.annotations) && '{PREFIX}size' in object.metadata.annotations"
)


def webhook_guard() -> bytes:
    """The patch as JSON, an operation a line. It applies only where it meets LWS's webhook, and
    a second time changes nothing.
    """
    condition = {"name": "not-of-a-modelserving", "expression": f"!({_IS_CONVERTED})"}
    patch = (
        {"op": "test", "path": f"{_PATH}/name", "value": _WEBHOOK},
        {"op": "add", "path": f"{_PATH}/matchConditions", "value": [condition]},
    )
    lines = ",\n ".join(map(json.dumps, patch))
    return f"[{lines}]\n".encode()
