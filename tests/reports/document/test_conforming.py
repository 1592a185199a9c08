"""Every member of a report is checked against the JSON Schema of the package."""

import copy
import json
import re

import jsonschema
import pytest

import biometal_stream as bs
from biometal_stream.reports.document.conforming import require_conforming, schema
from tests.reports.runs import document_of, fastq

KEYWORDS = {
    *("$ref", "type", "const", "enum", "minimum", "maximum", "items", "minItems", "maxItems"),
    *("required", "properties", "additionalProperties", "propertyNames"),
    *("$schema", "$id", "$defs", "title", "description"),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("conforming") / "a.fq"
    path.write_text(fastq(20))
    return json.loads(document_of(path, bs.MaxN(0), bs.TrimQuality(20)).to_json())


def rules(rule):
    yield rule
    for name in ("items", "additionalProperties", "propertyNames"):
        if isinstance(rule.get(name), dict):
            yield from rules(rule[name])
    for name in ("properties", "$defs"):
        for each in rule.get(name, {}).values():
            yield from rules(each)


def test_it_knows_all_keywords_of_the_schema():
    top = dict(schema())
    tables = top["$defs"].pop("table") if "table" in top["$defs"] else None
    try:
        used = {keyword for rule in rules(top) for keyword in rule}
    finally:
        if tables is not None:
            top["$defs"]["table"] = tables
    assert used <= KEYWORDS


def test_a_report(plain):
    require_conforming(plain)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("sample",), 3, "'sample' of the report is not a string"),
        (("runs",), True, "'runs' of the report is not an integer"),
        (("runs",), 0, "'runs' of the report is out of range"),
        (("reads_in",), "x", "'reads_in' of the report is not an integer or null"),
        (("reads_out",), 2**70, "out of range"),
        (("steps",), {}, "'steps' of the report is not an array"),
        (("steps", 0), [], "number 1 of 'steps'"),
        (
            ("steps", 1, "kind"),
            "sieve",
            "'kind' of number 2 of 'steps' of the report is not one of",
        ),
        (("findings",), [["a"]], "has 1 items"),
        (("counts",), {"a": 1.5}, "'a' of 'counts'"),
        (("quality", "before", "state", "mate 3"), {}, "the member 'mate 3'"),
    ],
)
def test_a_member_of_another_type(plain, path, value, said):
    plain = copy.deepcopy(plain)
    inner = plain
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(ValueError, match=re.escape(said)):
        require_conforming(plain)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, schema())


@pytest.mark.parametrize("name", ["pairs_out", "reads_split", "reason"])
def test_a_missing_member(plain, name):
    plain = copy.deepcopy(plain)
    del plain["steps"][0][name]
    with pytest.raises(ValueError, match=f"'{name}' is missing in number 1 of 'steps'"):
        require_conforming(plain)
