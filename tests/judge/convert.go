package main

// lastApplied is kubectl's own note of what was applied; a ModelServing gets none of it.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// The restart policies of a LeaderWorkerSet, and the recovery policies that they become.
var recoveryPolicies = map[string]string{
	"":                          "ServingGroupRecreate",
	"RecreateGroupOnPodRestart": "ServingGroupRecreate",
	"RecreateGroupAfterStart":   "ServingGroupRecreate",
	"None":                      "None",
	"Default":                   "None",
}

// restOfReference is an item that may point at a LeaderWorkerSet, as if that were a ModelServing.
func restOfReference(item object) object {
	rest := copied(item).(object)
	for _, name := range []string{"scaleTargetRef", "targetRef"} {
		target, _ := at(rest, "spec", name).(object)
		if isSet(target) || isServing(target) {
			delete(target, "apiVersion")
			delete(target, "kind")
		}
	}
	return rest
}

// converted compares the ModelServing that stands in place of a LeaderWorkerSet with the one that
// does its job.
func (r *run) converted(before, after any) {
	set, _ := before.(object)
	serving, _ := after.(object)
	if !isSet(set) || !isServing(serving) {
		return // compared as a whole
	}
	leader, worker := templatesOf(set)
	spec, rest := at(set, "spec"), copied(serving).(object)
	metadata := object{}
	for _, field := range []string{"name", "namespace", "labels", "annotations"} {
		metadata[field] = copied(at(set, "metadata", field))
	}
	want := object{
		"apiVersion": "workload.serving.volcano.sh/v1alpha1",
		"kind":       "ModelServing",
		"metadata":   metadata,
		"spec": object{
			"replicas":        at(spec, "replicas"),
			"plugins":         []any{object{"name": "lws", "type": "BuiltIn"}},
			"recoveryPolicy":  recoveryPolicies[text(at(spec, "leaderWorkerTemplate", "restartPolicy"))],
			"rolloutStrategy": rollout(spec, rest),
			"schedulerName":   scheduler(set),
			"template": object{"roles": []any{object{
				"name":           r.roleName(),
				"replicas":       int64(1),
				"entryTemplate":  carried(leader),
				"workerReplicas": workers(spec),
				"workerTemplate": carried(worker),
			}}},
		},
	}
	for _, item := range []object{want, rest} {
		if annotations, ok := at(item, "metadata", "annotations").(object); ok {
			delete(annotations, lastApplied)
			delete(annotations, "internal.config.kubernetes.io/previousKinds")
		}
		withoutEmpty(item, 4)
		for _, role := range objects(at(item, "spec", "template", "roles")) {
			for _, field := range []string{"entryTemplate", "workerTemplate"} {
				if template, ok := role[field].(object); ok {
					withoutEmpty(template, 2)
				}
			}
		}
	}
	if _, ok := at(want, "spec", "schedulerName").(string); !ok && at(want, "spec", "schedulerName") != nil {
		delete(want["spec"].(object), "schedulerName") // no string, which no cluster takes
		delete(rest["spec"].(object), "schedulerName")
	}
	if path, ok := differs(want, rest); ok {
		r.fault("%s", path)
	}
}

func (r *run) roleName() string {
	if name := text(r.spec["roleName"]); name != "" {
		return name
	}
	return "default"
}

func templatesOf(set object) (leader, worker any) {
	template := at(set, "spec", "leaderWorkerTemplate")
	leader, worker = at(template, "leaderTemplate"), at(template, "workerTemplate")
	if leader == nil {
		leader = worker
	}
	return leader, worker
}

// carried is a template with the fields that a ModelServing has a place for.
func carried(template any) any {
	made := object{"spec": copied(at(template, "spec"))}
	metadata := object{}
	for _, field := range []string{"labels", "annotations"} {
		metadata[field] = copied(at(template, "metadata", field))
	}
	made["metadata"] = metadata
	return made
}

func workers(spec any) any {
	size, ok := at(spec, "leaderWorkerTemplate", "size").(int64)
	if !ok {
		size = 1
	}
	return size - 1
}

// scheduler is the first one of the templates that pods are made of.
func scheduler(set object) any {
	leader, worker := templatesOf(set)
	templates := []any{leader}
	if workers(set["spec"]) != int64(0) {
		templates = append(templates, worker)
	}
	for _, template := range templates {
		if name := at(template, "spec", "schedulerName"); name != nil && name != "" {
			return name
		}
	}
	return nil
}

// rollout is the rollout strategy that is wanted; a `maxUnavailable` of 0 becomes 1.
func rollout(spec any, serving object) any {
	strategy, ok := at(spec, "rolloutStrategy").(object)
	if !ok {
		return nil
	}
	rolling := object{}
	for _, field := range []string{"maxUnavailable", "partition"} {
		rolling[field] = copied(at(strategy, "rollingUpdateConfiguration", field))
	}
	path := []string{"spec", "rolloutStrategy", "rollingUpdateConfiguration", "maxUnavailable"}
	if rolling["maxUnavailable"] != nil && at(serving, path...) == int64(1) {
		rolling["maxUnavailable"] = int64(1)
	}
	return object{"type": "ServingGroupRollingUpdate", "rollingUpdateConfiguration": rolling}
}

// withoutEmpty takes fields away that are null or empty, down to a number of levels.
func withoutEmpty(item object, levels int) {
	for key, value := range item {
		if inner, ok := value.(object); ok && levels > 1 {
			withoutEmpty(inner, levels-1)
		}
		drop(item, key)
	}
}

// renamed are fields of a LeaderWorkerSet whose comments on their line stay with what they become.
var renamed = []string{
	"apiVersion", "kind", "metadata", "metadata.name", "spec", "spec.replicas", "spec.leaderWorkerTemplate",
	"spec.leaderWorkerTemplate.size", "spec.leaderWorkerTemplate.restartPolicy",
}

// isCarried tells whether what stands at a path of a LeaderWorkerSet goes on with its comments: labels
// and annotations, and of the templates what a ModelServing has a place for.
func isCarried(path []string) bool {
	if len(path) > 3 && path[0] == "spec" && path[1] == "leaderWorkerTemplate" &&
		(path[2] == "leaderTemplate" || path[2] == "workerTemplate") {
		path = path[3:]
		if path[0] == "spec" {
			return true
		}
	}
	return len(path) == 3 && path[0] == "metadata" && path[2] != lastApplied &&
		(path[1] == "labels" || path[1] == "annotations")
}
