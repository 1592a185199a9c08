"""The README's first command; `test_guides.py` runs its other blocks, one after the other.

The two lines that install are run by `test_packaging.py` and by CI.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.pages import Page

README = Page(REPOSITORY / "README.md")


def test_it_says_what_this_is_and_then_gives_two_commands() -> None:
    first, second, *_ = README.blocks
    assert first.text == "pip install . && biometal-stream demo\n"
    assert second.text == "pip install '.[test]' && pytest\n"
    title, blank, *words = README.text[: README.text.index("Install it")].splitlines()
    assert (title, blank) == ("# biometal_stream", "")
    assert len(" ".join(words)) < 300


def test_the_demo_of_the_first_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    done = subprocess.run(
        ["biometal-stream", "demo"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert (tmp_path / "biometal-stream-demo.parquet").exists()
    assert (tmp_path / "biometal-stream-demo.html").exists()
    assert "DuckDB" in done.stdout
