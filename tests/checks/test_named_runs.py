from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from wandb_writer import end, frame, history, run

from journal.checks.check import check
from journal.checks.interface import Scene
from journal.checks.mending import mended
from journal.index.journal import Journal
from journal.revisions import Repository
from journal.sources.registry import Sources
from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Desk
    from journal.model.finding import Finding

E1 = "2026-02-21-one"
PATH = f"entries/{E1}.md"
Capsys = pytest.CaptureFixture[str]


ONE, TWO = "k3v9x2mq", "p8d1s5wn"
FIRST, SECOND = "warm-up", "wide nets"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    toys = Toys.begin(tmp_path)
    for day, (id_, name) in enumerate(((ONE, FIRST), (TWO, SECOND)), 1):
        rows = [history({"loss": 1.0 / step}, step=step) for step in range(1, 4)]
        log = frame([run(id_, name=name, started=1.77e9 + day), *rows, end(0)])
        toys.write(f"wandb/offline-run-2026020{day}_100000-{id_}/run-{id_}.wandb", log)
    return toys


def found(desk: Desk) -> list[Finding]:
    journal = Journal.open(desk.root)
    scene = Scene(journal, frozenset(journal.paths), Sources(journal.config), Repository.find(desk.root))
    return [each for each in check(scene) if each.code == "REF007"]


def mend(desk: Desk) -> None:
    raw = (desk.root / PATH).read_bytes()
    fixes = [each.fix for each in found(desk) if each.fix is not None]
    desk.write(PATH, mended(fixes, {PATH: raw}).texts[PATH])


def test_a_run_that_is_called_by_its_name_or_the_beginning_of_its_id_is_found_with_its_id(desk: Desk) -> None:
    desk.entry(
        E1, matter=f"runs:\n  - {ONE}\n  - {FIRST}\n  - {TWO[:5]}\n  - wandb/offline-run-20260202_100000-{TWO}\n"
    )
    named, begun = found(desk)
    assert (named.path, named.line, named.column) == (PATH, 6, 5)
    assert named.message == f"'{FIRST}' is the name of a run, and the run's id is {ONE}"
    assert f"`id: {ONE}`" in str(named.hint)
    assert begun.message == f"'{TWO[:5]}' is the beginning of an id, and the run's id is {TWO}"


def test_its_fix_writes_the_id_and_the_name_stays_what_tables_call_it(desk: Desk, capsys: Capsys) -> None:
    block = f"<!-- journal:table\nmetrics: [loss]\nruns: [{FIRST}]\n-->\n<!-- /journal:table -->\n"
    desk.entry(E1, block, matter=f"runs:\n  - {FIRST} # the first\n")
    assert desk.call(capsys, "fill-results").code == 0
    before = desk.read(E1)
    mend(desk)
    assert desk.read(E1) == before.replace(f"- {FIRST} #", f"- {{id: {ONE}, as: {FIRST}}} #")
    assert found(desk) == []
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.read(E1).count(FIRST) == before.count(FIRST)


def test_a_run_with_a_handle_of_its_own_gets_the_id_alone(desk: Desk) -> None:
    desk.entry(E1, matter=f'runs:\n  - as: it\n    id: "{SECOND}"\n  - {{id: {FIRST}, role: baseline}}\n')
    mend(desk)
    assert f'  - as: it\n    id: "{TWO}"\n  - {{id: {FIRST}, role: baseline}}\n' not in desk.read(E1)
    assert f'  - as: it\n    id: "{TWO}"\n  - {{id: {ONE}, role: baseline, as: {FIRST}}}\n' in desk.read(E1)


def test_a_name_that_can_be_no_handle_is_left_to_the_author(desk: Desk) -> None:
    desk.entry(E1, matter=f'runs: ["{SECOND}"]\n')
    assert [each.fix for each in found(desk)] == [None]


def test_a_filled_block_still_agrees_with_its_evidence_after_the_fix(desk: Desk, capsys: Capsys) -> None:
    block = "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"
    desk.entry(E1, block, matter=f"runs: [{{id: {FIRST}, as: it}}]\n")
    assert desk.call(capsys, "fill-results").code == 0
    mend(desk)
    desk.call(capsys, "fill-results")
    codes = {each["code"] for each in desk.call(capsys, "check", "--json").json["findings"]}
    assert not codes & {"TAB002", "TAB003", "TAB004", "REF007"}
