"""The one table of messages. Imported only by a run that has something to say.

A message says what must be, then what was found. It echoes no value of an env var but the
contract's own.
"""

from __future__ import annotations

ERROR = "error"
WARNING = "warning"
INFO = "info"

# Errors on what a LeaderWorkerSet loses, by a field or by what a detector finds. Whoever ignores or
# allows them gets the set converted; no other error can be ignored.
LOSSES = frozenset(
    (
        "leader-ready",
        "subgroups",
        "volume-claims",
        "exclusive-topology",
        "hash-identity",
        "controller-env",
        "tpu",
        "placement-annotation",
        "pod-host-name",
        "composed-name",
        "address-taken-apart",
        "relied-on",
        "reads-lws-identity",
        "reads-group-key",
    )
)
# What it is called: its severity, what it says, and what a reader does about it.
# One row a line, so that the table reads as one.
# fmt: off
MESSAGES = {
    # The process
    "not-read": (ERROR, "{name} can't be read: {problem}", "Give a file that is there and that the program may read, or an open stdin."),
    "not-written": (ERROR, "stdout can't be written: {problem}", "Give a stdout that is open and has room; what it got is not the whole."),
    "file-not-written": (ERROR, "{name} can't be written: {problem}", "Give a place that is there and that the program may write."),
    "nothing-written": (ERROR, "nothing was written, since there is an error", "Mend it, or give `--keep-going`, which does what can be done."),
    "left-out-hidden": (INFO, "left out, as hidden folders: {paths}", "Name a folder to have it read."),
    "left-out-templates": (INFO, "left out, as templates of Helm charts: {paths}", "Use `helm template`, or the post-renderer."),
    "left-out-links": (INFO, "left out, as links that lead out of the folder: {paths}", "Name what they lead to."),
    "left-out-large": (INFO, "left out, as files that are too large for manifests: {paths}", "Name a file to have it read."),
    "internal-error": (ERROR, "internal error: {problem}", "Report it, with the input."),
    # The input
    "not-utf-8": (ERROR, "not UTF-8", "Write the file in UTF-8."),
    "not-yaml": (ERROR, "not YAML: {problem}", "Mend the YAML at the line and column."),
    "helm-template": (ERROR, "{problem}; it looks like a Helm template", "Give what `helm template` makes of the chart."),
    "too-deep": (ERROR, "must not be nested more than {levels} levels deep", "Nest it less; no Kubernetes object is that deep."),
    "too-many-nodes": (ERROR, "its aliases must not stand for more than {limit} nodes", "Write out the aliases."),
    "too-many-aliases": (ERROR, "the aliases of all items together must not stand for more than {limit} nodes", "Write out the aliases."),
    "too-large": (ERROR, "must not have more than {limit} nodes, unless in plain block style", "Split it, or write it without flow collections, anchors, tags, and values over lines."),
    "too-long-item": (ERROR, "must not have more than {limit} characters; found {found}", "Split it; no cluster stores such an object."),
    "too-many-items": (ERROR, "must not have more than {limit} items", "Split the list."),
    "too-many-directives": (ERROR, "must not have more than {limit} `%TAG` directives", "Write the tags out."),
    "no-manifest": (ERROR, "must be a ResourceList or a manifest", "Give a ResourceList, a `v1` List, or manifests; each is a mapping."),
    "resource-list-not-alone": (ERROR, "a ResourceList must be the only document", "Give each ResourceList to a run of its own."),
    "resource-list-version": (ERROR, "the ResourceList's `apiVersion` must be one of {allowed}; found {found}", "Use a host that speaks one of these versions."),
    "field-not-a-list": (ERROR, "`{name}` must be a list", "Make the field a list."),
    "merge-not-a-mapping": (ERROR, "the value of the merge key `<<` must be a mapping", "Let `<<` name a mapping, or a list of mappings."),
    "too-many-merges": (ERROR, "merge keys must not bring more than {limit} mappings", "Write the merged fields out."),
    # The functionConfig
    "config-with-config": (ERROR, "--config must not be given for a ResourceList with a functionConfig", "Leave `--config` out, or the functionConfig."),
    "config-not-one": (ERROR, "--config must name a file with one functionConfig", "Put one document into the file."),
    "config-of-another-function": (ERROR, "must be the function that the command line names, {function}", "Name the same function in both places, or in one."),
    "config-not-a-mapping": (ERROR, "the functionConfig must be a mapping", "Write it as a Kubernetes object, with `apiVersion` and `kind`."),
    "config-too-large": (ERROR, "the functionConfig must not have more than {levels} levels or {nodes} nodes", "Write less into it."),
    "one-of": (ERROR, "must be one of {allowed}; found {found}{meant}", "Use one of these values."),
    "unknown-field": (ERROR, "unknown field; allowed are {allowed}{meant}", "Remove the field, or mend its name."),
    "missing-field": (ERROR, "must be there", "Add the field."),
    "not-ignorable": (ERROR, "must be the id of a warning, an info or a loss; found {found}{meant}", "Take an id of docs/messages.md; what a cluster refuses can't be ignored."),
    # The items
    "wrong-value": (ERROR, "must be {allowed}; found {found}", "Mend the value at the path."),
    "twice": (ERROR, "`{name}` must not be there twice; the first is at {first}", "Remove one of the two."),
    "glued-separator": (WARNING, "the line begins with `---` and goes on, so that {key} is a key and separates nothing", "Put a line break behind `---`."),
    "repeated": (ERROR, "must not be there twice", "Remove one of the two."),
    "too-many-containers": (ERROR, "must not have more than {limit} containers", "Split the pod."),
    "no-container": (ERROR, "must have a container; found none", "Add a container; a pod has one or more."),
    "conflict": (ERROR, "must be {value} or not be there (`onConflict: Error`); found {found}", "Remove the key, or set `onConflict` to `Overwrite` or `Keep`."),
    "no-modelserving": (ERROR, "must name its ModelServing: by the label or annotation `modelserving.volcano.sh/name`, or by an entry of `ownerReferences`", "Add the label."),
    "several-modelservings": (ERROR, "must have one ModelServing among the items; found {found}", "Remove one of the two, or give them namespaces."),
    "not-a-servinggroup": (ERROR, "must name a ServingGroup: a name, `-`, and an integer from 0 to 2147483647 without leading zeros; found {found}", "Name the ServingGroup as the controller does."),
    "values-differ": (ERROR, "`{name}` must be the same in all containers; found {found} here and {other} in {path}", "Give the variable one value."),
    "empty-value": (ERROR, "`{name}` must not be empty", "Give the variable a value."),
    "too-long": (ERROR, "{name} must not be longer than {limit} characters", "Shorten it; no cluster takes a name that long."),
    "wrong-variable": (ERROR, "`{name}` must be an integer from 0 to 2147483647; found {found}", "Write the integer that the controller writes."),
    "wrong-modelserving": (ERROR, "the ModelServing {name} has a wrong `{field}`: {message}", "Mend the field of the ModelServing."),
    # Values that can't be had: with `onMissing: Skip`, warnings that end in `; skipping the item`.
    "missing-variable": (ERROR, "no container's env has a value of `{name}`", "Add the variable, or set `onMissing` to `Derive`."),
    "missing-group": (ERROR, "the ServingGroup is in no label and no annotation `modelserving.volcano.sh/group-name`, and the pod's name {found} is not of the form SERVINGGROUP-ROLE-ORDINAL-INDEX", "Add the label."),
    "missing-index": (ERROR, "`WORKER_INDEX` is in no container's env, and the pod's name {found} does not end in `-` and an integer", "Add the variable."),
    "missing-size": (ERROR, "`GROUP_SIZE` is in no container's env, and the ModelServing, that has its `workerReplicas`, is not among the items", "Add the variable, or the ModelServing to the list."),
    "missing-role": (ERROR, "`GROUP_SIZE` is in no container's env, and the pod names no role: it needs the label `modelserving.volcano.sh/role`", "Add the label."),
    "unknown-role": (ERROR, "`GROUP_SIZE` is in no container's env, and the ModelServing {name} has no role {role}", "Mend the pod's label `modelserving.volcano.sh/role`."),
    "missing-address": (ERROR, "`ENTRY_ADDRESS` is in no container's env, and the pod names no role replica: it needs the label `modelserving.volcano.sh/role-id`", "Add the label."),
    "missing-replicas": (ERROR, "the ModelServing's `spec.replicas` can't be had: the ModelServing is not among the items, the pod has no annotation `modelserving.volcano.sh/replicas`, and the functionConfig has no `replicas` for it", "Add one of the three."),
    # ExpandLWSPlugin
    "no-worker-template": (ERROR, "must be there, since `workerReplicas` is {workers}", "Add the template, or set `workerReplicas` to 0."),
    "label-taken": (ERROR, "must not be there: `LWS_LEADER_ADDRESS` of the workers is composed of kthena's own label, which one of the template overwrites", "Remove the label."),
    "helper-taken": (ERROR, "`{name}` must read the pod's `{field}`, as the contract's `LWS_LEADER_ADDRESS` needs it; it has another value here", "Give your variable another name."),
    "helper-read": (ERROR, "must not refer to `{name}`, that is not set before: the contract's `LWS_LEADER_ADDRESS` needs a variable of this name, which would give the reference a value", "Remove the reference, or write `$$` in place of its `$`."),
    "plugin-sets-contract": (ERROR, "must not set `{name}`, which is the contract's or what that comes from", "Remove it from the plugin's `config`."),
    "several-scopes": (ERROR, "must have the scope of {path}: `via: AdmissionPolicy` knows one for a ModelServing", "Give the entries one scope, or use `via: Templates`."),
    "plugin-grows": (ERROR, "must not refer to `{name}`, which a plugin sets here or later from the worker's index: kthena writes the env of plugins once more with each worker, so that it would have another worker's value", "Give one of the two variables another name."),
    "index-differs": (ERROR, "`{name}` must have the same value in all containers of the template, since `LWS_WORKER_INDEX` of several workers comes from a plugin that writes into all of them; it has another one in {path}", "Give the two variables different names."),
    "index-leaks": (ERROR, "must not refer to `{name}`, which this container lacks and would get from {path}: `LWS_WORKER_INDEX` of several workers comes from a plugin that writes into all containers", "Remove the reference, or give the variable of the other container another name."),
    # What a cluster would refuse
    "role-count": (ERROR, "must have 1 to {limit} roles; found {found}", "Split the ModelServing, or add a role."),
    "role-name": (ERROR, "must be 1 to {limit} lower-case letters, digits and `-`, starting with a letter and not ending with `-`; found {found}", "Give the role another name."),
    "generated-name": (ERROR, "must leave room for the names of the pods: {found} must be at most 63 lower-case letters, digits and `-`, starting with a letter", "Give the ModelServing or the role a shorter name."),
    "name-twice": (ERROR, "must not be the name of an entry before it, {found}", "Give each entry of the list a name of its own."),
    "image-with-space": (ERROR, "must have no space in it; found {found}", "Mend the image."),
    "recovery-by-role": (ERROR, "must not be `RoleRollingUpdate` where `spec.recoveryPolicy` is `ServingGroupRecreate`", "Change one of the two."),
    "only-with-strategy": (ERROR, "must be there only where `spec.rolloutStrategy.type` is `{strategy}`", "Remove the field, or change the type."),
    "amount-is-zero": (ERROR, "must not come to 0 of {total}; found {found}", "Write 1, or a larger percentage."),
    "amount-too-large": (ERROR, "must not be more than the role's `replicas`, {replicas}; found {found}", "Write less, or give the role more replicas."),
    "same-modelserving": (ERROR, "must be the only ModelServing of its name among the items; another one is {found}", "Remove one of the two, or give them namespaces."),
    "too-many-pods": (ERROR, "must not bring the pods to be rendered to more than {limit}; with its own, they are {found}", "Render it with fewer replicas."),
    "too-much-env": (ERROR, "must not write more than {limit} env vars into a pod's containers; found {found}", "Let the plugins set fewer."),
    "too-large-pods": (ERROR, "must not bring what is rendered to more than {limit} characters", "Render it with fewer replicas."),
    # Edits
    "shared-too-large": (ERROR, "the anchor `&{anchor}` at {place} and its alias at {other} share what must change, and stand for too much to be written out; at most {limit} nodes may be written out", "Write out the alias."),
    "flow-pair": (ERROR, "the mapping at {place} must stand in `{{}}`", "Put braces around the pair."),
    "key-without-colon": (ERROR, "the key that ends at {place} must have a `:`", "Write a colon behind the key."),
    "cut-off-block-scalar": (ERROR, "the block scalar that ends at {place} must end in a line break", "End the text with a line break."),
    "list-elsewhere": (ERROR, "the list of items must stand where it is used, not behind an alias or a merge key", "Write the list out."),
    "byte-order-mark": (ERROR, "must not have a byte order mark in text that moves", "Delete the character, U+FEFF."),
    # A LeaderWorkerSet that can't be a ModelServing
    "modelserving-there": (ERROR, "must not be converted: the ModelServing of this name and namespace is among the items", "Remove one of the two."),
    "several-sets": (ERROR, "fits several LeaderWorkerSets among the items, not all of which were converted", "Add `metadata.namespace`."),
    # Kustomizations
    "kustomize-path": (ERROR, "{found} has no place in a ModelServing", "Take it out of the kustomization, or convert what `kustomize build` gives."),
    "kustomize-value": (ERROR, "must be a value of the field, that the ModelServing's can be made of; found {found}", "Mend the value."),
    "kustomize-computed": (ERROR, "must not be {found}: the value of the ModelServing's field is another one, and kustomize copies values as they are", "Write the ModelServing's value into a JSON 6902 patch instead."),
    "kustomize-merge": (ERROR, "must not be a strategic merge patch of the LeaderWorkerSet {name}: kustomize would replace all roles of the ModelServing with it", "Write it as a JSON 6902 patch (`op`, `path`, `value`) of the LeaderWorkerSet and migrate again, or convert what `kustomize build` gives."),
    "kustomize-nothing-left": (ERROR, "has nothing that a ModelServing has", "Take it out of the kustomization."),
    "kustomize-mixed": (ERROR, "must not be for LeaderWorkerSets that are converted and for others; {name} is not converted", "Convert all of them, or split this part by their names."),
    "kustomize-leaders": (ERROR, "must not be for LeaderWorkerSets with a `leaderTemplate` ({name}) and without one ({other}): `workerTemplate` becomes both templates of a ModelServing where there is no `leaderTemplate`", "Split this part by the names of the sets."),
    "kustomize-kind": (ERROR, "must name the kind LeaderWorkerSet, so that the ModelServing's can take its place; found {found}", "Write the kind out."),
    "kustomize-file": (ERROR, "{found} is not among the files, and must follow a LeaderWorkerSet that is converted", "Give the file, too, or the folder that holds it."),
    "kustomize-cycle": (ERROR, "must not be {found}, which leads back to this folder or to one above it: kustomize refuses such a cycle", "Let the two name a third one that has what both need."),
    "kustomize-holds": (ERROR, "must not be converted while {place}{more} does not follow it", "Mend what is found there."),
    "kustomize-unseen": (WARNING, "is for LeaderWorkerSets that are not among the files; {found} may have them", "Convert what `kustomize build` gives, or give their files, too."),
    "kustomize-crds": (WARNING, "says which fields of LeaderWorkerSets kustomize changes, such as the names of ConfigMaps, and nothing of ModelServings", "Add the configuration of docs/kustomize.md#names, which says it of ModelServings."),
    "set-is-patch": (ERROR, "must not be named as a patch by a kustomization: it is a part of a set", "Convert what `kustomize build` gives, or write it as a JSON 6902 patch (`op`, `path`, `value`) of the LeaderWorkerSet and migrate again."),
    "transformer-not-last": (ERROR, "names transformers in files, which kustomize runs behind one that is written into the kustomization, so that none can be added there", "Put the transformer of docs/kustomize.md into a file, and name it last; or expand the build in a pipe."),
    "entry-shared": (ERROR, "must start a line, and have no anchor and no alias, since the ModelServing needs it twice", "Write the entry out."),
    # What a LeaderWorkerSet loses as a ModelServing: with `allowLossy: true`, all are warnings.
    "leader-ready": (ERROR, "kthena creates a group's workers with its leader, and does not wait for the leader to be ready", "Let the workers' command wait until the leader answers."),
    "subgroups": (ERROR, "a ModelServing has no subgroups: pods get no subgroup's labels, and are not placed by them", "Derive the subgroup from `LWS_WORKER_INDEX`, or make each one a role by hand."),
    "volume-claims": (ERROR, "a ModelServing makes no PersistentVolumeClaims, so that the pods would have no such volumes", "Add volumes of these names to the templates, `ephemeral` ones for example."),
    "exclusive-topology": (ERROR, "kthena keeps no group to a topology domain of its own", "Add affinities to the templates, or `networkTopology` to the ModelServing."),
    "hash-identity": (ERROR, "kthena numbers its groups: the names of the pods, `group-index` and `group-key` follow from the number, and a new group takes those of an old one", "Remove the field, if nothing needs an identity that is never used again."),
    "controller-env": (ERROR, "kthena replaces `{name}` by a value of its own, at the end of `env`", "Give the variable another name, or allow it where both values are the same."),
    "tpu": (ERROR, "LWS writes `TPU_WORKER_HOSTNAMES`, `TPU_WORKER_ID` and more into the container; kthena does not, and gives workers no host names that resolve", "Set the variables in the template, with addresses that the pods find by themselves."),
    "surge": (WARNING, "a ModelServing has no more than `spec.replicas` groups in an update, so that an update takes groups away before it adds new ones", "Add a replica for the time of an update, if all are needed."),
    "none-unavailable": (WARNING, "becomes 1: a ModelServing must let a group be unavailable in an update, and this comes to 0 of {replicas}", "Add a replica for the time of an update, if all are needed."),
    "after-start": (WARNING, "kthena recreates a group whenever one of its pods fails, also while others are pending", "See that pods do not fail while they wait for the others."),
    "lost-pods": (WARNING, "kthena 1.0.0 does not replace a pod that fails or is deleted where `recoveryPolicy` is `None`, which this becomes (kthena 1661, fixed after 1.0.0)", "Set `RecreateGroupOnPodRestart`, or run a later kthena."),
    "group-replacement": (WARNING, "kthena makes a new group when the pods of the old one no longer exist, since both have the same names", "Remove the field."),
    "subdomain": (WARNING, "kthena makes one headless Service for each leader, of the leader's name, and none for the workers", "Use `LWS_LEADER_ADDRESS` where a host name is written out."),
    "claim-retention": (WARNING, "a ModelServing makes no PersistentVolumeClaims, and deletes none", "Delete claims by hand when they are not needed any more."),
    "schedulers": (WARNING, "a ModelServing has one scheduler for all of its pods: {name}", "Give both templates the scheduler that is meant."),
    "host-name": (WARNING, "LWS puts a value of its own for each pod in this place; kthena gives this one to all pods of the template", "Remove the field."),
    "finalizers": (WARNING, "the finalizers are left out, since they wait for controllers of another kind of object", "Add those that are needed by hand."),
    "owners": (WARNING, "the owners are left out, so that none of them deletes or updates the ModelServing", "Change what makes the LeaderWorkerSet to make the ModelServing."),
    "kueue": (WARNING, "Kueue does not queue ModelServings: the pods start without its admission", "Add the label to the templates, if Kueue is to queue the pods."),
    "partial-set": (ERROR, "must have a container: this is a part of a LeaderWorkerSet, as a kustomization patches it", "Convert what `kustomize build` gives, or the set that is patched."),
    "placement-annotation": (ERROR, "asks LWS to place the pods of a group by {name}, which kthena does not read", "Add affinities to the templates, or `networkTopology` or `gangPolicy` to the ModelServing."),
    "kueue-topology": (WARNING, "Kueue does not queue ModelServings, so that `{name}` keeps no pods together", "Add affinities to the templates, or `networkTopology` to the ModelServing."),
    "unknown-lws-field": (WARNING, "is no field of LeaderWorkerSet that this function knows, and is left out{meant}", "See whether the ModelServing needs something in its place."),
    # What breaks that no field shows: docs/detectors.md has the rules.
    "pod-host-name": (ERROR, "`{name}`{more} is a host name of a pod of the LeaderWorkerSet {set}: kthena names pods otherwise, and gives workers no host names that resolve", "Use `LWS_LEADER_ADDRESS` for a leader, or a Service; make workers that others must reach a role of their own."),
    "composed-name": (ERROR, "puts together `{name}`{more}, a name of pods of the LeaderWorkerSet {set}: kthena names pods otherwise, and gives workers no host names that resolve", "Use `LWS_LEADER_ADDRESS` for the leader; make workers that others must reach a role of their own."),
    "address-taken-apart": (ERROR, "`{name}` takes `LWS_LEADER_ADDRESS` apart: kthena's has other parts, and workers have no host names that can be made of it", "Use the address as it is; make workers that others must reach a role of their own."),
    "relied-on": (ERROR, "must not be converted while {place}{more} relies on the names of its pods", "Mend what is found there; or set `allowLossy`."),
    "reads-lws-identity": (ERROR, "reads `{name}`, which no pod of a ModelServing has; it will be empty", "Use `LWS_LEADER_ADDRESS` for the leader; derive a subgroup from `LWS_WORKER_INDEX`."),
    "reads-group-key": (ERROR, "reads `{name}`, which no template can carry: it will be empty; with `via: AdmissionPolicy` it is another value than LWS's", "Read the label `modelserving.volcano.sh/group-name`, or use `via: AdmissionPolicy` where any value will do that a group has for itself."),
    "group-key-differs": (WARNING, "reads `{name}`, which has another value than LWS's: the SHA-1 of another name", "See that nothing else computes the value, or keeps it."),
    "reads-lws-label": (WARNING, "reads `{name}`, which no pod of a ModelServing has; it will be empty", "Read it another way."),
    "selects-not-carried": (WARNING, "selects by `{name}`, which the pods will not carry, or not all of them", "Use `via: AdmissionPolicy`, if that writes the label, or a label of the templates."),
    "lws-rule": (WARNING, "allows access to `{name}`, and not to ModelServings, which the sets become", "Add a rule on `modelservings` of the API group `workload.serving.volcano.sh`."),
    "lws-command": (WARNING, "calls `kubectl` on `{name}`, where the sets become ModelServings", "Call it on `modelservings`, and see that the ServiceAccount may."),
    # What a cluster does with a converted set, once a run
    "delete-first": (WARNING, "where the LeaderWorkerSet CRD is installed, kthena keeps a ModelServing of its own for each set, with the set's name and owned by the set: a ModelServing that is applied while its set is there becomes that one, and is deleted with the set", "Delete each set before you apply its ModelServing, also where Argo CD or Flux would prune it afterwards, or give the ModelServing another name; `kubectl apply --dry-run=server` must say `created`, not `configured`. See docs/migrating-from-lws.md."),
    "webhook": (WARNING, "where LWS is installed, its webhook gives converted pods a wrong `LWS_LEADER_ADDRESS`, or refuses them", "Apply the patch that `modelserving-lws --print-webhook-guard` prints to LWS's MutatingWebhookConfiguration before the first ModelServing. See docs/migrating-from-lws.md."),
    # Warnings
    "one-version": (WARNING, "{problem}; kthena {one} refuses it, kthena {other} takes it", "Mend it, or set `kthena` to the version that the cluster has."),
    "scope-role": (WARNING, "must name a role of the ModelServing, one of {allowed}; found {found}{meant}", "Mend the name: the plugin runs on no pods of a role that is not there."),
    "set-inside": (WARNING, "holds a LeaderWorkerSet, which stays as it is", "Convert that LeaderWorkerSet by itself, and put the ModelServing in its place."),
    "entries-not-unique": (WARNING, "has more than one entry pod in a ServingGroup, so that `worker-index` is not unique within a `group-key`: {groups}", "Select by the role as well; LWS knows one leader in a group."),
    "not-carried": (WARNING, "no template can carry {keys}: the pods that it makes differ in them; `via: AdmissionPolicy` writes them on Kubernetes 1.36 or later", "See docs/which-way.md."),
    "reads-not-carried": (WARNING, "reads {key}, which no template can carry; it will be empty", "Read it another way, or use `via: AdmissionPolicy`."),
    "policy-added": (WARNING, "was added: where the cluster does not have it yet, it must be applied before the ModelServings (`modelserving-lws --print-policy`), since pods that are made before it is active stay without the contract", "Apply the policy first; `emitPolicy: false` then leaves it out of the list."),
    "groups-without-key": (WARNING, "`group-key` is a SHA-1 in the first {limit} ServingGroups alone, since annotations have no room for more keys; in the others it is the group's name", "Use fewer groups, if something else computes the key."),
    "policy-blind": (WARNING, "the admission policy reads ModelServings of the group `{group}` alone, so that the pods of this one stay without the contract", "Use kthena's own API group."),
    "no-pods": (WARNING, "has the plugin {plugin}, but none of its pods is among the items, and kthena's controller has no such plugin; the function ExpandLWSPlugin writes the contract into the ModelServing itself", "Run ExpandLWSPlugin, or add the pods."),
    # What looks like a slip
    "odd-kind": (WARNING, "is not read; did you mean {meant}?", "Mend the kind, if it is meant."),
    "odd-version": (WARNING, "is no version that kthena or LWS has; did you mean {meant}?", "Mend the `apiVersion`, if it is meant."),
    "odd-plugin": (WARNING, "is not the plugin `lws`; case counts in names", "Name it `lws`, if it is meant."),
    "set-not-read": (WARNING, "{function} does not read LeaderWorkerSets{more}; ConvertLeaderWorkerSet turns them into ModelServings", "Run ConvertLeaderWorkerSet before it, or `modelserving-lws migrate`."),
    "disaggregated-set": (WARNING, "is not converted{more}: this program knows no ModelServing for it", "Write a ModelServing with one role for each of its roles."),
    "config-among-items": (WARNING, "is a functionConfig among the items{more}, and does nothing there", "Give it by `--config`, or as the functionConfig of a host; an annotation `config.kubernetes.io/local-config` says that it is no manifest."),
    "nothing-found": (INFO, "no {kinds} among {among}", "See that it is the right input."),
    "stays-on-set": (WARNING, "stays with the LeaderWorkerSet; the ModelServing is {name}", "Change it when the ModelServing takes over."),
    "scales-nothing": (WARNING, "names a LeaderWorkerSet that is not among the items, and stays as it is", "Convert the set in the same run, or mend the name."),
    "rename-in-tree": (ERROR, "must not be renamed: a kustomization reaches it, whose patches and autoscalers go by its name", "Convert what `kustomize build` gives, or rename it there."),
    # Kustomizations whose builds are expanded
    "build-expands": (INFO, "builds ModelServings with the plugin `lws`: `kustomize build {folder} | modelserving-lws expand{settings} -o - -` expands what it builds", "Expand the build, or give `--transformer`."),
    "transformer-added": (INFO, "got a transformer that expands what it builds (`kustomize build --enable-alpha-plugins --enable-exec`)", "Build with these options; modelserving-lws must be on the PATH."),
    # What was done
    "injected": (INFO, "wrote the LWS contract into {pods} of {servings}: {labels}, {annotations}, {variables}", "Nothing."),
    "expanded": (INFO, "expanded the plugin `lws` of {servings} into {templates}: {labels}, {annotations}, {variables}, {plugins}", "Run the function again after a change; it brings its work up to date."),
    "probe-rewritten": (INFO, "refers to kthena's own variables in place of {names}, which have the same values: the kubelet expands only variables with a plain value in the command of a probe", "Nothing."),
    "policy-enabled": (INFO, "enabled the admission policy `{name}` for {servings}", "See that the cluster has the policy before the ModelServings."),
    "policy-enabled-and-added": (INFO, "enabled the admission policy `{name}` for {servings}, and added its {kinds}", "See that the cluster has the policy before the ModelServings."),
    "converted": (INFO, "turned {sets} into {servings}", "Run ExpandLWSPlugin on the result."),
    "convertible": (INFO, "{converted} of {sets} can be converted: {errors}, {warnings}", "Mend the errors, or set `allowLossy`."),
    "comment-left-out": (INFO, "the comment {comment}{more} is left out: the ModelServing has no place for it", "Write it where it belongs now."),
    "ignored": (INFO, "{number} ignored: {found}", "See the setting `ignore`."),
    "default-scheduler": (INFO, "absent: kthena's default scheduler, `volcano`, schedules the pods", "Set `schedulerName` if another scheduler is to do it."),
    "rendered": (INFO, "rendered {pods} and {services} of {servings}, as kthena's controller makes them; left out is what only a cluster knows: the `uid` of the owner, the labels `revision` and `role-template-hash`, and Volcano's annotations for PodGroups", "Nothing."),
}
# fmt: on


def ignorable() -> list[str]:
    """The ids of the messages that `ignore` may name: all but errors that are no losses."""
    return [name for name, row in MESSAGES.items() if row[0] != ERROR or name in LOSSES]
