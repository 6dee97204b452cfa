"""Edits of whole items in a list, with each reader: whole texts in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.results.errors import EditError
from modelserving_lws.results.result import Result, say
from modelserving_lws.wire.resource_list import ResourceList
from tests.manifests import LIST_HEAD
from tests.property import items as generated
from tests.property.styles import Style

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

NEW = "kind: New # c\nx:\n- |\n  t\n\n  u\n"
LIST = "apiVersion: v1\nkind: List\nitems:\n"
KINDS = frozenset("A")


def edited(text: str, edit: Callable[[ResourceList], object]) -> str:
    """The text after an edit, the same by either reader, and with a result behind it."""
    outputs = set()
    for by_lines in (True, False):
        resource_list = ResourceList(text, by_lines)
        edit(resource_list)
        with_result = ResourceList(text, by_lines)
        edit(with_result)
        with_result.append_results([Result("default-scheduler")])
        output = resource_list.document.output.decode()
        outputs.add(output)
        if with_result.root is not None:
            found = yaml.safe_load(with_result.document.output)
            assert found.pop("results") == [
                {"message": say("default-scheduler"), "severity": "info"}
            ]
            assert found == yaml.safe_load(output)
    (output,) = outputs
    return output


def replaced(text: str) -> str:
    """Each item of kind A by one of kind N."""

    def edit(resource_list: ResourceList) -> None:
        for item in resource_list.items(KINDS):
            resource_list.replace(item, NEW)

    return edited(text, edit)


def inserted(text: str) -> str:
    """Two items behind each of kind A."""

    def edit(resource_list: ResourceList) -> None:
        for item in resource_list.items(KINDS):
            resource_list.insert_after(item, [NEW, "kind: M\n"])

    return edited(text, edit)


def appended(text: str) -> str:
    return edited(text, lambda resource_list: resource_list.append([NEW, "kind: M\n"]))


# In the texts, `N2` stands for NEW as an entry or a document with two more columns, and so on.
def written(text: str) -> str:
    for width in (4, 2, 0):
        lines = NEW.replace("\n", "\n" + " " * width).replace(f"\n{' ' * width}\n", "\n\n")
        text = text.replace(f"N{width}\n", lines.removesuffix(" " * width))
    return text.replace("N{}", '{kind: New, x: ["t\\n\\nu\\n"]}').replace(
        'N""', '{"kind": "New", "x": ["t\\n\\nu\\n"]}'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST + "- kind: A\n  x: y\n- kind: B\n", LIST + "- N2\n- kind: B\n"),
        (LIST + "- kind: A # c\n  x: y # d\n- kind: B\n", LIST + "- N2\n- kind: B\n"),
        (
            LIST + "- # a\n  kind: A\n  # b\n\n # c\n- kind: B\n",
            LIST + "- # a\n  N2\n\n # c\n- kind: B\n",
        ),
        (
            LIST + "  - kind: A\n    x: |+\n      y\n\n  # b\n  - kind: B\n",
            LIST + "  - N4\n  # b\n  - kind: B\n",
        ),
        (LIST + "- kind: B\n- kind: A", LIST + "- kind: B\n- N2\n"),
        (LIST + "- kind: A\n  x: |\n    y", LIST + "- N2\n"),
        (LIST + "- kind: A\n  # own", LIST + "- N2\n"),
        (LIST + "- {kind: A} # a\n# b\n", LIST + "- # a\n  N2\n# b\n"),
        (LIST + "- &x\n  kind: A\n- y: *x\n", LIST + "- N2\n- y:\n    kind: A\n"),
        (LIST + "- kind: A\n  x: &y z\n- kind: B\n  x: *y\n", LIST + "- N2\n- kind: B\n  x: z\n"),
        (LIST + "- &x {kind: A}\n- *x # a\n", LIST + "- N2\n- # a\n  N2\n"),
        ("kind: A\n", "N0\n"),
        ("# a\nkind: A\n# b\n---\n# c\nkind: B\n", "# a\nN0\n# b\n---\n# c\nkind: B\n"),
        ("--- # a\nkind: A\n...\n", "--- # a\nN0\n...\n"),
        ("--- &x\nkind: A\n---\nkind: B\n", "--- &x\nN0\n---\nkind: B\n"),
        ("--- {kind: A} # a\n", "--- N{} # a\n"),
        (LIST.strip() + " [{kind: A}, {kind: B}]\n", LIST.strip() + " [N{}, {kind: B}]\n"),
        ('{"kind": "A"}', 'N""'),
    ],
)
def test_replacing_an_item_keeps_everything_else(before: str, after: str) -> None:
    assert replaced(before) == written(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST + "- kind: A\n- kind: B\n", LIST + "- kind: A\n- N2\n- kind: M\n- kind: B\n"),
        (
            LIST + "- kind: A # a\n  # own\n\n# b\n- kind: B\n",
            LIST + "- kind: A # a\n  # own\n- N2\n- kind: M\n\n# b\n- kind: B\n",
        ),
        (
            LIST + "  - x: |\n      y\n    kind: A\n   # own\n  # b\n\n  - kind: B\n",
            LIST + "  - x: |\n      y\n    kind: A\n   # own\n"
            "  - N4\n  - kind: M\n  # b\n\n  - kind: B\n",
        ),
        (LIST + "- kind: A\n# b", LIST + "- kind: A\n- N2\n- kind: M\n# b"),
        (LIST + "- kind: A", LIST + "- kind: A\n- N2\n- kind: M\n"),
        (
            LIST + "- kind: A\n  # own\nfunctionConfig: {}\n",
            LIST + "- kind: A\n  # own\n- N2\n- kind: M\nfunctionConfig: {}\n",
        ),
        (LIST + "- {kind: A} # a\n", LIST + "- {kind: A} # a\n- N2\n- kind: M\n"),
        (
            LIST + "- &x {kind: A}\n- *x # a\n- kind: B\n",
            LIST + "- &x {kind: A}\n- N2\n- kind: M\n- *x # a\n- N2\n- kind: M\n- kind: B\n",
        ),
        (
            LIST + "- apiVersion: v1\n  kind: List\n  items:\n  - kind: A\n- kind: B\n",
            LIST + "- apiVersion: v1\n  kind: List\n  items:\n  - kind: A\n"
            "  - N4\n  - kind: M\n- kind: B\n",
        ),
        ("kind: A\n", "kind: A\n---\nN0\n---\nkind: M\n"),
        (
            "kind: A\n# a\n\n---\n# b\nkind: B\n",
            "kind: A\n# a\n---\nN0\n---\nkind: M\n\n---\n# b\nkind: B\n",
        ),
        (
            "kind: A\n...\n%YAML 1.1\n---\nkind: B\n",
            "kind: A\n---\nN0\n---\nkind: M\n...\n%YAML 1.1\n---\nkind: B\n",
        ),
        ("--- {kind: A}\n", "--- {kind: A}\n---\nN{}\n---\n{kind: M}\n"),
        (
            LIST.strip() + " [{kind: A}, {kind: B}]\n",
            LIST.strip() + " [{kind: A}, N{}, {kind: M}, {kind: B}]\n",
        ),
        (
            '{"apiVersion": "v1", "kind": "List", "items": [\n  {"kind": "A"}\n]}',
            '{"apiVersion": "v1", "kind": "List", "items": [\n  {"kind": "A"},\n  N"",\n  '
            '{"kind": "M"}\n]}',
        ),
        ('{"kind": "A"}', '{"kind": "A"}\n---\nN""\n---\n{"kind": "M"}\n'),
    ],
)
def test_inserting_behind_an_item_keeps_everything_else(before: str, after: str) -> None:
    assert inserted(before) == written(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST + "- kind: B\n# b\n", LIST + "- kind: B\n- N2\n- kind: M\n# b\n"),
        (
            LIST + "- x: |\n    y\n  # own\nfunctionConfig: {}\n",
            LIST + "- x: |\n    y\n  # own\n- N2\n- kind: M\nfunctionConfig: {}\n",
        ),
        (LIST.strip() + " [] # a\nx: y\n", LIST.strip() + " # a\n- N2\n- kind: M\nx: y\n"),
        (LIST.strip() + " ~", LIST + "- N2\n- kind: M\n"),
        (LIST, LIST + "- N2\n- kind: M\n"),
        (LIST.replace("items:\n", ""), LIST + "- N2\n- kind: M\n"),
        ("", "N0\n---\nkind: M\n"),
        ("# a\n", "# a\nN0\n---\nkind: M\n"),
        ("---\nkind: B\n---\n", "---\nkind: B\n---\nN0\n---\nkind: M\n---\n"),
        (
            LIST + "- kind: B\n---\nkind: B\n",
            LIST + "- kind: B\n---\nkind: B\n---\nN0\n---\nkind: M\n",
        ),
        (
            '{"apiVersion": "v1", "kind": "List", "items": []}',
            '{"apiVersion": "v1", "kind": "List", "items": [N"", {"kind": "M"}]}',
        ),
        (
            '{"apiVersion": "v1", "kind": "List"}',
            '{"apiVersion": "v1", "kind": "List", "items": [N"", {"kind": "M"}]}',
        ),
    ],
)
def test_appending_keeps_everything_else(before: str, after: str) -> None:
    assert appended(before) == written(after)


@pytest.mark.parametrize("edit", [replaced, inserted, appended])
def test_new_items_come_in_the_texts_own_line_breaks(edit: Callable[[str], str]) -> None:
    for text in (LIST_HEAD + "- kind: A\n  x: |\n    y\n- kind: B\n", "kind: A\n---\nkind: B\n"):
        assert edit(text.replace("\n", "\r\n")) == edit(text).replace("\n", "\r\n")


@pytest.mark.parametrize("edit", [replaced, inserted, appended])
def test_a_resource_list_is_edited_as_a_list(edit: Callable[[str], str]) -> None:
    for items in ("- kind: A\n  # own\n- kind: B # b\n", "  - kind: B\n  - kind: A"):
        assert edit(LIST_HEAD + items) == edit(LIST + items).replace(LIST, LIST_HEAD)


@pytest.mark.parametrize(
    "text",
    [
        "x: &x [{kind: A}]\napiVersion: v1\nkind: List\nitems: *x\n",
        "x: &x\n  items:\n  - kind: A\n<<: *x\napiVersion: v1\nkind: List\n",
    ],
)
def test_a_list_that_stands_elsewhere_is_refused(text: str) -> None:
    for edit in (replaced, inserted, appended):
        with pytest.raises(EditError, match="must stand where it is used"):
            edit(text)


def test_blank_lines_stay_out_of_a_new_block_scalar() -> None:
    kept = "x: |+\n  y\n"
    for text in (LIST + "- kind: A\n\n- kind: B\n", "kind: A\n\n---\nkind: B\n"):
        for by_lines in (True, False):
            for edit in ("insert_after", "replace"):
                resource_list = ResourceList(text, by_lines)
                (item,) = resource_list.items(KINDS)
                getattr(resource_list, edit)(item, kept if edit == "replace" else [kept])
                after = resource_list.document.output.decode()
                assert '"y\\n"' in json.dumps(list(yaml.safe_load_all(after))), after


def test_nothing_can_stand_behind_a_cut_off_block_scalar() -> None:
    for edit in (inserted, appended):
        with pytest.raises(EditError, match="must end in a line break"):
            edit("kind: A\nx: |\n  y")


def test_a_rollback_takes_the_new_items_back() -> None:
    text = LIST + "- &x\n  kind: A\n- y: *x\n- {kind: A}"
    for by_lines in (True, False):
        resource_list = ResourceList(text, by_lines)
        first, second = resource_list.items(KINDS)
        resource_list.insert_after(first, ["kind: N\n"])
        resource_list.document.mark()
        resource_list.replace(first, NEW)
        resource_list.replace(second, NEW)
        resource_list.insert_after(second, [NEW])
        resource_list.append([NEW])
        resource_list.document.rollback()
        after = text.replace("kind: A\n-", "kind: A\n- kind: N\n-", 1)
        assert resource_list.document.output.decode() == after


@given(st.lists(generated.anything, min_size=1, max_size=4), st.randoms(use_true_random=True))
def test_any_list(datas: list[Any], random: Random) -> None:
    """New items stand where they should, and all else keeps its bytes, whatever the list."""
    items = [{"kind": "A", "x": data} for data in datas]
    text = LIST + "".join(Style(random, shares=False).items(items))
    new = yaml.safe_load(NEW)
    other = {"kind": "M"}
    for edit, wanted in (
        (replaced, [new for _ in items]),
        (inserted, [found for item in items for found in (item, new, other)]),
        (appended, [*items, new, other]),
    ):
        after = edit(text)
        assert yaml.load(after, yaml.CSafeLoader)["items"] == wanted
        if edit is not replaced:
            lines = iter(after.splitlines())
            assert all(line in lines for line in text.splitlines())


def instead(text: str) -> str:
    """Two items in place of each of kind A."""

    def edit(resource_list: ResourceList) -> None:
        for item in resource_list.items(KINDS):
            place = resource_list.place(item)
            place.put_instead([place.written(NEW), place.written("kind: M\n")])

    return edited(text, edit)


def removed(text: str) -> str:
    """The items of kind A taken away."""
    return edited(
        text, lambda resource_list: resource_list.remove(resource_list.items(frozenset("A")))
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST + "- kind: A\n  # own\n- kind: B\n", LIST + "- N2\n- kind: M\n- kind: B\n"),
        (
            LIST + "- kind: B\n# a\n-   # b - c\n    kind: A\n",
            LIST + "- kind: B\n# a\n- N2\n- kind: M\n",
        ),
        (
            LIST + "  - &x\n    kind: A\n  - y: *x",
            LIST + "  - N4\n  - kind: M\n  - y:\n      kind: A",
        ),
        (LIST + "- {kind: A} # a\n- kind: B\n", LIST + "- N2\n- kind: M\n- kind: B\n"),
        ("# a\nkind: A\n# b\n---\nkind: B\n", "# a\nN0\n---\nkind: M\n# b\n---\nkind: B\n"),
        ("  kind: A\n", "N0\n---\nkind: M\n"),
        ("--- {kind: A} # a\n", "--- N{}\n---\n{kind: M} # a\n"),
        ('{"kind": "A"}', 'N""\n---\n{"kind": "M"}'),
        (LIST.strip() + " [{kind: A}]\n", LIST.strip() + " [N{}, {kind: M}]\n"),
    ],
)
def test_putting_several_items_instead_of_one(before: str, after: str) -> None:
    assert instead(before) == written(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LIST + "- kind: A\n- kind: B\n# b\n- kind: A\n", LIST + "- kind: B\n# b\n"),
        (LIST + "- kind: A\n  # own\n\n# b\n- kind: B\n", LIST + "\n# b\n- kind: B\n"),
        (LIST + "- |+\n  x\n- kind: A\n\n- kind: B\n", LIST + "- |+\n  x\n- kind: B\n"),
        (LIST + "- kind: A # a\n# b\n", LIST.replace("items:", "items: []") + "# b\n"),
        (LIST + "- &x\n  kind: A\n- y: *x\n", LIST + "- y:\n    kind: A\n"),
        (LIST.strip() + " [{kind: A}, {kind: A}]\n", LIST.strip() + " []\n"),
        ("# a\nkind: A\n---\nkind: B\n", "# a\n---\nkind: B\n"),
        ("kind: B\n# b\n---\n# a\nkind: A\n", "kind: B\n# b\n"),
        ("kind: B\n--- {kind: A}\n---\nkind: B\n", "kind: B\n---\nkind: B\n"),
        (
            "kind: B\n...\n%YAML 1.1\n---\nkind: A\n...\n",
            "kind: B\n...\n%YAML 1.1\n---\n...\n",
        ),
        (LIST + "- kind: A\n  x: &y z\n- kind: B\n  x: *y\n", LIST + "- kind: B\n  x: z\n"),
    ],
)
def test_removing_items_keeps_everything_else(before: str, after: str) -> None:
    assert removed(before) == after
