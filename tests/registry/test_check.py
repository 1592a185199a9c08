"""A class that is not an operator is told what it lacks."""

from dataclasses import dataclass

import pytest

from biometal_stream import plugin
from biometal_stream.errors import PluginError
from biometal_stream.registry.builtin import operator_classes
from biometal_stream.registry.check import check_operator, is_step_name, step_name


@dataclass(frozen=True)
class Good(plugin.ReadFilter):
    number: int = plugin.argument("A number.")

    def keep(self, view, /): ...


class NotDecorated(plugin.ReadFilter):
    def keep(self, view, /): ...


@dataclass
class NotFrozen(plugin.ReadFilter):
    def keep(self, view, /): ...


class AddsFields(Good):
    more: int = plugin.option("More.", default=1)


@dataclass(frozen=True)
class NoKeep(plugin.ReadFilter):
    pass


@dataclass(frozen=True)
class NoBounds(plugin.ReadTrimmer):
    pass


@dataclass(frozen=True)
class NoMerge(plugin.ReadObserver):
    def empty(self): ...

    def observe(self, view, /): ...


@dataclass(frozen=True)
class NoCall(plugin.StatelessOperator):
    pass


@dataclass(frozen=True)
class NoStart(plugin.SerialOperator):
    pass


@dataclass(frozen=True)
class PlainField(plugin.ReadFilter):
    number: int = 3

    def keep(self, view, /): ...


@dataclass(frozen=True)
class Misnamed(plugin.ReadFilter):
    name = "Mis Named"

    def keep(self, view, /): ...


class Other:
    pass


@pytest.mark.parametrize("kind", operator_classes().values())
def test_ours_are_operators(kind):
    assert check_operator(kind) is kind
    assert operator_classes()[step_name(kind)] is kind


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (len, "it must be a class, not builtin_function_or_method"),
        (None, "it must be a class, not NoneType"),
        (Good(3), "it must be a class, not Good"),
        (Other, "Other is not an operator, since it has no name, concurrency, output_schema, open"),
        (int, "int is not an operator"),
        (NotDecorated, "NotDecorated is not a frozen dataclass; write @dataclass"),
        (NotFrozen, "NotFrozen is not a frozen dataclass"),
        (AddsFields, "AddsFields is not a frozen dataclass"),
        (NoKeep, r"NoKeep has no keep\(\)"),
        (NoBounds, r"NoBounds has no bounds\(\)"),
        (NoMerge, r"NoMerge has no merge\(\)"),
        (NoCall, r"NoCall has no __call__\(\)"),
        (NoStart, r"NoStart has no start\(\)"),
        (PlainField, "PlainField: the field 'number' is neither an argument nor an option"),
        (Misnamed, "Misnamed: its name 'Mis Named' must be lowercase letters"),
    ],
)
def test_what_is_not_an_operator(found, message):
    with pytest.raises(PluginError, match=f"^{message}"):
        check_operator(found)


def test_the_name_of_a_step():
    assert step_name(Good) == "good"
    assert step_name(Misnamed) == "Mis Named"
    own = type("Own", (Good,), {"name": property(lambda self: "own")})
    assert step_name(own) is None


@pytest.mark.parametrize("name", ["a", "min-length", "x2", "trim-3p"])
def test_names(name):
    assert is_step_name(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "a--b", "A", "a b", "a_b", "2a", "a.b", "ä", "a\n"]
)
def test_what_cannot_be_a_name(name):
    assert not is_step_name(name)
