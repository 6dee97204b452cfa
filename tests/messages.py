"""The program's messages, built from its table, so that no test repeats their text."""

from __future__ import annotations

from modelserving_lws.results.messages import MESSAGES

# How results name the ModelServing of `tests/manifests.py`.
MODELSERVING = "workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat"


def text_of(name: str, /, **values: object) -> str:
    """The text of a message with these values in it."""
    return MESSAGES[name][1].format(**values)


def line_of(name: str, at: str = "", /, **values: object) -> str:
    """The whole line of a result, without its line break: `[error] v1/Pod/a spec: must be there`.
    `at` is the object and its field, `v1/Pod/a spec`; it may be empty.
    """
    start = f"[{MESSAGES[name][0]}] "
    return start + (f"{at}: " if at else "") + text_of(name, **values)
