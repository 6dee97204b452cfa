"""`--print-policy`."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from modelserving_lws.kthena.names import VARIABLE_OF
from modelserving_lws.lws.contract import CONTRACT
from tests.running import EXAMPLES, PROGRAM, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Program

POLICY = (ROOT / "fn" / "modelserving_lws/functions/expand/policy.yaml").read_bytes()


@pytest.fixture
def terminal() -> Iterator[int]:
    main, terminal = pty.openpty()
    yield terminal
    os.close(main)
    os.close(terminal)


def test_the_file_is_printed(program: Program) -> None:
    finished = program("", "--print-policy")
    assert (finished.bytes, finished.stderr, finished.code) == (POLICY, "", 0)


def test_stdin_is_not_read(environment: dict[str, str], terminal: int) -> None:
    process = subprocess.run(
        [PROGRAM, "--print-policy"], stdin=terminal, capture_output=True, check=True, timeout=10,
        env=environment,
    )  # fmt: skip
    assert process.stdout == POLICY


def test_output_that_can_not_be_written_is_an_error(environment: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 (a device)
        process = subprocess.run(
            [PROGRAM, "--print-policy"], stdout=full, stderr=subprocess.PIPE, check=False,
            env=environment,
        )  # fmt: skip
    assert process.returncode == 1
    assert process.stderr == b"modelserving-lws: stdout can't be written: No space left on device\n"


def test_it_is_a_policy_and_its_binding() -> None:
    policy, binding = yaml.safe_load_all(POLICY)
    for item, kind in (
        (policy, "MutatingAdmissionPolicy"),
        (binding, "MutatingAdmissionPolicyBinding"),
    ):
        assert item["apiVersion"] == "admissionregistration.k8s.io/v1"
        assert (item["kind"], item["metadata"]) == (kind, {"name": "modelserving-lws"})
    assert binding["spec"]["policyName"] == "modelserving-lws"


def test_it_writes_what_the_table_of_the_contract_says() -> None:
    for _, key, value in CONTRACT:
        assert f"'{key}'".encode() in POLICY
        if value in VARIABLE_OF:
            assert f"'{VARIABLE_OF[value]}'".encode() in POLICY


def test_no_text_is_folded() -> None:
    # kpt writes files anew, and what it makes of folded text with indented lines is another text.
    assert b": >" not in POLICY


def test_the_examples_have_it() -> None:
    kpt = EXAMPLES / "expand-lws-plugin-policy-kpt" / ".expected" / "diff.patch"
    _, *files = kpt.read_text().split("--- /dev/null\n")
    texts = ["".join(line[1:] + "\n" for line in file.splitlines()[2:]) for file in files]
    assert "---\n".join(texts).encode() == POLICY
    kustomize = EXAMPLES / "expand-lws-plugin-policy-kustomize" / ".expected" / "1.yaml"
    items = list(yaml.safe_load_all(kustomize.read_text()))
    assert all(item in items for item in yaml.safe_load_all(POLICY))
