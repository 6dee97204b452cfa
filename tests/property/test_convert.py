"""For any LeaderWorkerSet: its ModelServing is the one of the model, all other items keep every
byte, and a stock kthena makes the same pods of it, once expanded, as LWS makes of the set.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from tests.manifests import LWS, apart, chunks, data_of
from tests.model import admission, controller, kubelet, leaderworkerset
from tests.property import items as generated
from tests.property.styles import Style

if TYPE_CHECKING:
    from random import Random

randoms = st.randoms(use_true_random=True)
INDEX = f"{LWS}/worker-index"
FUNCTION = "ConvertLeaderWorkerSet"
VIA = ("Templates", "AdmissionPolicy")
startups = ("LeaderCreated", "LeaderCreated", "LeaderReady")


@st.composite
def lists(draw: st.DrawFn) -> list[Any]:
    """Sets of different names, autoscalers of them, and other objects."""
    items = [
        draw(leaderworkerset.sets(name, startups))
        for name in draw(st.lists(st.sampled_from(("chat", "talk")), min_size=1, unique=True))
    ]
    items += [scaler(item) for item in items if draw(st.booleans())]
    items += draw(st.lists(generated.anything, max_size=2))
    return draw(st.permutations(items))


def scaler(lws: Any) -> Any:
    """An autoscaler of a set."""
    there = lws["metadata"]
    target = {"apiVersion": lws["apiVersion"], "kind": lws["kind"], "name": there["name"]}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            key: lws["metadata"][key] for key in ("name", "namespace") if key in lws["metadata"]
        },
        "spec": {"maxReplicas": 3, "scaleTargetRef": target},
    }


def stays(lws: Any) -> bool:
    return bool(lws["spec"].get("startupPolicy") == "LeaderReady")


def wanted(items: list[Any]) -> list[Any]:
    """The items that the output must have."""
    sets = [
        item for item in items if isinstance(item, dict) and item.get("kind") == "LeaderWorkerSet"
    ]
    done = {item["metadata"]["name"] for item in sets if not stays(item)}
    return [_wanted(item, done) for item in items]


def _wanted(item: Any, done: set[str]) -> Any:
    kind = item.get("kind") if isinstance(item, dict) else None
    if kind == "LeaderWorkerSet" and not stays(item):
        return leaderworkerset.tidied(leaderworkerset.serving(item))
    if kind == "HorizontalPodAutoscaler" and item["metadata"]["name"] in done:
        target = {
            "apiVersion": "workload.serving.volcano.sh/v1alpha1",
            "kind": "ModelServing",
            "name": item["metadata"]["name"],
        }
        return {**item, "spec": {**item["spec"], "scaleTargetRef": target}}
    return item


def tidied(item: Any) -> Any:
    is_serving = isinstance(item, dict) and item.get("kind") == "ModelServing"
    return leaderworkerset.tidied(item) if is_serving else item


@given(lists(), randoms, st.booleans())
def test_any_list(items: list[Any], random: Random, shares: bool) -> None:
    before = apart(Style(random, shares).items(items))
    assert data_of(before)["items"] == items, "the styles must write what they are given"
    if random.random() < 0.2:
        before = before.replace("\n", "\r\n")
        items = data_of(before)["items"]
    outcome = run(before.encode(), FUNCTION)
    after = outcome.output.decode()
    expected = wanted(items)
    assert list(map(tidied, data_of(after)["items"])) == expected, list(map(str, outcome.results))
    assert outcome.failed == any(
        item["spec"].get("startupPolicy") == "LeaderReady"
        for item in items
        if isinstance(item, dict) and item.get("kind") == "LeaderWorkerSet"
    )
    for item in data_of(after)["items"]:
        if isinstance(item, dict) and item.get("kind") == "ModelServing":
            assert admission.problems(item) == []
    if "*" not in before:  # an alias elsewhere may have to be written out
        for old, new, item, made in zip(
            chunks(before)[1:], chunks(after)[1:], items, expected, strict=False
        ):
            if item == made:
                assert old == new
    again = run(after.encode(), FUNCTION)
    assert again.output == outcome.output


WORDS = ("# one", "# two: {", "#", "# it's", '#"')


def commented(text: str, random: Random) -> str:
    """The text with comments on some lines of keys, beside and above them, and blank lines."""
    lines: list[str] = []
    for line in text.splitlines():
        words = line.lstrip(" -")
        is_key = words.split(":")[0].isalnum() and "`" not in line
        if is_key and random.random() < 0.3:
            column = random.choice((len(line) - len(words), 0))
            lines += [" " * column + random.choice(WORDS), *[""] * random.choice((0, 0, 1))]
        is_short = words.endswith(":") or words.rpartition(": ")[2].isalnum()
        beside = is_key and is_short and random.random() < 0.3
        lines.append(f"{line} {random.choice(WORDS)}" if beside else line)
    return "".join(f"{line}\n" for line in lines)


def comments(text: str) -> list[str]:
    """The comments of a text whose scalars are on one line and have no `#`."""
    return sorted(f"#{line.partition('#')[2]}" for line in text.splitlines() if "#" in line)


@given(leaderworkerset.sets(), randoms)
def test_each_comment_is_kept_or_named(lws: Any, random: Random) -> None:
    plain = yaml.safe_dump(lws, sort_keys=False, width=10_000)
    assume("#" not in plain and "|" not in plain and ">" not in plain)
    text = commented(plain, random)
    assert yaml.safe_load(text) == lws
    outcome = run(text.encode(), FUNCTION)
    assert not outcome.failed
    after = outcome.output.decode()
    assert yaml.safe_load(after) == yaml.safe_load(run(plain.encode(), FUNCTION).output)
    left_out = [it.message for it in outcome.results if it.id == "comment-left-out"]
    assume(not any(" more) is left out" in it for it in left_out))
    named = [
        json.loads(it.removeprefix("the comment ").partition(" is left out: ")[0])
        for it in left_out
    ]
    # The comments of a template that becomes two are there twice.
    kept = Counter(comments(after))
    for comment, number in Counter(comments(text)).items():
        assert kept[comment] + named.count(comment) >= number
        assert kept[comment] <= 2 * number


@given(leaderworkerset.sets(), randoms)
def test_the_diff_is_between_input_and_output(lws: Any, random: Random) -> None:
    text = commented(yaml.safe_dump(lws, sort_keys=False), random)
    outcome = run(text.encode(), FUNCTION)
    old, new = text.splitlines(), outcome.output.decode().splitlines()
    lines = outcome.diff.decode().splitlines()[2:]
    position, made = 0, []
    for line in lines:
        if line.startswith("@@"):
            start = int(line.split()[1][1:].split(",")[0])
            made += old[position : start - 1]
            position = start - 1
        elif line[0] == "+":
            made.append(line[1:])
        else:
            assert line[1:] == old[position]
            position += 1
            made += [line[1:]] * (line[0] == " ")
    assert made + old[position:] == new
    for line in ("metadata:", "  name: chat", "spec:"):
        assert f"-{line}" not in lines


def places(data: Any) -> list[tuple[Any, Any]]:
    """All containers in the data, each with every key or index of its."""
    keys = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    return [(data, key) for key in keys] + [place for key in keys for place in places(data[key])]


@given(leaderworkerset.sets(), generated.anything, randoms, st.booleans())
def test_a_set_with_anything_in_it(lws: Any, anything: Any, random: Random, shares: bool) -> None:
    """It becomes a ModelServing, or keeps every byte and gives an error."""
    lws = json.loads(json.dumps(lws))
    parent, key = random.choice(places(lws))
    parent[key] = anything
    before = apart(Style(random, shares).items([lws]))
    outcome = run(before.encode(), FUNCTION)
    (after,) = data_of(outcome.output)["items"]
    if after == lws:
        assert outcome.failed or lws.get("kind") != "LeaderWorkerSet" or key == "apiVersion"
    else:
        assert not outcome.failed
        assert after["kind"] == "ModelServing"


@given(leaderworkerset.sets(), randoms, st.booleans())
def test_any_set_expanded_makes_the_pods_that_it_made(
    lws: Any, random: Random, shares: bool
) -> None:
    converted = run(apart(Style(random, shares).items([lws])).encode(), FUNCTION)
    assert not converted.failed
    expanded = run(converted.output, "ExpandLWSPlugin")
    assume(not expanded.failed)  # what that function refuses is told by its own tests
    (serving,) = data_of(expanded.output)["items"]
    assert admission.problems(serving) == []
    check_pods(leaderworkerset.pods(lws), controller.pods(serving))


@given(leaderworkerset.sets("chat", startups), randoms, st.sampled_from(VIA))
def test_the_report_is_what_the_functions_then_do(lws: Any, random: Random, via: str) -> None:
    """What it calls convertible is converted and expanded, and a cluster takes it; all else is not.
    What they say of the ModelServing is in the report.
    """
    text = apart(Style(random, True).items([lws]))
    settings = f"reportOnly: true, via: {via}"
    report = run(text.encode(), config=config(settings, FUNCTION))
    (row,) = report.sets
    converted = run(text.encode(), FUNCTION)
    if converted.failed:
        assert row.verdict == "blocked"
        return
    expanded = run(converted.output, config=config(f"via: {via}", "ExpandLWSPlugin"))
    assert (row.verdict == "blocked") == expanded.failed
    told = {result.id for result in report.results}
    (done, *_) = [it.id for it in expanded.results if it.reference is None] or [""]
    assert {it.id for it in (*converted.results, *expanded.results)} <= told | {
        "converted",
        "delete-first",
        "webhook",
        "default-scheduler",
        "policy-added",
        *(["comment-left-out"] if row.verdict == "blocked" else []),  # it stays, with its comments
        done,
    }
    assert all("roles[" not in it.field + it.message for it in report.results)
    if not expanded.failed:
        serving = data_of(expanded.output)["items"][0]
        assert admission.problems(serving) == []
        assert row.after is not None
        assert row.after.pods == len(controller.pods(serving)) == len(leaderworkerset.pods(lws))


def config(settings: str, function: str) -> bytes:
    head = "apiVersion: fn.serving.volcano.sh/v1alpha1"
    return f"{{{head}, kind: {function}, spec: {{{settings}}}}}\n".encode()


def check_pods(before: list[Any], after: list[Any]) -> None:
    """Whether the pods are as many, and each is what it was under LWS."""
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        environments = kubelet.resolved(old), kubelet.resolved(new)
        for name, resolved in environments[0].items():
            there = environments[1][name]
            assert (there["command"], there["args"]) == (resolved["command"], resolved["args"])
            assert resolved["env"].items() <= there["env"].items()
        assert what_stays(old) == what_stays(new)
        labels = old["metadata"]["labels"]
        if int(labels[INDEX]) and old["metadata"]["annotations"][f"{LWS}/size"] != "2":
            del labels[INDEX]  # of several workers, no template can carry it
        for kind in ("labels", "annotations"):
            assert old["metadata"][kind].items() <= new["metadata"][kind].items()


def what_stays(pod: Any) -> Any:
    """The spec without what the controllers set."""
    spec = {key: value for key, value in pod["spec"].items() if key != "schedulerName"}
    for kind in ("containers", "initContainers"):
        if kind in spec:
            spec[kind] = [
                {key: value for key, value in one.items() if key not in ("env", "resources")}
                for one in spec[kind]
            ]
    return spec
