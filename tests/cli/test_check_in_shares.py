from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal import shares

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = "<!-- journal:table losses\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
WISHES = """tagz: x
ignore: {DOC002: our own, REF005: nothing}
updates: [{at: 2026-03-01T10:00:00+08:00, status: concluded}]
"""
# The processes are real, the number of entries from which on there are several is not.
SCRIPT = """
import sys
from journal import shares
from journal.cli import checking
from journal.cli.app import run
checking.MANY, checking.SHARE = 2, 2
taken, begin = [], shares.shared
def watched(work, parts, processes):
    taken.append(parts)
    return begin(work, parts, processes)
shares.shared, shares.processes = watched, lambda: 2
code = run(["check", *sys.argv[1:]])
print("shares", *taken, file=sys.stderr)
sys.exit(code)
"""


# Every process but the first is killed at work.
KILLED = """
import os
from journal.cli import checking
share, first = checking._share, os.getpid()
checking._share = lambda *work: os._exit(9) if os.getpid() != first else share(*work)
"""


def in_shares(desk: Desk, *more: str, before: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", before + SCRIPT, *more], cwd=desk.root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="processes are only copied on Linux")
def test_several_processes_find_what_one_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk.begin(tmp_path)
    for day, matter in enumerate(("tagz: x\n", "follows: [nobody]\n", "commits: [0badc0de]\n", "", WISHES), 1):
        desk.entry(f"2026-02-2{day}-a", BLOCK, runs="{id: faild031, as: a}", matter=matter)
    desk.write("entries/2026-02-28-broken.md", "words\n")
    desk.commit("Write")
    alone = desk.call(capsys, "check", "--anew", "--json")
    assert {"DOC001", "DOC002", "REF001", "REF005", "TAB003"} <= {each["code"] for each in alone.json["findings"]}
    assert (alone.json["summary"]["ignored"], alone.json["summary"]["fixable"]) == (1, 1)
    (tmp_path / ".journal/checked").unlink(missing_ok=True)
    code, out, err = in_shares(desk, "--json")
    assert (code, out) == (alone.code, alone.out)
    assert err == "shares 3\n"
    assert desk.call(capsys, "check", "--json") == alone
    (tmp_path / ".journal/checked").unlink(missing_ok=True)
    assert in_shares(desk, "--json", before=KILLED)[:2] == (alone.code, alone.out)


def test_a_process_with_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "1").touch()
    monkeypatch.setattr(shares, "_THREADS", tmp_path)
    alone = shares.processes()
    (tmp_path / "2").touch()
    assert shares.processes() == 1
    assert 1 <= alone <= shares.MOST
