package main

import (
	"slices"
	"strings"
)

// isRendered tells whether an item is one that RenderModelServing makes: its owner is a
// ModelServing without a uid, which only a cluster gives.
func isRendered(item any) bool {
	found, _ := item.(object)
	kind := text(found["kind"])
	if text(found["apiVersion"]) != "v1" || kind != "Pod" && kind != "Service" {
		return false
	}
	return slices.ContainsFunc(objects(at(found, "metadata", "ownerReferences")), func(owner object) bool {
		return isServing(owner) && owner["uid"] == nil
	})
}

// kept leaves the ModelServings out that `keepModelServing: false` takes out of a list: all but
// those with an error, which are still there.
func (r *run) kept(before, after []any) []any {
	if keeps, ok := r.spec["keepModelServing"].(bool); !ok || keeps {
		return before
	}
	return without(before, func(item any) bool {
		found, _ := item.(object)
		return isServing(found) && !contains(after, item)
	})
}

// rendered holds a pod that is new against the template that it is made of.
func (r *run) rendered(pod object) {
	name := text(at(pod, "metadata", "labels", kthena+"name"))
	var serving object
	for _, item := range r.items {
		found, _ := item.(object)
		if isServing(found) && text(at(found, "metadata", "name")) == ownerOf(pod) {
			serving = found
			break
		}
	}
	if serving == nil {
		r.fault("has no ModelServing %q: %s", name, short(pod))
		return
	}
	if text(pod["kind"]) == "Service" {
		return
	}
	role := text(at(pod, "metadata", "labels", kthena+"role"))
	field := "workerTemplate"
	if text(at(pod, "metadata", "labels", kthena+"entry")) == "true" {
		field = "entryTemplate"
	}
	reason := "no role " + role
	for _, found := range objects(at(serving, "spec", "template", "roles")) {
		if word(found["name"]) != role {
			continue
		}
		template, _ := found[field].(object)
		if reason = r.unlikeTemplate(serving, pod, template); reason == "" {
			return
		}
	}
	r.fault("%s", reason)
}

func ownerOf(pod object) string {
	for _, owner := range objects(at(pod, "metadata", "ownerReferences")) {
		if isServing(owner) {
			return text(owner["name"])
		}
	}
	return ""
}

// unlikeTemplate says what of a template a pod lacks, or has else than the controller and the
// plugins write.
func (r *run) unlikeTemplate(serving, pod, template object) string {
	names := slices.Concat(sources, contractEnv)
	written := slices.Concat(contractLabels, contractAnnotations)
	set := []string{"schedulerName"}
	for _, plugin := range objects(at(serving, "spec", "plugins")) {
		config, _ := plugin["config"].(object)
		for key, value := range config {
			if strings.EqualFold(key, "env") {
				for _, entry := range objects(value) {
					names = append(names, text(lowered(entry)["name"]))
				}
			}
			if strings.EqualFold(key, "runtimeClassName") {
				set = append(set, "runtimeClassName")
			}
			if mapping, ok := value.(object); ok {
				for name := range mapping {
					written = append(written, name)
				}
			}
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		there, _ := at(template, "metadata", field).(object)
		for key, value := range there {
			found := at(pod, "metadata", field, key)
			if !slices.Contains(written, key) && !strings.HasPrefix(key, lws) && !equal(value, found) {
				return field + ": " + key + unlike(value, found)
			}
		}
	}
	one, other := specOf(template, names), specOf(pod, names)
	for _, spec := range []any{one, other} {
		if found, ok := spec.(object); ok {
			for _, field := range set {
				delete(found, field)
			}
		}
	}
	if path, ok := differs(one, other); ok {
		return ".spec" + path
	}
	return ""
}

func lowered(entry object) object {
	made := object{}
	for key, value := range entry {
		made[strings.ToLower(key)] = value
	}
	return made
}

func specOf(template object, names []string) any {
	rest := object{"spec": copied(template["spec"])}
	stripTemplate(rest, nil, nil, names)
	for _, container := range containers(rest) {
		drop(container, "resources")
	}
	return rest["spec"]
}
