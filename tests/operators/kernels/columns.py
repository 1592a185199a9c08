"""Reads as the kernels take them."""

import numpy as np


def bounded(texts, kind=np.int32, *, gap=0):
    """The starts, stops and data of a column, and not a byte more; with a gap between texts."""
    starts, stops, data = [], [], b""
    for text in texts:
        data += b"\x00\xff"[gap % 2 : 1 + gap % 2] * gap
        starts.append(len(data))
        data += text
        stops.append(len(data))
    arrays = np.array(starts, kind), np.array(stops, kind), np.frombuffer(data or b"\0", np.uint8)
    arrays = arrays[0], arrays[1], arrays[2][: len(data)]
    for array in arrays:
        array.flags.writeable = False
    return arrays
