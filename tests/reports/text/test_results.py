"""Results of any kind can be shown as text."""

import pytest

from biometal_stream.reports.document.document import Document
from biometal_stream.reports.text.results import results_section


@pytest.mark.parametrize(
    "tables", [{"x": 3}, {"x": {"a": 5}}, {"x": {"a": [1, 2], "b": [1]}}, {"x": {}}, [1]]
)
def test_tables_that_are_none(tables):
    result = {"number": 7, "tables": tables}
    document = Document("s", "", "1", 1, 1, results={"mine": result})
    assert results_section(document, 80, unicode=True) == "mine\nnumber  7\n"


def test_a_table():
    result = {"tables": {"x": {"a": ["p", "q"], "b": [1, None]}}}
    document = Document("s", "", "1", 1, 1, results={"mine": result})
    assert results_section(document, 80, unicode=True) == "mine x\na  b\np  1\nq  -\n"
