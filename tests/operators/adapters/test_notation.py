"""Adapters as cutadapt writes them."""

import pytest

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators.adapters.notation import (
    DEFAULTS,
    Adapter,
    Linked,
    Settings,
    adapters_of,
)


def one(text, place="back", settings=DEFAULTS):
    (found,) = adapters_of(text, place, settings, "trim-adapters: adapter")
    return found


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("acgu", "back", Adapter(None, "ACGT", "back")),
        ("ACIT", "front", Adapter(None, "ACNT", "front")),
        ("ACGT", "anywhere", Adapter(None, "ACGT", "anywhere")),
        (" my adapter = ACGT ", "back", Adapter("my adapter", "ACGT", "back")),
        ("^ACGT", "front", Adapter(None, "ACGT", "front", anchored=True, internal=False)),
        ("ACGT$", "back", Adapter(None, "ACGT", "back", anchored=True, internal=False)),
        ("XACGT", "front", Adapter(None, "ACGT", "front", internal=False)),
        ("ACGTxx", "back", Adapter(None, "ACGT", "back", internal=False)),
        ("XXX", "back", Adapter(None, "XXX", "back")),
        ("ACGT...", "back", Adapter(None, "ACGT", "front")),
        ("^ACGT...", "back", Adapter(None, "ACGT", "front", anchored=True, internal=False)),
        ("...ACGT", "back", Adapter(None, "ACGT", "back")),
        ("...ACGT...", "back", Adapter(None, "ACGT", "anywhere")),
        ("AC{3}GT{0}", "back", Adapter(None, "ACCCG", "back")),
        ("ACGT;rightmost", "front", Adapter(None, "ACGT", "front", rightmost=True)),
        ("ACGT; anywhere", "front", Adapter(None, "ACGT", "front", partial=True)),
        ("ACGT;e=0.2;o=4", "back", Adapter(None, "ACGT", "back", settings=Settings(0.2, 4))),
        (
            "ACGT;max_errors=2;noindels",
            "back",
            Adapter(None, "ACGT", "back", settings=Settings(2, indels=False)),
        ),
    ],
)
def test_an_adapter(text, place, expected):
    assert one(text, place) == expected


@pytest.mark.parametrize(
    ("text", "place", "needed"),
    [
        ("ACGT...TTTA", "back", (False, False)),
        ("^ACGT...TTTA", "back", (True, False)),
        ("ACGT...TTTAX", "back", (False, True)),
        ("ACGT...TTTA", "front", (True, True)),
        ("ACGT;optional...TTTA", "front", (False, True)),
        ("ACGT;required...TTTA;e=0", "back", (True, False)),
    ],
)
def test_linked_adapters(text, place, needed):
    found = one(f"pair={text}", place)
    assert isinstance(found, Linked)
    assert found.name == "pair"
    assert (found.front.sequence, found.back.sequence) == ("ACGT", "TTTA")
    assert (found.front.place, found.back.place) == ("front", "back")
    assert (found.front_required, found.back_required) == needed


def test_an_absolute_number_of_errors_is_for_the_letters_that_are_not_n():
    assert one("ACGTNNNNAC;e=2").rate == 2 / 6
    assert one("ACGT;e=0.5").rate == 0.5


def test_a_file(tmp_path):
    path = tmp_path / "adapters.fa"
    path.write_text(">one first\nACGT\nAC\n>\n^TTTA...GGCC;o=5\n>three\nx=AAC;e=1\n")
    found = adapters_of(f"file:{path};o=2", "back", Settings(), "here")
    assert [each.name for each in found] == ["one", None, "three"]
    assert found[0] == Adapter("one", "ACGTAC", "back", settings=Settings(min_overlap=2))
    assert found[1].back.settings == Settings(min_overlap=5)
    path.write_text(">one\nACGT\n")
    assert one(f"^file:{path}", "front").anchored
    assert one(f"file$:{path}", "back").anchored
    with pytest.raises(InputError, match="No such file"):
        one("file:none.fa")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "back", "at least one base"),
        ("^", "front", "at least one base"),
        ("ACZ", "back", r"'Z' is not an IUPAC code"),
        ("NNN", "back", "other than N"),
        ("ACGTé", "back", "letters for bases"),
        ("^ACGT", "back", r"ADAPTER\$ or ADAPTERX"),
        ("ACGT$", "front", r"\^ADAPTER or XADAPTER"),
        ("^XACGT", "front", r"one of \^"),
        ("XACGTX", "front", r"one of \^"),
        ("ACGT$", "anywhere", r"one of \^"),
        ("ACGT...TTT", "anywhere", "not linked"),
        ("...ACGT", "front", "a 5' adapter"),
        ("AC...GT...", "back", "linked to one other"),
        ("AC...GT...TT", "front", "linked to one other"),
        ("file:", "back", "give the name of a file"),
        ("^file:;e=0.2", "front", "give the name of a file"),
        ("ACGT;anywhere...TTT", "back", "'anywhere' is not for linked"),
        ("ACGT;required", "back", "are for linked adapters"),
        ("^ACGT;o=3", "front", "has no min_overlap"),
        ("^ACGT;rightmost", "front", "'rightmost' is for"),
        ("ACGT;e=", "back", "'e' takes a number"),
        ("ACGT;e=x", "back", "'e' takes a number, not 'x'"),
        ("ACGT;e=-1", "back", "at least 0"),
        ("ACGT;e=nan", "back", "at least 0"),
        ("ACGT;o=0", "back", "at least 1"),
        ("ACGT;o=1.5", "back", "'o' takes a number"),
        ("ACGT;rightmost=1", "back", "takes no value"),
        ("ACGT;e=1;error_rate=2", "back", "given twice"),
        ("ACGT;indels;noindels", "back", "contradict"),
        ("ACGT;times=2", "back", "'times' is not a parameter"),
        ("AC{", "back", "braces"),
        ("{3}", "back", "braces"),
        ("A{99999}", "back", "at most 10,000 bases"),
    ],
)
def test_what_is_wrong_is_named(text, place, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        one(text, place)
    assert str(caught.value).startswith(f"trim-adapters: adapter: {text!r}: ")


def test_without_wildcards_any_letter_is_itself():
    found = one("ADAPTER", settings=Settings(adapter_wildcards=False))
    assert not found.has_wildcards
    assert one("ACGTR").has_wildcards
    assert not one("ACGT").has_wildcards
