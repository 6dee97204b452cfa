"""What the detectors find in real breakages, and that they find nothing in ordinary manifests."""

from __future__ import annotations

import json
import os
import re
import string
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelserving_lws import run
from modelserving_lws.functions.convert.detectors import Detectors
from modelserving_lws.functions.convert.facts import SetFacts, Sets
from modelserving_lws.functions.convert.strings import strings_of
from modelserving_lws.lws.leaderworkerset import KIND
from modelserving_lws.lws.pods import LABELS, PER_GROUP, WORKER_INDEX
from modelserving_lws.results.messages import MESSAGES
from modelserving_lws.wire.items import reference_to
from modelserving_lws.yamltext.data import entries_of, get, text_at
from modelserving_lws.yamltext.nodes import Mapping
from modelserving_lws.yamltext.read import read
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from modelserving_lws.functions.convert.detectors import Finding

# The messages of the detectors. Each stands in a file of expected findings.
DETECTED = frozenset(
    (
        "address-taken-apart",
        "composed-name",
        "group-key-differs",
        "kueue-topology",
        "lws-command",
        "lws-object-command",
        "lws-rule",
        "lws-service",
        "partial-set",
        "placement-annotation",
        "pod-host-name",
        "pod-name-taken-apart",
        "reads-group-key",
        "reads-lws-identity",
        "reads-lws-label",
        "reads-not-carried",
        "selects-not-carried",
    )
)
# What a matched name is made of.
ALLOWED = set(string.ascii_letters + string.digits + "-._/*${#%^,:")
CORPUS = ROOT / "tests" / "corpus" / "detectors"
QUIET = sorted((CORPUS / "quiet").glob("*.yaml"))
FOUND = sorted((CORPUS / "found").glob("*.yaml"))
EXAMPLES = sorted(
    path
    for path in (ROOT / "examples").rglob("*.yaml")
    if "kind: LeaderWorkerSet" in path.read_text() and ".expected" not in path.parts
)


def find(text: str, *, with_policy: bool = False, allow_lossy: bool = False) -> list[Finding]:
    """The findings of all items of a stream, in their order."""
    items = [root for root in read(text) if isinstance(root, Mapping)]
    facts = {}
    for item in items:
        reference = reference_to(item)
        if text_at(item, "kind") == KIND:
            facts[id(item)] = SetFacts(item, reference.name, reference.namespace)
    sets = Sets(facts.values())
    references = [reference_to(item) for item in items]
    services = {(it.name, it.namespace) for it in references if it.kind == "Service"}
    detectors = Detectors(
        sets, with_policy=with_policy, allow_lossy=allow_lossy, services=lambda: services
    )
    findings = []
    for item in items:
        found = detectors.find(item, reference_to(item), facts.get(id(item)))
        findings += found
        if found and id(item) not in facts and "\\x" not in text:
            assert detectors.may_match(text[item.start : item.end])
    return findings


def lines(findings: list[Finding]) -> str:
    """Severity, id, object, path, what was matched, and the sets that stay as they are."""
    told = []
    for finding in findings:
        result = finding.result
        assert result.reference is not None
        assert result.message.endswith(f". {MESSAGES[result.id][2]}")
        line = f"{result.severity} {result.id} {result.reference.kind}/{result.reference.name}"
        sets = ", ".join(it.name for it in finding.sets)
        told.append(f"{line} {result.field}: {result.current} [{sets}]\n")
    return "".join(told)


@pytest.mark.parametrize("path", [*QUIET, *EXAMPLES], ids=lambda path: path.stem)
def test_ordinary_manifests_give_no_finding(path: Path) -> None:
    assert lines(find(path.read_text())) == ""
    assert lines(find(path.read_text(), with_policy=True)) == ""


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
@pytest.mark.parametrize("way", ["Templates", "AdmissionPolicy"])
def test_breakages_are_named(path: Path, way: str) -> None:
    findings = find(path.read_text(), with_policy=way == "AdmissionPolicy")
    told = lines(findings)
    expected = path.with_suffix(f".{way}.txt")
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(told)
    assert told == expected.read_text()
    for finding in findings:
        assert "s3cret" not in str(finding.result)


def test_there_are_files() -> None:
    assert len(QUIET) >= 4
    assert len(FOUND) >= 11
    assert len(EXAMPLES) >= 2


def test_each_message_of_the_detectors_is_found() -> None:
    texts = [path.read_text() for path in FOUND[0].parent.glob("*.txt")]
    assert {line.split(" ")[1] for text in texts for line in text.splitlines()} == DETECTED


def test_the_page_has_each_message_with_its_severity() -> None:
    page = (ROOT / "docs" / "detectors.md").read_text()
    rows = re.findall(r"^\| (`.+?`) \| ([a-z, ]+) \|", page, re.MULTILINE)
    pairs = [
        pair
        for ids, severities in rows
        for pair in zip(re.findall("`(.+?)`", ids), severities.split(", "), strict=True)
    ]
    assert dict(pairs) == {name: MESSAGES[name][0] for name in DETECTED}
    assert len(pairs) == len(DETECTED)


def test_what_is_lossy_keeps_no_set_where_that_is_allowed() -> None:
    for path in FOUND:
        for finding in find(path.read_text(), allow_lossy=True):
            is_refused = finding.result.id == "partial-set"
            assert (finding.result.severity == "error") == is_refused == bool(finding.sets)


def test_the_labels_that_no_template_carries_are_those_that_the_expansion_leaves_out() -> None:
    text = (CORPUS / "quiet" / "vllm-ray.yaml").read_text().replace("size: 2", "size: 3")
    converted = run(text.encode(), "ConvertLeaderWorkerSet").output
    (root, *_) = read(run(converted, "ExpandLWSPlugin").output.decode())
    (role,) = entries_of(get(get(get(root, "spec"), "template"), "roles"))
    labels = [
        get(get(get(role, field), "metadata"), "labels")
        for field in ("entryTemplate", "workerTemplate")
    ]
    entry, worker = [set(it.own()) if isinstance(it, Mapping) else set() for it in labels]
    assert set(LABELS.values()) - entry == PER_GROUP
    assert set(LABELS.values()) - worker == PER_GROUP | {WORKER_INDEX}


def test_paths_are_those_of_the_fields_and_aliases_are_followed() -> None:
    (root,) = read(
        "a: &a {b: [x, {c/d: *s}]}\nlabels: {e.f: &s y}\ng: *a\nstatus: z\n".replace("*s", "v")
    )
    assert isinstance(root, Mapping)
    found = [(str(it.place), it.value) for it in strings_of(root) if not it.is_key]
    assert found == [
        ("a.b[0]", "x"),
        ("a.b[1]['c/d']", "v"),
        ("labels['e.f']", "y"),
        ("g.b[0]", "x"),
        ("g.b[1]['c/d']", "v"),
        ("status", "z"),
    ]
    skip = frozenset([("status",), ("a", "b")])
    assert [str(it.place) for it in strings_of(root, skip)][:3] == ["a", "labels", "labels['e.f']"]


def test_a_long_alias_is_gone_through_once() -> None:
    levels = "".join(f"  - &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(5))
    (root,) = read(f"x:\n  - &a0 [{', '.join(['y'] * 20)}]\n{levels}")
    assert isinstance(root, Mapping)
    assert sum(not it.is_key for it in strings_of(root)) == 20


SET = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: "@"}
spec:
  leaderWorkerTemplate:
    size: 3
    workerTemplate:
      spec:
        containers:
          - name: c
            image: i
            env:
              - {name: LWS_NAME, value: "@"}
              - name: GROUP_INDEX
                valueFrom:
                  fieldRef:
                    fieldPath: metadata.labels['leaderworkerset.sigs.k8s.io/group-index']
            envFrom: [{configMapRef: {name: scripts}}]
"""
FRAGMENTS = (
    *"$'\"`()\\|<#={}.-_\n ",
    *("${A", "$A", "$(", "a=chat ", "chat", "chat-", "chat-0", ".chat", "chat-0.chat ", "-1"),
    *("$LWS_NAME", "${LWS_NAME}-${GROUP_INDEX}.", "${LWS_NAME:-", "-$GROUP_INDEX", "a-1.a\n"),
    *("echo $LWS_LEADER_ADDRESS | ", "cut ", "${LWS_LEADER_ADDRESS", "<<< ", "IFS=. read ", "do "),
    *("kubectl ", "get ", "-n ", "lws ", "leaderworkerset", ".sigs.k8s.io/", "_sigs_k8s_io_"),
    *("leaderworkerset.sigs.k8s.io/group-key", "worker-index", '["', "in (", "\ue000", "\ue002"),
)


def detectors(count: int) -> Detectors:
    """Those of so many sets, the first of them `chat`, all of which use one ConfigMap."""
    facts = []
    for i in range(count):
        name = f"chat{i or ''}"
        (root,) = read(SET.replace("@", name))
        assert isinstance(root, Mapping)
        facts.append(SetFacts(root, name, ""))
    return Detectors(Sets(facts))


ONE, MANY = detectors(1), detectors(1_000)


def config_map(*texts: str) -> Mapping:
    data = {f"key-{i}": text for i, text in enumerate(texts)}
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "scripts"}, "data": data}
    (root,) = read(json.dumps(item))
    assert isinstance(root, Mapping)
    return root


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30))
@settings(deadline=None)
def test_any_text_is_searched_and_none_of_it_is_shown(parts: list[str]) -> None:
    item = config_map("".join(parts), "s3cret")
    for finding in ONE.find(item, reference_to(item)):
        assert finding.result.id in DETECTED
        assert set(finding.result.current or "") <= ALLOWED


@pytest.mark.parametrize("fragment", FRAGMENTS)
@pytest.mark.parametrize("other", ["", "x", " "])
def test_the_time_is_linear_in_the_text(fragment: str, other: str) -> None:
    text = (fragment + other) * (200_000 // len(fragment + other))
    item = config_map(text)
    start = time.process_time()
    MANY.find(item, reference_to(item))
    MANY.may_match(text)
    assert time.process_time() - start < 10


def test_many_sets_and_many_strings_are_no_product_of_both() -> None:
    texts = [f"$LWS_NAME-{i}.$LWS_NAME chat{i}-0.chat{i} x-{i}.y ${{N}}-1" for i in range(20_000)]
    item = config_map(*texts)
    start = time.process_time()
    findings = MANY.find(item, reference_to(item))
    assert time.process_time() - start < 10
    assert len(findings) == 20_000 + 999
