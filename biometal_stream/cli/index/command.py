"""The command of ``index``."""

from __future__ import annotations

import click

from biometal_stream.cli.command import OTHER, WHOLE, Argument, OneOf, StepCommand
from biometal_stream.indexing.formats import DEACON_SUFFIX, FORMATS

ACTIONS = ("build", "info", "union", "subtract", "intersect", "convert")


def index_command() -> StepCommand:
    """The command of ``index``."""
    return StepCommand(
        "index",
        place="alone",
        group=OTHER,
        runs="biometal_stream.cli.index.actions:run_index",
        help=f"""Makes, describes and combines indexes for deplete, keep-matching and screen.

        \b
        build      makes an index of the minimizers of FASTA or FASTQ, in any compression
        info       prints the format, k, w, k-mers, size and sources of indexes
        union      makes an index of the k-mers that at least one of several indexes has
        subtract   makes an index of the k-mers of the first file that no other file has; the
                   others may be FASTA or FASTQ
        intersect  makes an index of the k-mers that all of several indexes have
        convert    writes an index in another format

        A compact index takes 14.5 bits a k-mer and is mapped into memory, but does not list its
        k-mers: it can only be looked up. deacon's format 3 takes 8 bytes a k-mer with k 31, and
        lists them: keep an index in it to combine it later. Frozen filters of deacon can be looked
        up, too. Output that ends in {DEACON_SUFFIX} has deacon's format, and any other is compact,
        unless --format says so.

        --threads and --memory apply. What does not fit is sorted in temporary files, in the folder
        that TMPDIR names. Lower-case (soft-masked) bases count; other letters than A, C, G and T
        break k-mers.""",
        epilog="""\b
        Examples:
          biometal-stream index build human.fa.gz --output human.compact
          biometal-stream index build human.fa.gz decoys.fa --output human.idx
          biometal-stream index subtract human.idx bacteria.fa.gz --output masked.idx
          biometal-stream index convert masked.idx --output masked.compact
          biometal-stream index info masked.compact""",
        params=[
            Argument(
                ["action"],
                metavar="ACTION",
                about=f"One of {', '.join(ACTIONS)}.",
                type=OneOf(ACTIONS),
                required=True,
            ),
            Argument(
                ["files"],
                metavar="FILES...",
                about="FASTA or FASTQ for 'build' (- is standard input), otherwise indexes:"
                " files, or names of shipped ones such as phix.",
                files=True,
                nargs=-1,
                required=True,
            ),
            click.Option(["--output", "-o"], metavar="FILE", help="The index to write."),
            click.Option(
                ["--format"],
                metavar="FORMAT",
                type=OneOf(FORMATS),
                help=f"The format to write: {' or '.join(FORMATS)} (default: deacon's if the"
                f" output ends in {DEACON_SUFFIX}, otherwise compact).",
            ),
            click.Option(
                ["-k", "--kmer-length", "k"],
                type=WHOLE,
                metavar="NUMBER",
                help="'build': the bases of a k-mer, odd, from 3 to 31 (default 31).",
            ),
            click.Option(
                ["-w", "--window-size", "w"],
                type=WHOLE,
                metavar="NUMBER",
                help="'build': a window's k-mers, one of which is kept; odd (default 15)."
                " 'subtract': that of FASTA or FASTQ, the same as in the index (default), or 1 to"
                " subtract all k-mers.",
            ),
            click.Option(
                ["--verify"],
                is_flag=True,
                help="'info': read all k-mers, too, and check that they are intact.",
            ),
            click.Option(["--json"], is_flag=True, help="'info': print JSON."),
        ],
    )
