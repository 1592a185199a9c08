"""Docstrings that hold what a table knows."""

from biometal_stream.docstrings import WIDTH, filled, listed, table


def test_a_name_in_braces_is_filled():
    @filled(names="``a`` and\n``b``")
    class Described:
        """Has names.

        {names}
        and {names}.
        """

    assert Described.__doc__.splitlines()[2:5] == [
        "        ``a`` and",
        "        ``b``",
        "        and {names}.",
    ]


def test_a_class_without_a_docstring_stays():
    @filled(names="x")
    class Bare:
        pass

    assert Bare.__doc__ is None


def test_names_are_listed_within_the_width():
    text = listed([f"name{number}" for number in range(40)])
    assert " ".join(text.split()).endswith("``name38`` and ``name39``")
    assert max(map(len, text.splitlines())) <= WIDTH


def test_a_table_wraps_its_last_cells():
    text = table([("a", "what"), ("bcd", "word " * 30), ("e", "short")])
    lines = text.splitlines()
    assert lines[0] == lines[2] == lines[-1]
    assert lines[0].startswith("=== ===")
    assert lines[1] == "a   what"
    assert lines[4].startswith("    word")
    assert lines[-2] == "e   short"
    assert max(map(len, lines)) <= WIDTH
