"""Results of observers of any shape become tables, with numbers that lead to the document."""

from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.reports.page.figures import MISSING, SPACE, Facts
from biometal_stream.reports.page.results import MOST_CELLS, MOST_ROWS, results


def found_in(result):
    facts = Facts({"results": {"step": result}, "quality": {}})
    return results(facts), facts


def shown(result):
    return [
        (
            table.title,
            table.headings,
            [
                tuple(cell if isinstance(cell, str) else cell.text for cell in row)
                for row in table.rows
            ],
        )
        for each in found_in(result)[0]
        for table in each.tables
    ]


def test_a_number_and_a_text():
    assert shown(1234) == [("", (), [("", "1,234")])]
    assert shown("fine") == [("", (), [("", "fine")])]


def test_fields_and_what_is_inside():
    result = {"reads": 5, "mean": 2.5, "none": None, "kits": {"truseq": 3}}
    assert shown(result) == [
        ("", (), [("reads", "5"), ("mean", "2.50"), ("none", MISSING)]),
        ("kits", (), [("truseq", "3")]),
    ]


def test_tables_by_columns_and_by_rows():
    table = {"edge": ["left", "right"], "reads": [1, 2]}
    rows = [("left", "1"), ("right", "2")]
    assert shown(table) == [("", ("edge", "reads"), rows)]
    assert shown({"tables": {"edges": table}}) == [("edges", ("edge", "reads"), rows)]
    records = [{"edge": "left", "reads": 1}, {"edge": "right", "reads": 2}]
    assert shown({"edges": records}) == [("edges", ("edge", "reads"), rows)]
    assert shown([["left", 1], ["right", 2]]) == [("", (), rows)]


MATCHES = {
    "reads": 8,
    "matched": 2,
    "counted": "pairs",
    "indexes": {"human": {"only": 2}},
    "shown": {"reads": "pairs", "matched": "match human"},
    "shares": {"matched": "reads", "only this": "reads"},
    "tables": {"matches": {"index": ["human", "phix"], "only this": [2, None]}},
}


def test_a_result_that_says_how_it_is_shown():
    share = f"25.0{SPACE}%"
    assert shown(MATCHES) == [
        ("", (), [("pairs", "8", ""), ("match human", "2", share)]),
        (
            "matches",
            ("index", "only this", "share"),
            [("human", "2", share), ("phix", MISSING, MISSING)],
        ),
    ]


def test_shares_lead_to_both_numbers():
    ((result,), facts) = found_in(MATCHES)
    assert result.open
    for table in result.tables:
        share = table.rows[-2 if table.headings else -1][-1]
        (part,), (whole,) = share.parts, share.wholes
        assert (facts.at(part), facts.at(whole)) == (2, 8)


def test_shares_of_a_result_that_shows_all():
    result = {"reads": 8, "matched": 0, "shares": {"matched": "reads"}}
    assert shown(result) == [("", (), [("reads", "8", ""), ("matched", "0", f"0{SPACE}%")])]
    ((result,), _) = found_in(result)
    assert not result.open


def test_long_results_are_cut_and_say_so():
    facts = Facts({"results": {"step": {"counts": list(range(200))}}, "quality": {}})
    ((table,),) = (each.tables for each in results(facts))
    assert (len(table.rows), table.left_out) == (MOST_ROWS, 150)


names = st.sampled_from(["shown", "shares", "tables", "a", "b"]) | st.text(max_size=3)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | names,
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=40,
)


@given(st.dictionaries(st.text(max_size=3), json))
def test_any_result_can_be_shown(plain):
    found = results(Facts({"results": plain, "quality": {}}))
    assert (
        sum(len(row) for each in found for table in each.tables for row in table.rows) <= MOST_CELLS
    )
