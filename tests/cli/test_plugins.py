"""The steps of plugins are on the command line like ours, and a bad plugin harms no other step."""

import json
import sys

import pytest

import biometal_stream as bs
from biometal_stream.cli import proposals
from biometal_stream.cli.main import main
from tests.registry.conftest import site  # noqa: F401 - a fixture
from tests.registry.plugin_texts import filter_text, install

FAILING = filter_text("Fails").replace(
    "        return view", "        raise KeyError(3)\n        return view"
)
WRONG = filter_text("Wrong").replace(">= self.length", "+ self.length")


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """A plugin file in the current folder, and a file of reads of 1 to 9 bases."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps.py").write_text(filter_text())
    records = [f"@r{n}\n{'A' * n}\n+\n{'I' * n}\n" for n in range(1, 10)]
    (tmp_path / "r.fq").write_text("".join(records))
    return tmp_path


def run(line, capsys):
    status = main(line.split())
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.mark.parametrize(
    "line",
    [
        "--plugin steps.py read r.fq at-least 7 write out.fq",
        "read r.fq at-least 7 write out.fq --plugin steps.py",
        "read r.fq --plugin=steps.py at-least 7 write out.fq",
        "read r.fq at-least --plugin steps.py 7 write out.fq --plugin steps.py",
    ],
)
def test_a_step_of_a_file(line, steps, capsys):
    status, _, err = run(line, capsys)
    assert status == 0, err
    assert (steps / "out.fq").read_text().count("@r") == 3


def test_its_help(steps, capsys):
    status, out, _ = run("--plugin steps.py at-least --help", capsys)
    assert status == 0
    assert "read FILES... at-least LENGTH" in out
    assert "Keeps reads of at least a length, as a plugin does it." in out
    assert "LENGTH  The length, in bases (at least 0)." in out
    assert run("--plugin steps.py help at-least", capsys)[1] == out
    assert run("help at-least --plugin=steps.py", capsys)[1] == out
    assert run("--plugin=steps.py version", capsys)[:2] == (0, f"{bs.__version__}\n")
    _, out, err = run("--help --plugin steps.py", capsys)
    assert "Steps of plugins:\n  at-least  Keeps reads of at least a length" in out
    assert err == ""


def test_its_settings_are_checked(steps, capsys):
    status, _, err = run("read r.fq at-least -1 write out.fq --plugin steps.py", capsys)
    assert status == 2
    assert "at-least: length must be at least 0 bases: -1" in err
    status, _, err = run("read r.fq at-laest 1 write out.fq --plugin steps.py", capsys)
    assert status == 2
    assert "Did you mean at-least?" in err
    assert run("read r.fq at-least 1 write out.fq", capsys)[0] == 2  # without the plugin


def test_completion(steps):
    found = proposals.proposals(["--plugin", "steps.py", "read", "r.fq"], "at")
    assert [(each.value, each.about) for each in found if not each.files] == [
        ("at-least", "Keeps reads of at least a length, as a plugin does it.")
    ]
    assert proposals.proposals(["--plugin", "absent.py", "read", "r.fq"], "at") == []
    (found,) = proposals.proposals(["--plugin"], "st")
    assert found.files


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--plugin absent.py", "error: the plugin absent.py does not exist"),
        ("--plugin r.fq", "error: --plugin takes a Python file, such as steps.py: r.fq"),
        ("--plugin", "error: --plugin needs a value"),
        ("--plugin bad.py", "error: the plugin bad.py does not load: line 1: invalid syntax"),
        (
            "--plugin steps.py --plugin more.py",
            "error: two plugins have a step 'at-least': steps.py",
        ),
        ("--plugin ours.py", "error: the plugin ours.py (Select): 'select' is a step of biometal-"),
        ("--plugin commands.py", "(Doctor): 'doctor' is a step of biometal-stream"),
    ],
)
def test_a_file_that_does_not_work(option, message, steps, capsys):
    (steps / "bad.py").write_text("def (")
    (steps / "more.py").write_text(filter_text())
    (steps / "ours.py").write_text(filter_text("Select"))
    (steps / "commands.py").write_text(filter_text("Doctor"))
    status, out, err = run(f"read r.fq write out.fq {option}", capsys)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert not (steps / "out.fq").exists()


def test_a_step_of_a_package(site, steps, capsys):  # noqa: F811
    install(site, {"at-least": "acme:AtLeast"}, modules={"acme": filter_text()})
    status, _, err = run("read r.fq at-least 7 min-length 8 write out.fq", capsys)
    assert status == 0, err
    assert (steps / "out.fq").read_text().count("@r") == 2
    assert "at-least  Keeps reads" in run("--help", capsys)[1]


def test_a_package_that_is_broken_harms_no_other_step(site, steps, capsys):  # noqa: F811
    entries = {"broken": "broken:Broken", "at-least": "acme:AtLeast", "min-length": "acme:AtLeast"}
    install(site, entries, modules={"acme": filter_text(), "broken": "import nothing_here"})
    fault = "the step 'broken' of acme 1.2 (broken:Broken) does not load: ModuleNotFoundError"

    assert run("read r.fq min-length 3 write out.fq", capsys)[0] == 0
    assert "nothing_here" not in sys.modules
    assert run("read r.fq at-least 3 write out.fq", capsys)[0] == 0

    status, out, err = run("--help", capsys)
    assert status == 0
    assert "broken" not in out
    assert f"warning: {fault}" in err
    assert len(err.splitlines()) == 2
    assert "the step 'min-length' of acme 1.2 (acme:AtLeast) is not used, since" in err

    status, _, err = run("read r.fq broken write out.fq", capsys)
    assert status == 2
    assert f"error: {fault}" in err
    values = [each.value for each in proposals.proposals(["read", "r.fq"], "")]
    assert "at-least" in values
    assert "broken" not in values


def test_settings_that_no_command_line_can_give(steps, capsys):
    text = filter_text().replace("length: int", "length: dict[str, int]")
    (steps / "steps.py").write_text(text)
    status, _, err = run("read r.fq at-least 3 write out.fq --plugin steps.py", capsys)
    assert status == 2
    assert "the step 'at-least' of steps.py (AtLeast): a command line cannot give a dict" in err


def test_doctor_lists_them(site, steps, capsys):  # noqa: F811
    install(site, {"broken": "broken:Broken"}, modules={"broken": "import nothing_here"})
    status, out, _ = run("doctor --json --plugin steps.py", capsys)
    assert status == 0
    found = [each for each in json.loads(out)["findings"] if each["what"] == "plugin"]
    assert [(each["state"], each["found"][:30]) for each in found] == [
        ("ok", "step 'at-least' of steps.py (At"[:30]),
        ("note", "the step 'broken' of acme 1.2 ("[:30]),
    ]


def test_what_a_plugin_prints_is_not_among_the_reads(steps, capfd):
    (steps / "steps.py").write_text("print('hello')\n" + filter_text())
    status, out, err = run("read r.fq at-least 9 write - --plugin steps.py", capfd)
    assert (status, out) == (0, "@r9\nAAAAAAAAA\n+\nIIIIIIIII\n")
    assert "hello" in err


def test_an_exception_is_the_plugins_fault(steps, capsys):
    (steps / "steps.py").write_text(FAILING)
    with pytest.raises(KeyError):
        run("read r.fq fails 3 write out.fq --plugin steps.py", capsys)
    assert f"a bug in the plugin {steps / 'steps.py'}; please report" in capsys.readouterr().err


def test_a_mask_that_is_none_is_one_line(steps, capsys):
    (steps / "steps.py").write_text(WRONG)
    status, _, err = run("read r.fq wrong 3 write out.fq --plugin steps.py", capsys)
    assert status == 1
    assert "keep() must return a bool for each of 9 rows, not int64 (9,) [in wrong" in err
