"""A large repository for benchmarks: 50,000 commits of 5,000 files, with branches that are merged again and reverts.

    python benchmarks/make_repository.py FOLDER [--commits N] [--files N]

The same arguments give the same shas. `git fast-import` writes it in some seconds.
"""

import argparse
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

COMMITS, FILES = 50_000, 5_000
SEED = 20260302
BEGAN, APART = 1_600_000_000, 1_800
"""When the first commit was made, and how far commits lie apart, in seconds."""

_EACH = 20
"""So many commits are made between two that begin a branch, and as many between two merges."""


def make(folder: Path, commits: int = COMMITS, files: int = FILES) -> Path:
    """A repository in a folder, unless it is there already."""
    if not (folder / ".git").is_dir():
        git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
        with subprocess.Popen(
            ["git", "fast-import", "--quiet"],  # noqa: S607 - the user's git
            cwd=folder,
            env=_environment(),
            stdin=subprocess.PIPE,
        ) as importing:
            importing.communicate(b"".join(_stream(commits, files)))
        git(folder, "checkout", "--quiet", "main")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints."""
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - the user's git
        cwd=folder,
        env=_environment(),
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def _stream(commits: int, files: int) -> Iterator[bytes]:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    branch: int | None = None
    apart: dict[int, int] = {}  # by part, the commit of the branch that changed it last
    main = 0
    for mark in range(1, commits + 1):
        begins, merges = mark % (2 * _EACH) == _EACH, mark % (2 * _EACH) == 0 and branch is not None
        on_branch = begins or (branch is not None and not merges and chance.randrange(3) == 0)
        name = f"work-{mark // (2 * _EACH)}" if on_branch else "main"
        parent = branch if on_branch and not begins else main
        when = f"{BEGAN + mark * APART} +0100"
        message = f"Change part {mark}\n\nSo that step {mark} is faster.\n".encode()
        yield f"commit refs/heads/{name}\nmark :{mark}\nauthor Ada <ada@example.org> {when}\n".encode()
        yield f"committer Ada <ada@example.org> {when}\ndata {len(message)}\n".encode() + message
        yield f"from :{parent}\n".encode() if parent else b""
        yield f"merge :{branch}\n".encode() if merges else b""
        changed = dict(apart) if merges else {mark if mark <= files else chance.randrange(1, files + 1): mark}
        yield from (_file(part, by) for part, by in changed.items())
        if on_branch:
            branch, apart = mark, (changed if begins else apart | changed)
        else:
            main, branch = mark, None if merges else branch


def _file(part: int, mark: int) -> bytes:
    """A file with a setting that changes each time."""
    kinds = {0: f"train:\n  rate: {mark}\n  name: part-{part}\n", 1: f"def part_{part}():\n    return {mark}\n"}
    suffix, text = (("yaml", kinds[0]), ("py", kinds[1]))[part % 2]
    body = text.encode()
    return f"M 100644 inline d{part % 70}/part_{part}.{suffix}\ndata {len(body)}\n".encode() + body + b"\n"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commits", type=int, default=COMMITS)
    parser.add_argument("--files", type=int, default=FILES)
    asked = parser.parse_args()
    print(make(asked.folder, asked.commits, asked.files))
