"""A way at work, in a process of its own: ``python -m benches.engines.inside ASKED``.

``ASKED`` is a file of JSON, next to which the process writes its results: engines write to
standard output what they like.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benches.engines.family import MARK, Family, looking
from benches.engines.ways import all_ways
from benches.engines.work import HEAD, JOBS, Given, Opened, Way
from benches.processes import STARTED

T = TypeVar("T")

TIME = "time"
"""Does the job on the input, and again for some seconds: then the engine is warm."""

WATCH = "watch"
"""Does the job on the input, then asks for `HEAD` rows of the longer one, and does it on that."""


def found_beside(asked: Path) -> Path:
    """Where a process leaves what it found."""
    return asked.with_suffix(".found")


def main(asked: Path) -> None:
    """Does what a file asks for."""
    words = json.loads(asked.read_text(encoding="utf-8"))
    job = next(each for each in JOBS if each.name == words["job"])
    way = next(each for each in all_ways(job) if each.name == words["way"])
    inputs = []
    for number, each in enumerate(words["inputs"]):
        folder = Path(words["folder"], str(number))
        folder.mkdir()
        files = (tuple(each["fastq"]), tuple(each["parquet"]))
        inputs.append(Given(job, *files, str(folder), words["cores"]))
    family = Family(os.environ[MARK])
    if words["mode"] == TIME:
        found = _time(way, family, words["least"], *inputs)
    else:
        found = _watch(way, family, *inputs)
    found_beside(asked).write_text(json.dumps(found), encoding="utf-8")


def _time(way: Way, family: Family, least: float, given: Given) -> dict[str, Any]:
    with way.open(given) as opened:
        start = time.monotonic() - float(os.environ[STARTED])
        first, _, _ = _taken(opened.run, family)
        seconds = cpu = 0.0
        number = 0
        while not number or seconds < least:
            more, more_cpu, answer = _taken(opened.run, family)
            seconds, cpu, number = seconds + more, cpu + more_cpu, number + 1
        answer = _answer(opened, answer)
    return {
        "start": start,
        "first": first,
        "seconds": seconds / number,
        "cpu": cpu / number,
        "answer": answer,
    }


def _watch(way: Way, family: Family, once: Given, longer: Given) -> dict[str, Any]:
    found: dict[str, Any] = {"begun": time.monotonic(), "head": None, "head_bytes": None}
    with way.open(once) as opened:
        found["answer"] = _answer(opened, opened.run())
        found["once"] = time.monotonic()
    with way.open(longer) as opened:
        if opened.head is not None:
            opened.head()  # what is imported and compiled at first
            before = family.bytes_read()
            found["head"], _, rows = _taken(opened.head, family)
            after = family.bytes_read()
            if rows != HEAD:
                raise SystemExit(f"{rows} rows came where {HEAD} were asked for")
            if before is not None and after is not None:
                found["head_bytes"] = after - before
        found["seconds"], _, answer = _taken(opened.run, family)
        found["longer_answer"] = _answer(opened, answer)
        found["longer"] = time.monotonic()
    return found


def _taken(call: Callable[[], T], family: Family) -> tuple[float, float, T]:
    """Seconds and processor seconds of a call, and its result."""
    cpu, begun = family.cpu(), time.perf_counter()
    with looking(family):
        result = call()
    return time.perf_counter() - begun, family.cpu() - cpu, result


def _answer(opened: Opened, told: Any) -> Any:
    return opened.check() if opened.check is not None else told


if __name__ == "__main__":
    main(Path(sys.argv[1]))
