from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk import Desk
from gitrepo import GitRepo
from journal import __version__
from journal.authoring.ci import Host, packaged

PAGE = (Path(__file__).parents[2] / "docs" / "site.md").read_text("utf-8")
DEFAULT = "github.ref_name == github.event.repository.default_branch"
PUBLISHED = f"github.event_name != 'pull_request' && {DEFAULT}"
GITHUB = ".github/workflows/journal.yml"


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    GitRepo(tmp_path).init()
    return Desk(tmp_path)


def jobs(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return found


@pytest.mark.parametrize("host", Host)
def test_the_documentation_shows_the_very_file(host: Host) -> None:
    assert f"```yaml\n{packaged(host)}```\n" in PAGE


def test_the_file_for_github_is_added_to_a_journal_once(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fresh.call(capsys, "init")
    assert [line for line in fresh.call(capsys, "init", "--ci", "github").out.splitlines() if "wrote" in line] == [
        f"wrote {GITHUB}"
    ]
    assert fresh.files()[GITHUB].decode() == packaged(Host.GITHUB)
    fresh.write(GITHUB, "mine")
    assert f"kept  {GITHUB}" in fresh.call(capsys, "init", "--ci", "github").out
    assert fresh.files()[GITHUB] == b"mine"


def test_a_pull_request_gets_an_artifact_but_no_secret_no_deployment_and_no_right_to_write() -> None:
    text = packaged(Host.GITHUB)
    found = jobs(text)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    assert "pull_request_target" not in text
    assert found["build"]["permissions"] == {"contents": "read", "pages": "read"}
    assert found["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert found["deploy"]["if"] == PUBLISHED
    asked = {each["uses"].partition("@")[0]: each.get("if") for each in found["build"]["steps"] if "uses" in each}
    assert asked["actions/upload-pages-artifact"] == asked["actions/configure-pages"] == PUBLISHED
    assert asked["actions/upload-artifact"] == f"github.event_name == 'pull_request' || {DEFAULT.replace('==', '!=')}"


def test_actions_are_pinned_and_the_history_is_whole() -> None:
    steps = [step for job in jobs(packaged(Host.GITHUB)).values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", each) for each in used)
    journal = f"experiment-journal[site]=={__version__}"
    assert yaml.safe_load(packaged(Host.GITHUB))["env"] == {"JOURNAL": journal}
    assert yaml.safe_load(packaged(Host.GITLAB))["journal"]["variables"]["JOURNAL"] == journal
    assert steps[0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert yaml.safe_load(packaged(Host.GITLAB))["journal"]["variables"]["GIT_DEPTH"] == "0"


def test_a_push_to_another_branch_builds_nothing_and_no_job_runs_for_ever() -> None:
    github, gitlab = (yaml.safe_load(packaged(host)) for host in Host)
    asked = github[True]  # what YAML 1.1 makes of `on`
    assert asked == {"push": {"branches": ["**"]}, "pull_request": None, "workflow_dispatch": None}
    assert github["jobs"]["build"]["if"] == f"github.event_name != 'push' || {DEFAULT}"
    assert github["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert all("timeout-minutes" in job for job in github["jobs"].values())
    assert all("timeout" in job for job in gitlab.values())
    assert gitlab["journal"]["interruptible"] is True


def test_the_site_is_built_for_the_address_where_it_will_be_and_checked_first() -> None:
    steps = jobs(packaged(Host.GITHUB))["build"]["steps"]
    run = [step for step in steps if "run" in step]
    assert [step["run"].split()[1] for step in run] == ["-m", "check", "build"]
    assert run[-1]["env"] == {"JOURNAL_SITE_URL": "${{ steps.pages.outputs.base_url }}"}
    assert [step["id"] for step in steps[: steps.index(run[-1])] if "id" in step] == ["pages"]
    gitlab = yaml.safe_load(packaged(Host.GITLAB))["journal"]
    assert gitlab["variables"]["JOURNAL_SITE_URL"] == "$CI_PAGES_URL"
    script = gitlab["script"]
    assert script.index("journal check --unreached-ok") < script.index("journal build --strict")


def test_gitlab_publishes_from_the_default_branch_alone(fresh: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert "wrote .gitlab-ci.yml\n" in fresh.call(capsys, "init", "--ci", "gitlab").out
    found = yaml.safe_load(fresh.files()[".gitlab-ci.yml"])
    assert found["pages"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert found["journal"]["artifacts"]["paths"] == ["public/"]
    assert "kept  .gitlab-ci.yml\n" in fresh.call(capsys, "init", "--ci", "gitlab").out


def test_a_configuration_of_ones_own_for_gitlab_is_kept_and_told_what_to_include(
    fresh: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh.write(".gitlab-ci.yml", "test: {script: [make]}\n")
    said = fresh.call(capsys, "init", "--ci", "gitlab", "--json").json
    assert ".gitlab/journal.yml" in said["written"]
    assert any("include: [{local: .gitlab/journal.yml}]" in note for note in said["notes"])
    assert fresh.files()[".gitlab-ci.yml"] == b"test: {script: [make]}\n"
    fresh.write(".gitlab-ci.yml", "include: [{local: .gitlab/journal.yml}]\n")
    said = fresh.call(capsys, "init", "--ci", "gitlab", "--json").json
    assert ".gitlab/journal.yml" in said["kept"]
    assert not any("include" in note for note in said["notes"])


def test_a_journal_in_a_folder_is_built_there_from_the_top_of_its_repository(
    fresh: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (fresh.root / 'lab "1"').mkdir()
    for host in Host:
        said = fresh.call(capsys, "init", 'lab "1"', "--ci", host)
        assert (said.code, "wrote ../.git" in said.out) == (0, True)
    github, gitlab = (yaml.safe_load(fresh.files()[path]) for path in (GITHUB, ".gitlab-ci.yml"))
    assert github["defaults"]["run"]["working-directory"] == 'lab "1"'
    paths = [step["with"]["path"] for step in github["jobs"]["build"]["steps"] if "path" in step.get("with", {})]
    assert paths == ['lab "1"/site', 'lab "1"/site']
    assert gitlab["journal"]["variables"]["FOLDER"] == 'lab "1"'
