"""The ways to write a block scalar at the end of a node, and the places where the functions insert,
remove or move text next to one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.manifests import LIST_HEAD, LWS
from tests.model.leaderworkerset import LAST_APPLIED

_SLOT = re.compile(r"^( *(?:- )*)(?:([\w./-]+): )?SLOT(?:\((.*)\))?\n", re.MULTILINE)
_BODY = "one\n\n  two\nthree"


@dataclass(frozen=True)
class Way:
    """A way to write a block scalar: its header, what stands between its text and the next line,
    and how its key is written. A header may start on the line below the key.
    """

    header: str
    end: str = "\n\n"
    key: str = "{}:"

    def __str__(self) -> str:
        return f"{self.key.format('k')} {self.header} {self.end!r}"

    def is_cut_off(self, text: str) -> bool:
        """Whether the text ends in such a block scalar without the line break at its end, below
        which no line can be put: that may be refused.
        """
        return not text.endswith("\n") and "-" not in self.header

    def written(self, template: str) -> str:
        """A template with each `key: SLOT`, `- SLOT` or `key: SLOT(text)` written in this way."""
        return _SLOT.sub(self._scalar, template)

    def _scalar(self, match: re.Match[str]) -> str:
        indent = " " * len(match[1])
        head, below = match[1].rstrip(" "), " " * (len(match[1]) - (2 if match[2] is None else 0))
        if match[2] is not None:
            key = self.key.format(match[2]).replace("\n", "\n" + indent)
            head = match[1] + key
        header = self.header.replace("\n", "\n" + below + "  ")
        header = header.replace("&block", f"&block-{match.start()}")
        lines = (match[3] or _BODY).split("\n")
        body = "".join(f"{below}  {line}\n" if line else "\n" for line in lines)
        end = self.end.replace("^", below)
        return f"{head} {header}\n{body}{end}".replace(" \n", "\n", 1 if header[0] == "\n" else 0)


# `^` stands for the column of the key.
WAYS = (
    *(Way(f"{style}{chomping}") for style in "|>" for chomping in ("", "-", "+")),
    *(Way(header) for header in ("|2", "|2+", "|+2", ">2-", ">-2")),
    *(Way(header) for header in ("| # c", "|+ # c", '>+  # it\'s "c" [', "|2+ # c")),
    *(Way(header) for header in ("!!str |+", "&block |+", "&block !!str >+", "\n|+", "\n# c\n|+")),
    *(Way("|+", end) for end in ("", "\n", "  \n", "^  \n\n", "^# c\n", "\n^# c\n", "\n# c\n\n")),
    *(Way("|", end) for end in ("", "\n\n\n", "\n# c\n", "^ \n")),
    *(Way("|-", end) for end in ("", "\n^# c\n\n")),
    *(Way("|+", key=key) for key in ('"{}":', "'{}' :", "? {}\n:", "? {} # c\n:")),
)


@dataclass(frozen=True)
class Place:
    """A place where a function edits next to SLOT. `is_text` is for a slot whose value means
    something, so that a way that changes it may leave nothing to do. `ends` is whether the text has
    a line break at its end.
    """

    name: str
    function: str
    template: str
    spec: dict[str, Any] = field(default_factory=dict)
    ends: bool = True

    def written(self, way: Way) -> str:
        text = way.written(self.template)
        return text if self.ends else text.rstrip("\n")

    @property
    def is_text(self) -> bool:
        return "SLOT(" in self.template


INJECT, EXPAND = "InjectLWS", "ExpandLWSPlugin"
CONVERT, RENDER = "ConvertLeaderWorkerSet", "RenderModelServing"
_OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n"
_SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
{metadata}spec:
  replicas: 1
{spec}  plugins:
{plugins}  template:
    roles:
    - name: main
      replicas: 1
{entry}      workerReplicas: 2
{worker}{end}"""
_TEMPLATE = """\
      {name}:
{metadata}        spec:
          containers:
          - name: c
            image: x
{container}"""
_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: chat-0-main-0-1
{metadata}  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-0
    modelserving.volcano.sh/role: main
{labels}{annotations}spec:
{spec}  containers:
  - name: c
    image: x
{container}  - name: d
    env:
{env}    - name: GROUP_SIZE
      value: "3"
    - name: ENTRY_ADDRESS
      value: chat-0-main-0-0.default
    - name: WORKER_INDEX
      value: "1"
{end}"""
_SET = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: chat
{metadata}spec:
  replicas: 2
  leaderWorkerTemplate:
    size: 2
{leader}    workerTemplate:
{worker}      spec:
        containers:
        - name: c
          image: x
{container}{end}"""


def lines(column: int, *texts: str) -> str:
    """Lines at a column."""
    return "".join(f"{' ' * column}{text}\n" for text in texts)


def filled(template: str, **parts: str) -> str:
    """A template with lines in its gaps."""
    names = re.findall(r"{(\w+)}", template)
    assert parts.keys() <= set(names), parts
    return template.format(**{name: parts.get(name, "") for name in names})


def template_of(name: str, **parts: str) -> str:
    return filled(_TEMPLATE.replace("{name}", name), **parts)


def serving(**parts: str) -> str:
    parts.setdefault("plugins", lines(2, "- name: lws", "  type: BuiltIn"))
    for name, key in (("entry", "entryTemplate"), ("worker", "workerTemplate")):
        parts.setdefault(name, template_of(key))
    return filled(_SERVING, **parts)


def workers(*container: str, metadata: tuple[str, ...] = ()) -> str:
    """A ModelServing whose worker template has these lines in its container or its metadata."""
    above = lines(8, "metadata:", *(f"  {line}" for line in metadata)) if metadata else ""
    worker = template_of("workerTemplate", metadata=above, container=lines(12, *container))
    return serving(worker=worker)


def pod(**parts: str) -> str:
    parts.setdefault("annotations", _ENABLED)
    return filled(_POD, **parts)


def env(*entries: str) -> str:
    """A pod whose last container has these entries at its env's end: `NAME=VALUE`."""
    pairs = [entry.split("=") for entry in entries]
    return pod(end="".join(lines(4, f"- name: {name}", f"  value: {it}") for name, it in pairs))


def labels(*pairs: str) -> str:
    return pod(labels=lines(4, *pairs))


def lws(**parts: str) -> str:
    return filled(_SET, **parts)


def listed(*items: str, end: str = "") -> str:
    entries = ["- " + re.sub(r"\n(?=.)", "\n  ", item) for item in items]
    return LIST_HEAD + "".join(entries) + end


def anywhere(
    name: str, function: str, item: str, spec: dict[str, Any] | None = None
) -> list[Place]:
    """The item as a document, in a list and in a stream, before another one and at the end."""
    other, spec = _OTHER + "data:\n  a: b\n", spec or {}
    return [
        Place(f"{name}, alone", function, item, spec),
        Place(f"{name}, in a list", function, listed(item, other), spec),
        Place(f"{name}, at the list's end", function, listed(other, item), spec),
        Place(f"{name}, in a stream", function, f"{item}---\n{other}", spec),
        Place(f"{name}, without a line break", function, item, spec, False),
    ]


_ENABLED = """\
  annotations:
    modelserving.volcano.sh/plugins: lws
    modelserving.volcano.sh/replicas: "1"
"""
_BEFORE = _OTHER + "data:\n  a: SLOT\n"
_CONFIG = """\
functionConfig:
  apiVersion: fn.serving.volcano.sh/v1alpha1
  kind: InjectLWS
  metadata:
    z: SLOT
"""
_RESULTS = "results:\n- message: SLOT\n- severity: info\n  message: SLOT\n"
_POD_TEMPLATE = "apiVersion: v1\nkind: PodTemplate\ntemplate:\n"
_SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: a
spec:
  scaleTargetRef:
    apiVersion: leaderworkerset.x-k8s.io/v1
    name: chat
    kind: LeaderWorkerSet
    z: SLOT
"""
_RENDERED = """\
apiVersion: v1
kind: Pod
metadata:
  name: old
  ownerReferences:
  - apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    name: chat
z: SLOT
"""
_ARGS = ("args:", "- SLOT")
_ENV = ("env:", "- name: A", "  value: SLOT")
_USES_INDEX = ("- name: RANK", "  value: SLOT($(LWS_WORKER_INDEX))")
_POLICY = {"via": "AdmissionPolicy"}

_OF_INJECT = [
    Place("an item that is not read", INJECT, listed(_BEFORE, pod())),
    Place("a document that is not read", INJECT, f"{_BEFORE}---\n{pod()}"),
    *anywhere("the pod's end", INJECT, pod(end=lines(2, "- name: e", "  args:", "  - SLOT"))),
    *anywhere("the pod's end in env", INJECT, env("E=SLOT")),
    Place("labels' end", INJECT, labels("z: SLOT")),
    Place("annotations' end", INJECT, pod(annotations=_ENABLED + lines(4, "z: SLOT"))),
    Place("metadata's end", INJECT, listed(serving(), pod(annotations=lines(2, "z: SLOT")))),
    Place("a field before labels", INJECT, pod(metadata=lines(2, "z: SLOT"))),
    Place("a container without env", INJECT, pod(container=lines(4, "args:", "- a", "- SLOT"))),
    Place("a container with a last field", INJECT, pod(container=lines(4, "z: SLOT"))),
    Place("an empty env behind", INJECT, pod(container=lines(4, "z: SLOT", "env: []"))),
    Place("a null env behind", INJECT, pod(container=lines(4, "z: SLOT", "env:"))),
    Place("an entry before a removed one", INJECT, env("A=SLOT", "LWS_GROUP_SIZE=a", "B=c")),
    Place("a removed entry", INJECT, env("LWS_GROUP_SIZE=SLOT(a)", "B=c")),
    Place("a removed last entry", INJECT, env("LWS_GROUP_SIZE=SLOT(a)")),
    Place(
        "entries around a removed one", INJECT, env("A=SLOT", "LWS_GROUP_SIZE=SLOT(a)", "B=SLOT")
    ),
    Place("an entry before a removed last one", INJECT, env("A=SLOT", "LWS_GROUP_SIZE=a")),
    Place(
        "an entry that a new one follows",
        INJECT,
        env("A=b").replace(" chat-0-main-0-0.default", " SLOT(chat-0-$(A))"),
    ),
    Place("a label with another value", INJECT, labels(f"{LWS}/name: SLOT(a)", "b: c")),
    Place("a label before one", INJECT, labels("a: SLOT", f"{LWS}/name: SLOT(a)")),
    Place(
        "an env entry before an alias",
        INJECT,
        pod(
            container=lines(4, "env: &env", "- name: A", "  value: SLOT"),
            end=lines(2, "- name: e", "  env: *env"),
        ),
    ),
    Place(
        "a shared field",
        INJECT,
        pod(
            container=lines(4, "x: &x", "  z: SLOT"),
            end=lines(2, "- name: e", "  x: *x"),
        ),
    ),
    Place("before results", INJECT, listed(pod(end=lines(2, "z: SLOT")))),
    Place("an item that is not read before results", INJECT, listed(pod(), _BEFORE)),
    Place("a functionConfig's end", INJECT, listed(pod(), end=_CONFIG)),
    Place(
        "a functionConfig before the items",
        INJECT,
        listed(pod()).replace("items:", _CONFIG + "items:"),
    ),
    Place("earlier results", INJECT, listed(pod(), end=_RESULTS)),
    Place("a field behind empty results", INJECT, listed(pod(), end="results: []\nz: SLOT\n")),
    Place(
        "a pod template's end",
        INJECT,
        _POD_TEMPLATE + lines(2, *pod(end=lines(2, "z: SLOT")).splitlines()[2:]),
    ),
]
_OF_EXPAND = [
    Place(
        "a plugin before the removed one",
        EXPAND,
        serving(plugins=lines(2, "- name: a", "  config:", "    z: SLOT", "- name: lws")),
    ),
    Place(
        "a plugin behind the removed one",
        EXPAND,
        serving(plugins=lines(2, "- name: lws", "- name: a", "  config:", "    z: SLOT")),
    ),
    Place(
        "the removed plugin",
        EXPAND,
        serving(plugins=lines(2, "- name: lws", "  config:", "    z: SLOT", "- name: a")),
    ),
    Place(
        "the removed plugins",
        EXPAND,
        serving(plugins=lines(2, "- name: lws", "  config:", "    z: SLOT")),
    ),
    Place(
        "a field before the removed plugins", EXPAND, serving(spec=lines(2, "schedulerName: SLOT"))
    ),
    *anywhere("the last template's end", EXPAND, workers(*_ARGS)),
    Place("a template's labels' end", EXPAND, workers(metadata=("labels:", "  z: SLOT"))),
    Place("a template's annotations' end", EXPAND, workers(metadata=("annotations:", "  z: SLOT"))),
    Place("a template's env", EXPAND, workers(*_ENV)),
    Place("an entry before a moved one", EXPAND, workers(*_ENV, *_USES_INDEX)),
    Place("a moved entry before another", EXPAND, workers("env:", *_USES_INDEX, *_ENV[1:])),
    Place(
        "a removed entry in a template",
        EXPAND,
        workers(*_ENV, "- name: LWS_GROUP_SIZE", "  value: SLOT(7)"),
    ),
    Place(
        "a probe",
        EXPAND,
        workers("livenessProbe:", "  exec:", "    command:", "    - SLOT"),
    ),
    *anywhere("the end, by policy", EXPAND, serving(end=lines(0, "status:", "  z: SLOT")), _POLICY),
    Place(
        "metadata's end, by policy",
        EXPAND,
        serving(metadata=lines(2, "selfLink: SLOT")),
        _POLICY,
    ),
    Place(
        "labels' end, by policy",
        EXPAND,
        serving(metadata=lines(2, "labels:", "  z: SLOT")),
        _POLICY,
    ),
]
_OF_CONVERT = [
    *anywhere("the worker template's end", CONVERT, lws(container=lines(10, *_ARGS))),
    Place(
        "the worker template's last field", CONVERT, listed(lws(end=lines(8, "z: SLOT")), _OTHER)
    ),
    Place(
        "the leader template's end",
        CONVERT,
        lws(
            leader=lines(
                4,
                "leaderTemplate:",
                "  spec:",
                "    containers:",
                "    - name: a",
                "      image: x",
                "      args:",
                "      - SLOT",
            )
        ),
    ),
    Place("a set's labels' end", CONVERT, lws(metadata=lines(2, "labels:", "  a: SLOT"))),
    Place(
        "a set's annotations' end",
        CONVERT,
        lws(metadata=lines(2, "annotations:", "  a: b", "  z: SLOT")),
    ),
    Place(
        "a set's annotation before the removed one",
        CONVERT,
        lws(metadata=lines(2, "annotations:", "  a: SLOT", f"  {LAST_APPLIED}: SLOT({{}})")),
    ),
    Place(
        "a template's labels' end",
        CONVERT,
        lws(worker=lines(6, "metadata:", "  labels:", "    a: SLOT")),
    ),
    Place(
        "a template's dropped field",
        CONVERT,
        lws(worker=lines(6, "metadata:", "  labels:", "    a: b", "  name: SLOT(a)")),
        {"allowLossy": True},
    ),
    Place("a set behind another item", CONVERT, listed(_BEFORE, lws())),
    Place(
        "a set between two items",
        CONVERT,
        listed(_BEFORE, lws(end=lines(8, "z: SLOT")), _OTHER),
    ),
    Place("a scaler's end", CONVERT, listed(lws(), _SCALER)),
]
_OF_RENDER = [
    *anywhere("a ModelServing's end", RENDER, serving(end=lines(0, "status:", "  z: SLOT"))),
    *anywhere(
        "a replaced ModelServing's end",
        RENDER,
        serving(end=lines(0, "status:", "  z: SLOT")),
        {"keepModelServing": False},
    ),
    *anywhere("a rendered pod's end", RENDER, workers("resources: {}", *_ARGS)),
    Place("a rendered container's end", RENDER, workers(*_ARGS)),
    Place("a rendered env's end", RENDER, workers(*_ENV)),
    Place(
        "a rendered env's replaced entry",
        RENDER,
        workers(*_ENV, "- name: WORKER_INDEX", "  value: SLOT(9)"),
    ),
    Place("rendered labels' end", RENDER, workers(metadata=("labels:", "  z: SLOT"))),
    Place("rendered annotations' end", RENDER, workers(metadata=("annotations:", "  z: SLOT"))),
    Place("a ModelServing behind another item", RENDER, listed(_BEFORE, serving(), _OTHER)),
    Place(
        "an item before a removed one",
        RENDER,
        listed(serving(), _BEFORE, _RENDERED, _OTHER),
    ),
]
PLACES = [*_OF_INJECT, *_OF_EXPAND, *_OF_CONVERT, *_OF_RENDER]
