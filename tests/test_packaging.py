"""What an installed package is: the links, the wheel, and how light it is to import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import biometal_stream
from tests.conftest import REPOSITORY

LINKED = ["models", "operators", "schemas"]


@pytest.mark.parametrize("name", LINKED)
def test_the_links_are_relative(name: str) -> None:
    link = REPOSITORY / "biometal_stream" / name
    assert link.is_symlink()
    assert link.readlink() == Path("..") / name


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, installed from the repository into a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    source = tmp_path_factory.mktemp("source") / "clone"
    # A copy, since what setuptools leaves in a folder would go into the next wheel.
    left = shutil.ignore_patterns(".*", "benches", "build", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, source, symlinks=True, ignore=left)
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--no-build-isolation", "--target", str(target), str(source)),
    ]
    # Without kernels, which take a minute: `.ci/run` builds a wheel that has them.
    environment = {**os.environ, "BIOMETAL_STREAM_TARGETS": "none"}
    subprocess.run(command, check=True, capture_output=True, cwd=target, env=environment)
    return target


def python(code: str, path: Path, **environment: str) -> str:
    """What a fresh Python prints that finds the package in a folder only."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=path,
        env={"PYTHONPATH": str(path), "PATH": "/usr/bin:/bin", "HOME": str(path), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_package_is_installed(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert names - {"bin", "__pycache__"} == {"biometal_stream"}
    package = installed / "biometal_stream"
    assert (package / "py.typed").exists()
    assert list((package / "data").glob("*.fastq.gz"))
    assert (package / "operators" / "min_length.py").exists()
    assert not (package / "operators").is_symlink()
    assert not list(installed.rglob("test_*"))
    assert not list(installed.rglob("entry.js"))  # only what is built from it


def test_the_folders_at_the_top_are_no_packages(installed: Path) -> None:
    code = """
import importlib.util
for name in ("operators", "schemas", "models"):
    spec = importlib.util.find_spec(name)
    assert spec is None or "biometal" not in str(spec.origin), spec
import biometal_stream.operators, biometal_stream.schemas, biometal_stream.models
print(biometal_stream.operators.__file__)
"""
    assert str(installed) in python(code, installed)


def lend_kernels(package: Path) -> None:
    """Copies the kernels that are compiled here into another installation of the same sources.

    They are found by what is in a source, not by where it is. To compile them takes 20 s.
    """
    here = Path(biometal_stream.__file__).parent
    for folder in [package, *(path for path in package.rglob("*") if path.is_dir())]:
        for pattern in ("__pycache__/*.kernel", "built/*.image"):
            for kernel in (here / folder.relative_to(package)).glob(pattern):
                copy = folder / kernel.parent.name / kernel.name
                copy.parent.mkdir(exist_ok=True)
                shutil.copy(kernel, copy)


def test_the_installed_package_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    lend_kernels(installed / "biometal_stream")
    code = f"""
import sys
from biometal_stream.cli.main import main
sys.argv = ["biometal-stream", "demo", "--output", {str(tmp_path / "demo.parquet")!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert "DuckDB" in python(code, installed, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert (tmp_path / "demo.parquet").exists()


@pytest.mark.parametrize(
    "code",
    [
        "import biometal_stream",
        "import biometal_stream.cli.main",
        "from biometal_stream.registry.builtin import operator_classes; operator_classes()",
        "import biometal_stream as bs; bs.read_fastq('reads.fq.gz') | bs.MinLength(50)",
    ],
)
def test_what_is_light_to_import(code: str) -> None:
    heavy = "{'numba', 'numpy', 'onnxruntime', 'pyarrow', 'rich', 'torch'}"
    check = f"{code}\nimport sys\nprint(sorted({heavy} & set(sys.modules)))"
    assert python(check, REPOSITORY).strip() == "[]"


def test_every_public_name_exists() -> None:
    import biometal_stream as bs

    for name in bs.__all__:
        assert getattr(bs, name) is not None
    assert set(bs.__all__) <= set(dir(bs))
    from biometal_stream import operators

    assert set(operators.__all__) <= set(bs.__all__)
    with pytest.raises(AttributeError, match="no attribute 'MinLenght'"):
        bs.MinLenght  # noqa: B018
