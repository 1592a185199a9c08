"""Command lines of cutadapt and AdapterRemoval as ours, for their regression cases."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from biometal_stream.operators.adapters.kits import KITS

ENDS = {
    "-a": ("adapter", "{}"),
    "-g": ("front", "{}..."),
    "-b": ("anywhere", "...{}..."),
}


LONG = {"--adapter": "-a", "--front": "-g", "--anywhere": "-b"}


class Line(NamedTuple):
    """What to type.

    Attributes:
        read: The options of ``read``.
        steps: The steps and their options.
        whole: The options of the whole run.
    """

    read: list[str]
    steps: list[str]
    whole: list[str]


class _Ordered(argparse.Action):
    """Collects the adapters of a mate in the order in which they are typed."""

    def __call__(self, parser, space, value, option=None):
        mate = option[1].isupper()
        key = LONG.get(option, option)
        space.adapters[mate].append((key.lower(), value))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.set_defaults(adapters=([], []))
    parser.add_argument("-a", "-g", "-b", "-A", "-G", "-B", *LONG, action=_Ordered)
    for words, about in (
        ("-e --error-rate --errors", {}),
        ("-O --overlap", {}),
        ("-n --times", {}),
        ("--no-indels", {"action": "store_true"}),
        ("--match-read-wildcards", {"action": "store_true"}),
        ("-N --no-match-adapter-wildcards", {"action": "store_true", "dest": "literal"}),
        ("--action", {"default": "trim"}),
        ("--mask-adapter", {"action": "store_const", "const": "mask", "dest": "action"}),
        ("--no-trim", {"action": "store_const", "const": "none", "dest": "action"}),
        ("--revcomp --rc", {"action": "store_true"}),
        ("--pair-adapters", {"action": "store_true"}),
        ("--pair-filter", {"default": "any"}),
        ("--discard-trimmed --discard", {"action": "store_true", "dest": "discard_trimmed"}),
        (
            "--discard-untrimmed --trimmed-only",
            {"action": "store_true", "dest": "discard_untrimmed"},
        ),
        ("--no-index", {"action": "store_true"}),
        ("--cores -j", {}),
        ("--report", {}),
        ("-u --cut", {"action": "append", "type": int, "default": []}),
        ("-U", {"action": "append", "type": int, "default": []}),
        ("-q --quality-cutoff", {}),
        ("--quality-base", {}),
        ("-l --length", {}),
        ("-L", {}),
        ("-m --minimum-length", {}),
        ("-M --maximum-length", {}),
        ("--max-n", {}),
        ("--max-ee --max-expected-errors", {"dest": "max_ee"}),
        ("--max-aer --max-average-error-rate", {"dest": "max_aer"}),
        ("--discard-casava", {"action": "store_true"}),
        ("--nextseq-trim", {}),
        ("--trim-n", {"action": "store_true"}),
        ("--poly-a", {"action": "store_true"}),
    ):
        parser.add_argument(*words.split(), **about)
    return parser


def from_cutadapt(words: list[str], *, paired: bool) -> Line:
    """The line that does the same.

    Raises:
        SystemExit: There is an option that has no counterpart here.
    """
    given = _parser().parse_args(words)
    line = Line([], [], [])
    if given.quality_base == "64":
        line.read.extend(("--quality-encoding", "phred64"))
    line.steps.extend(_cut(given))
    if given.nextseq_trim:
        line.steps.extend(("trim-quality", given.nextseq_trim, "--algorithm", "nextseq"))
    if given.quality_cutoff:
        front, _, tail = given.quality_cutoff.rpartition(",")
        line.steps.extend(("trim-quality", tail, *(("--front-quality", front) if front else ())))
    if any(given.adapters):
        line.steps.extend(_adapters(given))
    if given.poly_a:
        line.steps.extend(("trim-poly-x", "--algorithm", "cutadapt"))
    if given.length or given.L:
        line.steps.append("trim-fixed")
        line.steps.extend(
            word
            for name, n in (("length", given.length), ("length2", given.L))
            if n
            for word in (f"--{name}", n)
        )
    if given.trim_n:
        line.steps.append("trim-n")
    for step, condition in _filters(given):
        first = paired and given.pair_filter == "first"
        alone = ["where", f"mate == 2 or ({condition})" if first else condition]
        line.steps.extend(alone if first or step is None else step)
    if given.discard_untrimmed:
        one = paired and not all(given.adapters)
        condition = "not is_null(adapter)"
        if one:
            condition = f"mate == {2 if given.adapters[0] else 1} or {condition}"
        elif paired and given.pair_filter == "first":
            condition = f"mate == 2 or {condition}"
        line.steps.extend(("where", condition))
        if one:
            return line  # the other mate has no adapters, so pairs depend on this one
    if given.pair_filter == "both":
        line.whole.extend(("--pairs", "either"))
    return line


def _filters(given):
    """What reads must meet, as a step and as a condition, or as a condition alone."""
    known = (
        (given.minimum_length, "min-length", "length >= {}"),
        (given.maximum_length, "max-length", "length <= {}"),
        (given.max_ee, "max-expected-errors", "expected_errors <= {}"),
        (given.max_aer, None, "expected_errors <= {} * length"),
        (given.discard_casava, None, "is_null(description) or not matches(description, '^.:Y:')"),
        (given.discard_trimmed, None, "is_null(adapter)"),
    )
    found = [
        ([step, value] if step else None, text.format(value))
        for value, step, text in known
        if value
    ]
    if given.max_n and 0 < float(given.max_n) < 1:
        found.append((None, f"n_count <= {given.max_n} * length"))
    elif given.max_n:
        found.append((["max-n", given.max_n], f"n_count <= {given.max_n}"))
    return found


def _cut(given):
    words = []
    for numbers, mate in ((given.cut, ""), (given.U, "2")):
        for number in numbers:
            words += [f"--{'front' if number > 0 else 'tail'}{mate}", abs(number)]
    return ["trim-fixed", *words] if words else []


def _adapters(given):
    """The step that finds adapters, as an option for each, or all as one where order matters."""
    columns = given.discard_trimmed or given.discard_untrimmed or given.revcomp
    written = given.action in {"mask", "lowercase", "none"}
    words = ["match-adapters" if columns or written else "trim-adapters"]
    for mate, adapters in zip(("", "mate-"), given.adapters, strict=True):
        mixed = len({end for end, _ in adapters}) > 1
        for end, text in adapters:
            name = "adapter" if mixed else ENDS[end][0]
            words += [f"--{mate}{name}", _at_any_end(end, text) if mixed else text]
    words += ["--error-rate", given.error_rate or "0.1", "--min-overlap", given.overlap or "3"]
    words += ["--times", given.times] if given.times else []
    words += ["--no-indels"] if given.no_indels else []
    words += ["--match-read-wildcards"] if given.match_read_wildcards else []
    words += ["--no-match-adapter-wildcards"] if given.literal else []
    words += ["--action", given.action] if given.action != "trim" else []
    words += ["--reverse"] if given.revcomp else []
    return words + (["--pair-adapters"] if given.pair_adapters else [])


def _at_any_end(end, text):
    """An adapter as ``--adapter`` takes it, whatever its end."""
    first, dots, second = text.partition("...")
    if dots and first and second and end == "-g":
        needed = [
            part if "optional" in part or "required" in part else f"{part};required"
            for part in (first, second)
        ]
        return "...".join(needed)
    return text if dots else ENDS[end][1].format(text)


def from_adapterremoval(words: list[str], folder: Path, *, paired: bool) -> Line:
    """The line that does the same as AdapterRemoval 3, by its defaults where it has any.

    Args:
        words: The options.
        folder: Where the tables of adapters are.
        paired: Whether there are two files of reads.
    """
    given: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            given[word] = []
        else:
            given[next(reversed(given))].append(word)
    mates = paired or "--interleaved" in given
    line = Line(["--interleaved"] if mates and not paired else [], [], [])
    trims = given.get("--trim-strategy") != ["none"]
    pairs = _adapter_pairs(given, folder, mates=mates) if trims else []
    if pairs:
        line.steps.extend(("trim-adapters", "--error-rate", "0.1667", "--min-overlap", "1"))
        line.steps.append("--no-indels")
        for one, two in pairs:
            line.steps.extend(("--adapter", one, *(("--mate-adapter", two) if mates else ())))
    for option, name in (("--post-trim5p", "front"), ("--post-trim3p", "tail")):
        for number, mate in zip(given.get(option, ()), ("", "2"), strict=False):
            line.steps.extend(("trim-fixed", f"--{name}{mate}", number))
            line.steps.extend(() if mate or len(given[option]) < 2 else (f"--{name}2", "0"))
    if trims:
        line.steps.extend(_quality(given))
    line.steps.extend(("min-length", *given.get("--min-length", ["15"])))
    for option, step in (
        ("--max-length", "max-length"),
        ("--maxlength", "max-length"),
        ("--max-ns", "max-n"),
    ):
        line.steps.extend((step, *given[option]) if option in given else ())
    if "--max-ns-fraction" in given:
        line.steps.extend(("where", f"n_count <= {given['--max-ns-fraction'][0]} * length"))
    return line


def _quality(given):
    """Trimming of N and of bad ends, both at the 3' end alone if that is asked for."""
    tail = "--preserve5p" in given
    words = ["trim-n", *(["--end", "tail"] if tail else [])]
    if given.get("--quality-trimming", ["mott"]) == ["per-base"]:
        ends = ["trailing"] if tail else ["leading", "trailing"]
        return [
            *words,
            *(word for end in ends for word in ("trim-quality", "3", "--algorithm", end)),
        ]
    rate = given.get("--trim-mott-rate", ["0.05"])[0]
    return [*words, "trim-quality", "--algorithm", "mott", "--error-rate", rate]


def _adapter_pairs(given, folder, *, mates):
    """The adapters of mate 1 and mate 2: those of TruSeq for pairs without any."""
    truseq = KITS["truseq"].mate1, KITS["truseq"].mate2
    for option in ("--adapter-table", "--adapter-list"):
        if option in given:
            rows = (folder / given[option][0]).read_text().splitlines()
            return [tuple(row.split()[:2]) for row in rows if row.strip()]
    named = [
        given.get(f"--adapter{mate}", [default])[0]
        for mate, default in zip((1, 2), truseq, strict=True)
    ]
    return [tuple(named)] if mates or "--adapter1" in given else []
