"""The page as text: what is in it, and what must not be."""

import base64
import dataclasses
import hashlib
import html
import re

import pytest

from biometal_stream.reports.page import render as module
from biometal_stream.reports.page.render import render
from tests.reports.page.documents import (
    HOSTILE,
    hostile,
    island,
    long_reads,
    many_steps,
    pairs,
    single,
    unpacked,
)

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return pairs(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(document):
    return render(document)


def test_equal_documents_give_equal_pages(document, page, tmp_path):
    assert render(document) == page
    assert render(type(document).from_dict(document.to_dict())) == page
    assert render(pairs(tmp_path, threads=1)) == render(pairs(tmp_path, threads=8))


def test_it_is_small_and_loads_nothing(page):
    assert len(page.encode()) < MEGABYTE
    assert not re.search(r"""(src|href|action)\s*=\s*["'](?!#|data:,)""", page.split("<script")[0])
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon|localStorage|cookie", page)
    assert set(re.findall(r"https?://[\w.]+", page)) == {"http://www.w3.org"}  # namespaces


def test_its_policy_names_its_own_scripts(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in scripts]
    policy = html.unescape(re.search(r'Policy" content="([^"]*)"', page)[1])
    assert re.findall(r"'sha256-(.*?)'", policy) == [each.decode() for each in hashes]
    assert len(scripts) == 2


def test_texts_of_others_cannot_be_script(document):
    page = render(hostile(document))
    assert page.count("<script") == 3
    assert "<img" not in page
    assert "\u2028" not in page.partition('id="data">')[2].partition("</script>")[0]
    assert HOSTILE not in page
    assert html.escape(HOSTILE, quote=False)[:20] in page
    assert island(page)[0]["name"] == HOSTILE


def test_the_numbers_of_charts_are_those_of_the_document(document, page):
    plain = document.to_dict()
    for place in island(page):
        for name, groups in place["tables"].items():
            table = plain["quality"][place["name"]]["tables"][name]
            for group, columns in groups.items():
                rows = [row for row, each in enumerate(table["group"]) if each == group]
                for column, cells in columns.items():
                    if column == "last" or name == "adapters":
                        continue
                    exact = [table[column][row] for row in rows]
                    stored = columns[cells] if isinstance(cells, str) else cells
                    assert unpacked(stored) == [
                        each
                        if isinstance(each, str) or each is None
                        else pytest.approx(each, rel=5e-4, abs=0.0051 * (abs(each) >= 1))
                        for each in exact
                    ]


def test_the_first_screen_answers_what_happened(page):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.split('id="data"')[0]))
    assert "What happened to the reads" in text
    assert re.search(r"\d+ of 600 reads are left, \d+\.\d\s%\.", text)
    assert "shorter than 40 bases" in text
    assert re.search(r"checks passed", text)


def test_a_run_without_reads(tmp_path):
    page = render(single(tmp_path, ""))
    assert "There are no reads in the input." in page
    assert "Quality by cycle" not in page


def test_reads_without_qualities_have_no_charts_of_them(tmp_path):
    page = render(single(tmp_path, ">a\nACGTN\n>b\nACG\n", "fa"))
    assert 'data-chart="content"' in page
    for name in ("mean-quality", "band", "scores", "letters", "read-quality"):
        assert f'data-chart="{name}"' not in page


def test_a_document_without_quality_control(document):
    page = render(dataclasses.replace(document, quality={}))
    assert "What happened to the reads" in page
    assert "Nothing was checked." in page
    assert island(page) == []


def test_results_that_say_how_they_are_shown_have_bars(document):
    counts = {"pairs": 8, "human": 2, "none": 0}
    said = {"shown": {"human": "match human"}, "shares": {"human": "pairs", "none": "pairs"}}
    page = render(dataclasses.replace(document, results={"mine": counts | said, "plain": counts}))
    mine, plain = re.findall('<details class="result"( open)?>(.*?)</details>', page, re.DOTALL)
    assert (mine[0], plain[0]) == (" open", "")
    assert re.findall('<td class="share" style="([^"]+)">', mine[1]) == ["--share:25.000%"]
    assert "match human" in mine[1]
    assert "none" not in mine[1]
    assert "--share" not in plain[1]


def test_a_run_that_was_stopped_early(document):
    steps = [dict(step, reads_in=None, dropped=None) for step in document.steps]
    page = render(dataclasses.replace(document, reads_in=None, steps=tuple(steps)))
    assert "The run was stopped early" in page


@pytest.mark.parametrize("steps", [60, 1000])
def test_many_steps(document, steps):
    page = render(many_steps(document, steps))
    assert len(page.encode()) < MEGABYTE
    assert page.count('class="track"') == min(steps + 2, module.MOST_STEPS + 1)
    assert ("more steps" in page) == (steps == 1000)


def test_a_small_budget_shortens_the_charts_and_says_so(tmp_path, monkeypatch):
    document = long_reads(tmp_path)
    whole = render(document)
    monkeypatch.setattr(module, "BUDGET", 9_000)
    page = render(document)
    assert len(page) < len(whole) - 8_000
    assert "rows, or sums of rows" in page
    assert "rows, or sums of rows" not in whole.partition('id="length-quality"')[2]


def test_many_places_fit(document):
    places = dict.fromkeys((f"step {place}" for place in range(20)), document.quality["before"])
    page = render(dataclasses.replace(document, quality=places))
    assert len(page.encode()) < MEGABYTE
    assert [each["name"] for each in island(page)] == [f"step {n}" for n in (0, 1, 2, 3, 4, 19)]
    assert "14 more places of quality control" in page


def test_long_texts_are_cut(document):
    text = "x" * 10**5
    long = dataclasses.replace(
        document,
        sample=text,
        command=text,
        steps=tuple(dict(step, operator=text, reason=text) for step in document.steps),
        counts={text: 1},
        findings=((text, text),) * 1000,
        warnings=(text,) * 1000,
        results={text: {text: {text: text}}, "table": {text: [text] * 1000}},
    )
    page = render(long)
    assert len(page.encode()) < MEGABYTE
    assert "x" * 4001 not in page


@pytest.mark.parametrize("letter", ['"', "\U0001f9ec", "x"])
def test_the_bound_holds_for_many_long_texts_of_every_kind(document, letter):
    text = letter * 3000
    step = document.steps[2] | {"operator": text, "reason": text, "reads_trimmed": 1, "dropped": 1}
    inner = {f"{row}{text}": text for row in range(20)}
    page = render(
        dataclasses.replace(
            document,
            sample=text,
            command=text,
            steps=(step,) * 300,
            counts={f"{row}{text}": row for row in range(300)},
            findings=((text, text),) * 300,
            warnings=(text,) * 300,
            results={
                f"{row}{text}": dict.fromkeys(map(str, range(30)), inner) for row in range(99)
            },
            quality={f"{text}{place}": document.quality["after"] for place in range(8)},
        )
    )
    assert len(page.encode()) < MEGABYTE
    names = [place["name"] for place in island(page)]
    assert len(set(names)) == 6


def test_one_read_is_not_plural(tmp_path):
    page = text_of(render(single(tmp_path, "@a\nACGT\n+\nIIII\n")))
    assert "The only read is left." in page
    assert not re.search(r"(?<![\d.,\w])1 (reads|bases|checks)\b", page)


def test_key_figures_without_a_value_are_left_out(tmp_path):
    page = render(single(tmp_path, ">a\nACGT\n", "fa"))
    headlines = re.search(r'<dl class="headlines">(.*?)</dl>', page, re.DOTALL)[1]
    assert re.findall("<dt>(.*?)</dt>", headlines) == ["Reads", "Bases", "Mean length (bases)"]


def test_standard_errors_have_the_unit_of_what_they_belong_to(document):
    page = render(document)
    totals = re.search(r"standard error</th>.*?<tbody>\n<tr>(.*?)</tr>", page, re.DOTALL)[1]
    assert 'data-unit="share"' in totals.split("<td>")[-1]


def test_many_columns_of_checks_have_the_whole_width(document):
    places = dict.fromkeys("abc", document.quality["before"])
    assert 'class="two wide"' in render(dataclasses.replace(document, quality=places))
    assert 'class="two"' in render(document)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.split('id="data"')[0]))
