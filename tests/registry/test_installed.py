"""Entry points of installed packages are found, and nothing is imported before it is used."""

import subprocess
import sys

import pytest

from biometal_stream.errors import PluginError
from biometal_stream.registry.installed import installed_steps
from biometal_stream.registry.plugins import Plugins
from tests.registry.plugin_texts import filter_text, install


def test_without_packages_nothing_is_looked_into():
    code = (
        "import sys; from biometal_stream.registry.installed import installed_steps;"
        "assert installed_steps() == (); print('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"


def test_a_step_is_found_and_loaded_when_it_is_used(site):
    install(site, {"at-least": "acme:AtLeast"}, modules={"acme": filter_text()})
    (step,) = installed_steps()
    assert (step.name, step.origin) == ("at-least", "acme 1.2 (acme:AtLeast)")
    assert "acme" not in sys.modules
    assert step.load().__name__ == "AtLeast"


@pytest.mark.parametrize(
    ("value", "text", "message"),
    [
        ("acme:AtMost", filter_text(), "does not load: AttributeError: .*'AtMost'"),
        (
            "nothing_here:A",
            "",
            "does not load: ModuleNotFoundError: No module named 'nothing_here'",
        ),
        (
            "acme:AtLeast",
            "import nothing_here",
            "ModuleNotFoundError: No module named 'nothing_here'",
        ),
        ("acme:AtLeast", "def (", r"acme.py, line 1: invalid syntax"),
        ("acme:AtLeast", "raise ValueError('many\\n  lines')", "ValueError: many lines$"),
        ("acme:AtLeast", "import sys; sys.exit(3)", "does not load: SystemExit: 3"),
        ("acme:AtLeast", "assert False", "does not load: AssertionError$"),
        ("acme:AtLeast", "AtLeast = 3", "it must be a class, not int"),
        ("acme:AtLeast", "class AtLeast: pass", "AtLeast is not an operator"),
        ("acme", filter_text(), "it must be a class, not module"),
        (
            "acme:Other",
            filter_text("Other"),
            "the entry point is called 'at-least' but the class's",
        ),
    ],
)
def test_what_goes_wrong_is_one_line_with_the_package(site, value, text, message):
    install(site, {"at-least": value}, modules={"acme": text})
    (step,) = installed_steps()
    with pytest.raises(PluginError, match=message) as caught:
        step.load()
    assert str(caught.value).startswith(f"the step 'at-least' of acme 1.2 ({value})")
    assert "\n" not in str(caught.value)


def test_two_packages_with_one_step(site):
    install(site, {"at-least": "acme:AtLeast"}, modules={"acme": filter_text()})
    install(site, {"at-least": "bolt:AtLeast"}, name="bolt", modules={"bolt": filter_text()})
    plugins = Plugins()
    assert list(plugins) == ["at-least"]
    with pytest.raises(
        PluginError, match=r"two plugins .*acme 1.2 .* and bolt 1.2 .*uninstall one"
    ):
        plugins.load("at-least")
    assert "two plugins" in plugins.fault("at-least")


def test_a_step_of_ours_is_not_replaced(site):
    install(site, {"min-length": "acme:MinLength"}, modules={"acme": filter_text("MinLength")})
    plugins = Plugins(taken={"min-length"})
    assert "min-length" not in plugins
    assert list(plugins) == []
    assert plugins.fault("min-length") == (
        "the step 'min-length' of acme 1.2 (acme:MinLength) is not used, since biometal-stream has"
        " a step of that name"
    )


def test_a_file_and_a_package_with_one_step(site, tmp_path):
    install(site, {"at-least": "acme:AtLeast"}, modules={"acme": filter_text()})
    file = tmp_path / "steps.py"
    file.write_text(filter_text())
    with pytest.raises(PluginError, match=r"two plugins have a step 'at-least': acme 1.2 .* and "):
        Plugins([str(file)])


def test_names_that_no_word_can_be_are_told(site):
    install(site, {"At Least": "acme:AtLeast"}, modules={"acme": filter_text()})
    plugins = Plugins()
    assert "must be lowercase letters" in plugins.fault("At Least")
