"""From a field's path to its place in the text, and back."""

from __future__ import annotations

import pytest

from modelserving_lws.results.result import Result
from modelserving_lws.wire.places import located
from modelserving_lws.wire.resource_list import ResourceList
from modelserving_lws.yamltext.paths import find, path_at
from modelserving_lws.yamltext.read import read, read_exactly

TEXT = """\
apiVersion: v1 # version
# kind
kind: Pod
metadata:
  # labels
  labels: &l {a.b/c: "1", d: '2'}
  annotations: *l
spec: # spec
  containers:
  - name: a
    env:
    - {name: A, value: "#"}
    # B
    - name: B
      value: |
        # no comment
    # below B
  # below the containers
  - name: b # b
"""
PLACES = {
    "": (1, 1),
    "kind": (3, 1),
    "metadata.labels": (6, 3),
    "metadata.labels['a.b/c']": (6, 15),
    "metadata.labels.d": (6, 27),
    "metadata.annotations": (7, 3),
    "metadata.annotations['a.b/c']": (6, 15),
    "spec.containers[0]": (10, 5),
    "spec.containers[0].env[0]": (12, 7),
    "spec.containers[0].env[0].value": (12, 17),
    "spec.containers[0].env[1].value": (15, 7),
    "spec.containers[1].name": (19, 5),
    # What is not there is where the last step is that is there.
    "spec.containers[2]": (9, 3),
    "spec.containers[1].env[0].name": (19, 5),
    "status.phase": (1, 1),
    "metadata.labels.a": (6, 3),
}


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("reader", [read, read_exactly])
def test_a_path_has_a_place(path: str, reader: object) -> None:
    (root,) = reader(TEXT)  # type: ignore[operator]
    position = find(root, path).start
    before = TEXT[:position]
    assert (before.count("\n") + 1, position - before.rfind("\n")) == PLACES[path]


@pytest.mark.parametrize("head", ["", "a: b\n---\n", "\n\n"])
def test_an_item_knows_the_places_of_its_fields(head: str) -> None:
    (item,) = ResourceList(head + TEXT).items(frozenset({"Pod"}))
    for path, (line, column) in PLACES.items():
        finding = located(Result("missing-field", path).on(item.reference))
        assert (finding.line, finding.column) == (line + head.count("\n"), column)
    assert item.reference.item is item


@pytest.mark.parametrize(
    ("comment", "path"),
    [
        ("# version", "apiVersion"),
        ("# kind", "kind"),
        ("# labels", "metadata.labels"),
        ("# spec", "spec"),
        ("# B", "spec.containers[0].env[1]"),
        ("# below B", "spec.containers[0].env[1].value"),
        ("# below the containers", "spec.containers[1]"),
        ("# b\n", "spec.containers[1].name"),
    ],
)
def test_a_place_has_a_path(comment: str, path: str) -> None:
    (root,) = read_exactly(TEXT)
    assert path_at(root, TEXT, TEXT.index(comment)) == path
