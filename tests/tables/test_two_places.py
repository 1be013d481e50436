"""A run that lies in a folder and on a server: numbers of one place stand in the other, and nothing wrong gets in."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from stand_in_client import StandInClient
from test_one_digit import changed, one_of_each_kind
from wandb_writer import end, frame, history, run

from desk import BARE
from journal import config as configuration
from journal.checks.check import check
from journal.checks.interface import Scene
from journal.config import AS_SET, Reach
from journal.errors import JournalError
from journal.index.journal import Journal
from journal.sources.registry import Sources
from journal.sources.wandb_api.servers import Servers
from journal.tables.fill import EntryFill, plan, write
from toys import ENTRY, Toys, block, said
from wandb_server_runs import ServerRun

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.finding import Finding

HOST = "api.wandb.ai"
SHA = "3c04d7c367de0de5d32ad16150863113081e8812"
LONG_AGO = "2026-01-01T00:00:00Z"
OFFLINE, REFRESH = Reach(online=False), Reach(refresh=True)
ONLINE = f"{BARE}[online]\nenabled = true\n"
ALL, CLOSED = "metrics: [loss]\nruns: [a]", "metrics: [loss]\nruns: [a]\nwindow: 0..9"
GREW = f"run a grew from 20 rows in its folder to 30 on {HOST}"


class TwoPlaces(Toys):
    """Toys with a server; `client.held` are its runs."""

    client: StandInClient

    def upload(self, *, rows: int = 20, slope: float = 1.0, **about: str) -> ServerRun:
        """Have the server hold run a, with so many rows, and nothing else."""
        folder = logged(self.root / ".git" / "synced", rows, slope)
        place = {"entity": "attention-lab", "project": "sigma-floor"} | about
        self.client.held[:] = [ServerRun.of_log(folder, entity=place["entity"], project=place["project"])]
        return self.client.held[0]

    def sources_at(self, reach: Reach = AS_SET) -> Sources:
        found = Sources(configuration.find(self.root, reach=reach))
        found.expect(["a"])
        return found

    def at(self, reach: Reach = AS_SET, *, force: bool = False) -> EntryFill:
        """What a fill comes to; nothing is written."""
        config = configuration.find(self.root, reach=reach)
        return plan(config, f"entries/{ENTRY}.md", self.sources_at(reach), force=force)

    def filled(self, reach: Reach = AS_SET, *, force: bool = False) -> EntryFill:
        found = self.at(reach, force=force)
        write(found, configuration.find(self.root))
        return found

    def stands(self, reach: Reach = AS_SET) -> bool:
        """Whether all is fresh, and a fill writes nothing."""
        found = self.at(reach)
        return {report.state.value for report in found.blocks} == {"fresh"} and not found.changed

    def told(self, reach: Reach = AS_SET) -> tuple[str, str]:
        """State and message of the one block."""
        (report,) = self.at(reach).blocks
        return said(report)

    def elsewhere(self, reach: Reach = AS_SET) -> list[Finding]:
        """What the check says of runs that are otherwise in another place."""
        config = configuration.find(self.root, reach=reach)
        journal = Journal(config)
        scene = Scene(journal, frozenset(journal.paths), self.sources_at(reach), None)
        return [finding for finding in check(scene) if finding.code == "REF008"]

    def without_folder(self) -> None:
        shutil.rmtree(self.root / "wandb")

    def with_folder(self, rows: int = 20, *, ended: bool = True) -> None:
        """Have run a in a folder, with so many rows."""
        logged(self.root / "wandb", rows, ended=ended)

    def forget(self) -> None:
        """Be another machine: nothing is kept."""
        shutil.rmtree(self.root / ".journal", ignore_errors=True)

    def date(self, *names: str) -> None:
        """Let the evidence say that the server gave a thing of the run long ago."""
        evidence = self.found
        origin = evidence["runs"]["a"]
        for name in names:
            origin = origin[name]
        origin["fetched"] = LONG_AGO
        self.write(f"evidence/{ENTRY}.json", json.dumps(evidence))

    @property
    def row(self) -> Any:
        """What the evidence says of the run."""
        return self.found["runs"]["a"]


def logged(parent: Path, rows: int, slope: float = 1.0, *, ended: bool = True) -> Path:
    """A folder of run a, whose loss is the step times the slope; written anew if it is there."""
    about = run("a", project="sigma-floor", started=1.77e9, config={"lr": 0.5}, commit=SHA)
    told = [history({"loss": slope * step}, step=step) for step in range(rows)]
    folder = parent / "offline-run-20260202_024000-a"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run-a.wandb").write_bytes(frame([about, *told, *([end(0)] if ended else [])]))
    return folder


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TwoPlaces:
    """A journal with run a of 20 rows in a folder, and the same on a server."""
    for name in ("WANDB_MODE", "WANDB_ENTITY", "WANDB_PROJECT", "WANDB_DIR", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    toys = TwoPlaces(tmp_path)
    toys.init()
    toys.write("journal.toml", ONLINE)
    toys.client = StandInClient([])
    monkeypatch.setattr(Servers, "client", lambda _self, _host: toys.client)
    toys.with_folder()
    toys.upload()
    toys.ask(block(ALL), "a")
    return toys


def from_folder(lab: TwoPlaces, spec: str = ALL) -> None:
    """Fill where there is no server, and then be where there is no folder."""
    lab.ask(block(spec), "a")
    lab.filled(OFFLINE)
    lab.without_folder()


def from_server(lab: TwoPlaces, spec: str = ALL) -> None:
    """Fill where there is no folder."""
    lab.ask(block(spec), "a")
    lab.without_folder()
    lab.filled()


# --- one place after the other ----------------------------------------------------------------------------------------


def test_a_number_of_a_folder_stands_where_only_the_server_is_at_hand(lab: TwoPlaces) -> None:
    from_folder(lab)
    assert "host" not in lab.row["origin"]
    assert lab.stands()


def test_a_number_of_the_server_stands_where_only_the_folder_is_at_hand(lab: TwoPlaces) -> None:
    from_server(lab)
    assert lab.row["origin"]["host"] == HOST
    lab.with_folder()
    lab.forget()
    assert lab.stands(OFFLINE)
    lab.client.held.clear()
    assert lab.stands()


def test_a_number_of_the_server_stands_on_another_machine_that_fetches_the_same(lab: TwoPlaces) -> None:
    from_server(lab)
    lab.date("origin")
    lab.filled()
    lab.forget()
    assert lab.stands()
    assert lab.row["origin"]["fetched"] == LONG_AGO


def test_more_rows_on_the_server_move_only_the_numbers_that_they_reach(lab: TwoPlaces) -> None:
    lab.ask(block(CLOSED) + block(ALL), "a")
    lab.filled(OFFLINE)
    lab.without_folder()
    lab.upload(rows=30)
    closed, whole = lab.at().blocks
    assert said(closed) == ("fresh", "")
    assert whole.state.value == "drifted"
    assert GREW in whole.message
    assert not whole.standing.kept
    lab.filled()
    assert (lab.row["rows"], lab.row["origin"]["host"]) == (30, HOST)
    assert lab.stands()


def test_more_rows_that_no_number_reaches_leave_the_evidence_as_it_is(lab: TwoPlaces) -> None:
    from_folder(lab, CLOSED)
    lab.upload(rows=30)
    assert lab.stands()


def test_fewer_rows_on_the_server_replace_no_number(lab: TwoPlaces) -> None:
    from_folder(lab, CLOSED)
    lab.upload(rows=12)
    before = lab.files()
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert report.message == f"run a had 20 rows in its folder, and now 12 on {HOST}"
    assert lab.files() == before


def test_fewer_rows_in_the_folder_replace_no_number_and_the_way_out_is_told(lab: TwoPlaces) -> None:
    lab.upload(rows=30)
    from_server(lab)
    lab.with_folder()
    state, message = lab.told(OFFLINE)
    assert (state, lab.told()) == ("drifted", (state, message))
    assert message.startswith(f"run a had 30 rows on {HOST}, and now 20 in its folder")
    assert '`first = "server"` under [online]' in message
    lab.write("journal.toml", f'{ONLINE}first = "server"\n')
    state, message = lab.told()
    assert (state, message.partition(";")[0]) == ("stale", "run a: 10 of 30 rows are missing in the folder")
    lab.filled()
    assert lab.stands()


@pytest.mark.parametrize("spec", [ALL, CLOSED])
def test_other_values_in_as_many_rows_are_told_cell_by_cell_and_kept_until_forced(lab: TwoPlaces, spec: str) -> None:
    from_folder(lab, spec)
    lab.upload(slope=1.5)
    before = lab.files()
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert report.message.startswith("loss, a: ")
    assert f"(run a is not the same on {HOST} as it was in its folder)" in report.message
    assert lab.files() == before
    lab.filled(force=True)
    assert lab.row["origin"]["host"] == HOST
    assert lab.found["blocks"]["table"]["runs"] == {"a": lab.row["origin"]["sha256"]}
    assert lab.stands()
    lab.with_folder()
    lab.forget()
    assert lab.told(OFFLINE)[0] == "drifted"


def test_other_values_under_more_rows_are_no_growth(lab: TwoPlaces) -> None:
    from_folder(lab, CLOSED)
    lab.upload(rows=30, slope=1.5)
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert lab.row["rows"] == 20


def test_rows_that_begin_at_other_steps_there_are_not_the_same(lab: TwoPlaces) -> None:
    from_folder(lab)
    for row in lab.upload().rows:
        row["_step"] += 7
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)


def test_a_prediction_is_not_scored_on_other_values(lab: TwoPlaces) -> None:
    lab.ask("", "a", matter="predictions:\n  - {claim: low, expect: 'mean(loss)@a < 10'}\n")
    lab.filled(OFFLINE)
    lab.without_folder()
    lab.upload(slope=1.5)
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert lab.found["predictions"][0]["verdict"] == "confirmed"
    lab.filled(force=True)
    assert lab.found["predictions"][0]["verdict"] == "refuted"
    assert lab.row["origin"]["host"] == HOST
    assert lab.stands()


def test_a_summary_that_is_otherwise_on_the_server_is_not_taken_for_that_of_the_folder(lab: TwoPlaces) -> None:
    lab.ask('It had [TBD](run:a "config(lr)").\n', "a")
    lab.filled(OFFLINE)
    lab.without_folder()
    lab.upload().config["lr"] = 0.25
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert "[0.500](run:a" in lab.text


@pytest.mark.parametrize(("entity", "project"), [("others", "sigma-floor"), ("attention-lab", "toy")])
def test_a_run_of_the_same_id_elsewhere_is_another_run(lab: TwoPlaces, entity: str, project: str) -> None:
    from_server(lab)
    lab.upload(entity=entity, project=project)
    settings = ONLINE.replace("attention-lab", entity).replace("sigma-floor", project)
    lab.write("journal.toml", settings)
    lab.forget()
    state, message = lab.told()
    assert state == "drifted"
    assert message.startswith(f"run a here is {entity}/{project}/a")
    assert "the numbers are of attention-lab/sigma-floor/a" in message


# --- both at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "kind"), [("local", "wandb-server"), ("server", "wandb-log")])
def test_where_both_are_at_hand_and_alike_the_evidence_has_the_sum_of_the_other(
    lab: TwoPlaces, first: str, kind: str
) -> None:
    lab.write("journal.toml", f'{ONLINE}first = "{first}"\n')
    lab.filled()
    other = lab.row["elsewhere"]
    assert (other["origin"]["kind"], other["rows"], other["last_step"], other["unlike"]) == (kind, 20, 19, [])
    assert len(other["origin"]["sha256"]) == 64
    assert lab.stands()
    assert lab.stands(OFFLINE)
    assert lab.elsewhere() == []


def test_evidence_of_before_a_server_was_asked_stays_as_it_is(lab: TwoPlaces) -> None:
    lab.filled(OFFLINE)
    assert "elsewhere" not in lab.row
    assert lab.stands()
    assert lab.elsewhere() == []


def test_where_both_are_at_hand_and_unlike_that_is_recorded_and_told_also_offline(lab: TwoPlaces) -> None:
    lab.filled(OFFLINE)
    lab.upload(rows=15)
    assert lab.told()[0] == "stale"
    (report,) = lab.filled().blocks
    assert report.message.startswith("run a: 5 of 20 rows are missing on the server")
    assert lab.row["origin"]["kind"] == "wandb-log"
    assert lab.row["elsewhere"]["rows"] == 15
    for reach in (AS_SET, OFFLINE):
        assert lab.stands(reach)
        (finding,) = lab.elsewhere(reach)
        assert finding.line == 4
        assert "5 of 20 rows are missing on the server" in finding.message
        assert "`wandb sync" in str(finding.hint)


@pytest.mark.parametrize(
    ("first", "here", "there", "hint"),
    [
        ("local", 20, 15, "`wandb sync wandb/offline-run-20260202_024000-a` uploads what is missing, and"),
        ("local", 15, 20, '`first = "server"` under [online] takes the numbers from where there are more rows'),
        ("server", 15, 20, "the folder is behind the server: it can go"),
        ("server", 20, 15, "`wandb sync wandb/offline-run-20260202_024000-a` uploads what is missing, and"),
    ],
)
def test_what_to_do_about_two_places_goes_by_where_rows_are_missing(
    lab: TwoPlaces, first: str, here: int, there: int, hint: str
) -> None:
    lab.write("journal.toml", f'{ONLINE}first = "{first}"\n')
    lab.with_folder(here)
    lab.upload(rows=there)
    lab.filled()
    (finding,) = lab.elsewhere()
    assert str(finding.hint).startswith(hint)
    place = "wandb/offline-run-20260202_024000-a" if first == "server" else HOST
    assert finding.message.startswith(f"run a is otherwise {'in' if first == 'server' else 'on'} {place}: 5 of 20 rows")


def test_steps_that_are_otherwise_are_told_of_a_run_that_only_a_cited_value_names(lab: TwoPlaces) -> None:
    for row in lab.upload().rows:
        row["_step"] += 7
    lab.ask('It ended at [TBD](run:a "last(loss)").\n')
    lab.filled()
    (finding,) = lab.elsewhere()
    assert finding.message == f"run a is otherwise on {HOST}: its last step is 26 on the server and 19 here"
    assert finding.hint == f"`journal fill-results {ENTRY} --refresh` asks the server again"
    assert finding.line is not None
    assert "last(loss)" in lab.text.splitlines()[finding.line - 1]


def test_where_both_agree_by_now_that_is_recorded(lab: TwoPlaces) -> None:
    lab.upload(rows=15)
    lab.filled()
    lab.upload()
    lab.date("elsewhere", "origin")
    assert lab.told(REFRESH) == ("stale", "run a: both places agree by now")
    lab.filled(REFRESH)
    assert lab.row["elsewhere"]["unlike"] == []
    assert lab.row["elsewhere"]["origin"]["fetched"] > LONG_AGO
    assert lab.stands(REFRESH)
    assert lab.elsewhere() == []


def test_a_run_that_goes_on_before_it_is_uploaded_makes_no_number_stale_that_it_does_not_reach(lab: TwoPlaces) -> None:
    lab.ask(block(CLOSED), "a")
    lab.with_folder(ended=False)
    lab.filled()
    for rows in (22, 24):
        lab.with_folder(rows, ended=False)
        assert lab.stands()


def test_what_was_otherwise_is_not_told_of_other_rows(lab: TwoPlaces) -> None:
    lab.with_folder(15, ended=False)
    lab.filled()
    assert "5 of 20 rows are missing here" in lab.row["elsewhere"]["unlike"]
    lab.with_folder()
    lab.filled(OFFLINE)
    assert lab.row["rows"] == 20
    assert "elsewhere" not in lab.row
    assert lab.elsewhere(OFFLINE) == []


def test_a_folder_that_is_gone_is_no_other_place_any_more(lab: TwoPlaces) -> None:
    lab.upload(rows=30)
    lab.filled()
    assert lab.row["elsewhere"]["rows"] == 30
    lab.without_folder()
    lab.filled()
    assert (lab.row["rows"], lab.row["origin"]["host"]) == (30, HOST)
    assert "elsewhere" not in lab.row
    assert lab.elsewhere() == []
    assert lab.stands()


def test_a_folder_that_cannot_be_read_does_not_hinder_the_server(lab: TwoPlaces) -> None:
    lab.write("journal.toml", f'{ONLINE}first = "server"\n')
    next(lab.root.glob("wandb/*/*.wandb")).write_bytes(b"nothing of a log")
    assert lab.filled().state.value == "stale"
    assert lab.stands()


# --- the server changes -----------------------------------------------------------------------------------------------


def test_a_run_that_went_on_on_the_server_is_filled_anew(lab: TwoPlaces) -> None:
    from_server(lab)
    lab.upload(rows=30)
    assert lab.stands()  # it had ended, so nobody asks
    assert f"run a grew from 20 to 30 rows on {HOST}" in lab.told(REFRESH)[1]
    lab.filled(REFRESH)
    lab.forget()
    assert lab.stands()


def test_a_run_that_was_overwritten_on_the_server_replaces_no_number_before_it_is_forced(lab: TwoPlaces) -> None:
    from_server(lab)
    lab.upload(slope=1.5)
    lab.forget()
    (report,) = lab.filled().blocks
    assert (report.state.value, report.standing.kept) == ("drifted", True)
    assert f"(run a is not the same on {HOST} as it was)" in report.message
    lab.filled(force=True)
    assert lab.stands()


def test_a_config_that_was_changed_on_the_server_is_filled_anew_and_told(lab: TwoPlaces) -> None:
    lab.ask('It had [TBD](run:a "config(lr)").\n', "a")
    lab.without_folder()
    lab.filled()
    lab.client.held[0].config["lr"] = 0.25
    assert lab.stands()
    state, message = lab.told(REFRESH)
    assert state == "drifted"
    assert message.startswith("config(lr)@a: 0.5 is now 0.25 (the server tells of the rows it told of, so")
    lab.filled(REFRESH)
    assert lab.stands()


@pytest.mark.parametrize("now", [{"name": "renamed"}, {"state": "crashed"}])
def test_another_name_or_state_on_the_server_makes_no_number_stale(lab: TwoPlaces, now: dict[str, str]) -> None:
    from_server(lab)
    for name, value in now.items():
        setattr(lab.client.held[0], name, value)
    assert lab.stands(REFRESH)


def test_a_state_that_is_shown_is_shown_anew(lab: TwoPlaces) -> None:
    lab.without_folder()
    lab.client.held[0].state = "running"
    lab.ask(block("", "runs"), "a")
    lab.filled()
    lab.client.held[0].state = "finished"
    assert lab.told()[0] == "stale"
    lab.filled()
    assert lab.row["state"] == "finished"
    assert lab.stands()


# --- evidence that was changed by hand --------------------------------------------------------------------------------

Leaf = tuple[str | int, ...]


def unseen(lab: TwoPlaces) -> set[Leaf]:
    """The values of the evidence of which a change by hand is not named."""
    path = lab.root / f"evidence/{ENTRY}.json"
    raw, evidence = path.read_bytes(), lab.found
    found = set()
    for leaf in one_of_each_kind(evidence):
        path.write_text(json.dumps(changed(evidence, leaf)))
        try:
            stands = {report.state.value for report in lab.at(REFRESH).blocks} == {"fresh"}
        except JournalError:
            stands = False
        if stands:
            found.add(leaf)
    path.write_bytes(raw)
    return found


def of_run(*names: str) -> set[Leaf]:
    return {("runs", "a", *name.split(".")) for name in names}


WHERE = ("origin.path", "elsewhere.origin.path", "elsewhere.origin.fetched")
"""Where and when: nobody can say otherwise, and moving a folder changes nothing."""


@pytest.mark.untraced
def test_every_value_of_a_run_that_lies_in_both_places_is_watched(lab: TwoPlaces) -> None:
    lab.upload(rows=15)
    lab.filled()
    assert unseen(lab) - {("entry",)} == of_run(*WHERE)


@pytest.mark.untraced
def test_every_value_of_a_run_on_the_server_is_watched_but_what_can_change_there(lab: TwoPlaces) -> None:
    from_server(lab)
    assert unseen(lab) - {("entry",)} == of_run("origin.path", "origin.fetched", "name")


@pytest.mark.untraced
def test_from_the_other_place_numbers_identity_and_commit_are_watched(lab: TwoPlaces) -> None:
    from_folder(lab)
    told_otherwise_there = of_run("started", "first_step", "last_step")
    assert unseen(lab) - {("entry",)} == told_otherwise_there | of_run("origin.kind", "origin.path", "origin.bytes")
