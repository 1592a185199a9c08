"""A model on every read.

``python examples/quality_model.py`` judges the reads of the sample that comes with
biometal_stream, and compares the model with the exact rule that it was trained on.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions.providers import available_providers
from biometal_stream.run import available_cores

SAMPLE = resources.files("biometal_stream") / "data" / "ERR777676_16S_R1.fastq.gz"
RULE = "length >= 50 and arithmetic_mean_quality >= 20"
SECONDS = 0.3  # of each measurement


def main() -> None:
    """Shows what a model is, what it says, and what it costs."""
    print(f"Models run here on: {', '.join(each.name for each in available_providers())}")

    card = find_model("quality").card
    predict = bs.Predict("quality")
    print(f"\nThe model '{card.name}', version {card.version}, takes {card.encoding.layout}:")
    print(textwrap.indent(textwrap.fill(card.description, 76), "  "))

    with resources.as_file(SAMPLE) as path:
        (reads,) = bs.read_fastq(path).batches()
    judged = predict(reads)
    show_three(judged)
    compare(judged, *card.labels)
    race(reads, predict)


def show_three(judged: pa.RecordBatch) -> None:
    """Prints the best, a middling and the worst read."""
    order = sorted(range(judged.num_rows), key=lambda row: mean_quality(judged, row))
    middling = min(order, key=lambda row: abs(mean_quality(judged, row) - 20))
    print(f"\n{'read':<24}{'mean quality':>14}{'label':>10}{'probability':>13}")
    for row in (order[-1], middling, order[0]):
        name, label = judged["name"][row], judged["quality_label"][row]
        probability = judged["quality_probability"][row].as_py()
        mean = mean_quality(judged, row)
        print(f"{name!s:<24}{mean:>14.1f}{label!s:>10}{probability:>13.3f}")


def mean_quality(batch: pa.RecordBatch, row: int) -> float:
    """The arithmetic mean of a read's Phred scores."""
    quality: bytes = batch["quality"][row].as_py().encode()
    return sum(quality) / len(quality) - ord("!")


def compare(judged: pa.RecordBatch, fail: str, passes: str) -> None:
    """Prints what the model says of the batch, and how often the rule says the same."""
    labels = judged["quality_label"].tolist()
    found = ", ".join(f"{labels.count(label):,} {label}" for label in (passes, fail))
    print(f"\nA batch of {judged.num_rows:,} reads: {found}")
    kept, dropped = bs.Where(RULE)(judged), bs.Where(f"not ({RULE})")(judged)
    same = kept["quality_label"].tolist().count(passes) + dropped["quality_label"].tolist().count(
        fail
    )
    print(f"The rule '{RULE}' says the same of {same:,}")


def race(reads: pa.RecordBatch, predict: bs.Predict) -> None:
    """Prints what the model and the rule take."""
    one, rule, cores = reads.slice(0, 1), bs.Where(RULE), available_cores()
    with ThreadPoolExecutor(cores) as threads:
        rates = {
            "the model, read after read": rate(lambda: predict(one), 1),
            "the model, a batch at a time": rate(lambda: predict(reads), reads.num_rows),
            f"the same on {cores} threads": rate(
                lambda: list(threads.map(predict, [reads] * cores)), cores * reads.num_rows
            ),
            "the rule, a batch at a time": rate(lambda: rule(reads), reads.num_rows),
        }
    print("\nReads a second")
    for name, each in rates.items():
        print(f"  {name:<30}{each:>12,.0f}")
    print("\nThe rule is exact and far cheaper: models are for questions that no rule can answer.")


def rate(work: Callable[[], object], rows: int) -> float:
    """Reads a second, in the fastest of the calls within `SECONDS`."""
    best, end = float("inf"), time.perf_counter() + SECONDS
    while (begun := time.perf_counter()) < end:
        work()
        best = min(best, time.perf_counter() - begun)
    return rows / best


if __name__ == "__main__":
    main()
