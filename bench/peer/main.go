// Command modelserving-lws-peer is the benchmark's yardstick: InjectLWS as a KRM function in Go, on
// kyaml's function framework. It does the same job on ordinary inputs: Pods that carry kthena's
// labels and env vars as plain values, whose ModelServing is among the items.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	kthena = "modelserving.volcano.sh/"
	lws    = "leaderworkerset.sigs.k8s.io/"
)

// versions are the apiVersions of a ModelServing; names the LWS env vars, in the order in which they
// stand in a container; sources the kthena env vars that have their values.
var (
	versions = []string{"workload.serving.volcano.sh/v1alpha1", "workload.volcano.sh/v1alpha1"}
	names    = []string{"LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"}
	sources  = []string{"ENTRY_ADDRESS", "GROUP_SIZE", "WORKER_INDEX"}
)

type plugin struct {
	Name, Type string
	Scope      struct {
		Roles  []string
		Target string
	}
}

// enables tells whether the plugin is lws and its scope covers the pod with these labels.
func (p plugin) enables(labels map[string]string) bool {
	if p.Name != "lws" || (p.Type != "" && p.Type != "BuiltIn") {
		return false
	}
	if len(p.Scope.Roles) > 0 && !slices.Contains(p.Scope.Roles, labels[kthena+"role"]) {
		return false
	}
	isEntry := labels[kthena+"entry"] == "true"
	return p.Scope.Target == "" || p.Scope.Target == "All" || (p.Scope.Target == "Entry") == isEntry
}

type modelServing struct {
	Metadata struct{ Name, Namespace string }
	Spec     struct {
		Replicas int
		Plugins  []plugin
	}
}

// index returns the ModelServings among the items by name.
func index(items []*yaml.RNode) (map[string][]*modelServing, error) {
	servings := map[string][]*modelServing{}
	for _, item := range items {
		if item.GetKind() != "ModelServing" || !slices.Contains(versions, item.GetApiVersion()) {
			continue
		}
		serving := &modelServing{}
		serving.Spec.Replicas = 1
		if err := item.YNode().Decode(serving); err != nil {
			return nil, fmt.Errorf("ModelServing %s: %w", item.GetName(), err)
		}
		name := serving.Metadata.Name
		servings[name] = append(servings[name], serving)
	}
	return servings, nil
}

// inject writes the contract into a pod, and tells whether lws is enabled for it. A pod with an
// error stays as it is.
func inject(pod *yaml.RNode, servings map[string][]*modelServing) (bool, error) {
	labels, namespace := pod.GetLabels(), pod.GetNamespace()
	candidates := servings[labels[kthena+"name"]]
	i := slices.IndexFunc(candidates, func(serving *modelServing) bool {
		own := serving.Metadata.Namespace
		return (own == "" || namespace == "" || own == namespace) &&
			slices.ContainsFunc(serving.Spec.Plugins, func(p plugin) bool { return p.enables(labels) })
	})
	if i < 0 {
		return false, nil
	}
	serving := candidates[i]
	group := labels[kthena+"group-name"]
	ordinal := group[strings.LastIndexByte(group, '-')+1:]
	if _, err := strconv.ParseUint(ordinal, 10, 31); err != nil {
		return false, fmt.Errorf("label %sgroup-name: %q names no ServingGroup", kthena, group)
	}
	spec := at(pod.YNode(), "spec")
	containers := slices.Concat(at(spec, "containers").Content, at(spec, "initContainers").Content)
	values := make([]string, len(sources))
	for i, source := range sources {
		value, err := valueOf(source, containers)
		if err != nil {
			return false, err
		}
		values[i] = value
	}
	key := sha1.Sum([]byte(group))
	if err := pod.PipeE(
		yaml.Tee(yaml.SetLabel(lws+"name", serving.Metadata.Name)),
		yaml.Tee(yaml.SetLabel(lws+"worker-index", values[2])),
		yaml.Tee(yaml.SetLabel(lws+"group-index", ordinal)),
		yaml.Tee(yaml.SetLabel(lws+"group-key", hex.EncodeToString(key[:]))),
		yaml.Tee(yaml.SetAnnotation(lws+"size", values[1])),
		yaml.Tee(yaml.SetAnnotation(lws+"replicas", strconv.Itoa(serving.Spec.Replicas))),
	); err != nil {
		return false, err
	}
	for _, container := range containers {
		if err := setEnv(container, values); err != nil {
			return false, err
		}
	}
	return true, nil
}

// valueOf returns the value of an env var: in every container the last entry of a name counts.
func valueOf(name string, containers []*yaml.Node) (string, error) {
	found := ""
	for _, container := range containers {
		for _, entry := range slices.Backward(at(container, "env").Content) {
			if at(entry, "name").Value != name {
				continue
			}
			value := at(entry, "value").Value
			if found != "" && value != found {
				return "", fmt.Errorf("%s must be the same in all containers", name)
			}
			found = value
			break
		}
	}
	if found == "" {
		return "", fmt.Errorf("no container's env has a value of %s", name)
	}
	return found, nil
}

// at returns a field of a mapping; an empty node where there is none.
func at(mapping *yaml.Node, field string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == field {
			return mapping.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// setEnv puts the LWS env vars before a container's other ones.
func setEnv(container *yaml.Node, values []string) error {
	env, err := yaml.NewRNode(container).Pipe(yaml.LookupCreate(yaml.SequenceNode, "env"))
	if err != nil {
		return err
	}
	entries := make([]*yaml.Node, 0, len(names)+len(env.Content()))
	for i, name := range names {
		entry := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			yaml.NewStringRNode("name").YNode(), yaml.NewStringRNode(name).YNode(),
			yaml.NewStringRNode("value").YNode(), yaml.NewStringRNode(values[i]).YNode(),
		}}
		entries = append(entries, entry)
	}
	for _, entry := range env.Content() {
		if !slices.Contains(names, at(entry, "name").Value) {
			entries = append(entries, entry)
		}
	}
	env.YNode().Content = entries
	return nil
}

// process is the function: it reports the pods that it can't do, and counts the others.
func process(list *framework.ResourceList) error {
	if kind := list.FunctionConfig.GetKind(); kind != "InjectLWS" {
		return fmt.Errorf("functionConfig: kind must be InjectLWS; found %q", kind)
	}
	servings, err := index(list.Items)
	if err != nil {
		return err
	}
	count := 0
	for _, item := range list.Items {
		if item.GetKind() != "Pod" || item.GetApiVersion() != "v1" {
			continue
		}
		done, err := inject(item, servings)
		if err != nil {
			report(list, framework.Error, fmt.Sprintf("Pod %s: %v", item.GetName(), err))
		}
		if done {
			count++
		}
	}
	if count > 0 {
		report(list, framework.Info, fmt.Sprintf("wrote the LWS contract into %d pods", count))
	}
	if list.Results.ExitCode() != 0 {
		return list.Results
	}
	return nil
}

func report(list *framework.ResourceList, severity framework.Severity, message string) {
	list.Results = append(list.Results, &framework.Result{Message: message, Severity: severity})
}

func main() {
	// The YAML encoder writes 128 bytes at a time.
	output := bufio.NewWriterSize(os.Stdout, 1<<16)
	streams := &kio.ByteReadWriter{Reader: os.Stdin, Writer: output, KeepReaderAnnotations: true}
	err := framework.Execute(framework.ResourceListProcessorFunc(process), streams)
	if flushed := output.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
