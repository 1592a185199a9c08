"""Channels under many threads and random failures: ``python -m tests.faults.channels --runs 1000``.

A run is a chain of stages with random bounds, in which anything may end, fail or be cut off at
any item. It must end, and what comes out must be the beginning of what went in, and all of it
where nothing failed. Where a run gets stuck, a watchdog dumps the stacks of all threads.
"""

# ruff: noqa: T201 - a program that prints what came of it
from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from biometal_stream.channel import Aborted, Channel
from biometal_stream.pipeline.flow import Flow, WorkerStage
from biometal_stream.pipeline.meter import Meter
from biometal_stream.run import LocalRun

STUCK = 120
"""Seconds after which a run counts as stuck; one takes milliseconds."""


class Failure(Exception):
    """A failure on purpose."""


@contextmanager
def watched() -> Iterator[None]:
    """Ends the process with all stacks where the body gets stuck, and shakes its threads."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    faulthandler.dump_traceback_later(STUCK, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        sys.setswitchinterval(interval)


def run_channel(random_: random.Random) -> None:
    """One sender, one receiver, and perhaps a third who aborts."""
    total = random_.randint(0, 60)
    channel: Channel[int] = Channel("test", random_.randint(1, 4), random_.randint(1, 40))
    sizes = [random_.randint(0, 20) for _ in range(total)]
    ends = random_.choice(["close", "error", "abort by sender", "abort by receiver", "by a third"])
    at = random_.randint(0, total)
    got: list[int] = []
    sent: list[int] = []
    outcome: list[str] = []

    def send() -> None:
        try:
            for number, size in enumerate(sizes):
                if ends == "abort by sender" and number == at:
                    channel.abort()
                if ends == "error" and number == at:
                    channel.close(Failure())
                    return
                channel.send(number, size)
                sent.append(number)
            channel.close()
        except Aborted:
            outcome.append("sender aborted")

    def receive() -> None:
        try:
            for number in channel:
                got.append(number)
                if ends == "abort by receiver" and len(got) == at:
                    channel.abort()
        except Aborted:
            outcome.append("receiver aborted")
        except Failure:
            outcome.append("failed")

    threads = [threading.Thread(target=work) for work in (send, receive)]
    if ends == "by a third":
        threads.append(threading.Thread(target=channel.abort))
    random_.shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == list(range(len(got))), "lost or repeated"
    if ends == "close":
        assert len(got) == total
        assert outcome == []
    if ends == "error" and at < total:
        assert len(got) == len(sent) == at
        assert outcome == ["failed"]
    statistics = channel.statistics()
    # An item that an abort drops just as it is taken is not counted.
    assert len(got) - statistics.items in ({0, 1} if channel.aborted else {0})
    assert statistics.most_items <= statistics.capacity


def run_flow(random_: random.Random) -> None:
    """Stages of workers with serial threads between them, as in a run."""
    total = random_.randint(0, 40)
    stages = random_.randint(1, 4)
    workers = random_.randint(1, 8)
    fault = random_.choice([None, "source", "work", "serial", "early end", "left", "left and kept"])
    stage_at, at = random_.randrange(stages), random_.randint(0, total)
    capacities = [(random_.randint(1, 4), random_.randint(1, 12)) for _ in range(stages)]

    def feed() -> Iterator[int]:
        for number in range(total):
            if fault == "source" and number == at:
                raise Failure
            yield number

    def work_of(stage: int) -> object:
        def work(number: int) -> int:
            if fault == "work" and (stage, number) == (stage_at, at):
                raise Failure
            return number

        return work

    def between(stage: int, before: WorkerStage[int, int], meter: Meter) -> Iterator[int]:
        for number in before.results(meter):
            if stage == stage_at and number == at:
                if fault == "serial":
                    raise Failure
                if fault == "early end":
                    return
            yield number

    got: list[int] = []
    failed = False
    interrupted: list[None] = []
    with LocalRun(workers) as run, Flow(lambda: interrupted.append(None)) as flow:
        last: WorkerStage[int, int] | None = None
        for number, (capacity, capacity_bytes) in enumerate(capacities):
            meter = Meter(f"stage {number}", "serial", 1)
            stage = WorkerStage(
                f"stage {number}",
                work_of(number),  # type: ignore[arg-type]
                lambda item: item % 5,
                run.executor,
                capacity,
                capacity_bytes,
            )
            if last is None:
                flow.add(feed, stage, meter)
            else:
                flow.add(
                    lambda number=number, last=last, meter=meter: between(number, last, meter),
                    stage,
                    meter,
                )
            last = stage
        assert last is not None
        try:
            for item in last.results(Meter("consumer", "sink", 1)):
                got.append(item)
                if fault in {"left", "left and kept"} and len(got) == at:
                    break
        except Failure:
            failed = True
    assert interrupted, "the input was not told"
    assert got == list(range(len(got))), "lost or repeated"
    # The first stage has no serial thread before it: its own faults are "source" and "work".
    happens = at < total and (fault in {"source", "work"} or stage_at > 0)
    if fault in {"source", "work", "serial"} and happens:
        assert failed
        assert len(got) <= at
    elif (fault == "early end" and happens) or (
        fault in {"left", "left and kept"} and 0 < at <= total
    ):
        assert len(got) == at
    else:
        assert len(got) == total
    assert not any(thread.name.startswith("biometal") for thread in threading.enumerate())


def stress(runs: int, seed: int) -> None:
    """Does half of the runs with a channel alone, and half with whole flows.

    Raises:
        AssertionError: A run went wrong; its number is told.
    """
    with watched():
        for run in range(runs):
            random_ = random.Random(f"{seed} {run}")
            faulthandler.dump_traceback_later(STUCK, exit=True)
            try:
                (run_channel if run % 2 else run_flow)(random_)
            except AssertionError as error:
                error.add_note(f"run {run} of seed {seed}")
                raise


def main() -> int:
    """Runs as often as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    stress(options.runs, options.seed)
    print(f"{options.runs} runs, none stuck, nothing lost or repeated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
