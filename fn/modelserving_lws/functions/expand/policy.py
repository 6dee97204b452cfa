"""The admission policy that writes the LWS contract into pods as the API server stores them."""

from __future__ import annotations

import os.path

NAME = "modelserving-lws"


def policy() -> bytes:
    """The manifests of the MutatingAdmissionPolicy and its binding, a stream of two documents."""
    path = os.path.join(os.path.dirname(__file__), "policy.yaml")  # noqa: PTH118, PTH120 (slow)
    with open(path, "rb") as file:  # noqa: PTH123 (pathlib is slow to import)
        return file.read()


def policies() -> dict[str, str]:
    """The two manifests by their kinds, each as text that begins and ends with its own lines."""
    manifests = policy().decode().split("---\n")
    kinds = ("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding")
    return dict(zip(kinds, manifests, strict=True))
