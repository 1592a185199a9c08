"""deacon, by its Python module: what it keeps of several inputs, as FASTA.

Lines of JSON on standard input say what to do: ``inputs`` and ``outputs``, one of each or two for
mates, ``hits`` and ``fraction``.
"""

from __future__ import annotations

import json
import sys

import deacon


def main(index: str) -> None:
    """Depletes each input."""
    opened = deacon.Index(index)
    for line in sys.stdin:
        job = json.loads(line)
        (reads, *mates), (output, *outputs) = job["inputs"], job["outputs"]
        opened.filter(
            reads,
            input2=mates[0] if mates else None,
            deplete=True,
            output=output,
            output2=outputs[0] if outputs else None,
            abs_threshold=job["hits"],
            rel_threshold=job["fraction"],
            discard_quality=True,
            ordered=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
