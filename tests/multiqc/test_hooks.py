"""The hook that MultiQC calls when it starts, and the entry points."""

import sys
import tomllib
from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest

from biometal_stream.multiqc.hooks import NAME, add_search_pattern
from biometal_stream.reports.document.document import Document
from tests.conftest import REPOSITORY


@pytest.fixture
def patterns(monkeypatch):
    """The search patterns of a MultiQC that is not there."""
    found = {}
    multiqc = ModuleType("multiqc")
    multiqc.config = SimpleNamespace(sp=found, update_dict=dict.update)
    monkeypatch.setitem(sys.modules, "multiqc", multiqc)
    return found


def test_the_pattern_is_in_the_first_lines_of_our_json(patterns):
    add_search_pattern()
    pattern = patterns[NAME]
    lines = Document("s", "", "1", 0, 0).to_json().split("\n")
    assert any(pattern["contents"] in line for line in lines[: pattern["num_lines"]])


def test_the_pattern_of_the_user_stays(patterns):
    patterns[NAME] = {"fn": "*.qc"}
    add_search_pattern()
    assert patterns[NAME] == {"fn": "*.qc"}


def test_entry_points_name_what_is_there():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    points = settings["project"]["entry-points"]
    hook, _, function = points["multiqc.hooks.v1"]["execution_start"].partition(":")
    assert getattr(import_module(hook), function) is add_search_pattern
    module, _, name = points["multiqc.modules.v1"][NAME].partition(":")
    source = (REPOSITORY / f"{module.replace('.', '/')}.py").read_text()
    assert f"class {name}(" in source
