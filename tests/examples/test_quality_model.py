"""The demonstration of a model, run as a newcomer does, in another folder."""

import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

EXAMPLE = REPOSITORY / "examples" / "quality_model.py"


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLE],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list(folder.iterdir()) == []
    return done.stdout.splitlines()


def test_what_there_is(lines) -> None:
    assert lines[0].startswith("Models run here on: ")
    assert "cpu" in lines[0]
    assert any(line.startswith("The model 'quality', version ") for line in lines)


def test_three_reads(lines) -> None:
    at = next(place for place, line in enumerate(lines) if line.startswith("read "))
    found = [line.split() for line in lines[at + 1 : at + 4]]
    means = [float(mean) for _, mean, _, _ in found]
    assert means == sorted(means, reverse=True)
    assert found[0][2] == "PASS"
    assert found[2][2] == "FAIL"
    assert all(0.5 <= float(probability) <= 1 for *_, probability in found)


def test_the_batch_and_the_rule(lines) -> None:
    (batch,) = (line for line in lines if line.startswith("A batch of 2,000 reads: "))
    (same,) = (line for line in lines if line.startswith("The rule '"))
    numbers = [int(word.replace(",", "")) for word in batch.split() if word[0].isdigit()]
    assert numbers[0] == numbers[1] + numbers[2] == 2_000
    assert 1_990 <= int(same.split()[-1].replace(",", "")) <= 2_000


def test_rates(lines) -> None:
    at = lines.index("Reads a second")
    rates = [int(line.split()[-1].replace(",", "")) for line in lines[at + 1 : at + 5]]
    assert all(rate > 0 for rate in rates)


def test_it_is_short_and_listed() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 120
    assert EXAMPLE.name in (EXAMPLE.parent / "README.md").read_text()
