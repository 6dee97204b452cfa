//go:build tools

// Package tools keeps the controllers of StatefulSets and of garbage collection in go.mod.
package tools

import _ "k8s.io/kubernetes/cmd/kube-controller-manager"
