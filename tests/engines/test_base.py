"""Choosing an engine, and what is wrong with it before anything runs."""

from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Callable
from importlib import metadata

import pytest

from biometal_stream.engines import Engine, RayEngine, SparkEngine, engine_for
from biometal_stream.engines.base import advice, call_packed, pack
from biometal_stream.engines.spark import _line
from biometal_stream.errors import ConfigurationError, MissingExtraError
from tests.engines.stand_ins import InProcess


def test_an_engine_is_chosen_by_its_name() -> None:
    assert engine_for("ray", threads=3) == RayEngine(cpus_per_task=3)
    assert engine_for("spark", threads=3) == SparkEngine()
    own = InProcess()
    assert engine_for(own) is own
    assert isinstance(own, Engine)


@pytest.mark.parametrize(
    "make",
    [
        lambda: engine_for("dask"),
        lambda: engine_for(object()),  # type: ignore[arg-type]
        lambda: RayEngine(cpus_per_task=0),
        lambda: RayEngine(at_once=0),
        lambda: RayEngine(retries=-1),
        lambda: SparkEngine(retries=-1),
    ],
)
def test_settings_that_cannot_work(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError):
        make()


@pytest.mark.parametrize(("engine", "module"), [("ray", "ray"), ("spark", "pyspark.sql")])
def test_an_engine_that_is_not_installed(
    engine: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'biometal-stream\[{engine}\]'"):
        list(engine_for(engine).map(len, [""]))


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("spark", "pyspark.sql")])
def test_an_engine_that_is_too_old(
    engine: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, object())  # type: ignore[arg-type]
    monkeypatch.setattr(metadata, "version", lambda _name: "1.9")
    advice = rf"pip install 'biometal-stream\[{engine}\]' '{package.partition('.')[0]}>=\d"
    with pytest.raises(MissingExtraError, match=rf"or later, but 1\.9 is installed; {advice}"):
        list(engine_for(engine).map(len, [""]))


def test_a_call_is_packed() -> None:
    assert pickle.loads(call_packed(pack(pickle, len, "four"))) == 4
    with pytest.raises(ConfigurationError, match=r"cannot be sent .* in their open\(\)"):
        pack(pickle, len, threading.Lock())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No module named 'biometal_stream'", "; install biometal-stream for the Python"),
        ("No module named 'mine'", "; install it for the Python"),
        ("another", ""),
    ],
)
def test_advice(text: str, expected: str) -> None:
    assert advice(text).startswith(expected)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            (
                "An exception was thrown from the Python worker:\n"
                "Traceback (most recent call last):\n"
                '  File "a.py", line 1, in f\n    1 / 0\nZeroDivisionError: division by zero\n'
            ),
            "ZeroDivisionError: division by zero",
        ),
        (
            (
                "An error occurred while calling o84.collectToPython.\n"
                ": org.apache.spark.SparkException: Job aborted: Task 1 failed\n"
                "\tat org.apache.spark.api.python.BasePythonRunner(PythonRunner.scala)\n"
            ),
            "Job aborted: Task 1 failed",
        ),
        ("", "RuntimeError"),
    ],
)
def test_the_line_that_names_what_went_wrong(error: str, line: str) -> None:
    assert _line(RuntimeError(error)) == line
