"""No output is an input, another output, or inside a folder that is written as a whole."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFile, AtomicFiles, Output, check_outputs
from biometal_stream.errors import ConfigurationError, SinkError
from tests.faults.jobs import contents


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder, and another that is the same by a bind mount."""
    folder, other = tmp_path / "folder", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    mounted = subprocess.run(["mount", "--bind", folder, other], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("bind mounts are not allowed here")
    yield folder, other
    subprocess.run(["umount", other], check=True)


def outputs(*paths: Path | str) -> list[Output]:
    return [Output(str(path)) for path in paths]


@pytest.mark.parametrize("spelling", ["reads.fq", "./reads.fq", "soft.fq", "hard.fq", "in/../x/a"])
def test_an_input_by_any_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("reads.fq").write_bytes(b"old")
    Path("soft.fq").symlink_to("reads.fq")
    os.link("reads.fq", "hard.fq")
    Path("in").mkdir()
    Path("x").mkdir()
    Path("x/a").symlink_to("../reads.fq")
    with pytest.raises(SinkError, match=f"{spelling}: is an input; name another file"):
        check_outputs(["other.fq", tmp_path / "reads.fq"], outputs(spelling))
    with pytest.raises(SinkError, match="is an input; --stats must be another file"):
        check_outputs(["reads.fq"], [Output(spelling, "--stats")])


def test_an_input_that_is_open(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(b"old")
    with path.open("rb") as file:
        with pytest.raises(SinkError, match="is an input"):
            check_outputs([file], outputs(path))
        check_outputs([file], outputs(tmp_path / "other"))
    check_outputs([file, io.BytesIO(b""), "missing", 3], outputs(path))


def test_an_input_by_a_bind_mount(bound: tuple[Path, Path]) -> None:
    (bound[0] / "reads.fq").write_bytes(b"old")
    with pytest.raises(SinkError, match="is an input"):
        check_outputs([bound[0] / "reads.fq"], outputs(bound[1] / "reads.fq"))


def test_new_files_by_a_bind_mount(bound: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigurationError, match="other/a: is written twice; name two files"):
        AtomicFiles([bound[0] / "a", bound[1] / "a"])
    with AtomicFiles([bound[0] / "a", bound[1] / "b"]):
        pass
    assert contents(bound[0]) == {"a": b"", "b": b""}


@pytest.mark.parametrize("existing", [False, True])
def test_one_file_by_two_links(tmp_path: Path, existing: bool) -> None:
    if existing:
        (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(ConfigurationError, match="is written twice"):
        check_outputs([], outputs(tmp_path / "a", tmp_path / "link"))


@pytest.mark.parametrize(
    ("one", "other", "folded"),
    [
        ("A.fq", "a.fq", str.casefold),
        ("reads_R1.fq", "READS_R1.fq", str.casefold),
        (f"{'n' * 240}_R1.fq", f"{'n' * 240}_r1.fq", str.casefold),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.fq", "cafe\N{COMBINING ACUTE ACCENT}.fq", None),
        ("a.fq", "a.fq.", lambda name: name.rstrip(".")),
    ],
)
def test_a_file_system_that_takes_two_names_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: str, other: str, folded: object
) -> None:
    """Stood in for: names are folded before the system sees them."""
    import unicodedata

    real = os.stat

    def fold(name: str) -> str:
        return folded(name) if callable(folded) else unicodedata.normalize("NFC", name)

    def seen(path: object, **options: object) -> os.stat_result:
        if isinstance(path, str | os.PathLike) and Path(path).parent == tmp_path:
            for standing in tmp_path.iterdir():
                if fold(standing.name) == fold(Path(path).name):
                    return real(standing, **options)
        return real(path, **options)

    pair = [tmp_path / one, tmp_path / other]
    check_outputs([], outputs(*pair))  # here they are two
    monkeypatch.setattr(os, "stat", seen)
    with pytest.raises(ConfigurationError, match="is written twice"):
        check_outputs([], outputs(*pair))
    assert list(tmp_path.iterdir()) == []
    check_outputs([], outputs(tmp_path / "1.fq", tmp_path / "2.fq"))


def test_a_rename_that_would_take_the_first_away(tmp_path: Path) -> None:
    """What is one file only at the end, by a link that somebody makes in between."""
    for name in "ab":
        (tmp_path / name).write_bytes(b"old")
    files = AtomicFiles([tmp_path / "a", tmp_path / "b"])
    files.files[0].write(b"one")
    # As where a file system takes both names for one: the second is there once the first is.
    files.files[1]._final = tmp_path / "a"
    with pytest.raises(ConfigurationError, match="b: is written twice"):
        files.commit()
    files.discard()
    assert contents(tmp_path) == {"a": b"old", "b": b"old"}


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("folder", ["out", "out/", "link", "x/../out"])
def test_a_file_in_a_folder_that_is_written(tmp_path: Path, existing: bool, folder: str) -> None:
    (tmp_path / "link").symlink_to("out")
    (tmp_path / "x").mkdir()
    if existing:
        (tmp_path / "out").mkdir()
    whole = Output(f"{tmp_path}/{folder}", folder=True)
    for inner in ("out/q.fq", "out/deep/q.fq"):
        for both in ([whole, *outputs(tmp_path / inner)], [*outputs(tmp_path / inner), whole]):
            with pytest.raises(
                ConfigurationError, match=r"is inside .*, which is written as a whole"
            ):
                check_outputs([], both)
    check_outputs([], [whole, *outputs(tmp_path / "outer", tmp_path / "x" / "q", "-", "/dev/fd/7")])


def test_devices_may_take_several_and_pipes_may_not(tmp_path: Path) -> None:
    check_outputs(["/dev/null"], outputs("/dev/null", "/dev/null"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="pipe: is written twice"):
        check_outputs([], outputs(tmp_path / "pipe", tmp_path / "pipe"))
    with pytest.raises(ConfigurationError, match="standard output: cannot be both a and b"):
        check_outputs([], [Output("-", "a"), Output("-", "b")])


@pytest.mark.parametrize("path", ["a\0b", "a\ud800b"])
def test_names_that_no_system_takes(tmp_path: Path, path: str) -> None:
    for open_one in (AtomicFile, lambda each: AtomicFiles([each])):
        with pytest.raises(ConfigurationError, match="a path must be text"):
            open_one(f"{tmp_path}/{path}")
