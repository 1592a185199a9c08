"""An operator's settings explain and check themselves."""

import dataclasses

import pytest

from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import Setting, argument, check_settings, option, setting_of


@dataclasses.dataclass(frozen=True)
class Example:
    share: float = argument("A share.", unit="of one", minimum=0, maximum=1)
    kind: str = option("A kind.", default="a", choices=("a", "b"))
    number: int | None = option("A number.", default=None, minimum=1)

    name = "example"

    def __post_init__(self) -> None:
        check_settings(self)


def test_what_is_said_of_a_field() -> None:
    share, kind, _ = dataclasses.fields(Example)
    assert setting_of(share) == Setting(
        "A share.", unit="of one", minimum=0, maximum=1, positional=True
    )
    assert not setting_of(kind).positional
    with pytest.raises(TypeError, match="'bare' is neither an argument nor an option"):
        setting_of(dataclasses.fields(dataclasses.make_dataclass("Bare", ["bare"]))[0])


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
    ],
)
def test_values_out_of_range(settings: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Example(**settings)
