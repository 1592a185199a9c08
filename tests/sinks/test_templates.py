"""Names with fields: what they say, and values that cannot name a file."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.sinks.templates import NULL, Template, escaped, literal


@pytest.mark.parametrize(
    ("target", "folder", "pattern", "columns"),
    [
        ("{sample}.fq", ".", "{sample}.fq", ("sample",)),
        ("out/{sample}_R{mate}.fq.gz", "out", "{sample}_R{mate}.fq.gz", ("sample", "mate")),
        ("./a/b{x}/{y}.pq", "./a", "b{x}/{y}.pq", ("x", "y")),
        ("/{x}{x}.fq", "/", "{x}{x}.fq", ("x",)),
        ("/a//{x}.fq", "/a", "{x}.fq", ("x",)),
        ("{{a}}/{x}.fq", "{a}", "{x}.fq", ("x",)),
        ("a {b c}.fq", ".", "a {b c}.fq", ("b c",)),
    ],
)
def test_what_a_template_is(target, folder, pattern, columns):
    template = Template.of(target)
    assert (template.folder, template.pattern, template.columns) == (folder, pattern, columns)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("out/{sample.fq", "a single '{'; a field is the name of a column in braces, and '{{'"),
        ("out/sample}.fq", "a single '}'"),
        ("out/{{x}.fq", "a single '}'"),
        ("out/{}.fq", "a field is empty"),
        ("out/{sample}", "ends in '}'; end it with a suffix"),
        ("out/{sample}/", "ends in '/'; end it with a suffix"),
        ("out/{sample}/../x.fq", "'..' is not allowed after a field"),
        ("out/{sample}//x.fq", "'' is not allowed after a field"),
        ("out/{sample}/./x.fq", "'.' is not allowed after a field"),
    ],
)
def test_what_is_not_a_template(target, message):
    with pytest.raises(ConfigurationError) as error:
        Template.of(target)
    assert str(error.value).startswith(f"{target}: ")
    assert message in str(error.value)


def test_braces_of_a_path_are_doubled():
    assert Template.of("a{{b}}.fq") is None
    assert literal("a{{b}}.fq") == "a{b}.fq"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_path_can_be_escaped(path):
    assert Template.of(escaped(path)) is None
    assert literal(escaped(path)) == path


@pytest.mark.parametrize(
    ("value", "name"),
    [("a", "a"), (-7, "-7"), (True, "true"), (False, "false"), (None, NULL), ("é {x}", "é {x}")],
)
def test_what_values_are_called(value, name):
    assert Template.of("o/{v}.fq").name({"v": value}) == f"{name}.fq"
    assert Template.of("o/p{v}/{v}.fq").name({"v": value}) == f"p{name}/{name}.fq"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a/b", "a '/' would be read as a folder"),
        ("/etc/passwd", "a '/' would be read as a folder"),
        ("", "which is empty"),
        ("a\0b", "a name cannot hold a NUL"),
        ("..", "'..' is not the name of a file or folder"),
        (".", "'.' is not the name of a file or folder"),
        ("x" * 256, "longer than 255 bytes"),
        ("é" * 128, "longer than 255 bytes"),
        ("\ud800", "the file system cannot encode"),
    ],
)
def test_values_that_cannot_name_a_file(value, reason):
    with pytest.raises(DataError) as error:
        Template.of("out/{v}/reads.fq").name({"v": value})
    assert reason in str(error.value)
    assert "'v' holds '" in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


@given(
    st.lists(st.sampled_from(["{a}", "{b}", "x", "/", ".", "{{", " "]), min_size=1, max_size=6),
    st.fixed_dictionaries(
        {name: st.text() | st.integers() | st.booleans() | st.none() for name in "ab"}
    ),
)
def test_no_value_leaves_the_folder(parts, values):
    try:
        template = Template.of("base/" + "".join(parts) + ".fq")
        name = template.name(values) if template is not None else "x"
    except (ConfigurationError, DataError):
        return
    assert not {"", ".", ".."} & set(name.split("/"))
    assert "\0" not in name
    assert posixpath.normpath(name) == name


@given(st.text(), st.text())
def test_two_values_with_one_name_are_one_value(one, other):
    template = Template.of("out/{v}.fq")
    try:
        names = [template.name({"v": value}) for value in (one, other)]
    except DataError:
        return
    assert (names[0] == names[1]) == (one == other)
