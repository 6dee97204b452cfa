"""A kustomization tree like those of the big inference guides: two sets, of which one has a
leader's template, components, providers with RDMA networks, and deployments made of both.
"""

from __future__ import annotations

HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"

PREFILL = """\
# The prefill workers.
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: wide-ep-prefill
  labels:
    guide: wide-ep
spec:
  replicas: 1
  leaderWorkerTemplate:
    size: 2
    workerTemplate:
      metadata:
        labels:
          guide/role: prefill
      spec:
        serviceAccountName: wide-ep
        containers:
          - name: vllm
            image: ghcr.io/llm/vllm:v1 # see components/images
            command: [/bin/sh, -c]
            args:
              - |-
                # one rank for each pod
                exec vllm serve --nnodes $(LWS_GROUP_SIZE) \\
                  --master $(LWS_LEADER_ADDRESS) --rank $(LWS_WORKER_INDEX)
            env:
              - name: ENABLE_MTP
                value: "1"
              - name: RANK
                value: rank-$(LWS_WORKER_INDEX)
            resources:
              limits: {nvidia.com/gpu: "8", ephemeral-storage: 1Ti}
              requests: {nvidia.com/gpu: "8", ephemeral-storage: 1Ti}
            securityContext:
              capabilities: {add: [IPC_LOCK]}
            volumeMounts:
              - {name: hf-cache, mountPath: /cache}
              - {name: settings, mountPath: /settings}
        volumes:
          - name: dshm
            emptyDir: {medium: Memory}
          - name: hf-cache
            emptyDir: {}
          - name: settings
            configMap: {name: settings}
"""
DECODE = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: wide-ep-decode
spec:
  replicas: 2
  rolloutStrategy:
    type: RollingUpdate
    rollingUpdateConfiguration:
      maxUnavailable: 1
  leaderWorkerTemplate:
    size: 3
    restartPolicy: RecreateGroupOnPodRestart
    leaderTemplate:
      metadata:
        labels: {guide/role: decode}
      spec:
        serviceAccountName: wide-ep
        initContainers:
          - name: proxy
            image: ghcr.io/llm/routing-proxy:v1
        containers:
          - name: vllm
            image: ghcr.io/llm/vllm:v1
            env:
              - {name: ENABLE_MTP, value: "1"}
        volumes: [{name: dshm, emptyDir: {}}, {name: hf-cache, emptyDir: {}}]
    workerTemplate:
      metadata:
        labels: {guide/role: decode}
      spec:
        serviceAccountName: wide-ep
        containers:
          - name: vllm
            image: ghcr.io/llm/vllm:v1
            args: ["--leader=$(LWS_LEADER_ADDRESS)"]
            env:
              - {name: ENABLE_MTP, value: "1"}
            resources: {limits: {nvidia.com/gpu: "8"}, requests: {nvidia.com/gpu: "8"}}
        volumes: [{name: dshm, emptyDir: {}}, {name: hf-cache, emptyDir: {}}]
"""
OTHERS = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: wide-ep
---
apiVersion: v1
kind: Service
metadata:
  name: decode
spec:
  selector: {guide/role: decode, leaderworkerset.sigs.k8s.io/worker-index: "0"}
  ports: [{port: 8000}]
"""
LEADERS = "/spec/leaderWorkerTemplate/leaderTemplate"
WORKERS = "/spec/leaderWorkerTemplate/workerTemplate"
FILES = {
    "base/kustomization.yaml": HEAD
    + """\
resources:
  - prefill.yaml
  - decode.yaml
  - others.yaml
components:
  - ../components/images
configMapGenerator:
  - name: settings
    literals: [level=info]
labels:
  - pairs:
      guide/model: DeepSeek-R1
    fields:
      - path: spec/leaderWorkerTemplate/workerTemplate/metadata/labels
        kind: LeaderWorkerSet
        create: false
      - path: spec/leaderWorkerTemplate/leaderTemplate/metadata/labels
        kind: LeaderWorkerSet
        create: false
configurations:
  - names.yaml
""",
    "base/names.yaml": """\
# What a set names, with the hash that kustomize gives it.
nameReference:
  - kind: ConfigMap
    version: v1
    fieldSpecs:
      - path: spec/leaderWorkerTemplate/workerTemplate/spec/volumes/configMap/name
        kind: LeaderWorkerSet
        group: leaderworkerset.x-k8s.io
  - kind: ServiceAccount
    version: v1
    fieldSpecs:
      - path: spec/leaderWorkerTemplate/leaderTemplate/spec/serviceAccountName
        kind: LeaderWorkerSet
      - path: spec/leaderWorkerTemplate/workerTemplate/spec/serviceAccountName
        kind: LeaderWorkerSet
  - kind: LeaderWorkerSet
    group: leaderworkerset.x-k8s.io
    fieldSpecs:
      - path: spec/scaleTargetRef/name
        kind: HorizontalPodAutoscaler
""",
    "base/prefill.yaml": PREFILL,
    "base/decode.yaml": DECODE,
    "base/others.yaml": OTHERS,
    "components/images/kustomization.yaml": COMPONENT
    + "images: [{name: ghcr.io/llm/vllm, newTag: v2}]\n",
    "components/no-mtp/kustomization.yaml": COMPONENT
    + f"""\
patches:
  - target:
      kind: LeaderWorkerSet
      name: ".*-prefill"
    patch: &no-mtp |-
      - op: replace
        path: {WORKERS}/spec/containers/0/env/0
        value:
          name: ENABLE_MTP
          value: "0"
  - target: {{kind: LeaderWorkerSet, name: .*-decode}}
    patch: *no-mtp
""",
    "components/sizes/kustomization.yaml": COMPONENT
    + """\
patches:
  - target:
      kind: LeaderWorkerSet
      name: ".*-prefill"
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
      - op: replace
        path: /spec/leaderWorkerTemplate/size
        value: 1 # alone
  - target:
      kind: LeaderWorkerSet
      name: ".*-decode"
    patch: |-
      - op: replace
        path: /spec/leaderWorkerTemplate/size
        value: 4
""",
    "components/scale/kustomization.yaml": COMPONENT + "resources: [hpa.yaml]\n",
    "components/scale/hpa.yaml": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: decode
spec:
  maxReplicas: 4
  scaleTargetRef:
    apiVersion: leaderworkerset.x-k8s.io/v1
    kind: LeaderWorkerSet
    name: wide-ep-decode
""",
    "providers/gke/kustomization.yaml": HEAD
    + f"""\
resources:
  - ../../base

# RDMA networks of this provider.
patches:
  - target:
      kind: LeaderWorkerSet
      name: wide-ep-prefill
    patch: |-
      # GPU initiated RDMA needs it.
      - op: add
        path: {WORKERS}/spec/containers/0/securityContext/privileged
        value: true
      - op: add
        path: {WORKERS}/spec/containers/0/resources/limits/networking.gke.io.networks~1rdma-0
        value: "0"

      # The networks.
      - op: add
        path: {WORKERS}/metadata/annotations
        value:
          networking.gke.io/default-interface: 'eth0'
          networking.gke.io/interfaces: |
            [
              {{"interfaceName":"eth0","network":"default"}},

              {{"interfaceName":"eth2","network":"rdma-0"}}
            ]
      - op: add
        path: {WORKERS}/spec/containers/0/env/-
        value: {{name: NCCL_NET_PLUGIN, value: ""}}
      - op: replace
        path: {WORKERS}/spec/volumes/1
        value:
          name: hf-cache
          hostPath: {{path: /mnt/ssd, type: DirectoryOrCreate}} # the local SSD
  - path: decode.json
    target:
      {{group: leaderworkerset.x-k8s.io, version: v1, kind: LeaderWorkerSet, name: wide-ep-decode}}
""",
    "providers/gke/decode.json": f"""\
[
  {{"op": "add", "path": "{LEADERS}/spec/nodeSelector", "value": {{"gke": "h200"}}}},
  {{"op": "add", "path": "{WORKERS}/spec/nodeSelector", "value": {{"gke": "h200"}}}},
  {{"op": "remove", "path": "{LEADERS}/spec/volumes/1"}}
]
""",
    "providers/oci/kustomization.yaml": HEAD
    + """\
resources: [../../base]
namePrefix: oci-
patchesJson6902:
- target: {group: leaderworkerset.x-k8s.io, kind: LeaderWorkerSet, name: wide-ep-prefill}
  path: prefill.yaml
replacements:
- source: {kind: LeaderWorkerSet, name: wide-ep-decode, fieldPath: spec.replicas}
  targets:
  - select: {kind: LeaderWorkerSet, name: wide-ep-prefill}
    fieldPaths:
    - spec.replicas
- path: image.yaml
""",
    "providers/oci/prefill.yaml": f"""\
- op: add
  path: {WORKERS}/spec/nodeSelector
  value: {{gpu: gb200}}
- op: add
  path: "{WORKERS}/spec/tolerations"
  value:
  - {{key: nvidia.com/gpu, operator: Exists}}
- {{op: test, path: /spec/leaderWorkerTemplate/size, value: 2}}
- op: copy
  from: {WORKERS}/spec/containers/0/resources/limits
  path: {WORKERS}/spec/containers/0/resources/requests
- op: add
  path: /spec/rolloutStrategy
  value:
    type: RollingUpdate
    rollingUpdateConfiguration:
      maxUnavailable: 2
      maxSurge: 0
      partition: 1""",
    "providers/oci/image.yaml": """\
source:
  kind: LeaderWorkerSet
  name: wide-ep-prefill
  fieldPath: spec.leaderWorkerTemplate.workerTemplate.spec.containers.[name=vllm].image
targets:
  - select:
      kind: LeaderWorkerSet
      name: wide-ep-decode
    fieldPaths:
      - spec.leaderWorkerTemplate.leaderTemplate.spec.containers.[name=vllm].image
      - spec.leaderWorkerTemplate.workerTemplate.spec.containers.0.image
""",
}
_DEPLOYMENTS = {
    "gke": "resources: [../../providers/gke]\n",
    "oci": "resources: [../../providers/oci]\n",
    "plain": "resources: [../../base]\nnamespace: serving\n",
    "gke-no-mtp": "resources: [../../providers/gke]\ncomponents: [../../components/no-mtp]\n",
    "oci-sizes": "resources: [../../providers/oci]\ncomponents: [../../components/sizes]\n",
    "scaled": "resources: [../../base]\ncomponents: [../../components/scale]\nnamePrefix: a-\n",
    "all": "resources: [../../providers/gke]\nnamespace: big\nnameSuffix: -all\ncomponents:\n"
    "- ../../components/no-mtp\n- ../../components/sizes\n- ../../components/scale\n",
    "tag": "resources: [../../providers/oci]\nnamePrefix: x-\n"
    "images:\n- {name: ghcr.io/llm/vllm, newName: mirror/vllm, digest: sha256:00}\n"
    "commonAnnotations: {by: tests}\n",
    "selectors": f"""\
resources: [../../base]
patches:
# Both sets have their workers here.
- target: {{kind: LeaderWorkerSet|Deployment, name: "wide-ep-decode|other"}}
  patch: '[{{"op": "add", "path": "{WORKERS}/spec/nodeSelector", "value": {{"zone": "a"}}}}]'
- target: {{labelSelector: guide=wide-ep}}
  patch: '[{{"op": "add", "path": "/metadata/annotations", "value": {{"by": "label"}}}}]'
- target: {{kind: Service}}
  patch: |
    - {{op: add, path: /metadata/labels, value: {{of: "{WORKERS}"}}}}
""",
    "own-transformers": """\
resources: [../../base]
transformers:
- |-
  apiVersion: builtin
  kind: LabelTransformer
  metadata: {name: labels}
  labels: {team: inference}
  fieldSpecs:
  - {path: metadata/labels, create: true}
  - {path: spec/leaderWorkerTemplate/leaderTemplate/metadata/labels, kind: LeaderWorkerSet}
  - {path: spec/leaderWorkerTemplate/workerTemplate/metadata/labels, kind: LeaderWorkerSet}
- |
  apiVersion: builtin
  kind: PatchTransformer
  metadata:
    name: sizes
  target:
    kind: LeaderWorkerSet
    name: .*-decode
  patch: |-
    - op: replace
      path: /spec/leaderWorkerTemplate/size
      value: 5 # pods
""",
    "delete": """\
resources: [../../base]
patches:
- patch: |-
    $patch: delete
    apiVersion: leaderworkerset.x-k8s.io/v1
    kind: LeaderWorkerSet
    metadata:
      name: wide-ep-prefill
""",
}
FILES |= {
    f"deployments/{name}/kustomization.yaml": HEAD + text for name, text in _DEPLOYMENTS.items()
}
DEPLOYMENTS = tuple(_DEPLOYMENTS)
