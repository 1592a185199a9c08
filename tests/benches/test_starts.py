"""How long commands take to start: what is started, and in which state."""

from dataclasses import replace

import pytest

from benches import inputs, starts
from benches.processes import Usage

FEW = inputs.Input("", 1, 10, 10, 10, 10, 10, 0, {"gzip": 1}, {}, "/in")


@pytest.fixture
def events(monkeypatch, tmp_path):
    """Pretends to run commands and to empty the page cache; records both."""
    seen = []
    drop = tmp_path / "drop_caches"
    drop.touch()
    monkeypatch.setattr(starts, "_DROP", drop)
    monkeypatch.setattr(starts.os, "sync", lambda: seen.append("drop"))

    def pretend(command) -> Usage:
        seen.append(command.words[-1])
        return Usage(1.0 + len(seen), 0.5, 0.0, 1, "")

    monkeypatch.setattr(starts.processes, "run", pretend)
    return seen


def measure(tmp_path, *, cold: bool) -> dict[tuple[str, str], float | None]:
    few = replace(FEW, folder=str(tmp_path))
    found = starts.measure_starts(few, 2, tmp_path, lambda _: None, cold=cold)
    return {(each.name, each.state): each.best for each in found}


def test_the_page_cache_is_left_alone_unless_asked(events, tmp_path) -> None:
    found = measure(tmp_path, cold=False)
    assert "drop" not in events
    assert len(events) == 3 * 4  # one of three does not count
    assert found["a run", "warm"] is not None
    assert found["a run", "cold"] is None
    assert starts._DROP.read_text() == ""


def test_a_cold_start_is_one_with_an_empty_page_cache(events, tmp_path) -> None:
    found = measure(tmp_path, cold=True)
    assert [*events[12:]][::2] == ["drop", "drop"]
    assert events[13] == "--help"
    assert found["biometal-stream --help", "cold"] == 1.0 + 14
    assert starts._DROP.read_text() == "3\n"


def test_what_forbids_it_is_no_error(events, tmp_path, monkeypatch) -> None:
    class Forbidden(type(starts._DROP)):  # type: ignore[misc]
        def write_text(self, *_: object) -> int:
            raise OSError("Read-only file system")

    monkeypatch.setattr(starts, "_DROP", Forbidden(starts._DROP))
    assert measure(tmp_path, cold=True)["a run", "cold"] is None
    assert events
