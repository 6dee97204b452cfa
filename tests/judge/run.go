package main

import (
	"fmt"
	"strings"
)

const (
	lws    = "leaderworkerset.sigs.k8s.io/"
	kthena = "modelserving.volcano.sh/"
)

// object is a mapping with accessors that pass over what is not of the right shape.
type object = map[string]any

// run is one reading of a run: what was before and after are leaves of lists.
type run struct {
	answer *answer
	reader string
	spec   object
	place  string
	items  []any // before
}

func (r *run) fault(format string, values ...any) {
	r.answer.fault(r.reader, "%s: %s", r.place, fmt.Sprintf(format, values...))
}

// head is a list without its items.
type head struct{ fields object }

// flat gives the items of documents, those of lists in their order behind the list's head.
func flat(documents []any) (leaves []any) {
	for _, document := range documents {
		list, _ := document.(object)
		items, ok := list["items"].([]any)
		if kind := text(list["kind"]); kind != "ResourceList" && (kind != "List" || !ok) {
			leaves = append(leaves, document)
			continue
		}
		fields := object{}
		for key, value := range list {
			if key != "items" || !ok {
				fields[key] = value
			}
		}
		leaves = append(leaves, head{fields})
		leaves = append(leaves, flat(items)...)
	}
	return leaves
}

// configured is the function that a list's functionConfig names and its spec, else those asked for.
func configured(leaves []any, asked request) (string, object) {
	for _, leaf := range leaves {
		list, _ := leaf.(head)
		config, _ := list.fields["functionConfig"].(object)
		if _, ok := checks[text(config["kind"])]; ok && text(config["kind"]) != "" {
			spec, _ := config["spec"].(object)
			return text(config["kind"]), spec
		}
	}
	return asked.Function, asked.Spec
}

// checks are the functions that hold an edited item against what it should be.
var checks = map[string]func(r *run, before, after any){
	"InjectLWS":              (*run).injected,
	"ExpandLWSPlugin":        (*run).expanded,
	"ConvertLeaderWorkerSet": (*run).converted,
	"RenderModelServing":     nil,
	"":                       nil,
}

// compare holds what came out against what a function may change.
func (r *run) compare(function string, before, after []any) {
	r.items = before
	before, after = r.aligned(function, before, after)
	for i := range max(len(before), len(after)) {
		r.place = fmt.Sprintf("item %d", i)
		if i >= len(before) {
			r.fault("is new: %s", short(after[i]))
			continue
		}
		if i >= len(after) {
			r.fault("is gone: %s", short(before[i]))
			continue
		}
		list, ok := before[i].(head)
		if !ok {
			if !equal(before[i], after[i]) {
				if check := checks[function]; check != nil {
					check(r, before[i], after[i])
				}
				r.same(function, before[i], after[i])
			}
			continue
		}
		there, ok := after[i].(head)
		if !ok {
			r.fault("is no list any more: %s", short(after[i]))
			continue
		}
		r.sameHead(list.fields, there.fields)
	}
}

// aligned leaves out what a function may add, and holds that against what it may be.
func (r *run) aligned(function string, before, after []any) (old, new []any) {
	switch function {
	case "ExpandLWSPlugin":
		isPolicy := func(item any) bool {
			found, _ := item.(object)
			return strings.HasPrefix(text(found["kind"]), "MutatingAdmissionPolicy") &&
				text(at(found, "metadata", "name")) == "modelserving-lws"
		}
		return without(before, isPolicy), without(after, isPolicy)
	case "ConvertLeaderWorkerSet":
		// What a kustomization says of a set follows it; tests/hosts builds such trees.
		isKustomization := func(item any) bool {
			found, _ := item.(object)
			return group(found) == "kustomize.config.k8s.io" || found["patches"] != nil && !isSet(found)
		}
		return without(before, isKustomization), without(after, isKustomization)
	case "RenderModelServing":
		for i, item := range after {
			r.place = fmt.Sprintf("item %d", i)
			if isRendered(item) && !contains(before, item) {
				r.rendered(item.(object))
			}
		}
		return r.kept(without(before, isRendered), after), without(after, isRendered)
	}
	return before, after
}

func without(items []any, is func(any) bool) (kept []any) {
	for _, item := range items {
		if !is(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func contains(items []any, item any) bool {
	for _, other := range items {
		if _, ok := other.(head); !ok && equal(other, item) {
			return true
		}
	}
	return false
}

// same compares an item without what the function may write.
func (r *run) same(function string, before, after any) {
	one, _ := before.(object)
	other, _ := after.(object)
	if one == nil || other == nil {
		path, _ := differs(before, after)
		r.fault("%s", path)
		return
	}
	if function == "ConvertLeaderWorkerSet" && isSet(one) && isServing(other) {
		return // compared as a whole
	}
	if path, ok := differs(r.rest(function, one), r.rest(function, other)); ok {
		r.fault("%s", path)
	}
}

// rest is a copy of an item without what the function may write.
func (r *run) rest(function string, item object) object {
	switch {
	case function == "InjectLWS" && isPod(item):
		return restOfPod(item)
	case function == "ExpandLWSPlugin" && isServing(item):
		return restOfServing(item)
	case function == "ConvertLeaderWorkerSet":
		return restOfReference(item)
	}
	return item
}

// sameHead compares the fields of a list: results of the run stand behind those of earlier ones.
func (r *run) sameHead(before, after object) {
	old, _ := before["results"].([]any)
	new, _ := after["results"].([]any)
	if len(new) < len(old) {
		r.fault("results are gone")
	} else if path, ok := differs(old, new[:len(old)]); ok && len(old) > 0 {
		r.fault("results%s", path)
	}
	if path, ok := differs(fieldsBut(before, "results"), fieldsBut(after, "results")); ok {
		r.fault("%s", path)
	}
}

// Accessors

func text(data any) string {
	found, _ := data.(string)
	return found
}

// word is the text of a scalar.
func word(data any) string {
	if data == nil {
		return ""
	}
	return fmt.Sprint(data)
}

func at(data any, path ...string) any {
	for _, key := range path {
		mapping, _ := data.(object)
		data = mapping[key]
	}
	return data
}

func objects(data any) (found []object) {
	entries, _ := data.([]any)
	for _, entry := range entries {
		if mapping, ok := entry.(object); ok {
			found = append(found, mapping)
		}
	}
	return found
}

// copied is a deep copy.
func copied(data any) any { return plain(data) }

func fieldsBut(mapping object, names ...string) object {
	made := object{}
	for key, value := range mapping {
		made[key] = value
	}
	for _, name := range names {
		delete(made, name)
	}
	return made
}

// drop takes a field away where it is null or empty, as a field is that was not there before.
func drop(mapping object, name string) {
	switch value := mapping[name].(type) {
	case nil:
		delete(mapping, name)
	case object:
		if len(value) == 0 {
			delete(mapping, name)
		}
	case []any:
		if len(value) == 0 {
			delete(mapping, name)
		}
	}
}

func group(item object) string {
	group, _, _ := strings.Cut(text(item["apiVersion"]), "/")
	return group
}

func isPod(item object) bool {
	kind := text(item["kind"])
	return text(item["apiVersion"]) == "v1" && (kind == "Pod" || kind == "PodTemplate")
}

func isServing(item object) bool {
	name := group(item)
	return text(item["kind"]) == "ModelServing" &&
		(name == "workload.serving.volcano.sh" || name == "workload.volcano.sh")
}

func isSet(item object) bool {
	return text(item["kind"]) == "LeaderWorkerSet" && group(item) == "leaderworkerset.x-k8s.io"
}
