"""LeaderWorkerSets for the tests, small but like the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelserving_lws.pipeline import run
from tests.manifests import function_config, stream

if TYPE_CHECKING:
    from modelserving_lws.pipeline import Outcome

SET = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: chat
  namespace: serving
  labels:
    app: chat # kept
spec:
  # Two copies of the model.
  replicas: 2 # for now
  leaderWorkerTemplate:
    size: 3
    restartPolicy: RecreateGroupOnPodRestart
    # Ray's head
    leaderTemplate:
      metadata:
        labels:
          role: leader
      spec:
        schedulerName: volcano
        containers:
          - name: leader
            image: 'vllm/vllm-openai:v0.8.5' # pinned
            command: [sh, -c]
            args:
              - |
                # starts the head
                ray start --head --nodes $(LWS_GROUP_SIZE)

                exec vllm serve
            ports:
              - containerPort: 8000
    workerTemplate:
      spec:
        schedulerName: volcano
        containers:
          - name: worker
            image: vllm/vllm-openai:v0.8.5
            args: ["ray start --address=$(LWS_LEADER_ADDRESS)"]
        # Shared memory for NCCL.
        volumes:
          - name: shm
            emptyDir: {medium: Memory}
"""

SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
  namespace: serving
  labels:
    app: chat # kept
spec:
  # Two copies of the model.
  replicas: 2 # for now
  schedulerName: volcano
  plugins:
    - name: lws
      type: BuiltIn
  recoveryPolicy: ServingGroupRecreate
  template:
    roles:
      - name: default
        replicas: 1
        # Ray's head
        entryTemplate:
          metadata:
            labels:
              role: leader
          spec:
            schedulerName: volcano
            containers:
              - name: leader
                image: 'vllm/vllm-openai:v0.8.5' # pinned
                command: [sh, -c]
                args:
                  - |
                    # starts the head
                    ray start --head --nodes $(LWS_GROUP_SIZE)

                    exec vllm serve
                ports:
                  - containerPort: 8000
        workerReplicas: 2
        workerTemplate:
          spec:
            schedulerName: volcano
            containers:
              - name: worker
                image: vllm/vllm-openai:v0.8.5
                args: ["ray start --address=$(LWS_LEADER_ADDRESS)"]
            # Shared memory for NCCL.
            volumes:
              - name: shm
                emptyDir: {medium: Memory}
"""

ONE_TEMPLATE = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: chat
spec:
  leaderWorkerTemplate:
    size: 2
    workerTemplate:
      spec:
        containers:
        - name: engine
          image: lmsysorg/sglang:latest
"""

HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: chat
  namespace: serving
spec:
  minReplicas: 1
  maxReplicas: 4 # as many as there are GPUs for
  scaleTargetRef:
    apiVersion: leaderworkerset.x-k8s.io/v1 # was LWS
    kind: LeaderWorkerSet
    name: chat
"""

SCALED_OBJECT = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: chat
  namespace: serving
spec:
  scaleTargetRef: {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: chat}
  triggers: []
"""

VPA = """\
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  name: chat
  namespace: serving
spec:
  targetRef: {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: chat}
"""

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: chat-leader
  namespace: serving
spec:
  selector:
    leaderworkerset.sigs.k8s.io/name: chat # the contract
    role: leader
  ports: [{port: 8000}]
"""

_FOLLOWS = "apiVersion: workload.serving.volcano.sh/v1alpha1"
HPA_AFTER = HPA.replace("apiVersion: leaderworkerset.x-k8s.io/v1", _FOLLOWS).replace(
    "kind: LeaderWorkerSet", "kind: ModelServing"
)
SCALED_OBJECT_AFTER = SCALED_OBJECT.replace(
    "apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet",
    f"{_FOLLOWS}, kind: ModelServing",
)
VPA_AFTER = VPA.replace(
    "apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet",
    f"{_FOLLOWS}, kind: ModelServing",
)


def config(settings: str = "") -> str:
    """A functionConfig with these settings, in flow style."""
    return function_config("ConvertLeaderWorkerSet", f"{{{settings}}}")


def convert(*manifests: str, settings: str = "") -> Outcome:
    """What a stream of manifests comes to."""
    return run(stream(*manifests).encode(), config=config(settings).encode())


def told(outcome: Outcome) -> list[tuple[str, str, str | None]]:
    """Severity, path and value of all results on an object that are no info."""
    return [
        (result.severity, result.field, result.current)
        for result in outcome.results
        if result.severity != "info" and result.reference is not None
    ]
