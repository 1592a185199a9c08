"""That compiled code is kept, found again, and thrown away when it should be."""

import errno
import hashlib
import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from biometal_stream.errors import ConfigurationError, InputWarning, MissingExtraError
from biometal_stream.pipeline import Pipeline
from biometal_stream.simd import cache, jit
from tests.stand_ins import Collect, Numbers

KERNEL = '''
import sys
import numpy as np
from biometal_stream.simd.jit import cache_folder, kernel
from biometal_stream.simd.masks import low_bits


@kernel
def double(value):
    """Doubles a number."""
    return value + value + (low_bits(value) & np.uint64(0))


if __name__ == "__main__":
    import kept

    assert kept.double(np.uint64(21)) == 42
    hits = sum(kept.double.dispatcher.stats.cache_hits.values())
    misses = sum(kept.double.dispatcher.stats.cache_misses.values())
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
        ignore=shutil.ignore_patterns("__pycache__", "built"),
    )
    (target / "__init__.py").touch()
    for name in ("errors.py", "extras.py"):
        shutil.copy(ROOT / "biometal_stream" / name, target)
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


def test_a_change_of_what_a_kernel_calls_compiles_anew(package, tmp_path):
    """Also of a function that the function calls, in a third file."""
    kept = package / "kept.py"
    text = kept.read_text().replace("@kernel", "from one import one\n\n@kernel")
    kept.write_text(text.replace("value + value", "value + one(value)"))
    inlined = "from biometal_stream.simd.compiler import inlined\n"
    called = "\n@inlined\ndef {}(value):\n    return {}\n"
    (package / "one.py").write_text(
        f"{inlined}from two import two\n{called.format('one', 'two(value)')}"
    )
    two = package / "two.py"
    two.write_text(inlined + called.format("two", "value"))
    assert call(package, tmp_path)[:2] == (0, 1)
    assert call(package, tmp_path)[:2] == (1, 0)
    two.write_text(inlined + called.format("two", "value + value - value"))
    assert call(package, tmp_path)[:2] == (0, 1)


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


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads a module with a kernel as a new process would; tells of hits and misses."""
    monkeypatch.setattr(cache.KernelCache, "lost", False)  # and afterwards what it was
    monkeypatch.setitem(vars(numba.config), "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    file = tmp_path / "kept.py"
    file.write_text(KERNEL)

    def loaded():
        spec = importlib.util.spec_from_file_location("kept", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.double(np.uint64(21)) == 42
        stats = module.double.dispatcher.stats
        return sum(stats.cache_hits.values()), sum(stats.cache_misses.values())

    return loaded


def test_code_that_is_damaged_is_made_again(load, tmp_path):
    assert load() == (0, 1)
    (file,) = (tmp_path / "__pycache__").glob("*.kernel")
    whole = file.read_bytes()
    wrong = pickle.dumps("neither key nor code")
    for data in (
        whole[: len(whole) // 2],
        bytes(len(whole)),
        b"",
        hashlib.sha256(b"no pickle").digest() + b"no pickle",
        hashlib.sha256(wrong).digest() + wrong,
    ):
        file.write_bytes(data)
        assert load() == (0, 1)
        assert load() == (1, 0)
    file.unlink()
    file.mkdir()
    (file / "in-the-way").touch()
    assert load() == (0, 1)


def test_a_full_disk_keeps_nothing_and_ends_nothing(load, tmp_path, monkeypatch):
    class Full:
        def __init__(self, file, mode):
            os.close(file)

        def __enter__(self):
            raise OSError(errno.ENOSPC, "No space left on device")

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(cache.KernelCache, "lost", False)
    with monkeypatch.context() as full:
        full.setattr(os, "fdopen", Full)
        assert load() == (0, 1)
    assert cache.KernelCache.lost
    assert not list((tmp_path / "__pycache__").glob("*.kernel*"))
    assert load() == (0, 1)


def test_without_a_home_nothing_is_kept_in_the_current_folder(load, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "~")
    monkeypatch.setattr(cache.KernelCache, "lost", False)
    blocked(tmp_path)
    assert load() == (0, 1)
    assert list(here.iterdir()) == []
    assert cache.KernelCache.lost


def test_kernels_that_are_not_to_be_compiled(load, monkeypatch):
    monkeypatch.setitem(vars(numba.config), "DISABLE_JIT", 1)
    with pytest.raises(ConfigurationError, match="NUMBA_DISABLE_JIT is set"):
        load()


def test_code_in_a_folder_of_somebody_else_is_not_unpickled(load, tmp_path, monkeypatch):
    blocked(tmp_path)
    assert load() == (0, 1)
    assert load() == (1, 0)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    monkeypatch.setattr(cache.KernelCache, "lost", False)
    assert load() == (0, 1)
    assert cache.KernelCache.lost


@pytest.mark.parametrize("mode", [0o600, 0o620, 0o602])
def test_files_of_others_are_not_believed(tmp_path, monkeypatch, mode):
    """What another user can write, or owns, is not even unpickled."""
    folder = cache.Folder(tmp_path / "kernels")
    assert folder.is_ready
    folder.write("a.kernel", b"code")
    file = folder.path / "a.kernel"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(mode)
    assert folder.read("a.kernel") == (b"code" if mode == 0o600 else None)
    file.chmod(0o600)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert folder.read("a.kernel") is None
    assert not folder.is_ready
    assert cache.Folder(folder.path, beside=True).read("a.kernel") == b"code"


def test_no_link_is_followed(tmp_path):
    folder = cache.Folder(tmp_path)
    folder.write("a.kernel", b"code")
    (tmp_path / "b.kernel").symlink_to("a.kernel")
    os.mkfifo(tmp_path / "c.kernel")
    assert folder.read("b.kernel") is None
    assert folder.read("c.kernel") is None


def test_a_folder_that_a_umask_left_open_is_closed(tmp_path):
    folder = cache.Folder(tmp_path / "kernels")
    folder.path.mkdir()
    folder.path.chmod(0o775)
    assert folder.is_ready
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_compiling_at_every_start_is_said_once(monkeypatch):
    monkeypatch.setattr(jit, "_told", False)
    monkeypatch.setattr(cache.KernelCache, "lost", False)
    assert jit.what_was_lost() is None
    monkeypatch.setattr(cache.KernelCache, "lost", True)
    with pytest.warns(InputWarning, match="set NUMBA_CACHE_DIR to a folder of your own"):
        Pipeline(Numbers(2)).run(Collect())
    Pipeline(Numbers(2)).run(Collect())  # and no more


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


def test_without_numba_the_error_says_what_to_install(monkeypatch):
    @jit.kernel
    def add(one: int, two: int) -> int:
        return one + two

    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(
        MissingExtraError, match=r"to compile kernels, since .*biometal-stream needs"
    ):
        add(1, 2)
