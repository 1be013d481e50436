"""Chaos against the store: kills, races with an editor, a failing disk. One line of JSON each; exit 1 for any damage.

    python tests/chaos/store_chaos.py                      all four in turn: a minute or two
    python tests/chaos/store_chaos.py kill --rounds 13000
    python tests/chaos/store_chaos.py race --saves 10000 [--kill]
    python tests/chaos/store_chaos.py disk

The test-suite runs kills and races for a few hundred rounds. Everything happens in a folder that is removed afterwards.
"""

import argparse
import contextlib
import ctypes
import functools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from journal.document import disk, store, swap
from journal.errors import ChangedOnDisk, EntryError, NotWritable

EPOCH = 250
"""Saves by one editor to one file before a fresh one is taken, so that the file stays small."""
SAVE = re.compile(rb"^save (\d+)$", re.MULTILINE)
BLOCK = re.compile(rb"^filled .*$", re.MULTILINE)
SYSTEM_CALLS = "openat read lseek write fchown fchmod fsync close flock renameat2 unlinkat newfstatat getdents64"
ERRORS = ("ENOSPC", "EIO", "EINTR")


def main() -> int:
    """Run one kind of chaos, or all; say what came of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=("kill", "race", "disk"), help="all of them when left out")
    parser.add_argument("--rounds", type=int, default=8_000, help="writes to kill")
    parser.add_argument("--saves", type=int, default=8_000, help="saves by the editor in a race")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", help="where to make the scratch folder")
    parser.add_argument("--kill", action="store_true", help="kill the fillers during the race, too")
    parser.add_argument("--without-exchange", action="store_true", help="the weaker way of other systems")
    options = parser.parse_args()
    if options.without_exchange:
        disk._renameat2 = lambda: None  # type: ignore[assignment]
    return max([_run(name, options) for name in _chosen(options.kind, killing=options.kill)])


def _chosen(kind: str | None, *, killing: bool) -> list[str]:
    if kind is None:
        return ["kill", "race", "race --kill", "disk"]
    return ["race --kill" if kind == "race" and killing else kind]


def _run(name: str, options: argparse.Namespace) -> int:
    """One kind of chaos in a folder of its own; 1 when it did damage."""
    dice = random.Random(options.seed)  # noqa: S311 - chance that can be repeated
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        if name == "kill":
            result = kill(Path(scratch), options.rounds, dice)
        elif name == "disk":
            result = failing_disk(Path(scratch))
        else:
            result = race(Path(scratch), options.saves, dice, killing=name == "race --kill")
    sys.stdout.write(json.dumps({"chaos": name, **result}) + "\n")
    sys.stdout.flush()
    return 1 if result["damaged"] or result["litter"] else 0


# --- kill: whatever is killed whenever leaves the old bytes or the new ones ------------------------------------------


def kill(root: Path, rounds: int, dice: random.Random) -> dict[str, int]:
    """Fork a writer, kill it at a random moment, look at the file."""
    count: Counter[str] = Counter(old=0, new=0, damaged=0, litter=0)
    writes = (_replacing, _saving, _creating)
    typical = [_time(write, root / f"time{number}.md") for number, write in enumerate(writes)]
    for number in range(rounds):
        kind = number % 4 % 3  # half of them replace
        path = root / ("new.md" if kind == 2 else "entry.md")
        old, new = None if kind == 2 else _text(dice), _text(dice)
        if old is not None:
            path.write_bytes(old)
        _kill_after(dice.uniform(0, 1.3 * typical[kind]), functools.partial(writes[kind], path, new))
        found = path.read_bytes() if path.exists() else None
        count["old" if found == old else "new" if found == new else "damaged"] += 1
        path.unlink(missing_ok=True)
        _clear_away(root)
        count["litter"] += _names(root) != set()
    return dict(count)


def _replacing(path: Path, new: bytes) -> None:
    store.replace(store.read(path), new, inside=path.parent)


def _saving(path: Path, new: bytes) -> None:
    store.save(path, new, inside=path.parent)


def _creating(path: Path, new: bytes) -> None:
    store.create(path, new, inside=path.parent)


def _text(dice: random.Random) -> bytes:
    return dice.randbytes(dice.choice((10, 1_000, 30_000, 300_000)))


def _time(write: Callable[[Path, bytes], None], path: Path) -> float:
    """Seconds from fork to end of one write, at its quickest."""
    taken = []
    for _ in range(5):
        if write is not _creating:
            path.write_bytes(b"old")
        start = time.perf_counter()
        os.waitpid(_fork(lambda: write(path, b"x" * 100_000)), 0)
        taken.append(time.perf_counter() - start)
        path.unlink()
    return min(taken)


def _clear_away(folder: Path) -> None:
    """What the first write of a command does about leftovers once they are a minute old."""
    store.LEFTOVER_SECONDS = -1.0
    swap._swept.clear()
    store.save(folder / "other.md", b"other", inside=folder, durable=False)
    (folder / "other.md").unlink()
    store.LEFTOVER_SECONDS = 60.0


def _names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


def _fork(work: Callable[[], None]) -> int:
    """The number of a child that does the work and ends, without cleaning up after its parent."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def _kill_after(seconds: float, work: Callable[[], None]) -> None:
    child = _fork(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


# --- race: two fillers, one editor, no save lost ---------------------------------------------------------------------


def race(root: Path, saves: int, dice: random.Random, *, killing: bool) -> dict[str, int]:
    """Let an editor save while two fillers fill; count the saves that are neither in the file nor in a copy.

    The editor goes on from its own text or from what it finds in the file, by chance.
    """
    count: Counter[str] = Counter(saves=0, fills=0, refused=0, copies=0, damaged=0, litter=0)
    for first in range(0, saves, EPOCH):
        folder = root / f"epoch{first}"
        folder.mkdir()
        path = folder / "entry.md"
        path.write_bytes(b"filled by nobody\n")
        wanted = range(first, min(first + EPOCH, saves))
        with _fillers(path, dice, killing=killing):
            text = path.read_bytes()
            for number in wanted:
                if number > first and dice.random() < 0.5:
                    text = _reload(path, b"save %d\n" % (number - 1))
                text += b"save %d\n" % number
                _save(path, text, dice)
        _tally(folder, set(wanted), count)
        shutil.rmtree(folder)
    return dict(count)


def _save(path: Path, text: bytes, dice: random.Random) -> None:
    """One save by an editor, by renaming or in place."""
    way = dice.choice(("rename", "truncate", "overwrite"))
    if way == "rename":
        other = path.with_name("editor.swp")
        other.write_bytes(text)
        other.rename(path)
    else:
        with path.open("wb" if way == "truncate" else "r+b", buffering=0) as file:
            _pause(dice)
            half = dice.randrange(len(text))
            file.write(text[:half])
            _pause(dice)
            file.write(text[half:])
            file.truncate()
    _pause(dice)


def _reload(path: Path, saved: bytes) -> bytes:
    """What stands in the file, once the last save is there again; at most a tenth of a second later.

    For an instant a fill that has to be taken back hides it, and an editor knows what it has saved. When it does not
    come back, a killed filler has left it beside the file, or it is lost: the tally tells.
    """
    until = time.monotonic() + 0.1
    while saved not in (text := path.read_bytes()) and time.monotonic() < until:
        if any(saved in copy.read_bytes() for copy in path.parent.glob("entry.md.conflict-*")):
            break
        time.sleep(0.0005)
    return text


def _pause(dice: random.Random) -> None:
    if dice.random() < 0.7:
        time.sleep(dice.uniform(0, 0.0015))


@contextlib.contextmanager
def _fillers(path: Path, dice: random.Random, *, killing: bool) -> Iterator[None]:
    """Two fillers at work; with `killing`, a third child kills and renews one of them again and again."""
    stop = path.with_name("stop")
    children = [_fork(functools.partial(_fill_until, stop, path, filler)) for filler in (1, 2)]
    if killing:
        children.append(_fork(lambda: _fill_and_kill(path, stop, dice)))
    try:
        yield
    finally:
        stop.touch()
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        stop.unlink()
    if any(codes):
        raise RuntimeError(f"a filler ended with {codes}")


def _fill_until(stop: Path, path: Path, filler: int) -> None:
    """Change the block again and again, and leave a file with the number of fills and refusals."""
    fills = refused = 0
    _dawdle(random.Random(filler))  # noqa: S311
    while not stop.exists():
        try:
            fills += _fill(path, b"filled by %d for the %dth time" % (filler, fills))
        except (ChangedOnDisk, NotWritable):
            refused += 1
    path.with_name(f"count{filler}").write_text(f"{fills} {refused}")


def _dawdle(dice: random.Random) -> None:
    """Make every second fill slow around its exchange, where the editor can do most harm."""
    rename = disk.rename

    def slow(folder: int, source: str, target: str, flag: int) -> bool:
        for _ in range(dice.randrange(2)):
            _pause(dice)
        done = rename(folder, source, target, flag)
        for _ in range(dice.randrange(2)):
            _pause(dice)
        return done

    disk.rename = slow


def _fill(path: Path, block: bytes) -> bool:
    stored = store.read(path)
    return store.replace(stored, BLOCK.sub(block, stored.raw, count=1) or block, inside=path.parent)


def _fill_and_kill(path: Path, stop: Path, dice: random.Random) -> None:
    while not stop.exists():
        _kill_after(dice.uniform(0, 0.004), lambda: _fill_until(stop, path, 3))


def _tally(folder: Path, wanted: set[int], count: Counter[str]) -> None:
    for name in ("count1", "count2"):
        fills, refused = (folder / name).read_text().split()
        count.update(fills=int(fills), refused=int(refused))
        (folder / name).unlink()
    (folder / "count3").unlink(missing_ok=True)
    _clear_away(folder)
    names = _names(folder)
    kept = {int(n) for name in names for n in SAVE.findall((folder / name).read_bytes())}
    copies = {name for name in names if name.startswith("entry.md.conflict-")}
    count.update(saves=len(wanted), damaged=len(wanted - kept), copies=len(copies))
    count.update(litter=len(names - copies - {"entry.md"}))


# --- disk: every system call of the write path fails in turn ---------------------------------------------------------


def failing_disk(root: Path) -> dict[str, int]:
    """Fill under strace, which lets one system call fail: the n-th time once, and from then on."""
    count: Counter[str] = Counter(runs=0, refused=0, damaged=0, unfinished=0, litter=0)
    if shutil.which("strace") is None:
        sys.stderr.write("no strace here: nothing done\n")
        return dict(count)
    for call in SYSTEM_CALLS.split():
        for error in ERRORS:
            for number in range(1, 50):
                once = _fail(root, call, f"{error}:when={number}", count)
                if error != "EINTR":  # for that, Python tries again for ever, as it should
                    _fail(root, call, f"{error}:when={number}+", count)
                if not once:
                    break
    if not count["runs"]:
        raise RuntimeError("strace let nothing fail")
    return dict(count)


def _fail(root: Path, call: str, failure: str, count: Counter[str]) -> bool:
    """One fill with one failure; whether the failure was met.

    A failure that comes once must leave the file as the exit code says. When the disk fails for good in the middle, a
    refusal may leave the new bytes (the way back fails as well), or a leftover, which the next write clears away.
    """
    folder = root / "folder"
    folder.mkdir()
    path = folder / "entry.md"
    path.write_bytes(b"old")
    child = _fork(lambda: _fill_once(path))
    met = _trace(child, root / "log", call, failure)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found, once = path.read_bytes(), not failure.endswith("+")
    clean = _names(folder) == {"entry.md"}
    agrees = found == (b"new" if code == 0 else b"old")
    _clear_away(folder)
    count.update(runs=met, refused=code == 3, unfinished=not (agrees and clean))
    count["damaged"] += found not in (b"old", b"new") or code not in (0, 3) or (once and not agrees)
    count["litter"] += (once and not clean) or _names(folder) != {"entry.md"}
    shutil.rmtree(folder)
    return met


def _trace(child: int, log: Path, call: str, failure: str) -> bool:
    """Hang strace on a stopped child and let it go on; whether a failure was injected."""
    os.waitpid(child, os.WUNTRACED)
    command = [
        "strace",
        "-p",
        str(child),
        "-o",
        str(log),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:error={failure}",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        os.kill(child, signal.SIGCONT)
        tracer.wait()
    if "attached" not in said:
        raise RuntimeError(f"strace may not look at a child: {said}")
    return "INJECTED" in log.read_text()


def _fill_once(path: Path) -> None:
    """Warm up, wait to be looked at, fill; exit code 0 when filled, 3 when refused."""
    warm = path.with_name("warm")
    warm.write_bytes(b"old")
    store.replace(store.read(warm), b"new", inside=path.parent)
    warm.unlink()
    stored = store.read(path)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # let a sibling trace us
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        store.replace(stored, b"new", inside=path.parent)
    except EntryError:
        os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
