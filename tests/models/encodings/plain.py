"""The layouts and the rules of windows, written as plainly as their definitions."""

import math

import numpy as np

OTHER = 5


def padded(values, length):
    return [*values, *[0] * (length - len(values))]


def phred(quality, dtype):
    scores = [ord(letter) - 33 for letter in quality]
    if dtype == "uint8":
        return scores
    singles = [np.float32(score) / np.float32(93) for score in scores]
    return [np.dtype(dtype).type(single) for single in singles]


def one_hot(sequence, length):
    channels = [[base in letters for base in sequence.upper()] for letters in ("A", "C", "G", "TU")]
    return [padded(channel, length) for channel in channels]


def sequence_quality(sequence, quality, length, dtype, _):
    quarters = [np.float32("ACGT".index(b) if b in "ACGT" else 4) / 4 for b in sequence.upper()]
    return padded(quarters, length) + padded(phred(quality, dtype), length)


def quality_mask(_, quality, length, dtype, __):
    return padded(phred(quality, dtype), length) + padded([1] * len(quality), length)


def one_hot_alone(sequence, _, length, __, ___):
    return [[channel] for channel in one_hot(sequence, length)]


def one_hot_quality(sequence, quality, length, dtype, _):
    channels = one_hot(sequence, length)
    channels += [padded(phred(quality, dtype), length), padded([1] * len(sequence), length)]
    return [[channel] for channel in channels]


def tokens(sequence, _, length, __, ___):
    known = {"A": 1, "C": 2, "G": 3, "T": 4, "U": 4}
    return padded([known.get(base, OTHER) for base in sequence.upper()], length)


def kmers(sequence, _, length, __, k):
    values = []
    for first in range(len(sequence) - k + 1):
        number = 0
        for base in sequence[first : first + k].upper().replace("U", "T"):
            if base not in "ACGT":
                number = -1
                break
            number = 4 * number + "ACGT".index(base)
        values.append(number + 2)
    return padded(values, length - k + 1)


LAYOUTS = {
    "sequence-quality-300/1": sequence_quality,
    "quality-mask/1": quality_mask,
    "one-hot/1": one_hot_alone,
    "one-hot-quality/1": one_hot_quality,
    "tokens/1": tokens,
    "kmers/1": kmers,
}


def encode(encoding, sequence, quality):
    """The features of one window, of which these are the bases and qualities."""
    layout = LAYOUTS[encoding.layout]
    values = layout(sequence, quality, encoding.length, encoding.dtype, encoding.k)
    return np.array(values, encoding.dtype)


def windows(bases, length, rule, stride):
    """The start and stop of each window of a read."""
    if rule == "first" or bases == 0:
        return [(0, min(bases, length))]
    if rule == "even":
        count = math.ceil(bases / length)
        return [(i * bases // count, (i + 1) * bases // count) for i in range(count)]
    found = []
    for start in range(0, bases, stride):
        found.append((start, min(start + length, bases)))
        if start + length >= bases:
            break
    return found
