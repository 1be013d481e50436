"""The action for GitHub and the hook for pre-commit, as far as a machine without them can try both."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
import yaml

from host import Host
from journal.cli.app import VERBS
from journal.document.plain_yaml import Source, read
from test_architecture import command_of
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]

CHECK = ("Install the journal", "Check", "Pass or fail")
"""The steps that decide whether the job passes."""

TELL = ("Install the journal", "Tell which numbers changed", "Comment")
"""The steps that tell what changed."""

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_COMMAND = re.compile(r'/bin/journal" ([^\n>|;]*)')
_BRACED = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


def action() -> Any:
    return read(Source((ROOT / "action.yml").read_text("utf-8"), 1, "action.yml")).plain()


def steps() -> list[dict[str, Any]]:
    return [step for step in action()["runs"]["steps"] if "run" in step]


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    return found


# --- what stands in the files -----------------------------------------------------------------------------------------


def test_no_script_of_the_action_holds_an_expression() -> None:
    assert [step["name"] for step in steps() if "${{" in step["run"]] == []


def test_what_the_action_uses_of_others_is_pinned() -> None:
    used = [step["uses"] for step in action()["runs"]["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)] == []


def test_every_input_is_used_and_every_one_that_is_used_is_there() -> None:
    told = action()
    named = set(re.findall(r"inputs\.([\w-]+)", json.dumps(told["runs"])))
    assert named == set(told["inputs"])
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    assert [name for name in (*told["inputs"], *told["outputs"]) if f"`{name}`" not in page] == []


def test_only_the_comment_is_given_the_token() -> None:
    given = [step["name"] for step in steps() if "inputs.token" in json.dumps(step)]
    assert given == ["Comment"]


def test_every_variable_of_a_script_is_given_or_the_hosts() -> None:
    for step in steps():
        used = set(re.findall(r"\$\{?([A-Z_]+)", step["run"]))
        unknown = used - set(step.get("env", {})) - {"RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}
        assert not unknown, step["name"]


def called() -> list[str]:
    """Every command line of the journal in the action and in the hook, with every option that may be added."""
    found = [hook["entry"].removeprefix("journal ") for hook in hooks()]
    for step in steps():
        more = " ".join(re.findall(r"options\+=\((.*?)\)", step["run"]))
        commands = [_BRACED.sub("", words) for words in _COMMAND.findall(step["run"])]
        found += [f"{words} {more}" if number == 0 else words for number, words in enumerate(commands)]
    return found


def test_every_command_is_one_that_the_command_line_takes() -> None:
    assert len(called()) == 4
    for words in called():
        verb, *args = shlex.split(words)
        assert verb in VERBS
        single = typer.Typer(add_completion=False)
        single.command(verb)(command_of(verb))
        assert typer.main.get_command(single).make_context(verb, args).params


def test_the_hook_looks_at_the_whole_journal_and_writes_nothing() -> None:
    (hook,) = hooks()
    assert hook["entry"] == "journal check --read-only --offline --unreached-ok"
    assert (hook["language"], hook["pass_filenames"], hook["require_serial"]) == ("python", False, True)


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("entries/2026-02-21-one.md", True),
        ("lab/notes/evidence/2026/one.json", True),
        ("evidence/runs/x.json", True),
        ("journal.toml", True),
        ("lab/pyproject.toml", True),
        ("journal-baseline.json", True),
        ("train.py", False),
        ("config/model.json", False),
        ("my-journal.toml", False),
    ],
)
def test_the_hook_runs_when_entries_evidence_or_settings_change(path: str, *, runs: bool) -> None:
    (hook,) = hooks()
    assert bool(re.search(hook["files"], path)) is runs


# --- the steps, one after the other -----------------------------------------------------------------------------------


class Job:
    """A job that uses the action in a repository.

    Args:
        root: The repository.
        place: A folder for the job.
        host: Where its comments go.
        ends: What a `journal` ends with that does nothing but print its arguments; None for the real one.
        inputs: What the action is given.

    Attributes:
        said: What each step printed, by its name.
        summary: The summary of the job.
    """

    def __init__(self, root: Path, place: Path, host: Host, ends: int | None = None, **inputs: str) -> None:
        self.said: dict[str, str] = {}
        self._root, self._place = root, place
        (place / "temp").mkdir(parents=True)
        self._journal = Path(sys.executable).parent / "journal"
        if ends is not None:
            self._journal = place / "journal"
            self._journal.write_text(f"#!/bin/sh\nprintf '<%s>' \"$@\"\nexit {ends}\n")
            self._journal.chmod(0o755)
        event = {"pull_request": {"number": 7}}
        (place / "event.json").write_text(json.dumps(event))
        told = action()
        self._known = {f"inputs.{name}": each.get("default", "") for name, each in told["inputs"].items()}
        self._known |= {"inputs.base": "", "inputs.token": "sesame", "github.action_path": str(ROOT)}
        self._known |= {f"inputs.{name.replace('_', '-')}": text for name, text in inputs.items()}
        self._known["steps.python.outputs.python-path"] = str(self._stub())
        self._host = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "CI": "true",
            "RUNNER_TEMP": str(place / "temp"),
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_REPOSITORY": "lab/notes",
            "GITHUB_API_URL": host.api,
            "no_proxy": "*",
        }

    def run(self, *names: str) -> int:
        """Run the scripts of the action, all or some; what the first that fails ends with, or 0."""
        for step in (step for step in steps() if step["name"] in names or not names):
            folder = self._root / self._told(step.get("working-directory", "."))
            environment = {**self._host, **{name: self._told(text) for name, text in step.get("env", {}).items()}}
            done = subprocess.run(
                [*BASH, step["run"]], cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            self.said[step["name"]] = done.stdout + done.stderr
            if done.returncode:
                return done.returncode
            self._take_outputs(step)
        return 0

    @property
    def summary(self) -> str:
        path = self._place / "summary.md"
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def outputs(self) -> Mapping[str, str]:
        """What the action gives its caller."""
        return {name: self._told(each["value"]) for name, each in action()["outputs"].items()}

    def _told(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._known.get(found[1], ""), text)

    def _take_outputs(self, step: Mapping[str, Any]) -> None:
        path = self._place / "output"
        for each in path.read_text().splitlines() if "id" in step and path.exists() else ():
            name, _, text = each.partition("=")
            self._known[f"steps.{step['id']}.outputs.{name}"] = text

    def _stub(self) -> Path:
        """A Python whose environments hold this journal, and whose pip says what it is asked for."""
        stub = self._place / "python"
        pip = f'#!/bin/sh\\ncase "$*" in *" pip "*) echo "$@";; *) exec {sys.executable} "$@";; esac\\n'
        stub.write_text(
            f'#!/bin/sh\n[ "$1 $2" = "-m venv" ] || exit 1\nmkdir -p "$3/bin"\n'
            f'printf \'{pip}\' > "$3/bin/python"; chmod +x "$3/bin/python"\nln -s {self._journal} "$3/bin/journal"\n'
        )
        stub.chmod(0o755)
        return stub


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal in which a branch changes a table."""
    toys = Toys.begin(tmp_path_factory.mktemp("filled") / "lab")
    toys.run("a", {"loss": line(range(10))})
    toys.ask(block("metrics: [loss]\nstats: [mean]\n"), "a")
    toys.fill()
    toys.commit("Fill")
    toys.git("switch", "--quiet", "-c", "longer")
    toys.run("a", {"loss": line(range(10), 1.2)})
    toys.fill(force=True)
    toys.commit("Run longer")
    return toys.root


@pytest.fixture
def toys(filled: Path, tmp_path: Path) -> Toys:
    shutil.copytree(filled, tmp_path / "lab")
    return Toys(tmp_path / "lab")


def job(toys: Toys, tmp_path: Path, host: Host, **inputs: str) -> Job:
    return Job(toys.root, tmp_path / "runner", host, None, base="main", **inputs)


def test_a_pull_request_is_told_which_numbers_changed(toys: Toys, tmp_path: Path) -> None:
    with Host() as host:
        done = job(toys, tmp_path, host)
        assert done.run() == 0
        assert "| `loss` | `a` | `4.50` | `5.40` |" in done.summary
        assert host.bodies == [done.summary]
    assert done.said["Check"].strip() == "1 entry: 0 errors, 0 warnings"
    assert (
        done.said["Install the journal"].strip().endswith(f"pip install --quiet --disable-pip-version-check -- {ROOT}")
    )
    assert done.outputs == {"exit-code": "0", "sarif-file": ""}


def test_findings_fail_the_job_after_the_comment_was_made(toys: Toys, tmp_path: Path) -> None:
    toys.rewrite("| 5.40 |", "| 5.30 |")
    with Host() as host:
        done = job(toys, tmp_path, host, sarif="true")
        assert done.run() == 1
        assert "fresh → edited" in host.bodies[0]
    assert f"::error file=entries/{ENTRY}.md," in done.said["Check"]
    assert "TAB002" in Path(done.outputs["sarif-file"]).read_text()


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        ({}, ""),
        ({"unreached_ok": "true"}, "<--unreached-ok>"),
        ({"strict": "true"}, "<--strict>"),
        ({"strict": "true", "unreached_ok": "true"}, "<--strict><--unreached-ok>"),
        ({"strict": "yes"}, ""),
    ],
)
@pytest.mark.parametrize("code", [0, 3])
def test_the_check_has_the_options_that_are_asked_for_and_its_code_is_the_jobs(
    filled: Path, tmp_path: Path, inputs: dict[str, str], options: str, code: int
) -> None:
    with Host() as host:
        done = Job(filled, tmp_path, host, code, **inputs)
        assert done.run(*CHECK) == code
    assert done.said["Check"] == f"<check><--format><github>{options}"
    assert done.outputs["exit-code"] == str(code)


def test_a_fork_has_the_summary_alone(filled: Path, tmp_path: Path) -> None:
    with Host() as host:
        host.refusing = 403
        done = Job(filled, tmp_path, host, 0, base="main")
        assert done.run(*TELL) == 0
    assert done.summary == "<changes><--format><markdown><main>"
    assert done.said["Comment"].startswith("::notice title=journal::no comment: the host answers 403")


def test_changes_that_cannot_be_told_are_no_failure(filled: Path, tmp_path: Path) -> None:
    with Host() as host:
        done = Job(filled, tmp_path, host, 2, base="0" * 40)
        assert done.run(*TELL) == 0
        assert (done.summary, host.asked) == ("", [])
    assert "does the checkout have fetch-depth: 0?" in done.said["Tell which numbers changed"]


def test_text_that_others_chose_is_one_argument_and_runs_nothing(filled: Path, tmp_path: Path) -> None:
    evil = f'"; touch {tmp_path}/owned; $(touch {tmp_path}/owned) `touch {tmp_path}/owned` #'
    with Host() as host:
        texts = {"base": evil, "strict": evil, "journal": evil, "sarif": evil, "comment_author": evil}
        done = Job(filled, tmp_path / "runner", host, 0, **texts)
        assert done.run() == 0
        assert (done.summary, len(host.bodies)) == (f"<changes><--format><markdown><{evil}>", 1)
    assert done.said["Check"] == "<check><--format><github>"
    assert not (tmp_path / "owned").exists()
