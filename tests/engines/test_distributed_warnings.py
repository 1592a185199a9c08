"""Warnings of the tasks of a run in parts."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from biometal_stream.errors import (
    InputWarning,
    ModelWarning,
)
from tests.engines.stand_ins import (
    InProcess,
    Warn,
    read_files,
)


def test_warnings_of_workers_are_shown_once(lanes: list[str], tmp_path: Path) -> None:
    old = tmp_path / "old.fq"
    old.write_bytes(b"@r\nACGT\n+\nhhhh\n" * 500)
    new = tmp_path / "new.fq"
    new.write_bytes(b"@s\nACGT\n+\n#III\n" * 500)
    pipeline = read_files([str(old), str(new)]) | Warn("runs elsewhere")
    with warnings.catch_warnings(record=True) as local:
        warnings.simplefilter("always")
        expected = pipeline.write_parquet(tmp_path / "local")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert sorted(str(each.message) for each in found) == sorted(
        str(each.message) for each in local
    )
    assert {each.category for each in found} == {InputWarning, ModelWarning}
    assert {each.filename for each in found} == {__file__}
    assert report.warnings == expected.warnings
    assert len(report.warnings) == 1


def test_a_warning_that_is_made_an_error_ends_the_run(lanes: list[str], tmp_path: Path) -> None:
    with pytest.raises(ModelWarning):
        (read_files(lanes) | Warn("is slow")).write_parquet(tmp_path / "reads", engine=InProcess())
    assert not (tmp_path / "reads").exists()


def test_other_warnings_go_their_usual_way(lanes: list[str], tmp_path: Path) -> None:
    def warn(_task: Any) -> None:
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    with pytest.warns(DeprecationWarning, match="old"):
        read_files(lanes[:1]).write_parquet(tmp_path / "reads", engine=InProcess(before=warn))
