"""Fuzzes one target, or all in turn.

Examples::

    python -m tests.fuzz parser --runs 1000000
    python -m tests.fuzz all --minutes 5 --seed 3
    python -m tests.fuzz where --minutes 5 --engine atheris    # pip install -e '.[fuzz]'
    python -m tests.fuzz parser --input crash-0a1b2c           # an input that was found
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz import random_engine

if TYPE_CHECKING:
    from tests.fuzz.target import Target

MODULES = {
    "parser": "fastq",
    "records": "fastq",
    "encodings": "fastq",
    "tolerant": "fastq",
    "cutter": "fastq",
    "cuts": "fastq",
    "pairs": "fastq",
    "decompressors": "compressed",
    "streams": "compressed",
    "source": "compressed",
    "where": "expressions",
    "conditions": "expressions",
    "arguments": "arguments",
    "completion": "arguments",
    "cards": "models",
    "models": "models",
}
"""The module of each target."""

INSTRUMENTED = {
    "fastq": ("biometal_stream.sources",),
    "compressed": ("biometal_stream.codecs", "biometal_stream.sources"),
    "expressions": ("biometal_stream.operators.expressions",),
    "arguments": ("biometal_stream.cli",),
    "models": ("biometal_stream.models",),
}
"""The modules in which atheris counts branches."""


def find(name: str) -> Target:
    """Imports a target."""
    module = importlib.import_module(f"tests.fuzz.{MODULES[name]}")
    return next(target for target in module.TARGETS if target.name == name)


def main() -> int:
    """Runs what the command line says; 1 where something was found."""
    words = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words.add_argument("target", choices=[*MODULES, "all"])
    words.add_argument("--runs", type=int, help="inputs to feed")
    words.add_argument("--minutes", type=float, help="minutes to go on for")
    words.add_argument("--engine", choices=["random", "atheris"], default="random")
    words.add_argument("--seed", type=int, default=0, help="of the random numbers")
    words.add_argument("--folder", type=Path, help="for corpora and what is found (a new one)")
    words.add_argument("--input", type=Path, help="feed this file alone")
    given = words.parse_args()
    if given.runs is None and given.minutes is None and given.input is None:
        words.error("say how long: --runs or --minutes")
    if given.engine == "atheris" and given.target == "all":
        words.error("atheris runs one target")
    folder = (given.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if given.input is not None:
        sys.stdout.write(f"{find(given.target).check(given.input.read_bytes())}\n")
        return 0
    if given.engine == "atheris":
        _by_atheris(given, folder)
    names = list(MODULES) if given.target == "all" else [given.target]
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)  # the command line is asked for files
        return max(_by_chance(find(name), given, folder) for name in names)


def _by_chance(target: Target, given: argparse.Namespace, folder: Path) -> int:
    seconds = None if given.minutes is None else 60 * given.minutes
    try:
        tally = random_engine.run(target, runs=given.runs, seconds=seconds, seed=given.seed)
    except random_engine.Found as found:
        file = folder / f"{target.name}-found"
        file.write_bytes(found.data)
        traceback.print_exception(found.__cause__)
        sys.stderr.write(f"{target.name}: {found.data!r}\nwritten to {file}\n")
        return 1
    sys.stdout.write(json.dumps({"target": target.name, "seed": given.seed, **vars(tally)}) + "\n")
    sys.stdout.flush()
    return 0


def _by_atheris(given: argparse.Namespace, folder: Path) -> None:
    from tests.fuzz import atheris_engine

    limits = [] if given.runs is None else [f"-runs={given.runs}"]
    limits += [] if given.minutes is None else [f"-max_total_time={round(60 * given.minutes)}"]

    # The target's words are needed before it is imported with instruments: a second process.
    if os.fork() == 0:
        (folder / f"{given.target}.words").write_text(
            json.dumps(atheris_engine.prepare(find(given.target), folder))
        )
        os._exit(0)
    os.wait()
    words = json.loads((folder / f"{given.target}.words").read_text())
    atheris_engine.run(
        lambda: find(given.target),
        INSTRUMENTED[MODULES[given.target]],
        [f"-seed={given.seed + 1}", *limits, *words],
    )


if __name__ == "__main__":
    sys.exit(main())
