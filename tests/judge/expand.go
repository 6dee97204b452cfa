package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

const leaderAddress = "$(MODELSERVING_GROUP_NAME)-$(MODELSERVING_ROLE_ID)-0.$(MODELSERVING_NAMESPACE)"

func isLWS(plugin object) bool {
	return text(plugin["name"]) == "lws" && slices.Contains([]string{"", "BuiltIn"}, text(plugin["type"]))
}

func covers(plugin object, role string, isEntry bool) bool {
	roles, _ := at(plugin, "scope", "roles").([]any)
	isNamed := slices.ContainsFunc(roles, func(name any) bool { return word(name) == role })
	target := text(at(plugin, "scope", "target"))
	return (len(roles) == 0 || isNamed) &&
		(target == "" || target == "All" || (target == "Entry") == isEntry)
}

// isTweak tells whether a plugin is one that ExpandLWSPlugin writes.
func isTweak(plugin object) bool {
	return text(plugin["name"]) == "demo-pod-tweaks" && len(tweaked(plugin)) > 0
}

// tweaked are the env vars that such a plugin sets; none where it is a user's own.
func tweaked(plugin object) (names []string) {
	env := objects(at(plugin, "config", "env"))
	if len(env) > 0 && text(env[0]["name"]) == "LWS_WORKER_INDEX" {
		for _, entry := range env {
			names = append(names, text(entry["name"]))
		}
	} else if at(plugin, "config", "annotations", lws+"replicas") != nil && len(env) == 0 {
		names = append(names, "")
	}
	return names
}

// restOfServing is a ModelServing without what ExpandLWSPlugin may write, and without the env vars
// that a plugin has in their place.
func restOfServing(item object) object {
	rest := copied(item).(object)
	stripMetadata(rest, []string{kthena + "lws"}, []string{
		kthena + "lws-expanded", kthena + "lws-group-keys", kthena + "lws-scope-roles", kthena + "lws-scope-target",
	})
	spec, _ := rest["spec"].(object)
	plugins, _ := at(rest, "spec", "plugins").([]any)
	if plugins != nil {
		spec["plugins"] = without(plugins, func(plugin any) bool {
			found, _ := plugin.(object)
			return isLWS(found) || isTweak(found)
		})
		if spec["plugins"].([]any) == nil {
			delete(spec, "plugins")
		}
	}
	for _, role := range objects(at(spec, "template", "roles")) {
		for _, field := range []string{"entryTemplate", "workerTemplate"} {
			template, _ := role[field].(object)
			stripTemplate(template, contractLabels, append([]string{kthena + "lws-moved-env"}, contractAnnotations...),
				slices.Concat(contractEnv, helpers))
			for _, container := range containers(template) {
				for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
					if exec, ok := at(container, probe, "exec").(object); ok {
						exec["command"] = resolved(exec["command"])
					}
				}
			}
		}
	}
	return rest
}

// resolved is a probe's command with the variables that ExpandLWSPlugin writes there.
func resolved(command any) any {
	words, ok := command.([]any)
	if !ok {
		return command
	}
	made := make([]any, len(words))
	for i, word := range words {
		made[i] = word
		if found, ok := word.(string); ok {
			found = strings.ReplaceAll(found, "$(LWS_LEADER_ADDRESS)", "$(ENTRY_ADDRESS)")
			made[i] = strings.ReplaceAll(found, "$(LWS_WORKER_INDEX)", "$(WORKER_INDEX)")
		}
	}
	return made
}

// expanded compares a ModelServing's templates with what the contract is for each, and takes the
// entries out of `before` that moved to a plugin.
func (r *run) expanded(before, after any) {
	old, _ := before.(object)
	item, _ := after.(object)
	if !isServing(old) || item == nil {
		return // compared as a whole
	}
	r.movedEnv(old, item)
	if text(r.spec["via"]) == "AdmissionPolicy" {
		if text(at(item, "metadata", "labels", kthena+"lws")) != "enabled" {
			r.fault("has no label %slws", kthena)
		}
		return
	}
	plugins := slices.DeleteFunc(objects(at(old, "spec", "plugins")), func(it object) bool { return !isLWS(it) })
	if left := text(at(old, "metadata", "annotations", kthena+"lws-expanded")); left != "" {
		var earlier []any
		if json.Unmarshal([]byte(left), &earlier) == nil {
			plugins = append(plugins, objects(any(earlier))...)
		}
	}
	for _, role := range objects(at(item, "spec", "template", "roles")) {
		workers, _ := role["workerReplicas"].(int64)
		for _, field := range []string{"entryTemplate", "workerTemplate"} {
			isEntry := field == "entryTemplate"
			template, _ := role[field].(object)
			isCovered := slices.ContainsFunc(plugins, func(it object) bool { return covers(it, word(role["name"]), isEntry) })
			if template == nil || !isCovered || !isEntry && workers == 0 {
				continue
			}
			index := map[bool]string{true: "0", false: "1"}[isEntry]
			if !isEntry && workers > 1 {
				index = ""
			}
			r.expandedTemplate(template, text(at(item, "metadata", "name")), strconv.FormatInt(workers+1, 10), index)
		}
	}
}

func (r *run) expandedTemplate(template object, name, size, index string) {
	metadata := template["metadata"]
	if name != "" {
		r.isValue(at(metadata, "labels"), lws+"name", name)
	}
	r.isValue(at(metadata, "annotations"), lws+"size", size)
	names, values := slices.Concat(helpers, contractEnv), []string{"", "", "", leaderAddress, size, index}
	if index == "" {
		names = names[:len(names)-1]
	} else {
		r.isValue(at(metadata, "labels"), lws+"worker-index", index)
	}
	for _, container := range containers(template) {
		env := objects(container["env"])
		for i, name := range names {
			if i >= len(env) || text(env[i]["name"]) != name || text(env[i]["value"]) != values[i] {
				r.fault("%s is not entry %d of the env of %s", name, i, short(container["name"]))
			}
		}
	}
}

// movedEnv takes the env vars out of the worker templates of `before` that a plugin of `after`
// sets for these workers.
func (r *run) movedEnv(before, after object) {
	moved := map[string][]string{}
	for _, plugin := range objects(at(after, "spec", "plugins")) {
		for _, role := range objects(at(after, "spec", "template", "roles")) {
			if isTweak(plugin) && covers(plugin, word(role["name"]), false) {
				name := word(role["name"])
				moved[name] = append(moved[name], tweaked(plugin)...)
			}
		}
	}
	for _, item := range []object{before, after} {
		for _, role := range objects(at(item, "spec", "template", "roles")) {
			worker, _ := role["workerTemplate"].(object)
			for _, container := range containers(worker) {
				if names := moved[word(role["name"])]; len(names) > 0 && container["env"] != nil {
					stripEnv(container, namesBut(names, contractEnv))
				}
			}
		}
	}
}

func namesBut(names, gone []string) (kept []string) {
	for _, name := range names {
		if !slices.Contains(gone, name) {
			kept = append(kept, name)
		}
	}
	return kept
}
