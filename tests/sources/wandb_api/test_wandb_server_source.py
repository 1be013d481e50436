"""Runs on W&B servers as a source: found by every reference, asked about together, kept, and compared with folders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from run_folders import run_folder
from stand_in_client import StandInClient

from journal.config import CONFIG_NAME, Config, Reach, Settings
from journal.errors import AmbiguousRun, RunNotFound, SourceUnavailable, UsageError
from journal.model.run import RunState
from journal.model.run_query import Condition, Operator
from journal.sources.registry import Sources
from journal.sources.wandb_api.servers import Servers
from wandb_server_runs import ServerRun

if TYPE_CHECKING:
    from pathlib import Path

ONLINE, OFFLINE, REFRESH = Reach(online=True), Reach(online=False), Reach(online=True, refresh=True)
SHA = "3c04d7c367de0de5d32ad16150863113081e8812"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandInClient:
    runs = [
        ServerRun("kp12ab34", rows=[{"loss": 0.5}, {"loss": math.nan}, {"loss": 0.25}], name="first", tags=["best"]),
        ServerRun("kp98cd76", rows=[{"loss": 1.0}], name="second", commit=SHA, config={"lr": 0.1}),
        ServerRun("zz11yy22", rows=[{"loss": 2.0}], state="running", name="third"),
        ServerRun("other123", project="elsewhere", rows=[{"loss": 3.0}]),
    ]
    made = StandInClient(runs)
    monkeypatch.setattr(Servers, "client", lambda _self, _host: made)
    for name in ("WANDB_MODE", "WANDB_ENTITY", "WANDB_PROJECT", "WANDB_DIR", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return made


def config(root: Path, reach: Reach = ONLINE, **settings: object) -> Config:
    (root / CONFIG_NAME).write_text("")
    chosen = Settings.model_validate({"entity": "lab", "project": "notes", **settings})
    return Config(root, chosen, root / CONFIG_NAME, reach=reach)


def sources(root: Path, reach: Reach = ONLINE, **settings: object) -> Sources:
    return Sources(config(root, reach, **settings))


@pytest.mark.parametrize(
    "reference",
    [
        "kp12ab34",
        "lab/notes/kp12ab34",
        "notes/kp12ab34",
        "lab/notes/runs/kp12ab34",
        "https://wandb.ai/lab/notes/runs/kp12ab34?nw=x",
        "https://wandb.ai/lab/notes/runs/kp12ab34/overview",
        "first",
        "best",
        "kp12",
    ],
)
@pytest.mark.usefixtures("client")
def test_a_run_on_the_server_is_found_by_address_id_name_tag_and_beginning(reference: str, tmp_path: Path) -> None:
    assert sources(tmp_path).find(reference).id == "kp12ab34"


@pytest.mark.usefixtures("client")
def test_a_word_that_names_two_runs_is_ambiguous(tmp_path: Path, client: StandInClient) -> None:
    client.held[1].tags.append("best")
    with pytest.raises(AmbiguousRun, match="'best' names 2 runs"):
        sources(tmp_path).find("best")


def test_an_id_goes_before_a_name_and_a_name_before_a_tag(tmp_path: Path, client: StandInClient) -> None:
    client.held[1].name = "kp12ab34"
    client.held[2].tags.append("first")
    assert sources(tmp_path).find("kp12ab34").id == "kp12ab34"
    assert sources(tmp_path).find("first").id == "kp12ab34"


def test_an_opened_run_tells_what_the_server_has_of_it(tmp_path: Path, client: StandInClient) -> None:
    run = sources(tmp_path).open("kp98cd76")
    assert (run.name, run.commit, run.config, run.state) == ("second", SHA, {"lr": 0.1}, RunState.FINISHED)
    assert (run.rows, run.last_step, run.first_step) == (1, 0, 0)
    assert run.place == "https://wandb.ai/lab/notes/runs/kp98cd76"
    assert run.run.sdk == "0.31.0"
    assert run.history("loss").rows() == [(0, 1.0)]
    assert client.count("runs") == 1


@pytest.mark.usefixtures("client")
def test_the_origin_says_server_host_and_when(tmp_path: Path) -> None:
    origin = sources(tmp_path).open("kp12ab34").origin
    assert (origin.kind, origin.host) == ("wandb-server", "api.wandb.ai")
    assert origin.path == "api.wandb.ai/lab/notes/runs/kp12ab34"
    assert origin.fetched is not None
    assert origin.fetched.utcoffset() is not None


def test_all_runs_of_a_fill_are_asked_about_at_once(tmp_path: Path, client: StandInClient) -> None:
    found = sources(tmp_path)
    found.expect(["kp12ab34", "lab/notes/kp98cd76", "third", "./wandb/offline-run-20260101_120000-none"])
    assert client.count("runs") == 1
    for reference in ("kp12ab34", "lab/notes/kp98cd76", "third"):
        _ = found.open(reference).summary
    assert client.count("runs") == 1


def test_a_run_that_has_ended_is_fetched_once(tmp_path: Path, client: StandInClient) -> None:
    before = sources(tmp_path).open("kp12ab34")
    assert before.history("loss").height == 3
    asked = len(client.asked)
    again = sources(tmp_path).open("kp12ab34")
    assert again.history("loss").equals(before.history("loss"))
    assert again.origin == before.origin
    assert len(client.asked) == asked


def test_a_running_run_is_asked_about_again_and_gone_on_with(tmp_path: Path, client: StandInClient) -> None:
    assert sources(tmp_path).open("zz11yy22").history("loss").height == 1
    client.held[2].log({"loss": 4.0}, {"loss": 5.0})
    assert sources(tmp_path).open("zz11yy22").history("loss").rows() == [(0, 2.0), (1, 4.0), (2, 5.0)]
    assert [about for kind, about in client.asked if kind == "rows"] == [("zz11yy22", 0)] * 2 + [("zz11yy22", 1)]


def test_refresh_asks_again_and_fetches_the_history_once_more(tmp_path: Path, client: StandInClient) -> None:
    before = sources(tmp_path).open("kp12ab34")
    assert before.history("loss").height == 3
    client.held[0].name = "renamed"
    again = sources(tmp_path, REFRESH).open("kp12ab34")
    assert (again.name, again.origin) == ("renamed", before.origin)
    assert again.history("loss").height == 3
    assert client.count("rows") == 2
    assert sources(tmp_path, OFFLINE).open("renamed").id == "kp12ab34"


def test_refresh_sees_a_run_that_was_resumed_after_its_end(tmp_path: Path, client: StandInClient) -> None:
    before = sources(tmp_path).open("kp12ab34")
    assert before.history("loss").height == 3
    client.held[0].log({"loss": 0.125})
    again = sources(tmp_path, REFRESH).open("kp12ab34")
    assert again.history("loss").height == 4
    assert again.origin.sha256 != before.origin.sha256
    assert again.grown_from(before.origin) is not None


def test_what_was_fetched_is_there_offline_and_nobody_is_asked(tmp_path: Path, client: StandInClient) -> None:
    assert sources(tmp_path).open("zz11yy22").history("loss").height == 1
    asked = len(client.asked)
    offline = sources(tmp_path, OFFLINE)
    assert [head.id for head in offline.heads()] == ["zz11yy22"]
    assert offline.open("third").history("loss").rows() == [(0, 2.0)]
    with pytest.raises(RunNotFound):
        offline.find("kp12ab34")
    assert len(client.asked) == asked


def test_wandb_mode_offline_keeps_it_off_the_network(
    tmp_path: Path, client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    found = sources(tmp_path, REFRESH, online={"enabled": True})
    found.expect(["kp12ab34"])
    with pytest.raises(SourceUnavailable) as caught:
        found.find("kp12ab34")
    assert "WANDB_MODE=offline keeps it off the network" in caught.value.message
    assert caught.value.hint == "unset WANDB_MODE"
    assert client.asked == []


def test_nobody_is_asked_where_the_settings_do_not_say_so(tmp_path: Path, client: StandInClient) -> None:
    with pytest.raises(RunNotFound):
        sources(tmp_path, Reach()).find("kp12ab34")
    assert client.asked == []
    assert sources(tmp_path, Reach(), online={"enabled": True}).find("kp12ab34").id == "kp12ab34"


def test_a_server_that_is_away_is_not_a_run_that_is_missing(tmp_path: Path, client: StandInClient) -> None:
    client.away = SourceUnavailable("api.wandb.ai does not answer")
    found = sources(tmp_path)
    for _ in range(3):
        with pytest.raises(SourceUnavailable, match="does not answer"):
            found.find("kp12ab34")
    assert len(client.asked) == 1


def test_a_run_that_no_server_has_is_missing(tmp_path: Path, client: StandInClient) -> None:
    with pytest.raises(RunNotFound, match="no run 'nothing1'") as caught:
        sources(tmp_path).find("nothing1")
    assert "lab/notes on the W&B server" in str(caught.value.hint)
    assert client.count("rows") == 0


def test_a_run_of_a_folder_goes_before_the_server(tmp_path: Path, client: StandInClient) -> None:
    folder = run_folder(tmp_path / "wandb", "kp12ab34", project="notes")
    assert sources(tmp_path).open("kp12ab34").place == f"wandb/{folder.name}"
    assert client.asked == []


def test_with_the_server_first_a_folder_goes_last(tmp_path: Path, client: StandInClient) -> None:
    run_folder(tmp_path / "wandb", "kp12ab34", project="notes")
    found = sources(tmp_path, online={"first": "server"}).open("kp12ab34")
    assert found.place == "https://wandb.ai/lab/notes/runs/kp12ab34"
    assert found.elsewhere is not None
    assert found.elsewhere.origin.kind == "wandb-log"
    client.away = SourceUnavailable("api.wandb.ai does not answer")
    (tmp_path / "new").mkdir()
    run_folder(tmp_path / "new" / "wandb", "kp12ab34", project="notes")
    assert sources(tmp_path / "new", online={"first": "server"}).open("kp12ab34").place.startswith("wandb/")


def test_where_folder_and_server_disagree_the_run_says_so(tmp_path: Path, client: StandInClient) -> None:
    run_folder(tmp_path / "wandb", "kp12ab34", project="notes")
    client.held[0].rows[:] = []
    client.held[0].summary.clear()
    client.held[0].log({"x": 0.5}, {"x": 0.75})
    found = sources(tmp_path)
    found.expect(["kp12ab34"])
    other = found.open("kp12ab34").elsewhere
    assert other is not None
    assert other.rows == 2
    assert "1 of 2 rows is missing here" in other.unlike
    assert client.count("rows") == 0


def test_a_run_that_is_the_same_in_both_places_has_nothing_otherwise(tmp_path: Path, client: StandInClient) -> None:
    folder = run_folder(tmp_path / "wandb", "same1234", project="notes")
    client.held.append(ServerRun.of_log(folder))
    found = sources(tmp_path)
    found.expect(["same1234"])
    other = found.open("same1234").elsewhere
    assert other is not None
    assert other.unlike == ()
    assert other.origin.host == "api.wandb.ai"


@pytest.mark.usefixtures("client")
def test_a_project_is_searched_by_conditions_the_newest_first(tmp_path: Path) -> None:
    finished = Condition(key="state", operator=Operator.EQUAL, value="finished")
    small = Condition(key="config.lr", operator=Operator.AT_MOST, value=0.1)
    found = sources(tmp_path)
    assert {head.id for head in found.search([finished], None, 10)} == {"kp12ab34", "kp98cd76"}
    assert [head.id for head in found.search([finished, small], "lab/notes", 10)] == ["kp98cd76"]
    assert [head.id for head in found.search([], "elsewhere", 10)] == ["other123"]
    assert len(found.search([], None, 2)) == 2
    tagged = Condition(key="tag", operator=Operator.EQUAL, value="best")
    assert [head.id for head in found.search([tagged], None, 10)] == ["kp12ab34"]


@pytest.mark.usefixtures("client")
def test_what_wandb_does_not_filter_by_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not filter runs by 'colour'"):
        sources(tmp_path).search([Condition(key="colour", operator=Operator.EQUAL, value="red")], None, 10)


@pytest.mark.usefixtures("client")
def test_a_search_without_a_project_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no W&B project is known"):
        sources(tmp_path, project=None).search([], None, 10)


def test_the_project_of_wandb_init_is_known_and_its_host_is_not_believed(tmp_path: Path, client: StandInClient) -> None:
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "settings").write_text(
        "[default]\nentity = lab\nproject = notes\nbase_url = https://thief.example\n"
    )
    assert sources(tmp_path, entity=None, project=None).find("kp12ab34").id == "kp12ab34"
    assert client.asked


def test_notes_are_read_as_they_are_now_and_written_alone(tmp_path: Path, client: StandInClient) -> None:
    source, head = sources(tmp_path).noted("kp12ab34")
    assert source.notes(head) == ""
    client.held[0].notes = "seen"
    assert source.notes(head) == "seen"
    source.write_notes(head, "seen, and more")
    assert client.noted == [(client.held[0].storage_id, "seen, and more")]
    assert source.page(head) == "https://wandb.ai/lab/notes/runs/kp12ab34"


def test_a_run_of_a_folder_is_noted_on_the_server_it_was_synced_to(tmp_path: Path, client: StandInClient) -> None:
    run_folder(tmp_path / "wandb", "other123", entity="lab", project="elsewhere")
    _, head = sources(tmp_path).noted("other123")
    assert head.project == "elsewhere"
    assert client.noted == []


def test_a_url_of_another_server_is_another_run(tmp_path: Path, client: StandInClient) -> None:
    assert sources(tmp_path).open("kp12ab34").history("loss").height == 3
    offline = sources(tmp_path, OFFLINE)
    assert offline.find("https://wandb.ai/lab/notes/runs/kp12ab34").id == "kp12ab34"
    with pytest.raises(RunNotFound):
        offline.find("https://wandb.lab.example/lab/notes/runs/kp12ab34")
    assert client.count("rows") == 1


def test_refresh_sees_other_rows_of_the_same_number(tmp_path: Path, client: StandInClient) -> None:
    assert sources(tmp_path).open("kp12ab34").history("loss").rows()[-1] == (2, 0.25)
    client.held[0].rows[2]["loss"] = 0.125
    client.held[0].summary["loss"] = 0.125
    assert sources(tmp_path).open("kp12ab34").history("loss").rows()[-1] == (2, 0.25)
    assert sources(tmp_path, REFRESH).open("kp12ab34").history("loss").rows()[-1] == (2, 0.125)


def test_an_id_on_the_server_goes_before_what_looks_like_it_here(tmp_path: Path, client: StandInClient) -> None:
    run_folder(tmp_path / "wandb", "kp98cd76-retry", project="notes", name="kp98cd76")
    assert sources(tmp_path).find("kp98cd76").place == "https://wandb.ai/lab/notes/runs/kp98cd76"
    assert sources(tmp_path).open("kp12ab34").history("loss").height == 3
    client.held.append(ServerRun("kp12", rows=[{"loss": 9.0}]))
    assert sources(tmp_path).find("kp12").id == "kp12"


def test_what_was_fetched_from_another_project_answers_to_its_address_alone(
    tmp_path: Path, client: StandInClient
) -> None:
    assert sources(tmp_path).open("lab/elsewhere/other123").history("loss").height == 1
    assert sources(tmp_path, OFFLINE).find("elsewhere/other123").project == "elsewhere"
    for reach in (OFFLINE, ONLINE):
        with pytest.raises(RunNotFound):
            sources(tmp_path, reach).find("other123")
    client.held.append(ServerRun("other123", rows=[{"loss": 4.0}]))
    assert sources(tmp_path).find("other123").project == "notes"


def test_a_project_that_cannot_be_asked_leaves_it_open_which_run_is_meant(
    tmp_path: Path, client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = client.runs

    def refusing(entity: str, project: str, *rest: object, **more: object) -> object:
        if project == "notes":
            raise SourceUnavailable("permission denied")
        return given(entity, project, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "runs", refusing)
    for word in ("other123", "nothing1"):
        with pytest.raises(SourceUnavailable, match="permission denied"):
            sources(tmp_path, online={"projects": ["elsewhere"]}).find(word)


def test_an_id_in_a_folder_goes_before_a_tag_on_the_server_that_comes_first(
    tmp_path: Path, client: StandInClient
) -> None:
    folder = run_folder(tmp_path / "wandb", "best", project="notes")
    assert sources(tmp_path, online={"first": "server"}).find("best").place == f"wandb/{folder.name}"
    assert client.asked


def test_notes_are_of_the_run_with_just_this_id(tmp_path: Path, client: StandInClient) -> None:
    for word in ("best", "first", "kp12ab3"):
        with pytest.raises(RunNotFound):
            sources(tmp_path).noted(word)
    assert client.noted == []


def test_a_run_whose_rows_did_not_all_come_is_asked_about_again(tmp_path: Path, client: StandInClient) -> None:
    client.held[0].lost = {1}
    short = sources(tmp_path).open("kp12ab34")
    assert (short.history("loss").height, len(short.problems), short.files) == (2, 1, None)
    client.held[0].lost = set()
    client.held[0].name = "renamed"
    healed = sources(tmp_path).open("kp12ab34")
    assert (healed.name, healed.history("loss").height, len(healed.problems)) == ("renamed", 3, 0)
    asked = len(client.asked)
    assert sources(tmp_path).open("kp12ab34").files is not None
    assert len(client.asked) == asked


def test_a_run_that_was_deleted_is_what_was_kept_of_it(tmp_path: Path, client: StandInClient) -> None:
    assert sources(tmp_path).open("zz11yy22").history("loss").height == 1
    client.held[:] = [run for run in client.held if run.id != "zz11yy22"]
    found = sources(tmp_path, REFRESH)
    (head,) = found.heads()
    assert found.open(head).history("loss").height == 1
    assert client.count("rows") == 1
