"""The command line's words: whatever they are, an exit status and lines of text, no traceback.

What would run is checked up to its first byte of data: files are made out, operators, source
and sink are built, and nothing is read or written.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from unittest import mock

from biometal_stream.cli import run
from biometal_stream.cli.command import COMPLETE
from biometal_stream.cli.main import main
from biometal_stream.registry.builtin import operator_classes
from tests.fuzz.target import Target

PART = b"\n"
"""What parts the words of an input."""


def _build(job: run.Job) -> None:
    """What `run_job` does before there is a pipeline to run."""
    from biometal_stream.pipeline import Pipeline

    run.check_outputs((*job.read["files"], *job.read["mate"]), list(run._outputs(job)))
    if job.write is not None:
        run.check_terminal(job.write)
    source = run.source_of(job.read, job.options)
    run._sink(job, paired=source.paired)
    schema = source.schema
    for operator in job.operators:
        schema = operator.output_schema(schema)
        Pipeline(source).__or__(operator)
    job.command.encode()


@contextmanager
def nothing_runs() -> Iterator[None]:
    """Keeps the commands from doing what they are for."""
    with (
        mock.patch.object(run, "run_job", _build),
        mock.patch("biometal_stream.cli.main._run_alone", return_value=0),
    ):
        yield


def call(words: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    """The exit status, and what is printed."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = main(words)
    return status, out.getvalue(), err.getvalue()


def check_arguments(data: bytes) -> Hashable:
    """The exit status is 0, 1 or 2, and every line of an error can be shown."""
    words = [os.fsdecode(word) for word in data.split(PART)]
    if "\0" in data.decode("latin1"):  # no process can be given one
        words = [word.replace("\0", "") for word in words]
    with nothing_runs():
        status, out, err = call(words, {})
    assert status in {0, 1, 2}, status
    lines = err.splitlines()
    for line in lines:
        assert line.isprintable(), line
    if status:
        assert lines or out
    last = lines[-1].partition(":")[2][:24] if lines else ""
    return status, last, len(words)


def check_completion(data: bytes) -> Hashable:
    """The shell gets lines of three parts for whatever is typed."""
    line = os.fsdecode(data.replace(b"\0", b"").replace(b"\n", b" "))
    status, out, err = call([], {COMPLETE: f"biometal-stream {line}"})
    assert (status, err) == (0, "")
    kinds = []
    for proposal in out.split("\n")[:-1]:
        kind, _, rest = proposal.partition("\t")
        assert kind in {"files", "word"}
        assert "\t" in rest
        kinds.append(kind)
    return len(kinds), frozenset(kinds)


def _words() -> tuple[bytes, ...]:
    options = "--threads --memory --progress --stats --on-bad-record --quarantine --quiet --version"
    others = "--help -h --mate --interleaved --sample --quality-encoding --max-record-size --format"
    more = "--compression --level --shards --partition-by --output --json --phred --seed --window"
    alone = "train quality synthesize --out --epochs"
    values = "1 0 -1 2GiB 1e9 nan inf 0.5 - -- x.fq ./x y.parquet o.fq.gz d/ auto skip quarantine"
    steps = "read write demo doctor completion bash measure where select rename sample head"
    texts = "gc>0.5 a=b name,sequence = --x=1 é \x1b[31m \udcff \u202e %s {} $HOME * ' \" \\"
    plain = f"{options} {others} {more} {values} {steps} {alone} {texts}".split()
    names = [*plain, *operator_classes()]
    return (PART, b"", b"9" * 5000, *(os.fsencode(name) for name in names))


_LINES = (
    "read x.fq",
    "read x.fq min-length 50 write y.parquet",
    "read x.fq.gz --mate y.fq.gz --threads 2 max-expected-errors 1 write o.fq --mate p.fq",
    "read - --interleaved --quality-encoding auto measure write - --format arrow-stream",
    "read x --max-record-size 1GiB where gc>0.5 write d/ --shards 4 --memory 512M --stats -",
    "read x sample 0.1 --seed 3 head 5 select name,sequence write d --partition-by name",
    "read x --on-bad-record quarantine --quarantine q.fq write - --compression zstd --level 19",
    "demo --output z.parquet",
    "doctor --json",
    "completion bash",
    "--help",
    "read --help",
)
_SEEDS = tuple(PART.join(os.fsencode(word) for word in line.split(" ")) for line in _LINES)

TARGETS = (
    Target(
        "arguments",
        check_arguments,
        _SEEDS,
        (*_words(), *(PART + word for word in _words())),
        longest=400,
    ),
    Target(
        "completion",
        check_completion,
        tuple(os.fsencode(line) for line in _LINES),
        (*(b" " + word for word in _words()), b"'", b'"', b"\\", b"=", b" "),
        longest=200,
    ),
)
