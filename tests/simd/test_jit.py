"""That compiled code is kept, found again, and thrown away when it should be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from biometal_stream.simd import jit

KERNEL = '''
import sys
import numpy as np
from biometal_stream.simd.jit import cache_folder, kernel
from biometal_stream.simd.vectors import low_bits


@kernel
def double(value):
    """Doubles a number."""
    return value + value + (low_bits(value) & np.uint64(0))


if __name__ == "__main__":
    import kept

    assert kept.double(np.uint64(21)) == 42
    hits = sum(kept.double.stats.cache_hits.values())
    misses = sum(kept.double.stats.cache_misses.values())
    print(hits, misses, cache_folder(kept.double))
'''
ROOT = Path(jit.__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path):
    """A copy of the package's compiler settings, and a module with a kernel of its own."""
    target = tmp_path / "site" / "biometal_stream"
    shutil.copytree(
        ROOT / "biometal_stream" / "simd",
        target / "simd",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (target / "__init__.py").touch()
    (target.parent / "kept.py").write_text(KERNEL)
    return target.parent


def call(site, home, **environment):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "XDG_"))}
    result = subprocess.run(
        [sys.executable, "-B", str(site / "kept.py")],
        capture_output=True,
        text=True,
        check=True,
        env={**inherited, "PYTHONPATH": str(site), "HOME": str(home), **environment},
    )
    hits, misses, folder = result.stdout.split()
    return int(hits), int(misses), None if folder == "None" else Path(folder)


def test_a_second_process_compiles_nothing(package, tmp_path):
    assert call(package, tmp_path) == (0, 1, package / "__pycache__")
    assert call(package, tmp_path) == (1, 0, package / "__pycache__")


def test_kept_code_is_loaded_without_the_compilers_tables(package, tmp_path):
    """They take longer to fill than all kernels to load."""
    loads = (
        "import sys, kept; kept.double(kept.np.uint64(2)); print('numba.np.linalg' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(package), "HOME": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "-c", loads]
    told = [
        subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        for _ in range(2)
    ]
    assert told == ["True\n", "False\n"]


def test_a_change_of_the_vectors_compiles_anew(package, tmp_path):
    call(package, tmp_path)
    with (package / "biometal_stream" / "simd" / "vectors.py").open("a") as source:
        source.write("# changed\n")
    assert call(package, tmp_path)[:2] == (0, 1)
    assert call(package, tmp_path)[:2] == (1, 0)


def test_a_folder_may_be_named(package, tmp_path):
    folder = tmp_path / "named"
    assert call(package, tmp_path, NUMBA_CACHE_DIR=str(folder))[:2] == (0, 1)
    hits, misses, used = call(package, tmp_path, NUMBA_CACHE_DIR=str(folder))
    assert (hits, misses) == (1, 0)
    assert folder in used.parents


def blocked(folder):
    """Makes a folder's cache impossible to write, for root as well."""
    (folder / "__pycache__").write_text("in the way of a folder of this name")


def test_a_package_that_cannot_be_written_is_kept_in_the_users_cache(package, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    blocked(package)
    hits, misses, folder = call(package, home)
    assert (hits, misses) == (0, 1)
    assert home in folder.parents
    assert call(package, home) == (1, 0, folder)


def test_without_any_folder_kernels_work_all_the_same(package, tmp_path):
    home = tmp_path / "home"
    home.write_text("no folder")
    blocked(package)
    assert call(package, home) == (0, 1, None)
    assert call(package, home) == (0, 1, None)


def test_a_kernel_is_its_function():
    @jit.kernel
    def add(one: int, two: int) -> int:
        """Adds."""
        return one + two

    assert add(1, 2) == 3
    assert add.__doc__ == "Adds."
    assert add.py_func(np.uint64(1), np.uint64(2)) == 3
