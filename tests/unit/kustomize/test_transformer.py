"""The transformer that expands a build."""

from __future__ import annotations

import pytest
import yaml

from modelserving_lws.kustomize.sources import Sources, Texts
from modelserving_lws.kustomize.transformer import TRANSFORMER, add_transformer
from modelserving_lws.kustomize.trees import Trees
from modelserving_lws.results.errors import EditError

PATH = "a/kustomization.yaml"
INLINE = "- |\n" + "".join(f"  {line}\n" for line in TRANSFORMER.splitlines())


def added(text: str, **files: str) -> str:
    """The kustomization with the transformer."""
    texts = Texts({PATH: text, **{f"a/{name}.yaml": it for name, it in files.items()}})
    sources = Sources(texts)
    is_added = add_transformer(Trees(sources).all[PATH], sources, TRANSFORMER)
    document = texts.edited.get(PATH)
    assert is_added == (document is not None)
    return text if document is None else document.output.decode()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("resources: [a]\n", f"resources: [a]\ntransformers:\n{INLINE}"),
        ("resources: [a] # c", f"resources: [a] # c\ntransformers:\n{INLINE}"),
        (
            "transformers:\n  - |-\n    kind: A\n# end\nresources: []\n",
            "transformers:\n  - |-\n    kind: A\n"
            + "".join(f"  {line}\n" for line in INLINE.splitlines())
            + "# end\nresources: []\n",
        ),
    ],
)
def test_it_is_text_in_the_kustomization(text: str, after: str) -> None:
    assert added(text) == after


@pytest.mark.parametrize("text", ["{resources: [a]}\n", "transformers: []\nx: 1\n", '{"a": 1}\n'])
def test_it_is_added_in_flow_style(text: str) -> None:
    assert yaml.safe_load(added(text)) == yaml.safe_load(text) | {"transformers": [TRANSFORMER]}


def test_it_must_be_the_last_one() -> None:
    """Kustomize runs those in files behind it."""
    with pytest.raises(EditError) as error:
        added("transformers:\n- other.yaml\n", other="kind: Other\n")
    assert error.value.id == "transformer-not-last"


def test_one_is_enough() -> None:
    once = added("resources: [a]\n")
    assert added(once) == once
    text = "transformers: [mine.yaml]\n"
    assert added(text, mine=TRANSFORMER) == text
