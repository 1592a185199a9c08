"""The shipped indexes, made again from their sequences."""

import gzip

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.columns import string_column
from biometal_stream.errors import InputError
from biometal_stream.indexes.deacon.values import header_of, values_of
from biometal_stream.indexes.minimizers import minimizers_of
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexes.shipped import find_index, index_path, shipped_indexes

AROUND = Scheme().window - 1
PHIX_VARIANT = {587: "A", 833: "A", 2731: "G", 2793: "T", 2811: "T"}


def sequence(path, name):
    with gzip.open(path, "rt") as lines:
        for record in lines.read().split(">"):
            header, _, text = record.partition("\n")
            if name in header:
                return text.replace("\n", "").upper()
    raise AssertionError(name)


def replaced(text, letters):
    found = list(text)
    for place, letter in letters.items():
        found[place - 1] = letter
    return "".join(found)


def circle(text):
    return text + text[:AROUND]


@pytest.fixture(scope="module")
def sequences(shared_data):
    genomes = shared_data / "genomes"
    phix = sequence(genomes / "phage.fa.gz", "phix")
    variant = shared_data / "adapters" / "sequences" / "BBMap__phix174_ill.ref.fa.gz"
    assert sequence(variant, "phiX174") == replaced(phix, PHIX_VARIANT)
    human_mt = replaced(sequence(genomes / "train_human.fa.gz", "human_MT"), {3107: "N"})
    return {
        "phix": [circle(phix), circle(replaced(phix, PHIX_VARIANT))],
        "lambda": [sequence(genomes / "phage.fa.gz", "NC_001416.1")],
        "human-mt": [circle(human_mt)],
    }


@pytest.mark.parametrize("name", ["human-mt", "lambda", "phix"])
def test_they_are_the_minimizers_of_their_sequences(sequences, name):
    column = string_column(pa.array(sequences[name]), "sequence")
    wanted = np.unique(minimizers_of(column, Scheme()).values)
    path = find_index(name)
    assert header_of(path).scheme == Scheme()
    assert np.array_equal(np.concatenate(list(values_of(path))), wanted)


def test_they_are_few_and_small():
    assert list(shipped_indexes()) == ["human-mt", "lambda", "phix"]
    assert sum(path.stat().st_size for path in shipped_indexes().values()) < 100_000


def test_a_name_without_a_folder_is_looked_for_among_them_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "phix").touch()
    assert find_index("phix") == shipped_indexes()["phix"]
    assert find_index("./phix").resolve() == tmp_path / "phix"
    assert str(index_path("nothing.idx")) == "nothing.idx"
    with pytest.raises(
        InputError, match=r"^Phix: there is .* or shipped index; did you mean 'phix'"
    ):
        find_index("Phix")
