"""Every source of this house, and the one in the documentation, keeps the contract."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from run_folders import SHA, config_at, log_folder, run_folder
from wandb_writer import end, frame, history, run

from journal.model.capture import FILE
from journal.model.run import RunState
from journal.sources.contract import ExpectedRun, SourceCase, SourceContract
from journal.sources.registry import Sources
from journal.sources.table_file.files import TableFiles
from journal.sources.wandb_folder.folders import WandbFolders

if TYPE_CHECKING:
    from journal.sources.interface import Source

CAPTURED = f'{{"at": "2026-02-21T11:01:15Z", "commit": "{SHA}", "dirty": true, "changed": ["train.py"]}}'
PAGE = Path(__file__).parents[2] / "docs" / "sources.md"


class TestWandbFolders(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> SourceCase:
        records = [
            run("longer", entity="lab", project="toy", name="a name", commit=SHA, started=1.7e9, config={"lr": 0.001}),
            history({"loss": 0.1, "_timestamp": 1.7e9, ("a", "b"): 2}, step=0),
            history({"loss": math.nan}, step=5),
            history({"loss": -math.inf, ("a", "b"): 3}, step=7),
            end(0),
        ]
        folder = log_folder(tmp_path / "wandb", "longer", frame(records))
        (folder / FILE).write_text(CAPTURED)
        run_folder(tmp_path / "wandb", "shorter", day=2)
        cut = frame([run("cut"), history({"loss": 1}, step=3), history({"loss": 2}, step=4)])[:-5]
        log_folder(tmp_path / "wandb", "cut", cut, day=3)
        log_folder(tmp_path / "wandb", "odd", b"this is no log at all", day=4)
        told = {"state": RunState.FINISHED, "commit": SHA, "config": {"lr": 0.001}, "name": "a name"}
        points = {"loss": [(0, 0.1), (5, math.nan), (7, -math.inf)], "a.b": [(0, 2.0), (7, 3.0)]}
        return SourceCase(
            WandbFolders,
            tmp_path,
            ("wandb",),
            (
                ExpectedRun("longer", points, told),
                ExpectedRun("shorter", {"x": [(0, 0.5)]}),
                ExpectedRun("cut", {"loss": [(3, 1.0)]}, problems=True),
            ),
            unreadable=("odd",),
            located={f"wandb/{folder.name}": "longer", str(folder / "run-longer.wandb"): "longer"},
        )


class TestTableFiles(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> SourceCase:
        runs = tmp_path / "runs"
        files = {
            "lightning_logs/version_2/metrics.csv": "epoch,step,loss,val\r\n0,4,0.5,\r\n0,4,,0.1\r\n1,9,nan,\r\n",
            "lightning_logs/version_2/hparams.yaml": f"lr: 1e-3\ngit_commit: {SHA}\n",
            "lightning_logs/version_10/metrics.csv": "epoch,loss\n0,1\n1,2\n2,",
            "script/metrics.jsonl": '{"step": 1, "time": 1.7e9, "n": {"x": 1}}\n{"step": 3, "n": {"x": Infinity}}\n',
            "script/config.json": '{"lr": 0.5}',
            f"script/{FILE}": CAPTURED,
            "shadow/metrics.csv": "step,_step,_timestamp,loss\n1,5,0.5,2\n",
            "zz/log.csv": "0.5,0.25\n1,2\n",
            "zz/other.csv": "step,loss\n1,2\n",
        }
        for name, text in files.items():
            (runs / name).parent.mkdir(parents=True, exist_ok=True)
            (runs / name).write_bytes(text.encode())
        first = {"epoch": [(4, 0.0), (9, 1.0)], "loss": [(4, 0.5), (9, math.nan)], "val": [(4, 0.1)]}
        told = {"config": {"lr": 0.001, "git_commit": SHA}, "commit": SHA, "state": RunState.UNKNOWN, "last_step": 9}
        return SourceCase(
            TableFiles,
            tmp_path,
            ("runs",),
            (
                ExpectedRun("runs-lightning_logs-version_2", first, told),
                ExpectedRun("runs-lightning_logs-version_10", {"loss": [(0, 1.0), (1, 2.0)]}, problems=True),
                ExpectedRun("script", {"n.x": [(1, 1.0), (3, math.inf)]}, {"config": {"lr": 0.5}}),
                ExpectedRun("shadow", {"loss": [(1, 2.0)]}, problems=True),
            ),
            unreadable=("zz",),
            located={
                "runs/script": "script",
                "runs/script/metrics.jsonl": "script",
                str(runs / "lightning_logs" / "version_10" / "metrics.csv"): "runs-lightning_logs-version_10",
            },
        )


def from_the_page() -> tuple[dict[str, Any], str]:
    """What the page's source defines, and the text of its test."""
    source, test = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(compile(source, str(PAGE), "exec"), namespace)  # noqa: S102 - our own page
    return namespace, test


class TestTheSourceInTheDocumentation(SourceContract):
    @pytest.fixture
    def case(self, tmp_path: Path) -> SourceCase:
        (tmp_path / "losses").mkdir()
        (tmp_path / "losses" / "long.loss").write_text("0.1\nnan\n-inf\n")
        (tmp_path / "losses" / "odd.loss").write_text("one\n")
        (tmp_path / "losses" / "short.loss").write_text("0.5\n")
        points = [(0, 0.1), (1, math.nan), (2, -math.inf)]
        return SourceCase(
            from_the_page()[0]["LossFiles"],
            tmp_path,
            ("losses",),
            (ExpectedRun("long", {"loss": points}), ExpectedRun("short", {"loss": [(0, 0.5)]})),
            unreadable=("odd",),
            located={"losses/long.loss": "long"},
        )


def test_the_test_in_the_documentation_is_one_of_these(tmp_path: Path) -> None:
    namespace, test = from_the_page()
    exec(compile(test.replace("@pytest.fixture", ""), str(PAGE), "exec"), namespace)  # noqa: S102 - our own page
    contract: Any = namespace["TestLossFiles"]()
    case = contract.case(tmp_path)
    contract.test_every_row_is_there_exactly_and_at_its_step(case)
    contract.test_runs_are_listed_in_one_order_however_often(case)
    wrong = replace(case, runs=(ExpectedRun("short", {"loss": [(0, 0.5), (1, 0.75)]}),))
    with pytest.raises(AssertionError):
        contract.test_every_row_is_there_exactly_and_at_its_step(wrong)


def test_the_page_tells_the_names_that_the_source_looks_for() -> None:
    from journal.sources.plain_rows import STEP_NAMES, TIME_NAMES
    from journal.sources.registry import GROUP
    from journal.sources.table_file.config import CONFIG_NAMES
    from journal.sources.table_file.files import COMMIT_KEYS
    from journal.sources.walk import HISTORY_STEMS, HISTORY_SUFFIXES

    page = " ".join(PAGE.read_text("utf-8").split())
    for names in (HISTORY_STEMS, HISTORY_SUFFIXES, CONFIG_NAMES, COMMIT_KEYS, STEP_NAMES, TIME_NAMES):
        listed = [f"`{name}`" for name in names]
        both = (", ".join(listed), ", ".join(listed[:-1]) + f" or {listed[-1]}")
        assert any(text in page for text in both), names
    assert GROUP in page
    assert f"`{TableFiles.kind}`" in page
    assert f"`{WandbFolders.kind}`" in page


def test_both_kinds_of_runs_are_found_in_one_folder(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "runs", "abcd")
    (folder / "files" / "metrics.csv").write_text("step,loss\n1,0.5\n")
    (tmp_path / "runs" / "plain").mkdir()
    (tmp_path / "runs" / "plain" / "metrics.csv").write_text("step,loss\n1,0.5\n")
    sources = Sources(config_at(tmp_path, "runs"))
    assert {head.id for head in sources.heads()} == {"abcd", "plain"}
    assert sources.open("plain").origin.kind == "table-file"
    assert sources.open("runs/plain").metric_names == ("loss",)
    assert sources.open("abcd").origin.kind != "table-file"
    assert sources.open(f"runs/{folder.name}").metric_names == ("x",)


# What breaks the contract is caught by it: a test that cannot fail proves nothing.


class _Broken:
    """The documentation's source with one thing wrong."""

    def __init__(self, base: Source) -> None:
        self._base = base

    def __getattr__(self, name: str) -> Any:
        return getattr(self._base, name)


class _Writes(_Broken):
    def heads(self) -> Any:
        (self._base.config.root / "losses" / "cache").write_text("x")  # type: ignore[attr-defined]
        return self._base.heads()


class _Shuffles(_Broken):
    def heads(self) -> Any:
        return reversed(list(self._base.heads()))


class _Renames(_Broken):
    def open(self, head: Any) -> Any:
        opened = self._base.open(head)
        contents: Any = opened._contents
        object.__setattr__(contents, "run", opened.run.model_copy(update={"name": "another"}))
        return opened


class _Rounds(_Broken):
    def open(self, head: Any) -> Any:
        opened = self._base.open(head)
        column = opened.column("loss")
        assert column is not None
        object.__setattr__(column, "values", column.values.round(1))
        return opened


class _Shadows(_Broken):
    def open(self, head: Any) -> Any:
        opened = self._base.open(head)
        contents: Any = opened._contents
        object.__setattr__(contents, "held", {"_step": contents.held["loss"]})
        return opened


class _Guesses(_Broken):
    def locate(self, reference: str) -> Any:  # noqa: ARG002
        return next(iter(self._base.heads()), None)


class _Raises(_Broken):
    def open(self, head: Any) -> Any:
        try:
            return self._base.open(head)
        except Exception as error:
            raise ValueError("damaged") from error


class _Forgets(_Broken):
    def open(self, head: Any) -> Any:
        opened = self._base.open(head)
        contents: Any = opened._contents
        object.__setattr__(contents, "files", ())
        return opened


@pytest.mark.parametrize(
    ("broken", "test"),
    [
        (_Forgets, "test_what_its_answers_rest_on_is_told_in_full_if_at_all"),
        (_Writes, "test_looking_at_runs_changes_nothing"),
        (_Shuffles, "test_runs_are_listed_in_one_order_however_often"),
        (_Renames, "test_an_opened_run_is_the_one_that_was_listed"),
        (_Rounds, "test_every_row_is_there_exactly_and_at_its_step"),
        (_Shadows, "test_no_metric_is_called_like_the_axis_of_a_history"),
        (_Guesses, "test_what_is_no_run_of_the_source_is_not_located"),
        (_Raises, "test_damage_ends_in_a_problem_or_an_error_of_ours"),
    ],
)
def test_what_breaks_the_contract_is_caught(
    broken: Any, test: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = from_the_page()[0]["LossFiles"]
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "a.loss").write_text("0.25\n0.123\n")
    (tmp_path / "losses" / "b.loss").write_text("0.25\n")
    points = {"loss": [(0, 0.25), (1, 0.123)]}
    runs = (ExpectedRun("a", points), ExpectedRun("b", {"loss": [(0, 0.25)]}))
    contract = SourceContract()

    def attempt(make: Any) -> None:
        case = SourceCase(make, tmp_path, ("losses",), runs)
        more = ("gone", tmp_path, monkeypatch) if test.endswith("not_located") else ()
        getattr(contract, test)(case, *more)

    with pytest.raises((AssertionError, ValueError)):
        attempt(lambda config: broken(made(config)))
