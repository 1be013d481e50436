"""What `import journal` promises: its names, what they cost, and what they answer on real runs."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import journal
from desk import Desk, rows, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUSE = Path(journal.__file__).parent
RUN_IDS = [f"{kind}{sdk}" for kind in ("plain", "nestd", "faild", "killd", "large") for sdk in ("016", "031")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def said_by(script: str) -> str:
    """What a script prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_face_is_small_sorted_and_all_there() -> None:
    assert journal.__all__ == ["Journal", "JournalError", "__version__", "capture", "evaluate", "open_run"]
    assert dir(journal) == sorted(journal.__all__)
    for name in journal.__all__:
        assert getattr(journal, name) is not None


def test_the_names_are_the_ones_inside() -> None:
    from journal.authoring.capture import capture
    from journal.errors import JournalError
    from journal.index.journal import Journal
    from journal.sources.registry import open_run
    from journal.tables.evaluate import evaluate

    assert journal.Journal is Journal
    assert journal.capture is capture
    assert journal.evaluate is evaluate
    assert journal.JournalError is JournalError
    assert journal.open_run is open_run


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'journal' has no attribute 'frob'"):
        journal.frob  # noqa: B018


def test_importing_the_package_loads_nothing_of_it_and_nothing_heavy() -> None:
    script = "import sys; before = set(sys.modules); import journal; print(*set(sys.modules) - before)"
    assert {name.split(".")[0] for name in said_by(script).split()} <= {"journal", *sys.stdlib_module_names}
    script = "import sys, journal; print(*[name for name in sys.modules if name.startswith('journal.')])"
    assert said_by(script) == ""


def test_a_star_import_gives_the_face() -> None:
    script = "from journal import *; print(open_run.__name__, Journal.__name__, JournalError.__name__, __version__)"
    assert said_by(script) == f"open_run Journal JournalError {journal.__version__}"


def test_the_version_is_the_one_that_is_installed() -> None:
    from importlib.metadata import version

    assert version("experiment-journal") == journal.__version__


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_a_run_is_opened_outside_any_journal_and_tells_what_is_in_its_log(
    desk: Desk, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    expected = truth(run_id)
    for place in (desk.folder(run_id), str(desk.folder(run_id)), desk.log(run_id)):
        run = journal.open_run(place)
        assert (run.id, run.name, run.commit, run.state) == (
            *(expected["id"], expected["name"], expected["commit"], expected["state"]),
        )
        assert run.config == expected["config"]
        assert run.summary == expected["summary"]
        assert run.started is not None
        assert run.started.timestamp() == pytest.approx(expected["started"], abs=1e-3)
        assert run.started.utcoffset() is not None
        assert [metric.name for metric in run.metrics] == sorted(expected["metrics"])
        assert expected["state"] != "finished" or run.problems == ()


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_each_metric_is_summed_up_in_a_line(desk: Desk, run_id: str) -> None:
    for metric in journal.open_run(desk.folder(run_id)).metrics:
        points = rows(run_id, metric.name)
        finite = [value for _, value in points if math.isfinite(value)]
        assert (metric.n, metric.nonfinite) == (len(finite), len(points) - len(finite))
        assert (metric.first_step, metric.last_step) == (points[0][0], points[-1][0])
        assert metric.last == (finite[-1] if finite else None)


@pytest.mark.parametrize("run_id", ["plain016", "plain031", "nestd031"])
def test_a_history_is_a_frame_with_every_row(desk: Desk, run_id: str) -> None:
    run = journal.open_run(desk.folder(run_id))
    names = list(truth(run_id)["metrics"])[:3]
    frame = run.history(names)
    assert frame.columns == ["_step", *names]
    assert frame["_step"].is_sorted()
    for name in names:
        kept = frame.select("_step", name).drop_nulls().rows()
        assert repr(kept) == repr(rows(run_id, name))  # NaN is like NaN
    assert run.history().columns == ["_step", *sorted(truth(run_id)["metrics"])]


def test_a_run_shows_itself_in_a_notebook_in_one_line(desk: Desk) -> None:
    shown = repr(journal.open_run(desk.folder("large031")))
    assert shown == f"<run attention-lab/sigma-floor/large031 in {desk.folder('large031')}>"


def test_inside_a_journal_a_run_answers_to_its_id(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.root)
    assert journal.open_run("large031").id == "large031"
    assert journal.open_run("attention-lab/sigma-floor/large031").id == "large031"


def test_what_fails_is_a_journal_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(journal.JournalError):
        journal.open_run("nobody")
    with pytest.raises(journal.JournalError):
        journal.open_run(tmp_path)
    with pytest.raises(journal.JournalError):
        journal.Journal.open(tmp_path)


def test_a_journal_gives_its_entries(desk: Desk) -> None:
    desk.entry("2026-02-21-one", runs="{id: large031, as: it}")
    desk.write("entries/broken.md", "x")
    opened = journal.Journal.open(desk.root)
    (entry,) = opened.entries
    assert (entry.id, entry.title, entry.front_matter.runs[0].handle) == ("2026-02-21-one", "2026-02-21-one", "it")
    assert [problem.path for problem in opened.problems] == ["entries/broken.md"]


def public(tree: ast.AST, name: str) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every class, function and method whose name and surroundings are public."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield f"{name}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{name}.{node.name}")
        elif isinstance(node, ast.If | ast.Try):
            yield from public(node, name)


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.py")), ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_everything_public_says_what_it_is(path: Path) -> None:
    found = dict(public(ast.parse(path.read_bytes()), path.stem))
    silent = [name for name, node in found.items() if not ast.get_docstring(node)]
    assert silent == []
