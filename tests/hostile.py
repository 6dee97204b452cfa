"""Inputs that cost much time or memory. Each is made to a size in characters, with its bounds."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import yaml

from tests.leaderworkersets import SET
from tests.manifests import CONFIG_MAP, INJECT_LWS, SERVING, WORKER, indent, replaced, resource_list

if TYPE_CHECKING:
    from collections.abc import Callable

# Bytes of memory above start-up that a byte of input may take, and seconds that ten million may.
# What has less than ten million bytes may take as much as if it had so many.
MEMORY: Final = 13
SECONDS: Final = 5
# Of pods and ModelServings of some hundred characters, and of what is beyond U+FFFF.
SLOW: Final = 10
WIDE: Final = 14
# Of ModelServings and LeaderWorkerSets of some hundred characters that a function rewrites.
REWRITTEN: Final = (28, 50)


class Hostile(NamedTuple):
    """`text` makes the input; what it may take is other than MEMORY and SECONDS for few."""

    text: Callable[[int], str]
    memory: int = MEMORY
    seconds: int = SECONDS


LAST: Final = '    - name: WORKER_INDEX\n      value: "1"\n'
DATA: Final = "apiVersion: v1\nkind: Other\ndata:"


def times(text: str, size: int) -> str:
    return text * max(1, size // len(text))


def numbered(text: Callable[[int], str], size: int) -> str:
    return "".join(map(text, range(max(1, size // len(text(10_000))))))


def pods(size: int, *changes: tuple[str, str], serving: str = SERVING, end: str = "") -> str:
    """A list of as many workers, with other text in places."""
    worker = replaced(WORKER, *changes)
    item = "- " + indent(worker, 2)
    return resource_list(serving) + times(item, size) + end


def real_pod() -> str:
    """A pod with as many lines as real ones have."""
    probe = "    readinessProbe:\n      httpGet:\n        path: /health\n        port: 8080\n"
    mount = "    - mountPath: /models\n      name: models\n      readOnly: true\n"
    return replaced(WORKER, (LAST, f"{LAST}{probe}    volumeMounts:\n{mount * 15}"))


def real_pods(size: int) -> str:
    return resource_list(SERVING) + times("- " + indent(real_pod(), 2), size)


def pod(*changes: tuple[str, str], serving: str = SERVING) -> str:
    return resource_list(serving, replaced(WORKER, *changes))


def other(value: str) -> str:
    """A pod, and an item of another kind that has this value."""
    return resource_list(SERVING, WORKER, f"{DATA}{value}\n")


def configured(size: int, spec: str, *changes: tuple[str, str], serving: str = SERVING) -> str:
    config = "functionConfig:\n  " + indent(f"{INJECT_LWS}spec:\n{spec}", 2)
    return pods(size, *changes, serving=serving, end=config)


def nested(size: int) -> str:
    """Keys, each indented by one space more."""
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(" " * len(lines) + "a:\n")
        length += len(lines[-1])
    return "".join(lines)


def shared(anchored: str, alias: str, size: int) -> str:
    """A large node with an anchor, and as much text of pods that have an alias of it."""
    return resource_list(SERVING, anchored) + times("- " + indent(alias, 2), size // 2)


def servings(size: int, change: tuple[str, str]) -> str:
    """Many ModelServings of one name, and as much text of pods."""
    text = numbered(
        lambda i: (
            "- apiVersion: workload.serving.volcano.sh/v1alpha1\n  kind: ModelServing\n"
            f"  metadata:\n    name: chat\n    namespace: n{i}\n"
        ),
        size // 2,
    )
    return (
        resource_list(SERVING) + text + times("- " + indent(replaced(WORKER, change), 2), size // 2)
    )


def as_json(text: str) -> str:
    return json.dumps(yaml.load(text, yaml.CSafeLoader))


def env(value: str, name: str = "A0") -> str:
    """An entry of the env of `template`."""
    return f"            - name: {name}\n              value: {value}\n"


def template(env: str, plugins: str = "") -> str:
    """A ModelServing for ExpandLWSPlugin, with this env of its workers and what follows it."""
    serving = f"""\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
spec:
  plugins:
  - name: lws
{plugins}  template:
    roles:
    - name: main
      entryTemplate:
        spec:
          containers:
          - name: a
      workerReplicas: 3
      workerTemplate:
        spec:
          containers:
          - name: a
            env:
{env}"""
    config = replaced(INJECT_LWS, ("InjectLWS", "ExpandLWSPlugin"))
    return resource_list(serving, config=config)


SMALL_SERVING: Final = """\
  plugins:
  - name: lws
  template:
    roles:
    - name: r
      entryTemplate:
        spec:
          containers:
          - name: a
      workerReplicas: 1
      workerTemplate:
        spec:
          containers:
          - name: a
"""
SMALL_SET: Final = """\
  leaderWorkerTemplate:
    size: 2
    workerTemplate:
      spec:
        containers:
        - name: a
          image: b
"""


def small_items(function: str, like: str, spec: str, size: int) -> str:
    """Many objects of the kind of another one, each with a name of its own, for a function."""
    head = like[: like.index("metadata:")]
    count = max(1, size // len(head + spec))
    items = (f"{head}metadata:\n  name: a{i}\nspec:\n{spec}" for i in range(count))
    return resource_list(*items, config=replaced(INJECT_LWS, ("InjectLWS", function)))


SCALARS: Final = {
    "a scalar, skipped": Hostile(lambda n: other(" " + "x" * n)),
    "a scalar in a label": Hostile(lambda n: pod(("labels:\n", f"labels:\n    a: {'x' * n}\n"))),
    "a scalar with colons": Hostile(
        lambda n: pod(("labels:\n", f"labels:\n    a: {'a:' * (n // 2)}a\n"))
    ),
    "a scalar of escapes": Hostile(lambda n: pod((LAST, LAST[:-2] + "\\x31" * (n // 4) + '"\n'))),
    "a scalar in lines": Hostile(
        lambda n: pod(("spec:\n", f"spec:\n  a: {times('x' * 80 + chr(10) + '    ', n)}b\n"))
    ),
    "a scalar that is read": Hostile(lambda n: pod(("chat-1-main-0-0.serving", "x" * n))),
    "a block scalar like items": Hostile(lambda n: other(" |\n" + times("  - kind: Pod\n", n))),
    "a block scalar with quotes": Hostile(lambda n: other(" |\n" + times("  say 'so \"\n", n))),
    "a block scalar with brackets": Hostile(lambda n: other(" |\n" + times("  [ [ { {\n", n))),
    "a line of escaped brackets": Hostile(lambda n: other(" |\n  " + times(' [\\"', n))),
    "numbers: replicas": Hostile(
        lambda n: pod(serving=replaced(SERVING, ("replicas: 2", "replicas: " + "1" * n)))
    ),
    "numbers: WORKER_INDEX": Hostile(lambda n: pod((LAST, LAST[:-2] + "1" * n + '"\n'))),
    "numbers: the ServingGroup": Hostile(
        lambda n: pod(("name: chat-1\n", f"name: chat-{'1' * n}\n"))
    ),
    "numbers: the functionConfig": Hostile(
        lambda n: configured(1, f"  modelServings: [{{name: chat, replicas: {'1' * n}}}]\n")
    ),
}
MANY: Final = {
    "a list": Hostile(real_pods),
    "a list with CRLF": Hostile(lambda n: real_pods(n).replace("\n", "\r\n")),
    "a list in JSON": Hostile(lambda n: as_json(real_pods(n))),
    "a list in flow style": Hostile(
        lambda n: resource_list(SERVING) + times(f"- {as_json(real_pod())}\n", n)
    ),
    "a stream": Hostile(lambda n: SERVING + times(f"---\n{real_pod()}", n)),
    "small pods": Hostile(pods),
    "small pods in JSON": Hostile(lambda n: as_json(pods(n)), seconds=SLOW),
    "small pods in flow style": Hostile(
        lambda n: resource_list(SERVING) + times(f"- {as_json(WORKER)}\n", n), seconds=SLOW
    ),
    "small pods in a stream": Hostile(lambda n: SERVING + times(f"---\n{WORKER}", n)),
    "a list of other kinds": Hostile(lambda n: pods(1) + times("- " + indent(CONFIG_MAP, 2), n)),
    "items without a kind": Hostile(
        lambda n: pods(1) + times("- name: nothing more than this\n", n)
    ),
    "items of two characters": Hostile(lambda n: pods(1) + times("-\n", n)),
    "pods with nothing but a kind": Hostile(lambda n: pods(1) + times("- kind: Pod\n", n)),
    "env entries": Hostile(
        lambda n: pod(
            ("env:\n", "env:\n" + numbered(lambda i: f"    - name: E{i}\n      value: v{i}\n", n))
        )
    ),
    "env entries in flow style": Hostile(
        lambda n: pod(
            ("env:\n", "env:\n" + numbered(lambda i: f"    - {{name: E{i}, value: v{i}}}\n", n))
        )
    ),
    "env entries of one name": Hostile(
        lambda n: pod(("env:\n", "env:\n" + times(LAST.replace("WORK", "LWS_WORK"), n)))
    ),
    "env entries with valueFrom": Hostile(
        lambda n: pod(
            (LAST, replaced(LAST, ('value: "1"', "valueFrom: {a: b}"))),
            (
                "env:\n",
                "env:\n"
                + times(
                    replaced(LAST, ("WORK", "LWS_WORK"), ('value: "1"', "valueFrom: {a: b}")), n
                ),
            ),
        )
    ),
    "containers": Hostile(
        lambda n: pod(("  - name: engine\n", times("  - name: more\n", n) + "  - name: engine\n"))
    ),
    "labels": Hostile(
        lambda n: pod(("labels:\n", "labels:\n" + numbered(lambda i: f"    label-{i}: value\n", n)))
    ),
    "a key repeated in an item": Hostile(lambda n: other("\n" + times("kind: Other\n", n))),
    "a key repeated in a label": Hostile(
        lambda n: pod(("labels:\n", "labels:\n" + times("    same-label: value\n", n)))
    ),
    "a key repeated in the list": Hostile(
        lambda n: resource_list(SERVING, WORKER) + times("another-key: another value\n", n)
    ),
    "documents": Hostile(lambda n: times("---\na: b\n", n)),
    "comments": Hostile(lambda n: pod(("spec:\n", "spec:\n" + times("  # c\n", n)))),
    "blank lines": Hostile(lambda n: pod(("env:\n", "env:\n" + "\n" * n))),
    "spaces": Hostile(lambda n: " " * n),
    "quoted scalars over two lines": Hostile(lambda n: pods(1) + times('- a: "b\n    c"\n', n)),
    "nested flow collections": Hostile(
        lambda n: other("\n" + numbered(lambda i: f"  k{i}: [[a]]\n", n))
    ),
    "anchors in items": Hostile(
        lambda n: pods(1) + numbered(lambda i: f'- a: "b\n    c"\n  k: &a{i} b\n', n)
    ),
    "tags": Hostile(lambda n: pod(("spec:\n", "spec:\n" + times("  a: !!str b\n", n)))),
    "%TAG directives": Hostile(lambda n: numbered(lambda i: f"%TAG !a{i}! b\n", n) + "--- {}\n"),
    "no-break spaces before a character that is none": Hostile(
        lambda n: other(f' "{chr(160) * (n // 2)}\x01"')
    ),
    "an emoji at the end": Hostile(lambda n: pods(n) + "# \U0001f600", WIDE, SLOW),
    "errors": Hostile(lambda n: pods(n, ('value: "1"', 'value: "x"'))),
    "errors that are there already": Hostile(
        lambda n: pods(
            n // 2,
            ('value: "1"', 'value: "x"'),
            end="results:\n"
            + times(
                '- message: "`WORKER_INDEX` must be an integer from 0 to '
                '2147483647; found \\"x\\""\n  a: b\n',
                n // 2,
            ),
        )
    ),
    "edits that can't be made": Hostile(
        lambda n: pods(n, ("  labels:\n", "  ? annotations\n  labels:\n")), seconds=SLOW
    ),
}
NESTED: Final = {
    "levels by indentation": Hostile(lambda n: other("\n " + indent(nested(n), 1))),
    "levels by indentation in a pod": Hostile(
        lambda n: pod(("spec:\n", "spec:\n  " + indent(nested(n), 2)))
    ),
    "levels in the functionConfig": Hostile(lambda n: configured(1, "  " + indent(nested(n), 2))),
    "levels in flow style": Hostile(lambda n: other(" " + "[" * (n // 2) + "]" * (n // 2))),
    "levels in flow style in a pod": Hostile(
        lambda n: pod(("spec:\n", f"spec:\n  a: {'[' * (n // 2)}{']' * (n // 2)}\n"))
    ),
    "levels without an end": Hostile(lambda n: "{a: " * (n // 4)),
    "levels on a line": Hostile(lambda n: "- " * (n // 2)),
    "a string beside the items in JSON": Hostile(
        lambda n: as_json(f"apiVersion: v1\nkind: List\nitems: []\nx: '{times('a b', n)}'\n")
    ),
    "a string without an end in JSON": Hostile(lambda n: '{"a' + times('\\"', n)),
    "a string without an end in an item": Hostile(
        lambda n: pods(1) + '- {"a": "' + times('\\"', n) + "\n"
    ),
    "levels in JSON": Hostile(lambda n: '{"a":' + "[" * (n // 2) + "]" * (n // 2) + "}"),
    "lists in lists": Hostile(
        lambda n: '{"apiVersion":"v1","kind":"List","items":[' * (n // 44) + "]}" * (n // 44)
    ),
}
SHARED: Final = {
    "aliases of many keys in a pod": Hostile(
        lambda n: pod(
            (
                "spec:\n",
                "x:\n  a: &a\n"
                + numbered(lambda i: f"    k{i}: v\n", n // 2)
                + "  b:\n"
                + times("  - *a\n", n // 2)
                + "spec:\n",
            )
        )
    ),
    "a bomb in another item": Hostile(
        lambda n: other(
            "\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"- &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(20))
            + times("- [*a20, *a20]\n", n)
        )
    ),
    "a bomb in a pod": Hostile(
        lambda n: pod(
            (
                "spec:\n",
                "x:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
                + "".join(f"- &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(20))
                + times("- [*a20, *a20]\n", n)
                + "spec: {}\nspec:\n",
            )
        )
    ),
    "a pod many times": Hostile(
        lambda n: (
            pod(
                ("apiVersion: v1\n", "&p\napiVersion: v1\n"),
                ("env:\n", "env:\n    - &e {name: A}\n" + times("    - *e\n", n // 2)),
            )
            + times("- *p\n", n // 2)
        )
    ),
    "containers many times": Hostile(
        lambda n: (
            pod(
                ("- name: engine", "- &c\n    name: engine"),
                ("env:\n", "env:\n    - &e {name: A, value: b}\n" + times("    - *e\n", n // 2)),
            )
            + times("    - *c\n", n // 2)
        )
    ),
    "a pod's container in values elsewhere": Hostile(
        lambda n: resource_list(
            SERVING,
            replaced(WORKER, ("- name: engine", "- &c\n    name: engine")),
            DATA + "\n" + numbered(lambda i: f"  a key {i}: *c\n", n),
        )
    ),
    "a long name in many pods": Hostile(
        lambda n: shared(
            f"{DATA} &m {{name: {'a-' * (n // 4)}1}}\n",
            "apiVersion: v1\nkind: Pod\nmetadata: *m\n",
            n,
        )
    ),
    "valueFrom many times": Hostile(
        lambda n: shared(
            DATA + "".join(f"\n- &{name} {{b: [{times('x, ', n // 4)}]}}" for name in "ab") + "\n",
            replaced(
                WORKER,
                (
                    'value: "1"\n',
                    "valueFrom: *a\n    - name: LWS_WORKER_INDEX\n      valueFrom: *b\n",
                ),
            ),
            n,
        )
    ),
    "merge keys of many mappings": Hostile(
        lambda n: shared(
            f"{DATA} &l [&k {{a: b}}, {times('*k, ', n // 2)}]\n",
            "kind: Pod\napiVersion: v1\n<<: *l\n",
            n,
        )
    ),
    "merge keys of a large mapping": Hostile(
        lambda n: shared(
            f"{DATA} &l {{{numbered(lambda i: f'k{i}: , ', n // 2)}}}\n",
            "kind: Pod\napiVersion: v1\nmetadata: {labels: {<<: *l}}\n",
            n,
        )
    ),
    "roles of a ModelServing": Hostile(
        lambda n: pods(
            n // 2,
            ("GROUP_SIZE", "X"),
            serving=replaced(
                SERVING,
                ("    roles:\n", "    roles:\n" + times("    - name: other\n", n // 2)),
            ),
        )
    ),
    "roles of a plugin": Hostile(
        lambda n: pods(
            n // 2,
            serving=replaced(
                SERVING,
                ("type: BuiltIn\n", "scope:\n      roles:\n" + times("      - other\n", n // 2)),
            ),
        )
    ),
    "plugins with roles": Hostile(
        lambda n: pod(
            serving=replaced(
                SERVING,
                (
                    "- name: lws\n    type: BuiltIn\n",
                    f"- &p {{name: lws, scope: {{roles: [{times('a, ', n // 2)}]}}}}\n"
                    + times("  - *p\n", n // 2),
                ),
            )
        )
    ),
    "ModelServings of one name": Hostile(
        lambda n: servings(n, ("namespace: serving", "namespace: n5"))
    ),
    "ModelServings of one name, and no namespace": Hostile(
        lambda n: servings(n, ("  namespace: serving\n", ""))
    ),
    "ModelServings in the functionConfig": Hostile(
        lambda n: configured(
            n, "  modelServings:\n" + "".join(f"  - name: x{i}\n" for i in range(3_000))
        )
    ),
    "plugins in the functionConfig": Hostile(
        lambda n: configured(
            n,
            "  pluginNames:\n" + "".join(f"  - x{i}\n" for i in range(9_000)),
            (
                "  labels:\n",
                f"  annotations:\n    modelserving.volcano.sh/plugins: {'a,' * 500}\n  labels:\n",
            ),
        )
    ),
}
EXPANDED: Final = {
    "a template: references that never end": Hostile(lambda n: template(env("$(" * (n // 2)))),
    "a template: names of variables": Hostile(
        lambda n: template(numbered(lambda i: env("$(LWS_WORKER_INDEX)", f"A{i}"), n))
    ),
    "a template: variables in terms of others": Hostile(
        lambda n: template(
            env("$(LWS_WORKER_INDEX)") + numbered(lambda i: env(f"$(A{i})", f"A{i + 1}"), n)
        )
    ),
    "a template: containers that lack a variable": Hostile(
        lambda n: template(
            env("$(LWS_WORKER_INDEX)")
            + numbered(
                lambda i: f"          - name: c{i}\n            args:\n            - $(A0)\n", n
            )
        )
    ),
    "plugins of a ModelServing": Hostile(
        lambda n: template(
            env("$(LWS_WORKER_INDEX)"),
            numbered(
                lambda i: (
                    "  - name: demo-pod-tweaks\n    config:\n      env:\n"
                    f"      - name: T{i + 1}\n        value: $(T{i})$(A0)\n"
                ),
                n,
            ),
        )
    ),
    "scopes of a ModelServing": Hostile(
        lambda n: template(
            env("a"),
            numbered(lambda i: f"  - name: lws\n    scope:\n      roles:\n      - r{i}\n", n),
        )
    ),
}
REWRITTEN_ITEMS: Final = {
    f"small items for {kind}": Hostile(partial(small_items, kind, head, fields), *REWRITTEN)
    for kind, head, fields in (
        ("ExpandLWSPlugin", SERVING, SMALL_SERVING),
        ("RenderModelServing", SERVING, SMALL_SERVING),
        ("ConvertLeaderWorkerSet", SET, SMALL_SET),
    )
}
INPUTS: Final = SCALARS | MANY | NESTED | SHARED | EXPANDED | REWRITTEN_ITEMS
