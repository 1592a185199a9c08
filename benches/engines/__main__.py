"""The bench of engines: ``python -m benches.engines`` in the folder of the clone."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import biometal_stream as bs
from benches import run, table
from benches.engines import figures, rounds, sheets
from benches.engines.rounds import Reads, name_of
from benches.engines.ways import all_ways
from benches.engines.work import JOBS, Job, Way
from benches.jobs import LeftOut
from benches.machine import package_version
from benches.models.sheets import print_sheets
from benches.run import Bench, tell
from biometal_stream.run import available_cores

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from benches.tasks import Task
    from benches.tools.base import Tool

_ABOUT = __doc__


class EngineBench(Bench):
    """One run of the bench of engines; what it is given is as for `Bench`."""

    program = "python -m benches.engines"
    about = _ABOUT
    default_reads = 1_000_000
    parts = f"'way: JOB: ENGINE, ...', where JOB is one of {', '.join(job.name for job in JOBS)}"

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        """Adds nothing."""

    @staticmethod
    def keep(asked: argparse.Namespace, results: dict[str, Any]) -> None:
        """Writes the tables to their files."""
        if asked.markdown:
            asked.markdown.write_text(sheets.markdown(results), encoding="utf-8")

    def _tools(self) -> list[Tool]:
        return []

    def _tasks(self) -> list[Task]:
        return []

    def _rest(self) -> dict[str, Any]:
        chosen, left_out = self._chosen()
        versions = {
            package: package_version(package) or ""
            for ways in chosen.values()
            for way in ways
            for package in way.packages
        }
        self._out.print(", ".join(f"{name} {version}" for name, version in versions.items()))
        cores = available_cores()
        once, longer = self._inputs()
        parquet = Path(once.parquet[0]).stat().st_size
        seen, failed = rounds.watch_ways(chosen, once, longer, self._scratch, cores, tell)
        gone = {each.name for each in failed}
        chosen = {
            job: [way for way in ways if name_of(job, way) not in gone]
            for job, ways in chosen.items()
        }
        laps, unable = rounds.run_ways(
            chosen, once, self._asked.repeats, self._scratch, cores, tell
        )
        tell("")
        left_out += failed + unable
        found = figures.way_results(chosen, laps, seen, self._reads, parquet)
        results = {
            "tools": versions,
            "parquet": parquet,
            "rounds": len(max(laps.values(), key=len, default=[])),
            "ways": [asdict(each) for each in found],
            "left_out": [asdict(each) for each in left_out],
        }
        print_sheets(self._out, sheets.all_sheets(results))
        if found:
            self._out.print(sheets.legend(), markup=False, soft_wrap=True)
        table.print_left_out(self._out, left_out)
        return results

    def _chosen(self) -> tuple[dict[Job, list[Way]], list[LeftOut]]:
        """The ways that were chosen and can be used, always including the local run."""
        chosen: dict[Job, list[Way]] = {}
        left_out: dict[str, LeftOut] = {}
        for job in JOBS:
            local, *others = all_ways(job)
            wanted = [way for way in others if self._wanted(name_of(job, way))]
            for way in wanted:
                reason = _missing(way)
                if reason:
                    left_out[way.packages[0]] = LeftOut(way.packages[0], reason)
            able = [way for way in wanted if not _missing(way)]
            if able or self._wanted(name_of(job, local)):
                chosen[job] = [local, *able]
        return chosen, list(left_out.values())

    def _inputs(self) -> tuple[Reads, Reads]:
        """The input, and the input several times, each in folders of its own."""
        tell("input: Parquet")
        (fastq,) = self._reads.paths("plain")
        parquet = self._scratch / "reads.parquet"
        bs.read_fastq(fastq).write_parquet(parquet, compression="zstd", level=1)
        return self._linked(fastq, parquet, 1), self._linked(fastq, parquet, figures.TIMES)

    def _linked(self, fastq: str, parquet: Path, times: int) -> Reads:
        return Reads(*(self._links(Path(path), times) for path in (fastq, parquet)))

    def _links(self, path: Path, times: int) -> tuple[str, ...]:
        folder = self._scratch / f"{times} times" / path.suffix[1:]
        folder.mkdir(parents=True)
        links = [folder / f"reads{number}{path.suffix}" for number in range(times)]
        for link in links:
            link.symlink_to(path)
        return tuple(map(str, links))


def _missing(way: Way) -> str:
    """Why a way cannot be used; empty if it can."""
    for package in way.packages:
        if package_version(package) is None:
            return f"{package} is not installed: pip install {package}"
    if way.program and shutil.which(way.program) is None:
        return f"there is no {way.program} on PATH"
    return ""


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench; status and errors are as for `benches.run.main`."""
    return run.main(words, EngineBench)


if __name__ == "__main__":
    sys.exit(main())
