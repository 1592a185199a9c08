"""The page on models names what a card may hold, with its default, and what is needed."""

import dataclasses
import json
import re
import shutil
from typing import get_args

import pytest

from biometal_stream.models import card as module
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import find_model
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "models.md").read_text()
CARD = PAGE.partition("## The card\n")[2].partition("\n## ")[0]


def tables():
    """The tables of keys: that of the card, and that of its encoding."""
    first, second = re.split(r"^The keys of `encoding`:$", CARD, flags=re.MULTILINE)
    return first, second


@pytest.mark.parametrize(("number", "kind"), [(0, Card), (1, Encoding)])
def test_each_key_is_there_with_its_default(number, kind):
    lines = re.findall(r"^\| `(\w+)` \| (.+) \|$", tables()[number], re.MULTILINE)
    told = {key: [cell.strip() for cell in rest.split("|")] for key, rest in lines}
    fields = {field.name: field for field in dataclasses.fields(kind)}
    known = (["format"] if kind is Card else []) + list(fields)
    assert [key for key in told if key in known] == known
    for key, field in fields.items():
        _, needed, default, _ = told[key][:4]
        missing = field.default is dataclasses.MISSING
        if missing and field.default_factory is dataclasses.MISSING:
            assert (needed, default) == ("**yes**", "")
            continue
        assert needed != "**yes**"
        value = field.default_factory() if missing else field.default
        if key == "threshold":
            assert float(default) == 0.5
        elif value is None:
            assert default == ""
        else:
            shown = value if isinstance(value, str) and value else json.dumps(value)
            assert shown in default
    if kind is Card:
        assert told["format"][1:3] == ["no", f"`{module.CARD_FORMAT}`"]


def test_each_choice_is_there():
    for choices in (module.Output, module.WindowRule, module.Pooling):
        for choice in get_args(choices):
            assert f"`{choice}`" in CARD or f'"{choice}"' in CARD
    assert f"{module.MOST_LABELS:,}" in CARD
    assert f"At most {module._MOST_FILES}" in CARD


def test_the_example_is_a_card_with_no_more_than_is_needed(tmp_path, models):
    text = re.search(r"```json\n(.*?)```", CARD, re.DOTALL)[1]
    shutil.copy(models / "bare.onnx", tmp_path / "theirs.onnx")
    (tmp_path / "theirs.json").write_text(text)
    assert find_model(tmp_path / "theirs.onnx").card.labels == ("FAIL", "PASS")
    values = json.loads(text)
    needed = {
        each.name for each in dataclasses.fields(Card) if each.default is dataclasses.MISSING
    } - {"files", "training", "metrics"}
    assert set(values) == needed | {"format", "labels"}
