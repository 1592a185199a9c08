"""What a run lends: threads, a bound on memory, warnings, counters."""

import warnings

import pytest

from biometal_stream.errors import ConfigurationError, InputWarning
from biometal_stream.run import LEAST_MEMORY, LocalRun, available_cores, default_memory
from tests.stand_ins import own_threads


def test_the_defaults() -> None:
    with LocalRun() as run:
        assert run.workers == available_cores() >= 1
        assert run.memory == default_memory(run.workers) > LEAST_MEMORY
        assert run.executor.submit(sum, [1, 2]).result() == 3
    assert own_threads() == []


def test_numbers_out_of_range() -> None:
    with pytest.raises(ConfigurationError, match="at least 1 thread: 0"):
        LocalRun(workers=0)
    with pytest.raises(ConfigurationError, match="at least 16 MiB: 1,000 bytes"):
        LocalRun(memory=1000)


def test_a_warning_is_shown_once() -> None:
    with LocalRun(workers=1) as run:
        run.warn("first")
        run.warn("first")
        with pytest.warns(InputWarning, match="first") as shown:
            run.show_warnings()
        assert len(shown) == 1
        run.warn("second")
        with warnings.catch_warnings(record=True) as shown_later:
            warnings.simplefilter("always")
            run.show_warnings()
            run.show_warnings()
        assert [str(warning.message) for warning in shown_later] == ["second"]
        assert run.warnings == ("first", "second")


def test_counters_add_up() -> None:
    with LocalRun(workers=2) as run:
        jobs = [run.executor.submit(run.count, "bad records", 2) for _ in range(50)]
        for job in jobs:
            job.result()
        assert run.counts == {"bad records": 100}
