package main

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
)

var (
	contractLabels      = []string{lws + "name", lws + "worker-index", lws + "group-index", lws + "group-key"}
	contractAnnotations = []string{lws + "size", lws + "replicas"}
	contractEnv         = []string{"LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"}
	sources             = []string{"ENTRY_ADDRESS", "GROUP_SIZE", "WORKER_INDEX"}
	helpers             = []string{"MODELSERVING_GROUP_NAME", "MODELSERVING_ROLE_ID", "MODELSERVING_NAMESPACE"}
)

// template is what has the metadata and the spec of a pod.
func template(item object) object {
	if text(item["kind"]) == "PodTemplate" {
		found, _ := item["template"].(object)
		return found
	}
	return item
}

func containers(template object) []object {
	spec := template["spec"]
	return slices.Concat(objects(at(spec, "containers")), objects(at(spec, "initContainers")))
}

func restOfPod(item object) object {
	rest := copied(item).(object)
	if text(item["kind"]) == "PodTemplate" {
		drop(rest, "template")
	}
	stripTemplate(template(rest), contractLabels, contractAnnotations, contractEnv)
	return rest
}

// stripTemplate takes labels, annotations and env vars away, and what is empty then.
func stripTemplate(template object, labels, annotations, env []string) {
	if template == nil {
		return
	}
	stripMetadata(template, labels, annotations)
	for _, container := range containers(template) {
		stripEnv(container, env)
	}
}

func stripMetadata(item object, labels, annotations []string) {
	if metadata, ok := item["metadata"].(object); ok {
		for field, keys := range map[string][]string{"labels": labels, "annotations": annotations} {
			if strings, ok := metadata[field].(object); ok {
				for _, key := range keys {
					delete(strings, key)
				}
			}
			drop(metadata, field)
		}
	}
	drop(item, "metadata")
}

func stripEnv(container object, names []string) {
	if env, ok := container["env"].([]any); ok {
		container["env"] = without(env, func(entry any) bool {
			return slices.Contains(names, text(at(entry, "name")))
		})
		if container["env"].([]any) == nil {
			delete(container, "env")
		}
	}
	drop(container, "env")
}

// injected holds the contract in a pod against the pod's own env and labels.
func (r *run) injected(before, after any) {
	old, _ := before.(object)
	item, _ := after.(object)
	if !isPod(old) || item == nil {
		return // compared as a whole
	}
	pod := template(item)
	labels, annotations := at(pod, "metadata", "labels"), at(pod, "metadata", "annotations")
	for _, key := range contractLabels {
		r.isString(labels, key)
	}
	for _, key := range contractAnnotations {
		r.isString(annotations, key)
	}
	if choice := text(r.spec["onConflict"]); choice == "Keep" {
		return
	}
	// A reference among the values makes others of them: only plain ones are compared.
	values, isPlain := valuesOf(template(old))
	if values["WORKER_INDEX"] != "" {
		r.isValue(labels, lws+"worker-index", values["WORKER_INDEX"])
	}
	if values["GROUP_SIZE"] != "" {
		r.isValue(annotations, lws+"size", values["GROUP_SIZE"])
	}
	if group := text(at(labels, kthena+"group-name")); group != "" {
		key := sha1.Sum([]byte(group))
		r.isValue(labels, lws+"group-key", hex.EncodeToString(key[:]))
		r.isValue(labels, lws+"group-index", group[strings.LastIndexByte(group, '-')+1:])
	}
	if name := text(at(labels, kthena+"name")); name != "" {
		r.isValue(labels, lws+"name", name)
	}
	if !isPlain {
		return
	}
	for _, container := range containers(pod) {
		env := objects(container["env"])
		for i, name := range contractEnv {
			if i >= len(env) || text(env[i]["name"]) != name {
				r.fault("%s is not entry %d of the env of %s", name, i, short(container["name"]))
			} else if value := values[sources[i]]; value != "" && text(env[i]["value"]) != value {
				r.fault("%s is %s in place of %q", name, short(env[i]["value"]), value)
			}
		}
	}
}

func (r *run) isString(strings any, key string) {
	if _, ok := at(strings, key).(string); !ok {
		r.fault("%s is no string: %s", key, short(at(strings, key)))
	}
}

func (r *run) isValue(strings any, key, value string) {
	if found := at(strings, key); found != value {
		r.fault("%s is %s in place of %q", key, short(found), value)
	}
}

// valuesOf gives the values of the env vars that the contract comes from, as the first container
// with each has it, and whether all of them are plain.
func valuesOf(pod object) (values map[string]string, isPlain bool) {
	values, isPlain = map[string]string{}, true
	for _, name := range sources {
		for _, container := range containers(pod) {
			env := objects(container["env"])
			for _, entry := range slices.Backward(env) {
				if text(entry["name"]) != name {
					continue
				}
				value, ok := entry["value"].(string)
				if !ok || entry["valueFrom"] != nil || strings.Contains(value, "$(") {
					isPlain = false
				} else if values[name] == "" {
					values[name] = value
				}
				break
			}
		}
	}
	if !isPlain {
		clear(values)
	}
	return values, isPlain
}
