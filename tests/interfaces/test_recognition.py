"""What a class offers is recognised by its methods, not by fields that have their names."""

from dataclasses import dataclass, field, make_dataclass

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream import interfaces
from biometal_stream.engines import Engine
from biometal_stream.interfaces.recognition import Recognised, missing_methods, offers
from biometal_stream.operators.base import StatelessOperator
from biometal_stream.pipeline.partition import QuarantiningPartition
from biometal_stream.plugin import option

PROTOCOLS = [
    *(kind for kind in vars(interfaces).values() if isinstance(kind, type(Recognised))),
    QuarantiningPartition,
    Engine,
]


def parts_of(protocol):
    """The methods and the other members of a protocol, as Python says them."""
    names = {
        name
        for base in protocol.__mro__
        if getattr(base, "_is_protocol", False)
        for name in (*vars(base), *getattr(base, "__annotations__", ()))
        if name == "__call__" or not name.startswith("_")
    }
    methods = {name for name in names if callable(getattr(protocol, name, None))}
    return methods, names - methods


def made(methods, others):
    """A class with these methods, and an object of it with these attributes."""
    kind = type("Made", (), {name: lambda _self, *_: None for name in methods})
    found = kind()
    vars(found).update(dict.fromkeys(others, 1))
    return found


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda kind: kind.__name__)
def test_each_protocol_is_recognised_by_all_its_members(protocol):
    methods, others = parts_of(protocol)
    assert methods
    assert isinstance(made(methods, others), protocol)
    for name in others:
        assert not isinstance(made(methods, others - {name}), protocol)
    for name in methods:
        few = made(methods - {name}, others)
        assert not isinstance(few, protocol)
        assert missing_methods(type(few), protocol) == (name,)
        # Neither a value in the object nor a setting of the class is a method.
        vars(few)[name] = lambda *_: None
        assert not isinstance(few, protocol)
        for default in (1, print):
            setting = make_dataclass("Setting", [(name, object, field(default=default))])
            kind = type("Both", (setting, type(made(methods - {name}, ()))), {})
            found = object.__new__(kind)
            vars(found).update(dict.fromkeys(others, 1))
            assert not isinstance(found, protocol)
            assert not offers(kind, protocol)


def test_who_derives_from_a_protocol_is_of_it():
    class Mine(interfaces.Filter):
        name, concurrency = "mine", interfaces.Concurrency.SHARED

    class Other(Mine):
        pass

    assert isinstance(Mine(), interfaces.Filter)
    assert isinstance(Other(), Mine)
    assert not isinstance(bs.MinLength(5), Mine)
    assert isinstance(bs.MinLength(5), interfaces.Filter)


@dataclass(frozen=True)
class Thin(StatelessOperator):
    """Lets a number of reads of each batch through, and has settings with telling names."""

    keep: int = option("Reads to keep.", default=2)
    bounds: str = option("Bounds.", default="inner")
    learn: bool = option("Whether to learn.", default=True)
    look: int = option("A look.", default=1)
    cached: int = option("What is cached.", default=1)
    observe: str = option("What to observe.", default="all")
    observation: str = option("A note.", default="seen")
    added_bytes: int = option("Bytes.", default=1)
    pushdown: str = option("Pushed.", default="none")
    drops: int = option("Drops.", default=4)

    def __call__(self, batch, /):
        return batch.slice(0, self.keep)


@pytest.fixture
def reads(tmp_path):
    path = tmp_path / "reads.fq"
    path.write_text(
        "".join(f"@r{i}\n{'ACGTA' * (i + 1)}\n+\n{'I' * 5 * (i + 1)}\n" for i in range(6))
    )
    return bs.read_fastq(path)


def test_an_operator_with_such_settings_is_run_as_what_it_is(reads, tmp_path):
    """It is neither a filter, nor a trimmer, learner, observer or any other."""
    pipeline = reads | bs.MinLength(10) | Thin() | bs.Measure(["length"])
    report = pipeline.write_parquet(tmp_path / "out.parquet")
    assert report.steps[1].kind == "operator"
    assert report.steps[1].reason is None
    assert report.results == {}
    table = pa.Table.from_batches(pipeline.batches())
    assert table["length"].to_pylist() == [10, 15]


def test_a_setting_of_the_name_of_a_method_is_found_in_plugins():
    from biometal_stream.errors import PluginError
    from biometal_stream.plugin import ReadFilter
    from biometal_stream.registry.check import check_operator

    @dataclass(frozen=True)
    class KeepsSome(ReadFilter):
        keep: int = option("Reads to keep.", default=2)

    with pytest.raises(PluginError, match=r"has no keep\(\); write one; a setting has this name"):
        check_operator(KeepsSome)


def test_the_help_puts_it_among_the_other_steps():
    from biometal_stream.cli.command import FILTERS, TRANSFORMS
    from biometal_stream.cli.operators import command_of

    assert command_of("thin", Thin).group == TRANSFORMS
    assert command_of("min-length", bs.MinLength).group == FILTERS


def test_what_is_learnt_must_have_the_methods_of_the_learner(reads):
    @dataclass(frozen=True)
    class Learnt(StatelessOperator):
        keep: int = option("Reads to keep.", default=1)

        def __call__(self, batch, /):
            return batch

    @dataclass(frozen=True)
    class Learning(bs.operators.base.ReadFilter):
        look = interfaces.Look(2)
        needs = ("sequence",)

        def keep(self, view, /):
            return np.ones(view.num_rows, np.bool_)

        def learn(self, batches, /):
            return Learnt()

    with pytest.raises(bs.errors.ConfigurationError, match=r"must have the method keep\(\)"):
        list((reads | Learning()).batches())


def test_an_object_may_withhold_what_its_class_offers():
    class Either(StatelessOperator):
        def __init__(self, withheld):
            self.withheld = withheld

        def keep(self, view):
            return np.ones(view.num_rows, np.bool_)

    assert offers(Either, interfaces.Filter)
    assert isinstance(Either(frozenset()), interfaces.Filter)
    assert not isinstance(Either(frozenset({"keep"})), interfaces.Filter)
    assert isinstance(Either(frozenset({"keep"})), interfaces.Operator)
    assert isinstance(Either("keep"), interfaces.Filter)  # a setting of that name
