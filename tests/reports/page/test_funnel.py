"""The funnel: what each step left, dropped and cut."""

from biometal_stream.reports.page.figures import SPACE, Facts
from biometal_stream.reports.page.funnel import LONGEST_STEP, funnel, kept


def step(operator, reads_in, reads_out, kind="filter", **more):
    found = {
        "name": operator, "operator": operator, "kind": kind, "reads_in": reads_in,
        "reads_out": reads_out, "dropped": None, "reason": None, "reads_trimmed": None,
        "bases_trimmed": None, "reads_split": None, "pairs_merged": None,
    }  # fmt: skip
    return found | more


def facts(reads_in, reads_out, *steps):
    return Facts({"reads_in": reads_in, "reads_out": reads_out, "steps": steps, "quality": {}})


def test_a_level_for_each_step_that_can_change_reads():
    run = facts(
        200,
        150,
        step("quality-control", 200, 200, "observer"),
        step("trim-quality", 200, 200, "trimmer", reads_trimmed=7, bases_trimmed=70, dropped=0),
        step("max-n 0", 200, 150, dropped=50, reason="more than 0 N"),
    )
    first, trimmer, filtering, last = funnel(run)
    assert (first.step, first.left.text, first.share) == ("reads in", "200", 100)
    assert (trimmer.trimmed.text, trimmer.cut.text, trimmer.reason) == ("7", "70", "")
    assert (filtering.share, filtering.dropped, filtering.reason) == (75, 25, "more than 0 N")
    assert (filtering.lost.text, filtering.lost_share.text) == ("50", f"25.0{SPACE}%")
    assert (last.step, last.left.value) == ("reads out", 150)
    assert kept(run).value == 0.75


def test_a_run_that_was_stopped_has_no_shares():
    run = facts(None, 100, step("max-n 0", None, None), step("head 100", None, 100))
    first, filtering, head, last = funnel(run)
    assert first.share is filtering.share is None
    assert head.share == last.share == 100
    assert kept(run) is None


def test_splitters_make_more_reads():
    run = facts(10, 15, step("split", 10, 15, "splitter", reads_split=5))
    assert [level.share for level in funnel(run)][1:] == [100, 100]
    assert kept(run) is None


def test_merged_pairs_are_not_lost():
    run = facts(10, 7, step("merge-pairs", 10, 7, "operator", dropped=0, pairs_merged=3))
    (_, level, _) = funnel(run)
    assert (level.merged.text, level.dropped, level.reason) == ("3", 0, "")


def test_without_reads_nothing_is_divided():
    run = facts(0, 0, step("max-n 0", 0, 0, dropped=0, reason="more than 0 N"))
    assert [(level.share, level.dropped) for level in funnel(run)] == [(0, 0)] * 3
    assert kept(run) is None


def test_long_steps_are_cut():
    (_, level, _) = funnel(facts(1, 1, step("keep-where " + "x" * 500, 1, 1)))
    assert len(level.step) == LONGEST_STEP
