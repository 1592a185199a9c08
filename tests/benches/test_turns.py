"""The rounds of a bench, and the table of what was run."""

from benches.processes import FailedError, Usage
from benches.turns import in_turn, ratio, seconds, table


def usage(wall, peak=1):
    return Usage(wall, wall, 0.0, peak, "")


def test_a_program_that_fails_is_left_out(capsys):
    def fail():
        raise FailedError("no tiles")

    order = []
    jobs = {
        "one": lambda: order.append("one") or usage(1),
        "two": fail,
        "three": lambda: order.append("three") or usage(2),
    }
    runs = in_turn(jobs, 2)
    assert order == ["one", "three", "three", "one"]
    assert {name: len(each) for name, each in runs.items()} == {"one": 2, "three": 2}
    assert "no tiles" in capsys.readouterr().err
    assert "| three | 2.00 | 2.00 | 0 | 2.00 |" in table(runs, "one")


def test_ratios_are_of_runs_in_the_same_round():
    one, two = [usage(2), usage(9), usage(3)], [usage(1), usage(3), usage(2)]
    assert ratio(one, two) == 2
    assert seconds(one) == 3
