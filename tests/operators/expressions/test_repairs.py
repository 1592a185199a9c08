"""A condition as other languages have it is answered with the one that is meant."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators import Where
from biometal_stream.operators.expressions import parse
from biometal_stream.operators.expressions.repairs import repaired
from biometal_stream.schemas import reads_schema


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gc = 0.5 AND length > 3", "gc == 0.5 and length > 3"),
        ("gc > 0.5 && length > 3", "gc > 0.5 and length > 3"),
        ("gc > 0.5 || !(length > 3)", "gc > 0.5 or not (length > 3)"),
        ("(gc > 0.5) & (length > 3)", "(gc > 0.5) and (length > 3)"),
        ("name <> 'x'", "name != 'x'"),
        ("name === 'a = b AND c'", "name == 'a = b AND c'"),
        ("gc => 0.5 Or gc =< 0.2", "gc >= 0.5 or gc <= 0.2"),
        ("length \u2265 50", "length >= 50"),
        ("description IS NULL", "is_null(description)"),
        ("description is not None", "not is_null(description)"),
        ("description == None", "is_null(description)"),
        ("length BETWEEN 50 AND 300", "50 <= length <= 300"),
        ("name LIKE 'SRR%'", "starts_with(name, 'SRR')"),
        ("name like '%/1'", "ends_with(name, '/1')"),
        ("name like '%x%' and gc > 0.5", "contains(name, 'x') and gc > 0.5"),
        ("name =~ '^SRR'", "matches(name, '^SRR')"),
        ("name == \u201cx\u201d", 'name == "x"'),
        ("length > 50bp", "length > 50"),
        ("length > 10k", "length > 10000"),
        ("gc > 50%", "gc > 0.5"),
        ("where gc > 0.5", None),
        ("gc > 0.5 ! length > 3", None),
    ],
)
def test_what_was_meant_is_told(typed, meant):
    with pytest.raises(ConfigurationError) as caught:
        Where(typed)
    assert str(caught.value).startswith(f"where: '{typed}' is not a condition")
    if meant is not None:
        assert str(caught.value).endswith(f"; write: {meant}")


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("mean_quality >= Q20", "; write 20"),
        ("GC > 0.5", "; did you mean 'gc'?"),
        ("my-model_label == 'PASS'", '; write the column "my-model_label" as'),
        ("gc == null or gc == NaN", r"; write is_null\(...\)"),
        ("gc > 0.5 or true", "; write True"),
        ("gc", 'where "gc > 0.5"'),
        ("mean_quality", 'where "mean_quality > 20"'),
        ("'gc > 0.7'", 'where "gc > 0.7"'),
    ],
)
def test_what_a_name_was_meant_to_be(typed, advice):
    import pyarrow as pa

    schema = reads_schema().append(pa.field("my-model_label", pa.string()))
    with pytest.raises(SchemaError, match=advice):
        Where(typed).output_schema(schema)


@pytest.mark.parametrize(
    "typed",
    ["gc > 0.5 and not length % 2 == 1", "name in ('a', \"AND\")", "50 <= length < 300 or flag"],
)
def test_what_is_right_stays(typed):
    assert repaired(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "name == '\ud800'",
        r"name == '\ud800'",
        r"name in ('a', '\udfff')",
        r"contains(name, '\ud800')",
        r"column('\ud800') == 1",
        "\ud800",
    ],
)
def test_half_a_character_is_a_line(typed):
    with pytest.raises(ConfigurationError, match=r"\\ud[8f][0f]."):
        Where(typed)


@given(st.text(alphabet=st.sampled_from("gc >=<!&|'\"()andorANDORnotinLIKE%0123456789.\ud800~,")))
def test_any_text_is_a_condition_or_one_line(text):
    try:
        tree = parse(text).tree
    except ConfigurationError:
        return
    assert isinstance(tree, ast.expr)
