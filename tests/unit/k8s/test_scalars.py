"""Plain scalars, as sigs.k8s.io/yaml reads them: what is no string there is no value for a string,
and booleans of settings are what they are to kubectl.
"""

from __future__ import annotations

import pytest

from modelserving_lws.config.function_config import to_data
from modelserving_lws.k8s.fields import check_string
from modelserving_lws.results.errors import ItemError
from modelserving_lws.yamltext.read import read

TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
# What `YAMLToJSON` of sigs.k8s.io/yaml 1.6.0 gives as a number, or not at all.
NUMBERS = (
    *("0", "010", "0o10", "08", "1_000", "0x1F", "0b11", "+1", "-1", "+0x1F", "0_", "1__0"),
    *("1.", ".5", "+.5", "1e3", "1E+3", "1_0.5", "1_e3", ".inf", "-.Inf", ".NaN"),
)
STRINGS = (
    *("yEs", "oN", "tRUE", "nULL", "1:30", "2020-01-01", "=", "1e", "0x", "_1", "yeah", "none"),
    *("'y'", '"off"', "!!str on", "|-\n  yes"),
)


def accepted(text: str) -> bool:
    (node,) = read(text + "\n")
    try:
        check_string(node, "spec")
    except ItemError:
        return False
    return True


@pytest.mark.parametrize("text", STRINGS)
def test_a_string_is_a_string(text: str) -> None:
    assert accepted(text)


@pytest.mark.parametrize("text", [*TRUE, *FALSE, *NUMBERS, "~", "null"])
def test_what_kubectl_reads_otherwise_is_none(text: str) -> None:
    assert not accepted(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in TRUE),
        *((text, False) for text in FALSE),
        *(("yEs", "yEs"), ("oN", "oN"), ("tRUE", "tRUE"), ("'y'", "y")),
    ],
)
def test_booleans_are_those_of_kubectl(text: str, value: object) -> None:
    (node,) = read(text + "\n")
    assert to_data(node) == value
    assert type(to_data(node)) is type(value)
