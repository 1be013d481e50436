from __future__ import annotations

import tomllib
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from mkdocs.utils.yaml import yaml_load

from desk import Desk
from gitrepo import GitRepo
from journal import config as configuration

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATES = [f"templates/{name}.md" for name in ("debugging", "decision", "experiment", "negative", "results")]
MADE = ["journal.toml", "entries/.gitkeep", *TEMPLATES, "mkdocs.yml", ".gitignore"]


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    """A repository that is no journal yet, without runs."""
    desk = Desk(tmp_path)
    GitRepo(tmp_path).init()
    return desk


@pytest.fixture
def with_runs(tmp_path: Path) -> Desk:
    """A repository that is no journal yet, with runs in `wandb`."""
    desk = Desk.begin(tmp_path)
    (tmp_path / "journal.toml").unlink()
    return desk


def settings(desk: Desk) -> dict[str, Any]:
    return tomllib.loads((desk.root / "journal.toml").read_text())


def test_a_fresh_repository_becomes_a_journal(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    said = fresh.call(capsys, "init")
    assert said.code == 0
    assert said.out.splitlines() == [*(f"wrote {path}" for path in MADE), "found 0 runs"]
    assert said.err.splitlines()[-1].startswith("next: journal new ")
    assert sorted(fresh.files()) == sorted(MADE)
    assert settings(fresh) == {"title": f"{fresh.root.name} journal", "runs": ["wandb"]}
    assert configuration.find(fresh.root).root == fresh.root
    for args in (["list"], ["check"], ["fill-results"], ["new", "First"], ["check", "--strict"]):
        assert fresh.call(capsys, *args).code == 0


def test_what_is_derived_is_ignored_by_git_and_the_rest_is_not(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fresh.call(capsys, "init")
    fresh.write(".journal/cache", "x")
    fresh.write("site/index.html", "x")
    assert fresh.git("status", "--porcelain", "--untracked-files=all").splitlines() == [
        f"?? {path}" for path in sorted(MADE)
    ]


def test_runs_that_lie_there_give_the_settings(with_runs: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    said = with_runs.call(capsys, "init")
    assert said.out.splitlines()[-1] == "found 10 runs of attention-lab/sigma-floor"
    found = settings(with_runs)
    assert found["runs"] == ["wandb"]
    assert (found["entity"], found["project"]) == ("attention-lab", "sigma-floor")
    assert "note:" not in said.err


def test_run_folders_are_found_below_and_hidden(with_runs: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (with_runs.root / "lab/deep").mkdir(parents=True)
    (with_runs.root / "wandb").rename(with_runs.root / "lab/deep/wandb")
    run = with_runs.root / "lab/deep/wandb" / with_runs_name(with_runs)
    (with_runs.root / ".wandb").mkdir()
    run.rename(with_runs.root / ".wandb" / run.name)
    (with_runs.root / "empty/wandb").mkdir(parents=True)
    said = with_runs.call(capsys, "init")
    assert settings(with_runs)["runs"] == [".wandb", "lab/deep/wandb"]
    assert "found 10 runs" in said.out


def with_runs_name(desk: Desk) -> str:
    return min(path.name for path in (desk.root / "lab/deep/wandb").iterdir())


def test_a_run_folder_that_git_does_not_ignore_is_pointed_out(
    with_runs: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (with_runs.root / ".gitignore").unlink()
    said = with_runs.call(capsys, "init")
    assert "note: wandb/ is not ignored by git" in said.err


def test_the_environment_goes_before_what_the_runs_say(
    with_runs: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_ENTITY", 'o"her')
    monkeypatch.setenv("WANDB_PROJECT", "thing")
    with_runs.call(capsys, "init")
    assert (settings(with_runs)["entity"], settings(with_runs)["project"]) == ('o"her', "thing")


def test_a_second_init_writes_nothing(with_runs: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with_runs.call(capsys, "init")
    before = with_runs.files()
    said = with_runs.call(capsys, "init")
    assert said.code == 0
    assert said.out.splitlines()[:-1] == [f"kept  {path}" for path in MADE]
    assert with_runs.files() == before


def test_nothing_that_stands_there_is_overwritten(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    own = {
        "journal.toml": b'title = "Mine"\ntemplates = "forms"\n',
        "mkdocs.yml": b"site_name: mine\n",
        "forms/experiment.md": b"mine\n",
        "entries/2026-02-21-one.md": b"---\ntitle: One\ncreated: 2026-02-21T19:01:15+08:00\n---\n",
    }
    for path, raw in own.items():
        fresh.write(path, raw)
    said = fresh.call(capsys, "init", "--json")
    others = [path.replace("templates/", "forms/") for path in TEMPLATES if "experiment" not in path]
    assert said.json["written"] == ["entries/.gitkeep", *others, ".gitignore"]
    assert said.json["kept"] == ["journal.toml", "forms/experiment.md", "mkdocs.yml"]
    files = fresh.files()
    assert {path: files[path] for path in own} == own
    assert not set(TEMPLATES) & set(files)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"wandb/", b"wandb/\n# derived by the journal, rebuilt at will\n/.journal/\n/site/\n"),
        (b"wandb/\n", b"wandb/\n# derived by the journal, rebuilt at will\n/.journal/\n/site/\n"),
        (b"", b"# derived by the journal, rebuilt at will\n/.journal/\n/site/\n"),
        (b"site\n", b"site\n# derived by the journal, rebuilt at will\n/.journal/\n"),
        (b"/site/\r\n.journal", b"/site/\r\n.journal"),
        (b"# caf\xe9\n.journal/\n/site\n", b"# caf\xe9\n.journal/\n/site\n"),
    ],
)
def test_an_ignore_file_gets_only_the_lines_it_lacks(
    fresh: Desk, capsys: pytest.CaptureFixture[str], before: bytes, after: bytes
) -> None:
    path = fresh.write(".gitignore", before)
    assert fresh.call(capsys, "init").code == 0
    assert path.read_bytes() == after
    assert fresh.call(capsys, "init").code == 0
    assert path.read_bytes() == after


def test_a_folder_below_the_repository_can_be_the_journal(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (fresh.root / "notes").mkdir()
    assert fresh.call(capsys, "init", "notes").code == 0
    assert sorted(fresh.files()) == sorted(f"notes/{path}" for path in MADE)
    assert tomllib.loads((fresh.root / "notes/journal.toml").read_text())["title"] == "notes journal"
    assert configuration.find(fresh.root / "notes/entries").root == fresh.root / "notes"


def test_a_table_in_pyproject_is_the_configuration(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fresh.write("pyproject.toml", '[project]\nname = "x"\n\n[tool.journal]\ntitle = "Lab: notes"\nentries = "notes"\n')
    said = fresh.call(capsys, "init")
    assert said.code == 0
    assert said.out.splitlines()[0] == "wrote notes/.gitkeep"
    assert "kept  pyproject.toml" in said.out
    assert "journal.toml" not in fresh.files()
    assert 'site_name: "Lab: notes"' in (fresh.root / "mkdocs.yml").read_text()
    assert fresh.call(capsys, "new", "First").out.startswith("notes/")


def test_outside_a_repository_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path)
    said = desk.call(capsys, "init")
    assert said.code == 1
    assert "git init" in said.err
    assert len(said.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_an_error(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    said = fresh.call(capsys, "init", "nowhere")
    assert said.code == 1
    assert "there is no such folder" in said.err
    assert fresh.files() == {}


def test_a_broken_configuration_is_an_error_and_nothing_is_written(
    fresh: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh.write("journal.toml", "title = \n")
    said = fresh.call(capsys, "init")
    assert said.code == 2
    assert said.err.startswith("error: journal.toml:1")
    assert list(fresh.files()) == ["journal.toml"]


@pytest.mark.parametrize(
    "name", ['quo"te', "back\\slash", "Größe {{ 7 * 7 }} #1: x", "- dash", "中文", "new\nline", "<b>"]
)
def test_a_hostile_folder_name_becomes_a_title_that_every_file_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    desk = Desk(tmp_path / name)
    desk.init()
    assert desk.call(capsys, "init").code == 0
    assert settings(desk)["title"] == f"{name} journal"
    site_name = yaml_load((desk.root / "mkdocs.yml").read_text())["site_name"]
    assert unescape(site_name) == f"{name} journal"
    assert "<" not in site_name  # themes put it into the page as it stands


def test_json_says_what_was_done(with_runs: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    said = with_runs.call(capsys, "init", "--json")
    assert said.json == {
        "schema_version": 1,
        "root": str(with_runs.root),
        "written": MADE,
        "kept": [],
        "runs": 10,
        "notes": [],
    }
