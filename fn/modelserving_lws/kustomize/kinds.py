"""The kinds of kustomizations.

Source: github.com/kubernetes-sigs/kustomize `api/types/kustomization.go`.
"""

from __future__ import annotations

COMPONENT = "Component"
KINDS = frozenset(("Kustomization", COMPONENT))
GROUP = "kustomize.config.k8s.io"
# The `apiVersion` of the transformers that kustomize has itself.
BUILT_IN = "builtin"
