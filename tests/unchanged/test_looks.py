from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from desk import BARE, Desk
from four_entries import ALL, BLOCK, BOLD, E1, E2, E3, E4, begin
from journal.errors import SourceUnavailable
from journal.index import stamps
from journal.sources.open_run import OpenRun
from journal.sources.wandb_folder.folders import WandbFolders
from journal.tables import fill
from journal.unchanged import memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk import Said
    from journal.model.run import RunHead

KEPT = Path(memory.PLACE)
Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def looked(monkeypatch: Patch) -> list[str]:
    """The entries that were looked at, in order; emptied by whoever wants to count anew."""
    found: list[str] = []
    plan = fill.plan

    def watched(config: Any, path: str, *more: Any, **named: Any) -> fill.EntryFill:
        found.append(Path(path).stem)
        return plan(config, path, *more, **named)

    monkeypatch.setattr(fill, "plan", watched)
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Where the journal is made that each test has a copy of."""
    return Desk(tmp_path_factory.mktemp("template") / "journal")


@pytest.fixture
def begun(tmp_path: Path, capsys: Capsys, template: Desk) -> Desk:
    """Four entries, filled and committed."""
    if not template.root.exists():
        begin(template.root, capsys)
    return template.copied(tmp_path / "journal")


@pytest.fixture
def desk(begun: Desk, capsys: Capsys, settled: None) -> Desk:  # noqa: ARG001
    """The same, remembered, with what is kept of the runs."""
    check(begun, capsys)
    check(begun, capsys)
    return begun


def check(desk: Desk, capsys: Capsys, *more: str) -> Said:
    return desk.call(capsys, "fill-results", "--check", *more)


def again(desk: Desk, capsys: Capsys, looked: list[str]) -> list[str]:
    """The entries that another check looks at."""
    looked.clear()
    check(desk, capsys)
    return list(looked)


# --- what is remembered -----------------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_looked_at_and_told_alike(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    first, second = check(desk, capsys), check(desk, capsys)
    assert looked == []
    assert first == second
    assert first.code == 0
    assert first.err == "4 entries, 0 would change\n"
    (desk.root / KEPT).unlink()
    assert check(desk, capsys) == first
    assert looked == ALL


def test_json_and_a_plain_fill_tell_what_is_remembered(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    told, filled = check(desk, capsys, "--json"), desk.call(capsys, "fill-results")
    assert looked == []
    (desk.root / KEPT).unlink()
    assert check(desk, capsys, "--json") == told
    (desk.root / KEPT).unlink()
    assert desk.call(capsys, "fill-results") == filled


@pytest.mark.parametrize("options", [["--diff"], ["--force"], ["--accept"], ["--check", "--diff"]])
def test_whoever_asks_for_more_has_everything_looked_at(
    desk: Desk, capsys: Capsys, looked: list[str], options: list[str]
) -> None:
    desk.call(capsys, "fill-results", *options)
    assert looked == ALL


def test_one_entry_is_recalled_by_its_name(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    assert check(desk, capsys, E1).err == "1 entry, 0 would change\n"
    assert looked == []
    assert again(desk, capsys, looked) == []


@pytest.fixture
def opened(monkeypatch: Patch) -> list[str]:
    """The ids of the runs that a source is asked to open from here on."""
    found: list[str] = []
    opens = WandbFolders.open

    def watched(source: WandbFolders, head: RunHead) -> OpenRun:
        found.append(head.id)
        return opens(source, head)

    monkeypatch.setattr(WandbFolders, "open", watched)
    return found


def test_a_check_of_the_journal_looks_at_everything(desk: Desk, capsys: Capsys, opened: list[str]) -> None:
    assert check(desk, capsys).code == 0
    assert opened == []
    assert desk.call(capsys, "check").code == 0
    assert opened


def test_a_run_is_opened_once_for_all_entries(desk: Desk, capsys: Capsys, opened: list[str]) -> None:
    desk.call(capsys, "fill-results", "--force")
    assert sorted(opened) == ["faild031", "killd031"]


def test_an_entry_that_waits_for_its_run_is_remembered_until_the_run_is_there(
    desk: Desk, capsys: Capsys, looked: list[str]
) -> None:
    folder, log = desk.folder("faild031"), desk.log("faild031")
    aside = desk.root / ".git" / "aside"
    folder.rename(aside)
    desk.entry("2026-03-01-later", BLOCK, runs="{id: 'faild031', as: a}")
    desk.call(capsys, "fill-results", "2026-03-01-later")
    check(desk, capsys)
    assert "2026-03-01-later" not in again(desk, capsys, looked)
    aside.rename(folder)
    assert log.exists()
    assert "2026-03-01-later" in again(desk, capsys, looked)


def test_what_is_out_of_order_is_looked_at_each_time(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.write(f"entries/{E1}.md", desk.read(E1).replace("metrics: [loss]", "metrics: [lr]"))
    desk.entry("2026-03-01-broken", "<!-- journal:table\n")
    for _ in range(3):
        assert again(desk, capsys, looked) == [E1, "2026-03-01-broken"]


# --- what it rests on -------------------------------------------------------------------------------------------------


def forge(path: Path, raw: bytes) -> None:
    """Write a file so that size and time of change are what they were."""
    then = path.stat()
    assert raw != path.read_bytes()
    assert len(raw) == then.st_size
    path.write_bytes(raw)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-2] ^= 1
    forge(path, bytes(raw))


def evidence(desk: Desk) -> Path:
    return desk.root / f"evidence/{E1}.json"


def digest(desk: Desk) -> Path:
    (found,) = (desk.root / "evidence/runs").glob("faild031-*.json")
    return found


def part_of_it(desk: Desk) -> None:
    """Another folder of the same run, with less in it."""
    raw = desk.log("faild031").read_bytes()
    folder = desk.root / "wandb/run-20260101_000000-faild031"
    folder.mkdir()
    (folder / "run-faild031.wandb").write_bytes(raw[: len(raw) // 2])


def deep_below(desk: Desk) -> None:
    part_of_it(desk)
    (desk.root / "wandb/sweeps/first").mkdir(parents=True)
    folder = desk.root / "wandb/run-20260101_000000-faild031"
    folder.rename(desk.root / "wandb/sweeps/first" / folder.name)


def rename_folder(desk: Desk) -> None:
    folder = desk.folder("faild031")
    folder.rename(folder.with_name("run-20250101_000000-faild031"))


def replace_entry(desk: Desk) -> None:
    path = desk.root / f"entries/{E1}.md"
    aside = desk.write("aside.md", path.read_bytes())
    os.utime(aside, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    aside.replace(path)


CHANGES: dict[str, Callable[[Desk], object]] = {
    "the entry": lambda desk: flip(desk.root / f"entries/{E1}.md"),
    "another file in the entry's place": replace_entry,
    "the evidence": lambda desk: flip(evidence(desk)),
    "no evidence": lambda desk: evidence(desk).unlink(),
    "the digest": lambda desk: flip(digest(desk)),
    "no digest": lambda desk: digest(desk).unlink(),
    "the log": lambda desk: flip(desk.log("faild031")),
    "a log that grew": lambda desk: desk.log("faild031").write_bytes(desk.log("faild031").read_bytes() + b"\0"),
    "a side file": lambda desk: flip(desk.folder("faild031") / "files/wandb-metadata.json"),
    "no side file": lambda desk: (desk.folder("faild031") / "files/wandb-metadata.json").unlink(),
    "a new side file": lambda desk: (desk.folder("faild031") / "files/wandb-summary.json").write_text("{}"),
    "a second log in the folder": lambda desk: shutil.copy(desk.log("killd031"), desk.folder("faild031")),
    "another folder of the run": part_of_it,
    "another folder of the run, deep below": deep_below,
    "another name of the folder": rename_folder,
    "no folder": lambda desk: shutil.rmtree(desk.folder("faild031")),
    "no runs at all": lambda desk: (desk.root / "wandb").rename(desk.root / "elsewhere"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_an_entry_rests_on_has_it_looked_at(
    desk: Desk, capsys: Capsys, looked: list[str], change: str
) -> None:
    CHANGES[change](desk)
    assert E1 in again(desk, capsys, looked)
    assert E3 not in looked


def test_an_entry_that_lacks_a_digest_is_told_of_each_time(desk: Desk, capsys: Capsys) -> None:
    digest(desk).unlink()
    said = check(desk, capsys)
    assert (said.code, said.err) == (1, "4 entries, 2 would change\n")
    assert check(desk, capsys) == said


def test_a_look_at_one_entry_takes_nothing_for_granted_of_another(
    desk: Desk, capsys: Capsys, looked: list[str]
) -> None:
    part_of_it(desk)
    check(desk, capsys, E2)
    assert again(desk, capsys, looked) == [E1, E4]


def test_a_log_that_no_longer_lies_alone_is_looked_at_again(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    shutil.copytree(desk.folder("nestd031"), desk.root / "elsewhere")
    desk.entry(E3, BLOCK, runs="{id: elsewhere/run-nestd031.wandb, as: a}")
    desk.call(capsys, "fill-results", E3)
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    shutil.copy(desk.log("killd031"), desk.root / "elsewhere")
    assert again(desk, capsys, looked) == [E3]


def test_a_prediction_whose_run_could_not_be_opened_is_looked_at_again(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    def refuse(*_: object) -> OpenRun:
        raise SourceUnavailable("may not be read", path="wandb")

    desk.entry("2026-03-01-bolder", runs="{id: nestd031, as: a}", matter=BOLD)
    with monkeypatch.context() as patch:
        patch.setattr(WandbFolders, "open", refuse)
        desk.call(capsys, "fill-results", "2026-03-01-bolder")
        check(desk, capsys)
    assert again(desk, capsys, looked) == ["2026-03-01-bolder"]


def test_every_part_of_a_run_matters(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    part_of_it(desk)
    desk.call(capsys, "fill-results", "--force")
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    for log in desk.root.glob("wandb/*-faild031/*.wandb"):
        flip(log)
        assert again(desk, capsys, looked) == [E1, E4]
        flip(log)
        assert again(desk, capsys, looked) == [E1, E4]
        assert again(desk, capsys, looked) == []


def test_a_file_at_the_address_of_a_run_comes_before_it(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.entry(E3, BLOCK, runs="{id: attention-lab/sigma-floor/faild031, as: a}")
    desk.call(capsys, "fill-results", E3)
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    shutil.copytree(desk.folder("killd031"), desk.root / "attention-lab/sigma-floor/faild031")
    assert again(desk, capsys, looked) == [E3]


def test_the_file_of_hyperparameters_beside_a_history_matters_before_it_is_there(
    tmp_path: Path,
    capsys: Capsys,
    settled: None,  # noqa: ARG001
    looked: list[str],
) -> None:
    desk = Desk.begin(tmp_path / "journal", 'sections = []\nruns = ["runs"]\n')
    history = desk.write("runs/warm/metrics.csv", "step,loss\n1,0.5\n2,0.25\n")
    desk.entry(E1, BLOCK, runs="warm")
    desk.call(capsys, "fill-results")
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    history.with_name("config.json").write_text("{}")
    assert again(desk, capsys, looked) == [E1]
    assert again(desk, capsys, looked) == []
    forge(history, b"step,loss\n1,0.5\n2,0.75\n")
    assert again(desk, capsys, looked) == [E1]


def test_a_run_that_no_entry_names_has_nothing_looked_at(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    flip(desk.log("killd031"))
    assert again(desk, capsys, looked) == [E2]
    shutil.copytree(desk.folder("nestd031"), desk.root / "wandb/run-20270101_000000-copied")
    assert set(again(desk, capsys, looked)) <= {E2}
    flip(desk.log("nestd031"))
    assert set(again(desk, capsys, looked)) <= {E2}


def test_the_settings_matter_to_all(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.write("journal.toml", BARE + "# a remark\n")
    assert again(desk, capsys, looked) == ALL


def test_settings_in_a_project_file_matter_as_well(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    (desk.root / "journal.toml").unlink()
    desk.write("pyproject.toml", "[tool.journal]\n" + BARE)
    assert again(desk, capsys, looked) == ALL
    assert again(desk, capsys, looked) == []
    desk.write("pyproject.toml", "[tool.journal]\n" + BARE + "# more\n")
    assert again(desk, capsys, looked) == ALL


@pytest.mark.parametrize("name", ["WANDB_DIR", "WANDB_ENTITY", "WANDB_PROJECT", "HOME"])
def test_the_environment_matters_to_all(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch, name: str
) -> None:
    monkeypatch.setenv(name, "/nowhere")
    assert again(desk, capsys, looked) == ALL


def test_no_value_of_the_environment_is_kept_in_clear(desk: Desk, capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setenv("WANDB_ENTITY", "hush-hush")
    check(desk, capsys)
    assert b"WANDB_ENTITY" in (desk.root / KEPT).read_bytes()
    assert b"hush-hush" not in (desk.root / KEPT).read_bytes()


def test_another_version_has_all_looked_at(desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch) -> None:
    monkeypatch.setattr(memory, "programme", lambda: ["another"])
    assert again(desk, capsys, looked) == ALL


def test_a_commit_matters_to_entries_with_predictions(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk.commit("Something else")
    assert again(desk, capsys, looked) == [E4]
    assert again(desk, capsys, looked) == []


def test_a_path_is_looked_up_from_where_the_command_runs(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    desk.entry(E3, BLOCK, runs="{id: attention-lab/sigma-floor/faild031, as: a}")
    desk.call(capsys, "fill-results", E3)
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    below = desk.root / "below"
    below.mkdir()
    monkeypatch.setattr(Desk, "call", lambda *_: pytest.fail("not from there"))
    looked.clear()
    monkeypatch.chdir(below)
    from journal.cli.app import run

    assert run(["fill-results", "--check"]) == 0
    shutil.copytree(desk.folder("killd031"), below / "attention-lab/sigma-floor/faild031")
    looked.clear()
    run(["fill-results", "--check"])
    assert looked == [E3]


def test_entries_that_come_and_go_are_noticed(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    (desk.root / f"entries/{E2}.md").unlink()
    assert check(desk, capsys).err == "3 entries, 0 would change\n"
    desk.entry("2026-03-01-new", "Words.\n")
    assert again(desk, capsys, looked) == ["2026-03-01-new"]
    assert check(desk, capsys).err == "4 entries, 0 would change\n"
    desk.write("entries/below/2026-03-02-new.md", (desk.root / f"entries/{E3}.md").read_bytes())
    assert again(desk, capsys, looked) == ["2026-03-02-new"]
    assert again(desk, capsys, looked) == []


# --- when it is not believed ------------------------------------------------------------------------------------------


def test_what_was_touched_a_moment_ago_is_not_believed(begun: Desk, capsys: Capsys, looked: list[str]) -> None:
    desk = begun
    assert again(desk, capsys, looked) == ALL
    assert again(desk, capsys, looked) == ALL


def test_a_file_is_believed_once_it_was_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    touched = max(file.stat().st_mtime_ns, file.stat().st_ctime_ns)
    assert stamps.settled(str(file), touched + stamps.SETTLED_NS) is None
    assert stamps.settled(str(file), touched + stamps.SETTLED_NS + 1) == stamps.stamp(str(file))


def test_that_a_file_is_not_there_is_believed_once_its_folder_was_left_alone(tmp_path: Path) -> None:
    touched = max(tmp_path.stat().st_mtime_ns, tmp_path.stat().st_ctime_ns)
    gone = str(tmp_path / "gone/for/good")
    assert stamps.settled(gone, touched + stamps.SETTLED_NS) is None
    assert stamps.settled(gone, touched + stamps.SETTLED_NS + 1) == []


def damaged(raw: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "cut": raw[:-100],
        "cut in half": raw[: len(raw) // 2],
        "flipped in front": raw.replace(b'"whole":true', b'"whole":tru3'),
        "flipped behind": raw[:-10] + bytes([raw[-10] ^ 1]) + raw[-9:],
        "something else": b"\xff\xfe\n\0\n",
        "longer": raw + b"\n{}",
    }


@pytest.mark.parametrize("how", damaged(b"0" * 200))
def test_a_damaged_memory_is_none(desk: Desk, capsys: Capsys, looked: list[str], how: str) -> None:
    desk.write(str(KEPT), damaged((desk.root / KEPT).read_bytes())[how])
    (desk.root / f"entries/{E3}.md").touch()  # so that the second part is wanted too
    assert again(desk, capsys, looked) == ALL
    assert again(desk, capsys, looked) == []


def test_a_source_that_cannot_tell_its_files_has_its_entries_looked_at(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    (desk.root / KEPT).unlink()
    monkeypatch.setattr(OpenRun, "files", None)
    check(desk, capsys)
    assert again(desk, capsys, looked) == [E1, E2, E4]


def test_a_source_that_cannot_tell_its_listing_is_asked_for_it(
    desk: Desk, capsys: Capsys, looked: list[str], monkeypatch: Patch
) -> None:
    (desk.root / KEPT).unlink()
    monkeypatch.setattr(WandbFolders, "watched", lambda _: None)
    check(desk, capsys)
    assert again(desk, capsys, looked) == []
    part_of_it(desk)
    assert again(desk, capsys, looked) == [E1, E4]


def test_a_folder_that_cannot_be_written_to_is_no_failure(desk: Desk, capsys: Capsys, looked: list[str]) -> None:
    shutil.rmtree(desk.root / ".journal")
    desk.write(".journal", "a file")
    assert check(desk, capsys).code == 0
    assert again(desk, capsys, looked) == ALL


# --- all of it --------------------------------------------------------------------------------------------------------

STEPS: tuple[Callable[[Desk], object], ...] = (
    *(CHANGES[name] for name in ("the entry", "another file in the entry's place", "the log", "a log that grew")),
    *(
        CHANGES[name]
        for name in ("the evidence", "a side file", "another folder of the run", "another name of the folder")
    ),
    lambda desk: desk.git("checkout", "--quiet", "--", "."),
    lambda desk: desk.git("checkout", "--quiet", "--", "."),
    lambda desk: shutil.rmtree(desk.root / "wandb/run-20260101_000000-faild031", ignore_errors=True),
    lambda desk: desk.commit("More"),
    lambda desk: desk.entry("2026-03-05-more", BLOCK, runs="killd031"),
    lambda desk: (desk.root / "entries/2026-03-05-more.md").unlink(missing_ok=True),
    lambda desk: desk.entry(E3, BLOCK, runs="{id: attention-lab/sigma-floor/killd031, as: b}"),
    lambda desk: desk.write("journal.toml", BARE),
    lambda desk: desk.write("journal.toml", BARE + '\ntitle = "x"\n'),
    lambda desk: desk.spawn("fill-results"),
    lambda _: None,
    lambda _: None,
)


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(2))
def test_with_and_without_memory_the_same_is_said(desk: Desk, capsys: Capsys, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    for _ in range(14):
        step = chance.choice(STEPS)
        try:
            step(desk)
        except (OSError, ValueError, AssertionError):  # what the step wants to change is not there
            continue
        with_it = check(desk, capsys, "--json"), check(desk, capsys)
        kept = (desk.root / KEPT).read_bytes()
        (desk.root / KEPT).unlink()
        assert (check(desk, capsys, "--json"), check(desk, capsys)) == with_it
        if chance.random() < 0.7:
            desk.write(str(KEPT), kept)


def test_two_at_once_leave_a_memory_that_is_whole_and_loads_next_to_nothing(begun: Desk) -> None:
    desk = begun
    trusting = "from journal.index import stamps; stamps.SETTLED_NS = 0; from journal.cli.app import run"
    command = [sys.executable, "-c", f"{trusting}; raise SystemExit(run(['fill-results', '--check']))"]
    both = [subprocess.Popen(command, cwd=desk.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    told = [(*each.communicate(), each.returncode) for each in both]
    assert told[0] == told[1]
    assert told[0][2] == 0
    (desk.root / f"entries/{E4}.md").unlink()  # the one that asks git
    subprocess.run(command, cwd=desk.root, capture_output=True, check=True)
    script = f"import sys; {trusting}; code = run(['fill-results']); print(code, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=desk.root, capture_output=True, text=True, check=True)
    code, *loaded = done.stdout.splitlines()[-1].split()
    assert code == "0"
    heavy = {"git", "numpy", "polars", "yaml", "journal.config", "journal.revisions", "journal.tables.fill"}
    assert not heavy & set(loaded)
