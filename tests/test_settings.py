"""An operator's settings explain and check themselves."""

import dataclasses
import re

import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators import (
    KeepLabel,
    MinMeanQuality,
    Sample,
    Select,
    TrimFixed,
    TrimQuality,
    Where,
)
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.settings import (
    Setting,
    argument,
    as_typed,
    check_settings,
    meant_number,
    option,
    setting_of,
)


@dataclasses.dataclass(frozen=True)
class Example:
    share: float = argument("A share.", unit="of one", minimum=0, maximum=1)
    kind: str = option("A kind.", default="a", choices=("a", "b"))
    number: int | None = option("A number.", default=None, minimum=1)
    flag: bool = option("A flag.", default=False)

    name = "example"

    def __post_init__(self) -> None:
        check_settings(self)


def test_what_is_said_of_a_field() -> None:
    share, kind, *_ = dataclasses.fields(Example)
    assert setting_of(share) == Setting(
        "A share.", unit="of one", minimum=0, maximum=1, positional=True
    )
    assert not setting_of(kind).positional


@pytest.mark.parametrize(
    ("operator", "shown", "typed"),
    [
        (Select(["name", "a b"]), "select name a b", "select name 'a b'"),
        (Where("gc > 0.5"), "where gc > 0.5", "where 'gc > 0.5'"),
        (TrimQuality(algorithm="mott"), "trim-quality", "trim-quality --algorithm mott"),
        (TrimFixed(length=-5, front2=0), "trim-fixed", "trim-fixed --length -5 --front2 0"),
        (MinMeanQuality(20.0), "min-mean-quality 20", "min-mean-quality 20"),
        (Example(0.5, flag=True), "example 0.5", "example 0.5 --flag"),
    ],
)
def test_an_operator_as_it_is_typed(operator: object, shown: str, typed: str) -> None:
    assert as_typed(operator) == shown
    assert as_typed(operator, options=True) == typed


def test_a_flag_that_is_on_by_default() -> None:
    @dataclasses.dataclass(frozen=True)
    class Fold(StatelessOperator):
        case: bool = option("Whether case matters.", default=True)

    assert as_typed(Fold(case=False), options=True) == "fold --no-case"


def test_a_plain_field_is_told_what_to_write() -> None:
    @dataclasses.dataclass(frozen=True)
    class Trim(StatelessOperator):
        n: int

    @dataclasses.dataclass(frozen=True)
    class Cut(StatelessOperator):
        n: int = 3

    told = "'n' is neither an argument nor an option; write 'n: ... = {}', from biometal_stream.set"
    with pytest.raises(TypeError, match=re.escape(told.format('argument("...")'))):
        Trim(3)
    with pytest.raises(TypeError, match=re.escape(told.format('option("...", default=...)'))):
        Cut()


def test_values_in_range() -> None:
    assert Example(0.5) == Example(share=0.5, kind="a", number=None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share": 1.5}, "example: share must be at most 1 of one: 1.5"),
        ({"share": -1}, "at least 0"),
        ({"share": float("nan")}, "at least 0"),
        ({"share": 0, "kind": "c"}, "kind must be one of a, b: c"),
        ({"share": 0, "number": 0}, "number must be at least 1: 0"),
        ({"share": 0, "number": True}, "number must be a whole number: True"),
        ({"share": True}, "share must be a number: True"),
        ({"share": 0, "flag": "yes"}, "flag must be True or False: 'yes'"),
    ],
)
def test_values_out_of_range(settings: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Example(**settings)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50bp", 50),
        ("50 bases", 50),
        ("Q20", 20),
        ("phred20", 20),
        ("10%", 0.1),
        ("2.5 %", 0.025),
        ("10k", 10_000),
        ("1.5M", 1_500_000),
        ("1e6", 1_000_000),
        ("1,000", 1000),
        ("1,234,567", 1_234_567),
        ("0,5", 0.5),
        ("-3", -3),
        ("twenty", None),
        ("1.2.3", None),
        ("", None),
        ("50 apples", None),
        ("1e999", None),
        ("gc,length", None),
    ],
)
def test_what_number_is_meant(text: str, number: float | None) -> None:
    assert meant_number(text) == number
    assert type(meant_number(text)) is type(number)


def test_per_cent_and_half_a_character_are_told() -> None:
    with pytest.raises(ConfigurationError, match=r"at most 1: 20; 20 % is 0\.2"):
        Sample(fraction=20)
    for make in (lambda: Select(("\ud800",)), lambda: KeepLabel("a", "\ud800")):
        with pytest.raises(ConfigurationError, match="must be text that UTF-8 can encode"):
            make()
    with pytest.raises(ConfigurationError, match="columns must be a list of names"):
        Select(None)
