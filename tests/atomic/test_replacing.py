"""What the rename at the end could not replace is found out before the work."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFile, AtomicFolder
from biometal_stream.errors import SinkError

NOBODY = 65_534
KINDS: dict[str, Callable[[Path], AtomicFile | AtomicFolder]] = {
    "file": AtomicFile,
    "folder": AtomicFolder,
}
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make such targets")


def make(kind: str, path: Path) -> Path:
    if kind == "file":
        path.write_bytes(b"old")
        path.chmod(0o666)
    else:
        path.mkdir()
        path.chmod(0o777)
    return path


def refused(kind: str, path: Path, reason: str) -> None:
    before = sorted(path.parent.iterdir())
    with pytest.raises(SinkError, match=reason):
        KINDS[kind](path)
    assert sorted(path.parent.iterdir()) == before


@root
@pytest.mark.parametrize("kind", KINDS)
def test_of_another_user_in_a_sticky_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    path = make(kind, folder / "t")
    os.chown(path, NOBODY - 1, -1)
    KINDS[kind](path).discard()  # root may
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    refused(kind, path, f"t: belongs to another user, .* sticky, .* name another {kind}")
    for owner, place in ((NOBODY, path), (NOBODY - 1, path)):
        os.chown(place, owner, -1)
        if owner == NOBODY:
            KINDS[kind](path).discard()  # it is ours
    os.chown(folder, NOBODY, -1)
    KINDS[kind](path).discard()  # the folder is
    os.chown(folder, 0, -1)
    folder.chmod(0o777)
    KINDS[kind](path).discard()
    KINDS[kind](folder / "new").discard()


@pytest.fixture
def mounted(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    kind = request.param
    source, path = make(kind, tmp_path / "source"), make(kind, tmp_path / "m nt")
    done = subprocess.run(["mount", "--bind", source, path], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("bind mounts are not allowed here")
    yield path
    subprocess.run(["umount", path], check=True)


@pytest.mark.parametrize(("mounted", "kind"), [(k, k) for k in KINDS], indirect=["mounted"])
def test_a_mount_point(mounted: Path, kind: str) -> None:
    refused(kind, mounted, "is a mount point, which cannot be replaced; .*or name another")


@pytest.fixture
def marked() -> Iterator[Callable[[Path, str], None]]:
    """Gives attributes, and takes them back."""
    given: list[tuple[Path, str]] = []

    def mark(path: Path, attribute: str) -> None:
        done = subprocess.run(["chattr", f"+{attribute}", path], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("attributes are not allowed here")
        given.append((path, attribute))

    yield mark
    for path, attribute in given:
        subprocess.run(["chattr", f"-{attribute}", path], check=True)


@root
@pytest.mark.parametrize("attribute", ["a", "i"])
@pytest.mark.parametrize("kind", KINDS)
def test_attributes(
    tmp_path: Path, marked: Callable[[Path, str], None], kind: str, attribute: str
) -> None:
    path = make(kind, tmp_path / "t")
    marked(path, attribute)
    refused(kind, path, "cannot be replaced|write-protected")


@root
@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_that_only_grows(
    tmp_path: Path, marked: Callable[[Path, str], None], kind: str
) -> None:
    (tmp_path / "f").mkdir()
    marked(tmp_path / "f", "a")
    refused(kind, tmp_path / "f" / "t", "its folder only allows files to be added")


@pytest.mark.parametrize("bits", [0o6755, 0o4711, 0o2750, 0o1644, 0o640])
def test_bits_that_lend_rights_are_not_handed_on(tmp_path: Path, bits: int) -> None:
    path = make("file", tmp_path / "t")
    path.chmod(bits)
    with AtomicFile(path) as file:
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == bits & 0o777


@pytest.mark.parametrize("above", [0o755, 0o2775])
def test_what_a_folder_hands_on_is_as_the_one_above_says(tmp_path: Path, above: int) -> None:
    (tmp_path / "f").mkdir()
    path = make("folder", tmp_path / "f" / "t")
    (tmp_path / "f").chmod(above)
    path.chmod(0o3750)
    with AtomicFolder(path) as folder:
        folder.append("a", b"")
    assert stat.S_IMODE(path.stat().st_mode) == above & 0o2000 | 0o750
