"""The kernel that finds the instrument in the names of reads against a regular expression."""

import re

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.operators.instruments import PREFIXES, _table
from biometal_stream.operators.kernels.instruments import find_instruments
from tests.operators.kernels.columns import bounded

REST = ":45:HXXXXDRXX:1:1101:1000:2000"
NAMES = [
    "A00123" + REST,
    "A00123" + REST + "_ACGT",
    "A00124" + REST,
    "A00123:45:HXXXXDRXX:1:1101:1000",  # six fields
    "A00123",
    "A" + REST,
    "AB00123" + REST,
    "LH00345" + REST,
    "LH00345" + REST + " 1:N:0:ACGT",
    "LH00345 45:HXXXXDRXX:1:1101:1000:2000:1",
    "LH00345\t45:HXXXXDRXX:1:1101:1000:2000:1",
    "NDX550123" + REST,
    "NDXS550123" + REST,
    "M00123" + REST,
    "a00123" + REST,
    "SRR123.1",
    "",
    "::::::::",
    "A1:::::" + "x" * 80 + ":",
    "A1::::::" + "x" * 80,
    "A" * 70 + ":1:1:1:1:1:1",
]
names = st.sampled_from(NAMES) | st.text("AaLHVN019:_ ", max_size=80)


def plain(name):
    first = re.split("[ \t]", name)[0][:64]
    found = re.match(r"([^:0-9]{1,4})[0-9]+:", first)
    if found is None or first.count(":") < 6 or found[1] not in PREFIXES:
        return 0
    return list(PREFIXES).index(found[1]) + 1


@given(st.lists(names, max_size=12), st.sampled_from([np.int32, np.int64]), st.integers(0, 3))
@example(NAMES, np.int32, 0)
def test_find_instruments(names, kind, gap):
    found = np.empty(len(names), np.uint8)
    column = bounded([name.encode() for name in names], kind, gap=gap)
    find_instruments(*column, _table(), found)
    assert found.tolist() == [plain(name) for name in names]
