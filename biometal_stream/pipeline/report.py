"""What a run did and how long it took, as data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from biometal_stream.channel import ChannelStatistics
from biometal_stream.pipeline.plain import plain_object
from biometal_stream.pipeline.step import Step, Stop
from biometal_stream.pipeline.usage import Usage
from biometal_stream.reports.assay_names import DEFAULT_ASSAY

if TYPE_CHECKING:
    import os

    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.result import Quality

StageKind = Literal["source", "workers", "serial", "sink"]


@dataclass(frozen=True)
class StageStatistics:
    """What one stage did. Each operator has an entry, even if it was fused with others.

    Attributes:
        name: The stage's or the operator's name.
        kind: Where it ran: in the source's thread, on the workers, in its own thread that sees
            batches in order, or in the caller's thread.
        threads: The number of threads that it could use; with an engine, per task.
        batches_in: Batches taken; for the source, chunks.
        batches_out: Batches passed on.
        rows_in: Rows taken.
        rows_out: Rows passed on.
        bytes_in: Bytes taken: compressed bytes for the source, Arrow buffers elsewhere; 0 for
            filters, which share a batch, and for the sink of encoded morsels.
        bytes_out: Bytes passed on: buffers of chunks for the source, bytes written for the sink;
            0 for filters and for the encoding of morsels.
        busy: Seconds of work, summed over threads. This and the other times are ``None`` unless
            the run measured ``statistics``.
        cpu: Seconds of processor time in that work.
        blocked: Seconds spent waiting for room in the next stage.
        starved: Seconds spent waiting for input.
        details: Other facts that the operator reports, such as what runs a model. If each worker
            has its own function, they are those of the first.
    """

    name: str
    kind: StageKind
    threads: int
    batches_in: int = 0
    batches_out: int = 0
    rows_in: int = 0
    rows_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    busy: float | None = None
    cpu: float | None = None
    blocked: float | None = None
    starved: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Report:
    """What a run did.

    Attributes:
        wall: Seconds from start to end.
        workers: The number of workers; with an engine, of concurrent tasks.
        memory: The limit of bytes in flight; with an engine, per task.
        reads_in: Reads that were read. If the run stopped early, this includes reads that were
            read ahead, whose number depends on threads and memory.
        reads_out: Reads that reached the sink.
        bytes_read: Bytes of (compressed) input.
        bytes_written: Bytes of output.
        outputs: The files written.
        inputs: The files read, as they were named; those that have no name are left out.
        bottleneck: The name of the stage that the others waited for; ``None`` without
            ``statistics``.
        stages: In the order of the flow.
        channels: In the order of the flow.
        counts: Named counters, such as ``bad records``.
        warnings: The warnings that the user saw.
        engine: What ran it: ``local``, or an engine with several machines or processes.
        tasks: The number of partitions that it ran in.
        stopped: Why it ended early; ``None`` if it read its input to the end.
        learnt: What was learnt from the first reads. For the source: by kind, such as
            ``quality-encoding``, and then by input. For an operator: a `Learnt` by its name; a
            second operator of a name is ``name-2``. Each can be given as an option instead.
        steps: What each operator did to the reads, in order. Operators whose columns are not used
            do not run.
        results: What observers found, by the name of the operator, such as ``summarize``; a
            second one is ``summarize-2``. Observers before an operator that ended the run have no
            result, nor does a run that its reader ended.
        usage: What the run used of the machine; ``None`` without ``statistics``.
    """

    wall: float
    workers: int
    memory: int
    reads_in: int
    reads_out: int
    bytes_read: int
    bytes_written: int
    outputs: tuple[str, ...]
    bottleneck: str | None
    stages: tuple[StageStatistics, ...]
    channels: tuple[ChannelStatistics, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    engine: str = "local"
    tasks: int = 1
    stopped: Stop | None = None
    learnt: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage | None = None
    inputs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Report: {', '.join(self._facts())}>"

    def _repr_html_(self) -> str:
        """The table of steps, and what the reads are like, for notebooks."""
        from biometal_stream.reports.quality.figures import figures
        from biometal_stream.reports.quality.markup import table
        from biometal_stream.reports.text.steps import step_table

        steps = [dataclasses.asdict(step) for step in self.steps]
        shown = table(", ".join(self._facts()), *step_table(steps))
        return shown + table("Reads", *figures(self.quality)) if self.quality else shown

    def _facts(self) -> list[str]:
        """Short facts about the run."""
        kept = "" if self.kept is None else f" ({100 * self.kept:.1f} %)"
        facts = [f"{self.reads_in:,} reads in", f"{self.reads_out:,} kept{kept}"]
        if self.stopped is not None:
            facts[0] = f"stopped after {self.stopped.reads:,} reads: {self.stopped.operator}"
        facts += [f"{number:,} {what}" for what, number in sorted(self.counts.items())]
        facts.append(f"{self.wall:.2f} s")
        if self.outputs:
            more = ", ..." if len(self.outputs) > 3 else ""
            facts.append(f"written to {', '.join(self.outputs[:3])}{more}")
        return facts

    @property
    def kept(self) -> float | None:
        """The share of reads that reached the sink.

        ``None`` if there were no reads, if the run stopped early, as the total is then not known,
        or if a step may have split reads.
        """
        split = any(step.kind == "splitter" for step in self.steps)
        if self.stopped is not None or not self.reads_in or split:
            return None
        return self.reads_out / self.reads_in

    @property
    def quality(self) -> Mapping[str, Quality]:
        """What the reads are like, by place; empty without `QualityControl` in the pipeline.

        A place has the name that it was given. Otherwise one alone is ``reads``. Of several, the
        first is ``before`` and the last ``after``; those between are ``step 2``, ``step 3``.
        """
        from biometal_stream.reports.document.places import by_place

        return by_place(self.results.values())

    def document(
        self, *, sample: str | None = None, command: str = "", assay: str = DEFAULT_ASSAY
    ) -> Document:
        """The report without times, from which the page and all other forms are made.

        Args:
            sample: The sample's name; by default that of the first input.
            command: The command line, if there was one.
            assay: What was sequenced, which sets the limits of the verdicts.
        """
        from biometal_stream.pipeline.documents import document_of
        from biometal_stream.pipeline.sample_name import sample_name

        return document_of(
            sample=sample_name(self.inputs) if sample is None else sample,
            command=command,
            reads_in=None if self.stopped is not None else self.reads_in,
            reads_out=self.reads_out,
            steps=self.steps,
            counts=self.counts,
            learnt=self.learnt,
            results=self.results,
            warnings=self.warnings,
            assay=assay,
        )

    def save(
        self, path: str | os.PathLike[str], *, sample: str | None = None, assay: str = DEFAULT_ASSAY
    ) -> tuple[str, ...]:
        """Writes the report; the file's name gives the form, as for ``--report``.

        Args:
            path: The file, such as ``run.html``, ``run.json`` or ``run.parquet``.
            sample: The sample's name; by default that of the first input.
            assay: What was sequenced, which sets the limits of the verdicts.

        Returns:
            The files written: several if each mate has its own, as in FastQC's form.

        Raises:
            ConfigurationError: The name gives no form, or there is no such assay.
            SinkError: The file cannot be written, or is an input. It is then unchanged.
        """
        from biometal_stream.paths import path_text
        from biometal_stream.pipeline.report_files import ReportFiles

        with ReportFiles([path_text(path)], self.inputs) as files:
            files.write(self.document(sample=sample, assay=assay))
        return tuple(files.written)

    def per_million_reads(self) -> dict[str, float | None] | None:
        """What a million reads cost, which predicts how a run scales with cores.

        No number of cores makes a run faster than its slowest serial thread, or than the time in
        which the interpreter's lock is held.

        Returns:
            Seconds of processor time as ``cpu``; ``lock_held`` and ``page_faults`` as in `Usage`;
            and the processor time of each serial thread under its name. ``None`` without
            ``statistics``, or without reads.
        """
        if self.usage is None or not self.reads_in:
            return None
        costs: dict[str, float | None] = dataclasses.asdict(self.usage)
        costs |= {stage.name: stage.cpu for stage in self.stages if stage.kind != "workers"}
        millions = self.reads_in / 1e6
        return {name: None if cost is None else cost / millions for name, cost in costs.items()}

    def to_dict(self) -> dict[str, Any]:
        """The report as plain Python objects, for JSON."""
        plain = dataclasses.asdict(dataclasses.replace(self, results={}))
        plain["results"] = plain_object(self.results)
        plain["per_million_reads"] = self.per_million_reads()
        return plain

    def to_json(self) -> str:
        """The report as JSON, for ``--stats``."""
        return json.dumps(self.to_dict(), indent=2) + "\n"


@dataclass(frozen=True)
class Snapshot:
    """The progress of a run.

    Attributes:
        seconds: Seconds since its start.
        reads_in: Reads read so far.
        reads_out: Reads that have reached the sink.
        kept: The share of reads that the operators kept, of those that they are done with. It is
            ahead of what has reached the sink. ``None`` at first, and with an operator that holds
            reads back or ends the run: `Sample` of a number, `Head`.
        bytes_read: Bytes of (compressed) input taken.
        bytes_total: Bytes of the whole input; ``None`` if that is not known.
        bytes_written: Bytes of output so far.
    """

    seconds: float
    reads_in: int
    reads_out: int
    kept: float | None
    bytes_read: int
    bytes_total: int | None
    bytes_written: int
