"""The source of a sequence against FastQC's own search, written out."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.quality.contaminants import CONTAMINANTS
from biometal_stream.reports.quality.sources import source_of

TURN = str.maketrans("ACGT", "TGCA")


def at(contaminant, query, offset):
    """`Contaminant.findMatch` of FastQC at one offset: the length and the identity."""
    best, mismatches, start, end = None, 0, 0, 0

    def part(best, fewer):
        length = 1 + end - start
        if length > 20:
            hit = length, (length - fewer) * 100 // length
            if best is None or hit > best:
                return hit
        return best

    for place, base in enumerate(contaminant):
        if place + offset < 0:
            start = place + 1
            continue
        if place + offset >= len(query):
            break
        if base == query[place + offset]:
            end = place
            continue
        mismatches += 1
        if mismatches > 1:
            best = part(best, mismatches - 1)
            start = end = place + 1
            mismatches = 0
    return part(best, mismatches)


def plain(query):
    best, name = None, ""
    for known, forward in CONTAMINANTS:
        strands = forward, forward.translate(TURN)[::-1]
        found = None
        if 8 <= len(query) < 20 and any(query in strand for strand in strands):
            found = len(query), 100
        else:
            for strand in strands:
                for offset in range(20 - len(forward), len(query) - 20):
                    hit = at(strand, query, offset)
                    if hit is not None and (found is None or hit[0] > found[0]):
                        found = hit
        if found is not None and (best is None or found > best):
            best, name = found, known
    return "No Hit" if best is None else f"{name} ({best[1]}% over {best[0]}bp)"


BASES = st.text("ACGTN", max_size=25)


@st.composite
def queries(draw):
    """A part of a contaminant on either strand, with some other bases around and inside."""
    _, sequence = draw(st.sampled_from(CONTAMINANTS))
    if draw(st.booleans()):
        sequence = sequence.translate(TURN)[::-1]
    first = draw(st.integers(0, len(sequence)))
    part = list(sequence[first : first + draw(st.integers(0, 50))])
    for place in draw(st.lists(st.integers(0, 49), max_size=3)):
        if place < len(part):
            part[place] = draw(st.sampled_from("ACGTN"))
    return (draw(BASES) + "".join(part) + draw(BASES))[:50]


@given(queries())
def test_the_source_is_fastqcs(query):
    assert source_of(query) == plain(query)


def test_known_sources():
    name, sequence = CONTAMINANTS[0]
    assert source_of(sequence) == f"{name} (100% over 33bp)"
    assert source_of("CTGTTCG"[::-1]) == "No Hit"
    assert source_of("") == "No Hit"
    assert dict(CONTAMINANTS)["TruSeq Adapter, Index 27"].endswith(
        "CATTCCTTTCTCGTATGCCGTCTTCTGCTTG"
    )
    assert dict(CONTAMINANTS)["RNA PCR Primer, Index 48"].startswith(
        "CAAGCAGAAGACGGCATACGAGATTGCCGA"
    )
    assert len({sequence for _, sequence in CONTAMINANTS}) == len(CONTAMINANTS) == 121
