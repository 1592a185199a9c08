"""The adapters of kits."""

import pytest

from biometal_stream.operators.adapters.kits import KITS, named


def test_kits_are_written_as_adapters():
    for name, kit in KITS.items():
        assert kit.name == name
        assert kit.about
        for adapter in kit[1:3]:
            assert set(adapter) <= set("ACGT")
            assert 30 <= len(adapter) <= 64


@pytest.mark.parametrize("kit", KITS.values(), ids=lambda kit: kit.name)
def test_an_adapter_is_named_after_its_kit(kit):
    for adapter in kit[1:3]:
        owners = {each.name for each in KITS.values() if adapter in each}
        assert named(adapter) in owners
        assert named(adapter + "CATCATCAT") in owners
        wrong = adapter[:5] + ("C" if adapter[5] == "A" else "A") + adapter[6:]
        assert named(wrong) in owners


@pytest.mark.parametrize("adapter", ["", "AGATCGGAAG", "ACGT" * 9, "GATCGGAAGAGCACACGTCTGAAC"])
def test_what_is_like_no_kit_has_no_name(adapter):
    assert named(adapter) is None
