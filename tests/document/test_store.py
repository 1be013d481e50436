import contextlib
import ctypes
import errno
import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document import disk, store, swap
from journal.errors import ChangedOnDisk, EntryError, EntryNotFound, NotWritable

CHAOS = Path(__file__).parents[1] / "chaos" / "store_chaos.py"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges files and tells who writes them")

Exchange = Callable[[int, str, str, int], bool]


@pytest.fixture(autouse=True)
def _a_fresh_look_at_every_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_swept", set())


def says_unsupported(*_: Any) -> int:
    ctypes.set_errno(errno.EINVAL)
    return -1


@pytest.fixture(params=["exchange", "rename", "unsupported"])
def every_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways to put a file in place: Linux's, and the weaker one of other systems and of some file systems."""
    if request.param == "rename":
        monkeypatch.setattr(disk, "_renameat2", lambda: None)
    elif request.param == "unsupported":
        monkeypatch.setattr(disk, "_renameat2", lambda: says_unsupported)
    elif sys.platform != "linux":
        pytest.skip("only Linux exchanges files")
    return str(request.param)


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    path = tmp_path / "entry.md"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- reading


def test_reading_gives_the_bytes_and_their_sum(entry: Path) -> None:
    stored = store.read(entry)

    assert (stored.path, stored.raw) == (entry, b"old")
    assert stored.sha256 == "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"


def test_a_missing_file_is_an_entry_not_found(tmp_path: Path, entry: Path) -> None:
    for path in (tmp_path / "none.md", entry / "below-a-file.md"):
        with pytest.raises(EntryNotFound, match="no such file"):
            store.read(path)


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match="is a folder, not a file"):
        store.read(tmp_path)


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(EntryError, match="is a pipe, not a file"):
        store.read(tmp_path / "pipe")


def test_a_name_that_no_file_can_have_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match="no file can have that name"):
        store.read(tmp_path / "a\0b")
    with pytest.raises(NotWritable, match="no file can have that name"):
        store.create(tmp_path / "a\0b", b"", inside=tmp_path)


def test_a_file_without_permission_says_so_and_what_to_look_at(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_system(monkeypatch, Failing(os, "open", 0, errno.EACCES))

    with pytest.raises(EntryError, match=r"cannot be read: Permission denied \(check the permissions"):
        store.read(entry)


# --- replacing


@pytest.mark.usefixtures("every_way")
def test_replacing_writes_the_new_bytes_and_leaves_nothing_else(entry: Path) -> None:
    assert store.replace(store.read(entry), b"new", inside=entry.parent)

    assert entry.read_bytes() == b"new"
    assert names(entry.parent) == ["entry.md"]


@settings(max_examples=30, deadline=None)
@given(old=st.binary(max_size=2000), new=st.binary(max_size=2000))
def test_any_bytes_replace_any_bytes(old: bytes, new: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entry.md"
        path.write_bytes(old)

        assert store.replace(store.read(path), new, inside=path.parent) == (old != new)
        assert path.read_bytes() == new


def test_equal_bytes_do_not_touch_the_file(entry: Path) -> None:
    before = entry.stat()

    assert not store.replace(store.read(entry), b"old", inside=entry.parent)

    assert entry.stat() == before


@pytest.mark.usefixtures("every_way")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755, 0o620])
def test_the_mode_is_kept(entry: Path, mode: int) -> None:
    entry.chmod(mode)

    store.replace(store.read(entry), b"new", inside=entry.parent)
    store.save(entry, b"newer", inside=entry.parent)

    assert stat.S_IMODE(entry.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")
def test_the_owner_is_kept(entry: Path) -> None:
    os.chown(entry, 12345, 23456)
    entry.chmod(0o640)

    store.replace(store.read(entry), b"new", inside=entry.parent)

    assert (entry.stat().st_uid, entry.stat().st_gid, stat.S_IMODE(entry.stat().st_mode)) == (12345, 23456, 0o640)


def test_an_owner_that_cannot_be_kept_does_not_stop_the_write(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_system(monkeypatch, Failing(os, "fchown", 0, errno.EPERM, sticky=True))

    assert store.replace(store.read(entry), b"new", inside=entry.parent)


@LINUX
def test_extended_attributes_are_kept(entry: Path) -> None:
    if sys.platform == "linux":
        try:
            os.setxattr(entry, "user.note", b"mine")
        except OSError as error:
            pytest.skip(f"no extended attributes here: {error}")

        store.replace(store.read(entry), b"new", inside=entry.parent)

        assert os.getxattr(entry, "user.note") == b"mine"


@pytest.mark.usefixtures("every_way")
def test_a_symbolic_link_stays_one_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    real, link = tmp_path / "deep" / "real.md", tmp_path / "link.md"
    real.write_bytes(b"old")
    link.symlink_to("deep/real.md")

    store.replace(store.read(link), b"new", inside=tmp_path)
    store.save(link, b"newer", inside=tmp_path)

    assert link.is_symlink()
    assert real.read_bytes() == b"newer"
    assert (names(tmp_path), names(tmp_path / "deep")) == (["deep", "link.md"], ["real.md"])


@pytest.mark.parametrize("name", ["é" * 120, "笔记" * 40, "n" * 252, "a b'\"\n.md", ".hidden", "-o"])
def test_names_of_every_kind_can_be_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    store.create(path, b"old", inside=tmp_path)

    assert store.replace(store.read(path), b"new", inside=tmp_path)
    assert store.save(path, b"newer", inside=tmp_path)
    assert names(tmp_path) == [name]


def test_a_relative_path_is_written_where_it_leads(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(entry.parent)

    store.replace(store.read(Path("entry.md")), b"new", inside=Path())

    assert entry.read_bytes() == b"new"


# --- refusing


Write = Callable[[Path, Path], bool]


def replacing(path: Path, inside: Path) -> bool:
    return store.replace(store.Stored(path, b"old", disk.sha256(b"old")), b"new", inside=inside)


def creating(path: Path, inside: Path) -> bool:
    store.create(path, b"new", inside=inside)
    return True


def saving(path: Path, inside: Path) -> bool:
    return store.save(path, b"new", inside=inside)


every_write = pytest.mark.parametrize("write", [replacing, creating, saving])
every_overwrite = pytest.mark.parametrize("write", [replacing, saving])


@every_write
@pytest.mark.parametrize(
    "way", ["../out/entry.md", "link/entry.md", "link.md", "inner/../../out/entry.md", "link/new.md"]
)
def test_nothing_outside_the_journal_is_written(tmp_path: Path, write: Write, way: str) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    (root / "inner").mkdir(parents=True)
    out.mkdir()
    (out / "entry.md").write_bytes(b"old")
    (root / "link").symlink_to(out)
    (root / "link.md").symlink_to(out / "entry.md")

    with pytest.raises(NotWritable, match="does not lie in the journal"):
        write(root / way, root)

    assert (out / "entry.md").read_bytes() == b"old"
    assert names(out) == ["entry.md"]


@every_write
@pytest.mark.parametrize("way", [".", "..", "inner/.."])
def test_the_journal_itself_is_no_file(tmp_path: Path, write: Write, way: str) -> None:
    (tmp_path / "inner").mkdir()

    with pytest.raises(NotWritable):
        write(tmp_path / way, tmp_path)


@every_write
@pytest.mark.parametrize("name", [".git/config", ".GIT/hooks/post-commit", "sub/.git/config"])
def test_nothing_is_written_into_a_git_folder(tmp_path: Path, write: Write, name: str) -> None:
    with pytest.raises(NotWritable, match="git's own folder"):
        write(tmp_path / name, tmp_path)

    assert names(tmp_path) == []


@every_overwrite
def test_a_read_only_file_is_refused_even_for_the_superuser(entry: Path, write: Write) -> None:
    entry.chmod(0o444)

    with pytest.raises(NotWritable, match=r"is read-only \(chmod u\+w") as problem:
        write(entry, entry.parent)

    assert problem.value.place == str(entry)

    assert entry.read_bytes() == b"old"
    assert names(entry.parent) == ["entry.md"]


@every_overwrite
def test_a_file_with_several_hard_links_is_refused(entry: Path, write: Write) -> None:
    (entry.parent / "twin.md").hardlink_to(entry)

    with pytest.raises(NotWritable, match="has 2 hard links"):
        write(entry, entry.parent)

    assert (entry.parent / "twin.md").samefile(entry)
    assert entry.read_bytes() == b"old"


@every_overwrite
def test_a_folder_and_a_pipe_are_refused(tmp_path: Path, write: Write) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    for name, words in (("folder", "is a folder"), ("pipe", "is a pipe")):
        with pytest.raises(NotWritable, match=words):
            write(tmp_path / name, tmp_path)


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(EntryError, match="cannot be read"):
        store.read(tmp_path / "a")
    with pytest.raises(NotWritable):
        saving(tmp_path / "a", tmp_path)


@pytest.mark.usefixtures("every_way")
@pytest.mark.parametrize("change", ["in place", "by rename"])
def test_a_file_changed_since_it_was_read_is_left_alone(entry: Path, change: str) -> None:
    stored = store.read(entry)
    edit(entry, b"theirs", change)

    with pytest.raises(ChangedOnDisk, match="run the command again"):
        store.replace(stored, b"new", inside=entry.parent)

    assert entry.read_bytes() == b"theirs"
    assert names(entry.parent) == ["entry.md"]


@pytest.mark.usefixtures("every_way")
@pytest.mark.parametrize("gone", ["file", "folder"])
def test_a_file_removed_since_it_was_read_stays_removed(tmp_path: Path, gone: str) -> None:
    path = tmp_path / "folder" / "entry.md"
    store.create(path, b"old", inside=tmp_path)
    stored = store.read(path)
    path.unlink()
    if gone == "folder":
        path.parent.rmdir()

    with pytest.raises(ChangedOnDisk, match="was removed or renamed"):
        store.replace(stored, b"new", inside=tmp_path)

    assert list(tmp_path.rglob("*.*")) == []


# --- creating and saving


@pytest.mark.usefixtures("every_way")
def test_creating_makes_the_folders_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "entry.md"

    store.create(path, b"new", inside=tmp_path)

    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["entry.md"]
    assert path.stat().st_mode == _plain(tmp_path).stat().st_mode


def _plain(folder: Path) -> Path:
    path = folder / "plain"
    path.write_bytes(b"")
    return path


@pytest.mark.usefixtures("every_way")
@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_creating_never_overwrites(entry: Path, kind: str) -> None:
    path = entry.with_name("taken")
    if kind == "file":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")

    with pytest.raises(NotWritable, match=r"exists already; nothing was written \(choose another name\)"):
        store.create(path, b"new", inside=entry.parent)

    assert names(entry.parent) == ["entry.md", "taken"]


@pytest.mark.usefixtures("every_way")
def test_creating_never_overwrites_a_file_made_in_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "entry.md"
    write = swap.write

    def write_late(*args: Any, **options: Any) -> None:
        write(*args, **options)
        path.write_bytes(b"theirs")

    monkeypatch.setattr(swap, "write", write_late)

    with pytest.raises(NotWritable, match="exists already"):
        store.create(path, b"new", inside=tmp_path)

    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["entry.md"]


@pytest.mark.parametrize("durable", [True, False])
def test_saving_writes_only_what_differs(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "evidence" / "entry.json"

    assert store.save(path, b"1", inside=tmp_path, durable=durable)
    before = path.stat()
    assert not store.save(path, b"1", inside=tmp_path, durable=durable)
    assert path.stat() == before
    assert store.save(path, b"2", inside=tmp_path, durable=durable)
    assert path.read_bytes() == b"2"
    assert names(path.parent) == ["entry.json"]


def test_saving_what_stands_there_already_is_fine_even_when_it_is_read_only(entry: Path) -> None:
    entry.chmod(0o444)

    assert not store.save(entry, b"old", inside=entry.parent)


def test_only_a_durable_save_flushes(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Failing(os, "", 0, 0)
    on_system(monkeypatch, counted)

    store.save(entry, b"1", inside=entry.parent, durable=False)
    quick = counted.calls.count("fsync")
    store.save(entry, b"2", inside=entry.parent)

    assert (quick, counted.calls.count("fsync")) == (0, 2)


# --- a failing disk


class Failing:
    """The module `os` or `fcntl`, whose n-th call of one function fails: once, or from then on."""

    def __init__(self, module: Any, function: str, number: int, error: int, *, sticky: bool = False) -> None:
        self.module, self.function, self.number, self.error, self.sticky = module, function, number, error, sticky
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.module, name)
        return real if not callable(real) or name == "fsencode" else lambda *a, **k: self._call(name, real, *a, **k)

    def _call(self, name: str, real: Callable[..., Any], *args: Any, **options: Any) -> Any:
        number = self.calls.count(name)
        self.calls.append(name)
        if name != self.function or not (number == self.number or (self.sticky and number > self.number)):
            return None if name == "fsync" else real(*args, **options)  # no real flush: thousands take too long
        if name == "close":
            real(*args)  # the descriptor is gone, whatever the system says
        raise OSError(self.error, os.strerror(self.error))


def on_system(patch: pytest.MonkeyPatch, system: Failing) -> None:
    """Give every module of the store this `os`."""
    for module in (store, swap, disk):
        patch.setattr(module, "os", system)


class FailingRename:
    """The system call behind the exchange, which can fail like the others."""

    def __init__(self, system: Failing) -> None:
        self.system = system
        self.real = disk._renameat2()

    def __call__(self, *args: Any) -> int:
        assert self.real is not None
        try:
            return int(self.system._call("renameat2", self.real, *args))
        except OSError as error:
            ctypes.set_errno(error.errno or 0)
            return -1


@contextlib.contextmanager
def failing(function: str, number: int, error: int, *, sticky: bool, exchange: bool) -> Iterator[list[str]]:
    """The store on a disk that fails; gives the calls it makes."""
    with pytest.MonkeyPatch.context() as patch:
        system = Failing(os, function, number, error, sticky=sticky)
        rename = FailingRename(system)
        locks = Failing(fcntl, function, number, error, sticky=sticky)
        locks.calls = system.calls
        on_system(patch, system)
        patch.setattr(disk, "fcntl", locks)
        patch.setattr(disk, "_renameat2", (lambda: rename) if exchange and rename.real else (lambda: None))
        yield system.calls


def replacing_it(root: Path) -> bool:
    return replacing(root / "entry.md", root)


def saving_it(root: Path) -> bool:
    return saving(root / "entry.md", root)


def creating_it(root: Path) -> bool:
    return creating(root / "a" / "b" / "entry.md", root)


def attempt(work: Callable[[Path], bool], root: Path) -> NotWritable | None:
    try:
        work(root)
    except NotWritable as problem:
        return problem
    return None


def calls_of(work: Callable[[Path], bool], root: Path, *, exchange: bool) -> list[tuple[str, int]]:
    """Every system call of a write: its name and how many of that name came before."""
    prepare(root)
    with failing("", 0, 0, sticky=False, exchange=exchange) as calls:
        work(root)
    return [(name, calls[:at].count(name)) for at, name in enumerate(calls) if name not in ("fspath", "strerror")]


def prepare(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "entry.md").write_bytes(b"old")


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else b"" for path in root.rglob("*")}


@pytest.mark.parametrize("sticky", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "rename"])
@pytest.mark.parametrize("work", [replacing_it, saving_it, creating_it])
def test_whatever_call_fails_the_file_is_whole_and_the_error_is_one_sentence(
    tmp_path: Path, work: Callable[[Path], bool], exchange: bool, sticky: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    prepare(root)
    old = tree(root)
    calls = calls_of(work, root, exchange=exchange)
    new = tree(root)
    assert old != new
    assert {"write", "fsync", "close"} <= {name for name, _ in calls}

    for name, number in calls:
        for error in (errno.ENOSPC, errno.EIO, errno.EINTR):
            prepare(root)
            swap._swept.clear()
            with failing(name, number, error, sticky=sticky, exchange=exchange):
                problem = attempt(work, root)
            clear_leftovers(root, monkeypatch, only_if=sticky)
            assert problem is None or os.strerror(error) in str(problem), (name, number)
            allowed = [new] if problem is None else [old]
            if problem and (sticky or (name == "fsync" and (not exchange or work is saving_it))):
                allowed.append(new)  # the last flush, or the way back, failed as well
            assert tree(root) in allowed, (name, number, os.strerror(error), problem)


@pytest.mark.parametrize(
    ("work", "exchange", "steps"),
    [
        pytest.param(replacing_it, True, "fsync renameat2 fsync unlink", marks=LINUX),
        (replacing_it, False, "fsync replace fsync"),
        (saving_it, False, "fsync replace fsync"),
        pytest.param(creating_it, True, "fsync fsync fsync renameat2 fsync unlink", marks=LINUX),  # two folders first
        (creating_it, False, "fsync fsync fsync link fsync unlink"),
    ],
)
def test_bytes_are_flushed_before_they_come_into_place_and_names_after(
    tmp_path: Path, work: Callable[[Path], bool], exchange: bool, steps: str
) -> None:
    calls = [name for name, _ in calls_of(work, tmp_path / "root", exchange=exchange)]

    assert [name for name in calls if name in {"fsync", "renameat2", "replace", "link", "unlink"}] == steps.split()


def test_folders_that_were_made_for_a_failed_write_are_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def no_more_room(path: Path) -> None:
        if path.name == "c":
            raise OSError(errno.ENOSPC, "No space left on device")
        mkdir(path)

    monkeypatch.setattr(Path, "mkdir", no_more_room)

    with pytest.raises(NotWritable, match="No space left"):
        creating(tmp_path / "a" / "b" / "c" / "entry.md", tmp_path)

    assert names(tmp_path) == []


def clear_leftovers(root: Path, monkeypatch: pytest.MonkeyPatch, *, only_if: bool) -> None:
    """What a later write does when a minute has passed: a disk that fails for good keeps us from doing it now."""
    if only_if:
        with monkeypatch.context() as patch:
            patch.setattr(store, "LEFTOVER_SECONDS", -1.0)
            swap._swept.clear()
            for folder in (root, root / "a" / "b"):
                if folder.is_dir():
                    store.save(folder / "other", b"", inside=root)
                    (folder / "other").unlink()


def test_bytes_that_read_back_differently_are_not_put_in_place(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = disk.contents
    monkeypatch.setattr(disk, "contents", lambda fd: read(fd).replace(b"new", b"new\0"))

    with pytest.raises(NotWritable, match="does not give back"):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"old"}


def in_a_child(code: str, *args: object, wrap: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*wrap, sys.executable, "-c", code, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_limit_on_file_size_leaves_the_old_bytes(entry: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from journal.document import store
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    store.replace(store.read(path), b"x" * 5000, inside=path.parent)
except store.NotWritable as error:
    sys.exit(str(error))
"""
    done = in_a_child(code, entry)

    assert done.stderr == f"{entry}: cannot be written: File too large\n"
    assert tree(entry.parent) == {"entry.md": b"old"}


@LINUX
def test_a_full_disk_leaves_the_old_bytes_and_says_what_to_do(tmp_path: Path) -> None:
    code = """
import os, subprocess, sys
from pathlib import Path
from journal.document import store
path = Path(sys.argv[1]) / "entry.md"
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", path.parent]).returncode:
    sys.exit("no mount")
path.write_bytes(b"x" * 20_000)
free = os.statvfs(path.parent).f_bfree
try:
    store.replace(store.read(path), b"y" * 60_000, inside=path.parent)
except store.NotWritable as error:
    print(error)
assert os.statvfs(path.parent).f_bfree == free
assert path.read_bytes() == b"x" * 20_000
print(os.listdir(path.parent))
store.replace(store.read(path), b"y" * 20_000, inside=path.parent)
"""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here, so no small disk can be mounted")
    done = in_a_child(code, tmp_path, wrap=("unshare", "--map-root-user", "--mount"))
    if "no mount" in done.stderr or "unshare failed" in done.stderr:
        pytest.skip(f"no small disk can be mounted: {done.stderr.strip()}")

    sentence = "cannot be written: No space left on device (free some space on the disk, then run the command again)"
    assert done.stdout.splitlines() == [f"{tmp_path / 'entry.md'}: {sentence}", "['entry.md']"], done.stderr


# --- other writers


def edit(path: Path, text: bytes, way: str) -> None:
    """A save by an editor."""
    if way == "by rename":
        other = path.with_name("editor.swp")
        other.write_bytes(text)
        other.rename(path)
    elif way == "in place":
        path.write_bytes(text)
    elif way == "removed":
        path.unlink(missing_ok=True)


def overtaken(monkeypatch: pytest.MonkeyPatch, *actions: Callable[[], None]) -> None:
    """Let somebody act just before the first exchange, the second, and so on."""
    real, waiting = disk.rename, list(actions)

    def rename(folder: int, source: str, target: str, flag: int) -> bool:
        if waiting:
            waiting.pop(0)()
        return real(folder, source, target, flag)

    monkeypatch.setattr(disk, "rename", rename)


SAVES = ("by rename", "in place")


@LINUX
@pytest.mark.parametrize("way", SAVES)
def test_a_save_just_before_the_exchange_goes_back_in_place(
    entry: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    overtaken(monkeypatch, lambda: edit(entry, b"theirs", way))

    with pytest.raises(ChangedOnDisk, match="nothing was overwritten"):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"theirs"}


@LINUX
@pytest.mark.parametrize("first", SAVES)
@pytest.mark.parametrize("second", SAVES)
def test_a_second_save_on_top_of_ours_stays_and_the_first_becomes_a_copy(
    entry: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    overtaken(monkeypatch, lambda: edit(entry, b"first", first), lambda: edit(entry, b"second", second))

    with pytest.raises(ChangedOnDisk, match=r"one version is kept as entry\.md\.conflict-") as problem:
        replacing(entry, entry.parent)

    (copy,) = set(names(entry.parent)) - {"entry.md"}
    assert copy in problem.value.message
    assert tree(entry.parent) == {"entry.md": b"second", copy: b"first"}


@LINUX
@pytest.mark.parametrize("third", SAVES)
def test_even_a_third_save_between_two_exchanges_is_kept(
    entry: Path, monkeypatch: pytest.MonkeyPatch, third: str
) -> None:
    texts = ((b"first", "by rename"), (b"second", "by rename"), (b"third", third))
    overtaken(monkeypatch, *(lambda text=text, way=way: edit(entry, text, way) for text, way in texts))

    with pytest.raises(ChangedOnDisk):
        replacing(entry, entry.parent)

    assert {b"second", b"third"} <= set(tree(entry.parent).values())


@LINUX
def test_a_file_removed_after_a_save_leaves_that_save_as_a_copy(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overtaken(monkeypatch, lambda: edit(entry, b"first", "by rename"), lambda: edit(entry, b"", "removed"))

    with pytest.raises(ChangedOnDisk, match="conflict"):
        replacing(entry, entry.parent)

    assert list(tree(entry.parent).values()) == [b"first"]


@LINUX
def test_a_file_removed_just_before_the_exchange_stays_removed(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overtaken(monkeypatch, lambda: edit(entry, b"", "removed"))

    with pytest.raises(ChangedOnDisk, match="was removed"):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {}


@LINUX
@pytest.mark.parametrize("flags", ["r+b", "wb", "ab"])
def test_a_save_in_place_that_is_under_way_at_the_exchange_is_not_lost(
    entry: Path, monkeypatch: pytest.MonkeyPatch, flags: str
) -> None:
    with contextlib.ExitStack() as stack:
        files: list[Any] = []
        overtaken(monkeypatch, lambda: files.append(stack.enter_context(entry.open(flags))))
        with pytest.raises(ChangedOnDisk):
            replacing(entry, entry.parent)
        files[0].write(b"theirs, written later")

    assert entry.read_bytes().endswith(b"theirs, written later")
    assert names(entry.parent) == ["entry.md"]


@LINUX
def test_a_link_put_in_place_just_before_the_exchange_goes_back(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put_link() -> None:
        entry.rename(entry.with_name("moved.md"))
        entry.symlink_to("moved.md")

    overtaken(monkeypatch, put_link)

    with pytest.raises(NotWritable):
        replacing(entry, entry.parent)

    assert entry.is_symlink()
    assert tree(entry.parent) == {"entry.md": b"old", "moved.md": b"old"}


@LINUX
def test_a_file_that_came_off_and_is_soon_closed_unchanged_needs_no_copy(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as stack:
        files: list[Any] = []

        def hold() -> None:
            files.append(stack.enter_context(entry.open("r+b")))

        def hold_ours_and_soon_close_the_other() -> None:
            hold()
            threading.Timer(0.05, files[0].close).start()

        overtaken(monkeypatch, hold, hold_ours_and_soon_close_the_other)
        with pytest.raises(ChangedOnDisk):
            replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"new"}


@LINUX
def test_a_file_that_is_held_open_for_writing_is_refused(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "WRITER_SECONDS", 0.01)
    with entry.open("r+b"), pytest.raises(NotWritable, match="has it open for writing"):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"old"}


@LINUX
def test_a_short_write_by_somebody_else_is_waited_for(entry: Path) -> None:
    file = entry.open("r+b")
    closing = threading.Timer(0.05, file.close)
    closing.start()

    assert replacing(entry, entry.parent)
    closing.join()


@LINUX
@pytest.mark.parametrize("flag", [None, "interrupted"])
def test_an_interrupt_between_exchange_and_check_loses_nothing(
    entry: Path, monkeypatch: pytest.MonkeyPatch, flag: str | None
) -> None:
    real = disk.rename

    def rename(*args: Any) -> bool:
        if flag:
            edit(entry, b"theirs", "by rename")
        real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "rename", rename)

    with pytest.raises(KeyboardInterrupt):
        replacing(entry, entry.parent)

    assert set(tree(entry.parent).values()) == ({b"new", b"theirs"} if flag else {b"new"})


def test_the_rename_of_other_systems_looks_once_more_before_it_overwrites(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_renameat2", lambda: None)
    write = swap.write

    def write_slowly(*args: Any, **options: Any) -> None:
        write(*args, **options)
        edit(entry, b"theirs", "in place")

    monkeypatch.setattr(swap, "write", write_slowly)

    with pytest.raises(ChangedOnDisk):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"theirs"}


# --- the lock


def test_a_locked_folder_is_waited_for_and_then_refused(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.02)
    with locked(entry.parent), pytest.raises(NotWritable, match="another programme is writing here"):
        replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"old"}


def test_a_short_lock_is_waited_out(entry: Path) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(entry.parent))
        release = threading.Timer(0.05, stack.pop_all().close)
        release.start()
        start = time.monotonic()

        assert replacing(entry, entry.parent)

        assert time.monotonic() - start > 0.04
        release.join()


def test_a_file_system_without_locks_is_written_all_the_same(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "fcntl", Failing(fcntl, "flock", 0, errno.ENOLCK, sticky=True))

    assert replacing(entry, entry.parent)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    fd = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


# --- leftovers


def leftover(entry: Path, text: bytes, mode: int = 0o644) -> Path:
    path = entry.with_name(swap.name_temporary(entry.name, disk.sha256(b"old"), disk.sha256(b"new")))
    path.write_bytes(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("text", "mode"), [(b"old", 0o644), (b"new", 0o644), (b"half a new te", 0)])
def test_old_leftovers_of_killed_writes_are_cleared_away(
    entry: Path, text: bytes, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1.0)
    leftover(entry, text, mode)
    entry.with_name(swap.name_temporary("evidence.json")).write_bytes(b"half")

    replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"new"}


def test_a_leftover_that_holds_somebody_elses_text_becomes_a_conflict_copy(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1.0)
    leftover(entry, b"saved by an editor in the instant of the kill")

    replacing(entry, entry.parent)

    (copy,) = set(names(entry.parent)) - {"entry.md"}
    assert copy.startswith("entry.md.conflict-")
    assert (entry.parent / copy).read_bytes() == b"saved by an editor in the instant of the kill"


@LINUX
def test_a_leftover_that_somebody_still_writes_becomes_a_conflict_copy(
    entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1.0)
    monkeypatch.setattr(store, "WRITER_SECONDS", 0.01)

    with leftover(entry, b"old").open("ab") as file:
        replacing(entry, entry.parent)
        file.write(b" and more")

    assert sorted(tree(entry.parent).values()) == [b"new", b"old and more"]


def test_a_leftover_that_is_soon_closed_unchanged_is_cleared_away(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1.0)
    file = leftover(entry, b"old").open("ab")
    closing = threading.Timer(0.05, file.close)
    closing.start()

    replacing(entry, entry.parent)

    assert tree(entry.parent) == {"entry.md": b"new"}
    closing.join()


def test_young_leftovers_and_files_of_other_names_stay(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    young = leftover(entry, b"new")
    replacing(entry, entry.parent)
    assert young.exists()

    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1.0)
    swap._swept.clear()
    others = [entry.with_name(name) for name in (".entry.md.swp", "my.journal-tmp", ".x.new-1.journal-tmp")]
    for other in others:
        other.touch()
    store.save(entry, b"newer", inside=entry.parent)
    assert all(other.exists() for other in others)


# --- chaos, in small; `make chaos` does it in large


def chaos(*options: str) -> dict[str, Any]:
    memory = ("--folder", "/dev/shm") if Path("/dev/shm").is_dir() else ()  # noqa: S108 - quicker than a disk
    command = [sys.executable, str(CHAOS), *options, *memory]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("way", [(), ("--without-exchange",)], ids=["exchange", "rename"])
def test_a_killed_write_leaves_the_old_bytes_or_the_new_ones(way: tuple[str, ...]) -> None:
    result = chaos("kill", "--rounds", "300", *way)

    assert result["old"] + result["new"] == 300
    assert min(result["old"], result["new"]) > 15


@LINUX
@pytest.mark.parametrize("way", [(), ("--kill",)], ids=["racing", "racing and killed"])
def test_no_save_of_an_editor_is_lost_to_two_fillers(way: tuple[str, ...]) -> None:
    result = chaos("race", "--saves", "400", *way)

    assert (result["saves"], result["damaged"]) == (400, 0)
    assert result["fills"] > 0


@LINUX
def test_chaos_of_no_kind_is_chaos_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no strace, which takes long
    done = subprocess.run(
        [sys.executable, str(CHAOS), "--rounds", "20", "--saves", "20"], capture_output=True, text=True, check=True
    )

    assert [json.loads(line)["chaos"] for line in done.stdout.splitlines()] == ["kill", "race", "race --kill", "disk"]


def test_chaos_that_finds_damage_says_so_by_its_exit_code() -> None:
    code = """
import runpy, sys
from journal.document import store
store.replace = lambda stored, new, **_: stored.path.write_bytes(b"half")
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    done = in_a_child(code, CHAOS, "kill", "--rounds", 100)

    assert json.loads(done.stdout)["damaged"] > 0
    assert done.returncode == 1
