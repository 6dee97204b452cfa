"""MODELSERVING_LWS_DEBUG shows how many items each reader reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.manifests import CONFIG_MAP, ENTRY, SERVING, WORKER, resource_list, stream

if TYPE_CHECKING:
    from tests.running import Program

ANCHORED = WORKER.replace("name: engine\n", "name: engine\n    image: &i x\n    workingDir: *i\n")
LIST = resource_list(SERVING, ENTRY, CONFIG_MAP, WORKER)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        pytest.param(LIST, "1 skipped, 3 quick, 0 exact", id="block style"),
        pytest.param(
            resource_list(SERVING, ENTRY, ANCHORED), "0 skipped, 2 quick, 1 exact", id="an anchor"
        ),
        pytest.param(
            resource_list(SERVING, ENTRY, WORKER.replace('"1"', r'"\x31"')),
            "0 skipped, 3 quick, 0 exact",
            id="an escape in what is read",
        ),
        pytest.param(
            resource_list(SERVING, ENTRY, CONFIG_MAP + 'x: "a\n  b"\n'),
            "1 skipped, 2 quick, 0 exact",
            id="a quoted scalar over two lines",
        ),
        pytest.param(LIST.replace("\n", "\r\n"), "1 skipped, 3 quick, 0 exact", id="CRLF"),
        pytest.param(LIST.replace("\n", "\r\n", 1), "1 skipped, 3 quick, 0 exact", id="mixed"),
        pytest.param(json.dumps(yaml.safe_load(LIST)), "1 skipped, 0 quick, 3 exact", id="JSON"),
        pytest.param(
            stream(SERVING, CONFIG_MAP, WORKER), "1 skipped, 2 quick, 0 exact", id="a stream"
        ),
        pytest.param(resource_list(), "0 skipped, 0 quick, 0 exact", id="no items"),
    ],
)
def test_the_way_by_which_items_are_read(
    program: Program, monkeypatch: pytest.MonkeyPatch, text: str, ways: str
) -> None:
    monkeypatch.setenv("MODELSERVING_LWS_DEBUG", "1")
    assert program(text).stderr.splitlines()[-1] == f"modelserving-lws: items: {ways}"
    monkeypatch.delenv("MODELSERVING_LWS_DEBUG")
    assert "items:" not in program(text).stderr
