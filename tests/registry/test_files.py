"""Plugin files bring their operators, or one clear line."""

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from biometal_stream import plugin_files
from biometal_stream.errors import PluginError
from biometal_stream.registry.files import steps_of
from biometal_stream.registry.plugins import Plugins
from tests.operators.conformance import reads
from tests.registry.plugin_texts import filter_text

SEVERAL = (
    filter_text()
    + """

class _Hidden(AtLeast):
    pass


class Base(ReadFilter):
    def keep(self, view, /):
        return view.text("name").lengths > 2


@dataclass(frozen=True)
class OnBase(Base):
    pass


class NotAnOperator:
    pass
"""
)


@pytest.fixture
def file(tmp_path):
    """Writes a plugin file."""

    def write(text, name="my steps.py"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_the_operators_that_a_file_defines(file):
    path = file(SEVERAL)
    steps = steps_of(path)
    assert [step.name for step in steps] == ["at-least", "on-base"]
    assert steps[0].origin == f"{path} (AtLeast)"
    assert steps_of(path)[0].operator is steps[0].operator  # a file is imported once


def test_its_operators_can_be_pickled(file):
    operator = steps_of(file(filter_text()))[0].operator(75)
    assert pickle.loads(pickle.dumps(operator)) == operator
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(operator, reads()).result()
    assert there.equals(operator(reads()))


def test_a_machine_without_the_file_says_so(file, tmp_path):
    path = file(filter_text())
    pickled = pickle.dumps(steps_of(path)[0].operator(75))
    (tmp_path / "my steps.py").unlink()
    code = f"import pickle; pickle.loads({pickled!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"the plugin file {path} is not on this machine; put it at the same" in done.stderr


def test_nothing_is_left_beside_a_file(file, tmp_path):
    steps_of(file(filter_text()))
    assert [path.name for path in tmp_path.iterdir()] == ["my steps.py"]


@pytest.mark.parametrize("path", ["/a/b.py", "/ä ö/x_y.py", "/\udcff.py"])
def test_a_module_knows_its_file(path):
    module = plugin_files.module_of(path)
    assert plugin_files.path_of(module) == path
    assert plugin_files.path_of(module + "zz") is None
    assert plugin_files.path_of("other.module") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nclass (", "does not load: line 2: invalid syntax"),
        ("\n\nimport nothing_here", "line 3: ModuleNotFoundError: No module named 'nothing_here'"),
        (
            "from biometal_stream.plugin import ReadFitler",
            "ImportError: cannot import name 'ReadFitl",
        ),
        ("import sys\nsys.exit()", "line 2: SystemExit"),
        ("raise KeyError('many\\nlines')", "line 1: KeyError: 'many"),
        ("", "it defines no operator; write one as a subclass of one of .*: ReadFilter"),
        ("from biometal_stream import MinLength", "it defines no operator"),
        (filter_text().replace("(frozen=True)", ""), "AtLeast is not a frozen dataclass"),
        (
            filter_text().replace('argument("The length.", minimum=0, unit="bases")', "3"),
            "neither an",
        ),
        (filter_text("Öl"), "its name 'öl' must be lowercase letters"),
        ("\0", "does not load: .*null bytes"),
    ],
)
def test_what_goes_wrong_is_one_line_with_the_file(file, text, message):
    path = file(text)
    for _ in range(2):  # also the second time
        with pytest.raises(PluginError, match=message) as caught:
            steps_of(path)
        assert str(caught.value).startswith(f"the plugin {path}")
        assert "\n" not in str(caught.value)


def test_bytes_that_are_not_text(tmp_path):
    path = tmp_path / "bytes.py"
    path.write_bytes(b"x = '\xff'\n")
    with pytest.raises(PluginError, match="does not load"):
        steps_of(str(path))


def test_what_is_not_a_python_file(tmp_path):
    (tmp_path / "folder.py").mkdir()
    for name, message in [
        ("steps.txt", "--plugin takes a Python file, such as steps.py: "),
        ("", "--plugin takes a Python file"),
        (str(tmp_path / "folder.py"), "is not a file"),
        (str(tmp_path / "absent.py"), "does not exist"),
    ]:
        with pytest.raises(PluginError, match=message):
            steps_of(name)


def test_a_name_that_is_taken(file):
    with pytest.raises(
        PluginError, match="'min-length' is a step of biometal-stream; give the class"
    ):
        Plugins([file(filter_text("MinLength"))], taken={"min-length"})
    with pytest.raises(
        PluginError, match=r"two plugins have a step 'at-least': .*a.py .* and .*b.py"
    ):
        Plugins([file(filter_text(), "a.py"), file(filter_text(), "b.py")])


def test_a_file_that_is_named_again_counts_once(file, tmp_path):
    path = file(filter_text())
    (tmp_path / "link.py").symlink_to(path)
    assert list(Plugins([path, path, str(tmp_path / "link.py")])) == ["at-least"]
