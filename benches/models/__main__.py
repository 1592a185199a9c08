"""The bench of models: ``python -m benches.models`` in the folder of the clone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches import markdown, run
from benches.models import calls, experiment, networks, reads, sheets, stream
from benches.models.predictors import PRECISIONS, Opened, encode, opened
from benches.processes import FailedError
from benches.run import Bench, tell
from benches.tasks import INFLATE_GZIP, Prediction, Task
from benches.tools.bare import Bare
from benches.tools.biometal import Biometal
from biometal_stream.errors import MissingExtraError, ModelError
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from biometal_stream.run import available_cores

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from benches.tools.base import Tool
    from biometal_stream.models.predictor import Predictor

_ABOUT = __doc__
_MODEL = "quality"
_ROUNDS = 5  # of calls, for each round of the jobs: they are short
_WITHOUT = Task("gzip", "Parquet")
"""The job that a model is added to."""


class ModelBench(Bench):
    """One run of the bench of models; what it is given is as for `Bench`."""

    program = "python -m benches.models"
    about = _ABOUT
    default_reads = 1_000_000
    parts = "'job: ...', 'memory: ...', 'model: table', 'model: calls', 'model: stream'"

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        """Adds what to predict with."""
        add = parser.add_argument
        add("--model", default=_MODEL, help=f"a shipped model, or the folder of one ({_MODEL})")

    @staticmethod
    def keep(asked: argparse.Namespace, results: dict[str, Any]) -> None:
        """Writes the tables to their files."""
        if asked.markdown:
            own = sheets.markdown(sheets.all_sheets(results))
            asked.markdown.write_text(f"{markdown.markdown(results)}\n{own}", encoding="utf-8")

    def measure(self) -> dict[str, Any]:
        """Measures what was asked for, prints it, and returns it as plain values.

        Raises:
            FailedError: The model cannot be used, or a run of biometal_stream failed.
        """
        try:
            results = super().measure()
        except (ModelError, MissingExtraError) as error:
            raise FailedError(str(error)) from error
        results["goals"] = sheets.find_goals(results)
        sheets.print_sheets(self._out, sheets.all_sheets(results))
        return results

    def _tools(self) -> list[Tool]:
        return [Bare(), Biometal()]

    def _tasks(self) -> list[Task]:
        model = _placed(self._asked.model)
        predicting = [
            Task(_WITHOUT.form, _WITHOUT.output, prediction=Prediction(model, precision))
            for precision in find_model(model).files
            if precision in PRECISIONS
        ]
        return [INFLATE_GZIP, _WITHOUT, *predicting]

    def _memory_tasks(self) -> tuple[Task, ...]:
        return tuple(self._tasks()[1:])

    def _rest(self) -> dict[str, Any]:
        return self._memory() | self._models()

    def _models(self) -> dict[str, Any]:
        """What is measured in this process."""
        found: dict[str, Any] = {}
        cores, rounds = available_cores(), self._asked.repeats
        model = _placed(self._asked.model)
        path = self._reads.paths("gzip")[0]
        with opened(model) as models:
            if self._wanted("model: table"):
                batches = {reads.SYNTHETIC: reads.synthetic_reads(max(experiment.SIZES))}
                real = reads.real_reads(path, max(experiment.SIZES))
                if real is not None:
                    batches[reads.REAL] = real
                timed = experiment.measure_experiment(models, batches, _ROUNDS * rounds, tell)
                agreed = experiment.measure_agreement(models, batches)
                found["experiment"] = [asdict(each) for each in timed]
                found["agreement"] = [asdict(each) for each in agreed]
            if self._wanted("model: calls"):
                found["calls"] = self._calls(models, cores, rounds)
            if self._wanted("model: stream"):
                found["stream"] = self._stream(models, cores, rounds)
        tell("")
        return found

    def _calls(self, models: dict[str, Opened], cores: int, rounds: int) -> list[dict[str, Any]]:
        encoding = next(iter(models.values())).card.encoding
        encoded = encode(reads.synthetic_reads(max(calls.BATCHES)), encoding)
        folder = networks.write_nothing(self._scratch / "nothing", encoding)
        with _predictor(folder) as nothing:
            timed = calls.measure_calls(models, nothing, encoded, cores, _ROUNDS * rounds, tell)
        return [asdict(each) for each in timed]

    def _stream(self, models: dict[str, Opened], cores: int, rounds: int) -> list[dict[str, Any]]:
        batch = reads.synthetic_reads(stream.BATCH)
        path = self._reads.paths("plain")[0]
        found = []
        with opened(str(networks.write_cnn(self._scratch / "cnn"))) as heavier:
            for each in (*models.values(), *heavier.values()):
                encoded = encode(batch, each.card.encoding)
                found += stream.measure_stream(each, encoded, batch, path, cores, rounds, tell)
        return [asdict(each) for each in found]


@contextmanager
def _predictor(folder: Path) -> Iterator[Predictor]:
    with closing(open_predictor(find_model(str(folder)), provider="cpu")) as predictor:
        yield predictor


def _placed(model: str) -> str:
    """A folder by its whole path, since jobs run in other folders; a name as it is."""
    return str(Path(model).absolute()) if Path(model).exists() else model


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench; status and errors are as for `benches.run.main`."""
    return run.main(words, ModelBench)


if __name__ == "__main__":
    sys.exit(main())
