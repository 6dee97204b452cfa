"""The API of the cluster, by plain HTTP requests."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

Object = dict[str, Any]

_PATHS = {
    "Namespace": "/api/v1/namespaces",
    "Pod": "/api/v1/namespaces/{namespace}/pods",
    "CustomResourceDefinition": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "ModelServing": "/apis/workload.serving.volcano.sh/v1alpha1/namespaces/{namespace}"
    "/modelservings",
    "ValidatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1"
    "/validatingwebhookconfigurations",
    "MutatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1"
    "/mutatingwebhookconfigurations",
    "MutatingAdmissionPolicy": "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": "/apis/admissionregistration.k8s.io/v1"
    "/mutatingadmissionpolicybindings",
}


class APIError(Exception):
    """What the API server says of a request that it refuses, and the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class API:
    """The API server at a port of 127.0.0.1, by one connection that is kept open."""

    def __init__(self, port: int, token: str, context: ssl.SSLContext) -> None:
        self._connection = http.client.HTTPSConnection(
            "127.0.0.1", port, context=context, timeout=60
        )
        self._headers = {"Authorization": f"Bearer {token}"}
        self._access = (port, token, context)

    def another(self) -> API:
        """The same API by a connection of its own, for another thread."""
        return API(*self._access)

    def close(self) -> None:
        self._connection.close()

    def create(self, item: Object, *, dry_run: bool = False, strict: bool = False) -> Object:
        """Creates an object; gives it as it is stored. If `strict`, unknown fields are errors."""
        options = ["dryRun=All"] * dry_run + ["fieldValidation=Strict"] * strict
        return self._object("POST", _path(item) + "?" + "&".join(options), item)

    def get(self, item: Object) -> Object:
        """An object as it is stored now."""
        return self._object("GET", f"{_path(item)}/{item['metadata']['name']}")

    def objects(self, kind: str, namespace: str) -> list[Object]:
        """The objects of a kind in a namespace."""
        path = _PATHS[kind].format(namespace=namespace)
        found: list[Object] = self._object("GET", path)["items"]
        return found

    def patch(self, item: Object, patch: list[Object]) -> Object:
        """Changes an object by a JSON patch; gives it as it is stored."""
        path = f"{_path(item)}/{item['metadata']['name']}"
        return self._object("PATCH", path, patch, "application/json-patch+json")

    def patch_status(self, item: Object, patch: Object) -> None:
        """Merges a patch into the status of an object."""
        kind = {"kind": "Pod", "apiVersion": "v1", **item}
        path = f"{_path(kind)}/{item['metadata']['name']}/status"
        self._object("PATCH", path, patch, "application/merge-patch+json")

    def replace(self, item: Object) -> Object:
        """Writes an object that is there already; gives it as it is stored."""
        return self._object("PUT", f"{_path(item)}/{item['metadata']['name']}", item)

    def delete(self, item: Object) -> None:
        """Deletes an object."""
        self._object("DELETE", f"{_path(item)}/{item['metadata']['name']}")

    def exists(self, path: str) -> bool:
        """Whether there is something at a path."""
        try:
            self._object("GET", path)
        except APIError as error:
            if error.status == http.HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def text(self, path: str) -> str:
        """What the API server answers at a path, whatever the status."""
        return self._request("GET", path, None)[1].decode()

    def _object(
        self,
        method: str,
        path: str,
        body: Object | list[Object] | None = None,
        kind: str = "application/json",
    ) -> Object:
        status, answer = self._request(method, path, body, kind)
        if status >= http.HTTPStatus.BAD_REQUEST:
            raise APIError(status, answer.decode())
        found: Object = json.loads(answer)
        return found

    def _request(
        self,
        method: str,
        path: str,
        body: Object | list[Object] | None,
        kind: str = "application/json",
    ) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body)
        headers = {**self._headers, "Content-Type": kind}
        for is_last in (False, True):
            try:
                self._connection.request(method, path, data, headers)
                response = self._connection.getresponse()
                return response.status, response.read()
            except (ssl.SSLEOFError, BrokenPipeError, http.client.RemoteDisconnected):
                # The server has closed a connection on which nothing was asked for long.
                self._connection.close()
                if is_last:
                    raise
            except (OSError, http.client.HTTPException):
                self._connection.close()
                raise
        raise AssertionError("the last attempt returns or raises")


def _path(item: Object) -> str:
    return _PATHS[item["kind"]].format(namespace=item["metadata"].get("namespace"))
