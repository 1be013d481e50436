"""Capturing the code of a run when it begins: what is kept, and that nothing ever goes wrong for the training."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import journal
from gitrepo import GitRepo
from journal.authoring import take_capture
from journal.authoring.take_capture import take
from journal.errors import JournalError, NotARepository, NotWritable
from journal.model.capture import FILE, PATCH, Capture
from journal.model.patch import files_of
from journal.revisions.repository import Repository
from journal.sources.captured import read_captured

if TYPE_CHECKING:
    from collections.abc import Callable

PINS = "numpy==2.0\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """A repository in which a script works, with a folder for its run."""
    for name in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        monkeypatch.delenv(name, raising=False)
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("train.py", "a\n")
    repo.write("requirements.txt", PINS)
    repo.write(".gitignore", "runs/\n")
    repo.commit("root")
    (repo.root / "runs" / "one").mkdir(parents=True)
    monkeypatch.chdir(repo.root)
    return repo


def kept(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / FILE).read_bytes())
    return value


def one(repo: GitRepo) -> Path:
    return repo.root / "runs" / "one"


# what is kept


def test_a_clean_tree_is_kept_with_its_commit_lock_files_and_command(repo: GitRepo) -> None:
    found = journal.capture("runs/one")
    assert found is not None
    assert (found.commit, found.branch, found.dirty, found.changed, found.patch) == (
        *(repo.git("rev-parse", "HEAD"), "main", False, (), None),
    )
    total = hashlib.sha256(PINS.encode()).hexdigest()
    assert [(file.path, file.sha256) for file in found.lock_files] == [("requirements.txt", total)]
    assert found.command == tuple(sys.orig_argv)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert read_captured(one(repo)).capture == found
    assert sorted(path.name for path in one(repo).iterdir()) == [FILE]


def test_of_a_dirty_tree_the_sum_of_the_patch_is_kept_and_the_patch_if_asked_for(repo: GitRepo) -> None:
    repo.write("train.py", "b\n")
    repo.write("new.py", "n\n")
    (repo.root / "runs/two").mkdir()
    first = journal.capture("runs/one")
    second = journal.capture(repo.root / "runs/two", patch=True)
    assert first is not None
    assert second is not None
    assert first.patch is not None
    assert second.patch is not None
    assert (first.dirty, first.changed, first.patch.file) == (True, ("train.py",), None)
    assert not (one(repo) / PATCH).exists()
    raw = (repo.root / "runs/two" / PATCH).read_bytes()
    assert (second.patch.sha256, second.patch.bytes) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert files_of(raw) == ("train.py",)
    assert first.untracked is not None
    assert [(file.path, file.sha256) for file in first.untracked] == [("new.py", hashlib.sha256(b"n\n").hexdigest())]


def test_lock_files_are_those_at_the_top_and_in_the_working_folder(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ("uv.lock", "poetry.lock", "environment.yml", "requirements-dev.txt", "pylock.toml", "conda-lock.yml")
    for name in (*named, "sub/pixi.lock", "sub/deeper/uv.lock", "notes.txt", "locks.lock"):
        repo.write(name, name)
    monkeypatch.chdir(repo.root / "sub")
    found = journal.capture(one(repo))
    assert found is not None
    assert [file.path for file in found.lock_files] == sorted([*named, "requirements.txt", "sub/pixi.lock"])


def test_what_the_run_itself_writes_is_no_code_that_git_does_not_know(repo: GitRepo) -> None:
    repo.write("exp/1/config.yaml", "a: 1\n")
    repo.write("other.yaml", "a: 1\n")
    found = journal.capture("exp/1")
    assert found is not None
    assert found.untracked is not None
    assert [file.path for file in found.untracked] == ["other.yaml"]


def test_an_address_is_kept_without_user_and_password(repo: GitRepo) -> None:
    repo.git("remote", "add", "origin", "https://ada:secret@example.org/lab/sigma.git?token=canary")
    found = journal.capture("runs/one")
    assert found is not None
    assert found.origin == "https://example.org/lab/sigma.git"
    assert b"secret" not in (one(repo) / FILE).read_bytes()
    assert b"canary" not in (one(repo) / FILE).read_bytes()


def test_a_command_of_any_bytes_and_any_length_is_kept_as_far_as_it_goes(repo: GitRepo) -> None:
    found = journal.capture(one(repo), command=["python", os.fsdecode(b"\xff.py"), "x" * 70_000, "y"])
    assert found is not None
    assert found.command == ("python", "?.py", "…")


def test_before_the_first_commit_there_is_none_to_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = GitRepo(tmp_path).init()
    repo.write("train.py", "a\n")
    monkeypatch.chdir(repo.root)
    (tmp_path / "run").mkdir()
    found = journal.capture("run")
    assert found is not None
    assert (found.commit, found.dirty, found.branch) == (None, False, "main")


def test_the_hyperparameters_of_another_run_are_no_code(repo: GitRepo) -> None:
    for name in ("wandb/two/metrics.csv", "wandb/two/config.yaml", "wandb/two/x.py", "wandb/three/config.yaml"):
        repo.write(name, "_step,loss\n0,1\n")
    found = journal.capture("runs/one")
    assert found is not None
    assert [file.path for file in found.untracked or ()] == ["wandb/three/config.yaml", "wandb/two/x.py"]


# which folder


class TrackerRun:
    """What W&B's run object is, as far as that matters."""

    def __init__(self, folder: Path, *, disabled: bool = False) -> None:
        self.dir = str(folder / "files")
        self.disabled = disabled


@pytest.fixture
def run_folder(repo: GitRepo) -> Path:
    folder = repo.root / "wandb" / "offline-run-20260221_190115-abcd1234"
    (folder / "files").mkdir(parents=True)
    (folder / "run-abcd1234.wandb").write_bytes(b":W&B\xe1\xbe\0")
    repo.write(".gitignore", "runs/\nwandb/\n")
    repo.commit("ignore")
    return folder


def test_a_run_of_wandb_is_captured_beside_its_files(run_folder: Path) -> None:
    assert journal.capture(TrackerRun(run_folder)) is not None
    assert (run_folder / FILE).is_file()


def test_the_run_that_wandb_has_under_way_is_taken_where_none_is_given(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wandb = types.ModuleType("wandb")
    wandb.run = TrackerRun(run_folder)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    assert journal.capture() is not None
    assert (run_folder / FILE).is_file()


@pytest.mark.parametrize("below", ["", "files", "run-abcd1234.wandb", "../latest-run"])
def test_a_path_may_name_the_folder_or_what_is_in_it(run_folder: Path, below: str) -> None:
    (run_folder.parent / "latest-run").symlink_to(run_folder.name)
    assert journal.capture(run_folder.parent / run_folder.name / below) is not None
    assert (run_folder / FILE).is_file()
    assert not (run_folder / "files" / FILE).exists()


# nothing goes wrong


def test_a_disabled_run_has_no_folder_and_says_nothing(run_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert journal.capture(TrackerRun(run_folder, disabled=True)) is None
    assert not (run_folder / FILE).exists()
    assert capfd.readouterr() == ("", "")


def test_a_worker_without_a_run_says_nothing_and_the_first_process_does(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not (one(repo) / FILE).exists()
    monkeypatch.setitem(sys.modules, "wandb", types.ModuleType("wandb"))
    monkeypatch.setenv("RANK", "3")
    assert journal.capture(None) is None
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("RANK", "0")
    assert journal.capture(None) is None
    assert capfd.readouterr() == (
        *("", "journal: nothing captured: no run is under way; give the run, or its folder\n"),
    )


def outside(repo: GitRepo, patch: pytest.MonkeyPatch) -> None:
    elsewhere = repo.root.parent / "elsewhere"
    elsewhere.mkdir()
    patch.chdir(elsewhere)
    patch.setattr(sys.modules["__main__"], "__file__", str(elsewhere / "x.py"), raising=False)


def no_git(repo: GitRepo, patch: pytest.MonkeyPatch) -> None:
    from git.cmd import Git

    patch.setattr(Git, "GIT_PYTHON_GIT_EXECUTABLE", str(repo.root / "no git"))


def read_only(repo: GitRepo, patch: pytest.MonkeyPatch) -> None:
    _refuse(repo, patch, PermissionError(13, "Permission denied"))


def full(repo: GitRepo, patch: pytest.MonkeyPatch) -> None:
    _refuse(repo, patch, OSError(28, "No space left on device"))


def _refuse(repo: GitRepo, patch: pytest.MonkeyPatch, error: OSError) -> None:
    opened = os.open

    def refuse(path: Any, *rest: Any, **named: Any) -> int:
        if FILE in str(path) and rest[0] & os.O_CREAT:
            raise error
        return opened(path, *rest, **named)

    assert one(repo).is_dir()
    patch.setattr(os, "open", refuse)


def gone(repo: GitRepo, _: pytest.MonkeyPatch) -> None:
    one(repo).rmdir()


def damaged(repo: GitRepo, _: pytest.MonkeyPatch) -> None:
    (one(repo) / FILE).write_text("{")


def slow(_: GitRepo, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("journal.revisions.work_tree.monotonic", iter(range(0, 10_000, 15)).__next__)


def broken(_: GitRepo, patch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out\nof\nthe blue")

    patch.setattr(take_capture, "take", fail)


TROUBLE: dict[str, tuple[Callable[[GitRepo, pytest.MonkeyPatch], None], str]] = {
    "no repository": (outside, "is not inside a git repository"),
    "no git": (no_git, "git could not be started"),
    "a read-only folder": (read_only, "the capture cannot be written: Permission denied"),
    "a full disk": (full, "the capture cannot be written: No space left on device"),
    "no folder": (gone, "the run's folder is not there"),
    "a damaged capture": (damaged, f"{FILE} cannot be understood"),
    "a slow repository": (slow, "git took too long"),
    "a mistake of ours": (broken, "RuntimeError: out of the blue"),
}


@pytest.mark.parametrize("kind", TROUBLE)
def test_no_trouble_reaches_the_training_and_one_line_tells_of_it(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    make, said = TROUBLE[kind]
    before = {path: path.read_bytes() for path in one(repo).iterdir()}
    make(repo, monkeypatch)
    before |= {path: path.read_bytes() for path in one(repo).iterdir()} if one(repo).is_dir() else {}
    assert journal.capture(one(repo)) is None
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"journal: nothing captured: {said}")
    assert err.count("\n") == 1
    after = {path: path.read_bytes() for path in one(repo).iterdir()} if one(repo).is_dir() else {}
    assert after == before


@pytest.mark.parametrize(
    "run",
    [7, object(), b"\0", "a\0b", types.SimpleNamespace(dir=None), "x" * 5000],
    ids=["number", "object", "bytes", "text with NUL", "run without folder", "long text"],
)
def test_what_is_no_run_is_no_trouble(repo: GitRepo, run: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert repo.root.is_dir()
    assert journal.capture(run) is None
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("journal: nothing captured: ")
    assert "attribute" not in err
    assert err.count("\n") == 1


def test_where_standard_error_is_closed_nothing_is_said(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    assert repo.root.is_dir()
    monkeypatch.setattr(sys, "stderr", None)
    assert journal.capture("nowhere") is None


def test_outside_of_a_repository_the_one_of_the_script_counts(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    outside(repo, monkeypatch)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(repo.root / "train.py"), raising=False)
    found = journal.capture(one(repo))
    assert found is not None
    assert found.commit == repo.git("rev-parse", "HEAD")


def test_a_repository_can_be_named(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    outside(repo, monkeypatch)
    found = journal.capture(one(repo), repository=repo.root)
    assert found is not None
    assert found.commit == repo.git("rev-parse", "HEAD")


def test_a_repository_planted_in_a_run_folder_is_not_the_one_that_is_captured(repo: GitRepo) -> None:
    planted = GitRepo(one(repo)).init()
    planted.write("x.py", "")
    planted.commit("planted")
    found = journal.capture(one(repo))
    assert found is not None
    assert found.commit == repo.git("rev-parse", "HEAD")


# twice


def test_what_was_captured_first_stays(repo: GitRepo, capfd: pytest.CaptureFixture[str]) -> None:
    first = journal.capture("runs/one")
    assert first is not None
    before = (one(repo) / FILE).read_bytes()
    again = journal.capture("runs/one", patch=True, command=["other"])
    assert again is not None
    assert again == first
    assert capfd.readouterr() == ("", "")
    repo.write("train.py", "b\n")
    assert journal.capture("runs/one", patch=True) == first
    assert (one(repo) / FILE).read_bytes() == before
    assert not (one(repo) / PATCH).exists()
    assert "holds what was captured at an earlier start, and the code has changed since" in capfd.readouterr().err


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without"])
def test_of_two_that_write_at_once_one_wins(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:

        def refuse(*_: object) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(os, "link", refuse)
    state = Repository.state

    def meanwhile(self: Any, *asked: Any) -> Any:
        monkeypatch.setattr(Repository, "state", state)
        assert take(one(repo), [repo.root], command=["winner"]).is_new
        return state(self, *asked)

    monkeypatch.setattr(Repository, "state", meanwhile)
    taken = take(one(repo), [repo.root], command=["loser"])
    assert (taken.is_new, taken.capture.command) == (False, ("winner",))
    assert kept(one(repo))["command"] == ["winner"]
    assert len(list(one(repo).iterdir())) == 1


# what is no code, and what is


def journal_in(repo: GitRepo) -> None:
    for name in ("journal.toml", "entries/one.md", "evidence/one.json", "templates/default.md"):
        repo.write(name, "")
    repo.commit("A journal")


def test_what_is_not_committed_of_the_journal_itself_is_no_code(repo: GitRepo) -> None:
    journal_in(repo)
    for name in ("entries/one.md", "evidence/one.json", "evidence/runs/two.json", "journal-baseline.json"):
        repo.write(name, "{}\n")
    found = journal.capture("runs/one", patch=True)
    assert found is not None
    assert (found.dirty, found.changed, found.patch, found.untracked) == (False, (), None, ())
    repo.write("entries/tool.py", "x\n")
    repo.write("train.py", "b\n")
    (repo.root / "runs/two").mkdir()
    found = journal.capture("runs/two", patch=True)
    assert found is not None
    assert found.untracked is not None
    assert (found.changed, [file.path for file in found.untracked]) == (("train.py",), ["entries/tool.py"])
    assert files_of((repo.root / "runs/two" / PATCH).read_bytes()) == ("train.py",)


def test_an_entry_that_was_committed_meanwhile_does_not_change_the_code(
    repo: GitRepo, capfd: pytest.CaptureFixture[str]
) -> None:
    journal_in(repo)
    first = journal.capture("runs/one")
    repo.write("entries/one.md", "More.\n")
    repo.commit("An entry")
    assert journal.capture("runs/one") == first
    assert capfd.readouterr().err == ""
    repo.git("mv", "entries/one.md", "one.py")
    repo.commit("Code")
    assert journal.capture("runs/one") == first
    assert "the code has changed since" in capfd.readouterr().err


def test_a_file_of_code_that_is_too_large_or_cannot_be_read_is_told_without_a_sum(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_capture, "_MOST_SUMMED", 10)
    for name, text in (("a.py", "x" * 11), ("b.py", "x" * 10), ("c.py", "x")):
        repo.write(name, text)
    (repo.root / "gone.py").symlink_to("nowhere")
    found = journal.capture("runs/one")
    assert found is not None
    told = {file.path: file.sha256 is not None for file in found.untracked or ()}
    assert told == {"a.py": False, "b.py": True, "c.py": False, "gone.py": False}
    assert read_captured(one(repo)).capture == found


def test_of_very_many_unknown_files_the_first_are_told_but_for_those_of_the_run(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_capture, "MAX_UNTRACKED", 2)
    for name in ("exp/1/a.json", "exp/1/b.json", "x.py", "y.py", "z.py"):
        repo.write(name, "")
    found = journal.capture("exp/1")
    assert found is not None
    assert [file.path for file in found.untracked or ()] == ["x.py", "y.py"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (".", "is the repository"),
        ("..", "holds the repository"),
        ("entries", "belongs to the journal"),
        ("entries/old", "belongs to the journal"),
        ("evidence", "belongs to the journal"),
        ("wandb", "holds the folders of runs"),
        ("other", "holds the folders of runs"),
        (".git", "belongs to git"),
    ],
)
def test_a_folder_that_can_be_no_runs_is_refused(
    repo: GitRepo, capfd: pytest.CaptureFixture[str], place: str, said: str
) -> None:
    journal_in(repo)
    for folder in ("wandb", "entries/old", "other/offline-run-20260221_190115-abcd1234"):
        (repo.root / folder).mkdir(parents=True)
    assert journal.capture(repo.root / place) is None
    assert said in capfd.readouterr().err
    assert not (repo.root / place / FILE).exists()


# for whoever asks


def test_taking_a_capture_by_hand_fails_aloud(repo: GitRepo, tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="not there"):
        take(repo.root / "nowhere", [repo.root])
    with pytest.raises(NotARepository):
        take(one(repo), [tmp_path])
    (one(repo) / FILE).write_text("[]")
    with pytest.raises(JournalError, match="does not hold"):
        take(one(repo), [repo.root])


def test_what_is_written_is_what_is_read_back(repo: GitRepo) -> None:
    repo.write("train.py", "b\n")
    repo.write("caf\u00e9.py", "")
    taken = take(one(repo), [repo.root], keep_patch=True, command=["python", "train.py"], python="3.12.1")
    found = read_captured(one(repo))
    assert (found.capture, found.problems) == (taken.capture, ())
    assert isinstance(taken.capture, Capture)
    assert found.patch == (one(repo) / PATCH).read_bytes()


# what it costs


def test_capturing_loads_nothing_that_numbers_need_nor_the_command_line(repo: GitRepo) -> None:
    heavy = {"numpy", "polars", "scipy", "typer", "rich", "orjson", "yaml", "jinja2", "sqlite3", "wandb", "mkdocs"}
    script = "import journal, sys; print(journal.capture('runs/one').commit, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=repo.root, capture_output=True, text=True, check=True)
    commit, *loaded = done.stdout.split()
    assert commit == repo.git("rev-parse", "HEAD")
    assert heavy & {name.split(".")[0] for name in loaded} == set()
    assert kept(one(repo))["command"][1:] == ["-c", script]


def test_nothing_but_the_standard_library_is_needed_to_be_called() -> None:
    script = "import sys; first = set(sys.modules); from journal import capture; print(*{*sys.modules} - first)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) == {"journal"}


# a real run


TRAINING = """
import journal
import wandb

for mode in ("disabled", "offline"):
    run = wandb.init(project="sigma", mode=mode, settings=wandb.Settings(save_code=True))
    print(mode, journal.capture() is not None)
    run.log({"loss": 1.0})
    run.finish()
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """A repository in which a script trained twice with the real SDK: once with tracking disabled, once offline."""
    repo = GitRepo(tmp_path_factory.mktemp("trained") / "repo").init()
    repo.write("train.py", TRAINING)
    repo.write("kept.py", "a\n")
    repo.write(".gitignore", "wandb/\n")
    repo.commit("root")
    repo.write("kept.py", "b\n")
    kept_names = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = {
        **kept_names, "HOME": str(repo.root.parent), "WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false",
        "TMPDIR": str(repo.root.parent), "PYTHONPATH": str(Path(journal.__file__).parent.parent),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=repo.root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["disabled", "False", "offline", "True"]
    return repo


def test_a_run_of_the_real_sdk_tells_what_was_captured_beside_it(trained: GitRepo) -> None:
    (folder,) = trained.root.glob("wandb/offline-run-*")
    run = journal.open_run(folder)
    (code,) = run.code
    assert (code.commit, code.recorded) == (trained.git("rev-parse", "HEAD"), None)
    assert (code.dirty, code.changed, run.run.dirty) == (True, ("kept.py",), True)
    assert code.captured is not None
    assert code.started is not None
    assert 0 <= (code.captured - code.started).total_seconds() < 60
    assert code.patch is not None  # the SDK saved it
    assert files_of(code.patch) == ("kept.py",)
    assert run.problems == ()
    assert kept(folder)["command"][1:] == ["train.py"]
