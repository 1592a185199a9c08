"""Signals at random moments of the command line: ``python -m tests.faults.signals --runs 300``.

A moment is an instruction of the main thread, drawn from all that the package has, or the time
just before or just after a call of the system, from any thread.
"""

# ruff: noqa: T201 - a program that prints what came of it
from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.jobs import JOBS, OLD, TOGETHER, contents, make_inputs, prepare, verdict
from tests.faults.nursery import Ended, Nursery

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
FAULTS = ("signal_at_instruction", "signal_at_call")


class Signals:
    """Runs jobs under signals, and judges what they leave.

    Args:
        nursery: Whose children the jobs are.
        folder: Where inputs and targets go.
        names: The jobs, by default all.
    """

    def __init__(self, nursery: Nursery, folder: Path, names: list[str] | None = None) -> None:
        self._names = names or list(JOBS)
        self._nursery = nursery
        self._folder = folder
        self._whole: dict[str, dict[str, bytes]] = {}
        self._moments: dict[tuple[str, str], int] = {}
        self.outcomes: Counter[str] = Counter()
        make_inputs(folder)

    def _run(self, name: str, *faults: tuple[object, ...]) -> Ended:
        folder = self._folder / "run"
        shutil.rmtree(folder, ignore_errors=True)
        return self._nursery.run(JOBS[name].words, prepare(JOBS[name], folder), *faults)

    def moments(self, name: str, fault: str) -> int:
        """How many moments a job has; they are counted once."""
        if (name, fault) not in self._moments:
            rest = (True,) if fault == "signal_at_call" else ()
            ended = self._run(name, (fault, int(signal.SIGINT), 0, *rest))
            self._whole[name] = ended.found
            self._moments[name, fault] = int(ended.note)
        return self._moments[name, fault]

    def at_random(self, number: signal.Signals, random_: random.Random) -> str | None:
        """Sends a signal at a random moment of a random job; tells what is wrong, if anything."""
        name, fault = random_.choice(self._names), random_.choice(FAULTS)
        moment = random_.randint(1, self.moments(name, fault))
        rest = (random_.random() < 0.5,) if fault == "signal_at_call" else ()
        ended = self._run(name, (fault, int(number), moment, *rest))
        wrong = self._wrong(name, number, ended)
        end = "ended well" if ended.status == 0 else "ended by it"
        fresh = "old" if self._is_old(name) else "new"
        self.outcomes[f"{number.name}: {end}, target {fresh}"] += 1
        if wrong is None:
            return None
        return f"{number.name} at {fault} {moment} ({ended.note}) of {name}: {wrong}"

    def _is_old(self, name: str) -> bool:
        folder = self._folder / "run"
        found = contents(folder)
        if JOBS[name].folder is not None:
            return not found
        return all(found.get(file) in {None, OLD} for file in JOBS[name].files)

    def _wrong(self, name: str, number: signal.Signals, ended: Ended) -> str | None:
        said = [line for line in ended.lines if ": warning: " not in line]
        found = ended.found
        if number == signal.SIGKILL:
            # What nobody can clean away has a hidden name that is never looked at.
            found = {path: data for path, data in found.items() if not _is_leftover(path)}
            if name in TOGETHER:  # each is whole; a death between two renames parts them
                whole = self._whole[name]
                halves = [
                    file for file in JOBS[name].files if found.get(file) not in {OLD, whole[file]}
                ]
                wrong = f"neither old nor whole: {halves}" if halves else None
            else:
                wrong = verdict(name, found, self._whole[name])
            ends = {-number: [[]], 0: [[]]}
        else:
            wrong = verdict(name, found, self._whole[name])
            # Before the program has asked for it, and when it is done, a signal just ends it.
            ends = {128 + number: [["biometal-stream: interrupted"]], 0: [[]], -number: [[]]}
        if wrong is None and (ended.status not in ends or said not in ends[ended.status]):
            wrong = f"status {ended.status}: {said[-5:]}"
        if wrong is None and ended.status == 0 and self._is_old(name):
            wrong = "status 0, and the target is old"
        return wrong


def _is_leftover(path: str) -> bool:
    first = path.split("/", maxsplit=1)[0]
    return first.startswith(".") and first.endswith((".partial", ".previous", ".lock"))


def main() -> int:
    """Runs each signal a number of times; the exit status is 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="of each signal")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    wrong = []
    with tempfile.TemporaryDirectory() as folder, Nursery() as nursery:
        signals = Signals(nursery, Path(folder))
        for run in range(options.runs):
            for number in NUMBERS:
                found = signals.at_random(number, random_)
                if found is not None:
                    wrong.append(found)
                    print(f"run {run}: {found}", flush=True)
    for outcome, count in sorted(signals.outcomes.items()):
        print(f"{count:6} {outcome}")
    print(f"{3 * options.runs} signals, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
