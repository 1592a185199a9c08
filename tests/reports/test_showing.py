"""What results say of how they are shown."""

from dataclasses import dataclass, field

import pytest

from biometal_stream.pipeline.plain import plain_object
from biometal_stream.reports.showing import share, shown_columns, shown_table, wholes_of, words_of

SHOWN = {"reads": "pairs", "matched": "match human"}
SHARES = {"matched": "reads", "only this": "reads"}


@dataclass(frozen=True)
class Counts:
    reads: int = 8
    matched: int = 2
    kind: str = "fast"

    @property
    def shown(self):
        return SHOWN

    @property
    def shares(self):
        return SHARES


def test_what_a_result_says_is_written_with_its_numbers():
    numbers = {"reads": 8, "matched": 2, "kind": "fast"}
    assert plain_object(Counts()) == numbers | {"shown": SHOWN, "shares": SHARES}


@pytest.mark.parametrize("result", [Counts(), plain_object(Counts())])
def test_a_result_and_its_json_say_the_same(result):
    assert words_of(result) == SHOWN
    assert wholes_of(result) == SHARES


@dataclass(frozen=True)
class Others:
    """A result that has something else by these names."""

    reads: int = 3
    shares: dict = field(default_factory=lambda: {"human": 0.5})
    shown: list = field(default_factory=list)


@pytest.mark.parametrize(
    "result",
    [
        Others(),
        plain_object(Others()),
        {},
        3,
        None,
        {"shown": {"reads": "pairs"}, "shares": {"matched": "reads"}},  # no such number
        {"reads": True, "shown": {"reads": "pairs"}, "shares": {"matched": "reads"}},
    ],
)
def test_anything_else_says_nothing(result):
    assert words_of(result) is None
    assert wholes_of(result) == {}


def test_each_count_is_followed_by_its_share():
    assert [tuple(each) for each in shown_columns(["index", "matched"], {"matched"})] == [
        ("index", "index", False),
        ("matched", "matched", False),
        ("share", "matched", True),
    ]


def test_a_table_as_text():
    columns = {"index": ["human", "phix", "lambda"], "only this": [2, None, 1]}
    assert shown_table(columns, Counts(), str, 2) == (
        ["index", "only this", "share"],
        [("human", "2", "25.00 %"), ("phix", "None", "-")],
    )
    assert shown_table({}, Counts(), str, 2) == ([], [])


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33.33 %"), (0, 3, "0.00 %"), (0, 0, "-"), ("x", 3, "-"), (1, None, "-")],
)
def test_shares(part, whole, text):
    assert share(part, whole) == text
