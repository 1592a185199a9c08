"""The prediction of run times by cores: what bounds a run, and a run of the bench itself."""

import json

import pytest

from benches import scaling
from benches.scaling import Costs, Scaling, as_markdown, marginal

EACH = {"cpu": 2.0, "lock_held": 0.1, "page_faults": 9_999.0, "read": 0.3, "write": 0.05}


@pytest.mark.parametrize(
    ("each", "cores", "seconds", "by"),
    [
        ({}, 1, 0.5 + 8.0, "cores"),
        ({}, 4, 0.5 + 2.0, "cores"),
        ({}, 16, 0.5 + 1.2, "read"),
        ({"lock_held": 0.4}, 16, 0.5 + 1.6, "lock"),
        ({"lock_held": None}, 64, 0.5 + 1.2, "read"),
        ({"write": None}, 64, 0.5 + 1.2, "read"),
    ],
)
def test_the_tightest_bound_predicts(each, cores, seconds, by) -> None:
    costs = Costs(0.5, 4_000_000, {**EACH, **each})
    assert costs.bound(cores) == (pytest.approx(seconds), by)


def test_a_start_is_not_counted_for_each_read() -> None:
    few = {"reads_in": 1_000, "per_million_reads": {"cpu": 500.0, "lock_held": None, "write": 9.0}}
    whole = {"cpu": 2.5, "lock_held": 0.1, "write": 0.001}
    report = {"reads_in": 1_001_000, "per_million_reads": whole}
    found = marginal(few, report)
    assert found == {"cpu": pytest.approx(2.0025), "lock_held": 0.1, "write": 0.0}


def test_the_tables() -> None:
    costs = Costs(0.5, 4_000_000, EACH)
    text = as_markdown([Scaling("gzip → Parquet", costs, {1: 8.6, 2: 4.5})])
    assert "| gzip → Parquet | 2.000 | 0.100 | 9,999 | 0.300 | 0.050 |" in text
    assert "| seconds | 1 threads | 2 threads | 1 cores, predicted |" in text
    assert "| 8.60 | 4.50 | 8.50 (cores) | 2.50 (cores) | 1.70 (read) | 1.70 (read) |" in text


def test_a_run_of_the_bench(tmp_path, monkeypatch, capsys, source) -> None:
    monkeypatch.setattr(scaling, "TASKS", scaling.TASKS[:1])
    monkeypatch.setattr(scaling, "available_cores", lambda: 1)
    figures = tmp_path / "figures.json"
    options = ["--reads", "3000", "--repeats", "1", "--source", str(source)]
    scaling.main([*options, "--data", str(tmp_path), "--json", str(figures)])
    assert "gzip → filter (length, N) → Parquet zstd-1" in capsys.readouterr().out
    (found,) = json.loads(figures.read_text())["scaling"]
    assert found["costs"]["reads"] == 3000
    assert {"cpu", "page_faults", "read", "write"} <= found["costs"]["each"].keys()
    assert list(found["seconds"]) == ["1"]
