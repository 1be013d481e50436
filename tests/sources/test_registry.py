from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from part_folders import part_folder
from run_folders import config_at, run_folder

from journal.config import Config
from journal.errors import AmbiguousRun, ConfigError, RunNotFound, SourceError, SourceUnavailable
from journal.model.run import RunHead
from journal.sources import registry
from journal.sources.lookup import Lookup
from journal.sources.open_run import OpenRun
from journal.sources.registry import Sources, open_run


@pytest.fixture(autouse=True)
def _no_wandb_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WANDB_DIR", raising=False)
    monkeypatch.chdir(tmp_path)


def sources(root: Path, *, entity: str | None = None, project: str | None = None) -> Sources:
    return Sources(config_at(root, entity=entity, project=project))


@pytest.mark.parametrize(
    "reference",
    [
        "k3v9x2mq",
        "  k3v9x2mq\n",
        "lab/toy/k3v9x2mq",
        "toy/k3v9x2mq",
        "lab/toy/runs/k3v9x2mq",
        "lab/toy:k3v9x2mq",
        "http://localhost:8080/lab/toy/runs/k3v9x2mq?workspace=user-x",
        "wandb.ai/lab/toy/runs/k3v9x2mq?nw=x",
        "https://wandb.ai/lab/toy/runs/k3v9x2mq/overview?nw=x",
        "https://forge.coreweave.com/wandb/lab/toy/runs/k3v9x2mq",
        "k3v9",
        "sigma floor / lr 1e-3",
        "offline-run-20260101_120000-k3v9x2mq",
        "wandb/offline-run-20260101_120000-k3v9x2mq",
        "./wandb/offline-run-20260101_120000-k3v9x2mq/run-k3v9x2mq.wandb",
    ],
)
def test_a_run_is_found_by_any_of_its_references(reference: str, tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "fej59g91", entity="lab", project="toy")
    wanted = run_folder(tmp_path / "wandb", "k3v9x2mq", entity="lab", project="toy", name="sigma floor / lr 1e-3")
    assert sources(tmp_path).find(reference).place == f"wandb/{wanted.name}"


def test_a_folder_is_found_from_the_working_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run_folder(tmp_path / "scratch", "abcd")
    monkeypatch.chdir(tmp_path / "scratch")
    (tmp_path / "repo").mkdir()
    assert sources(tmp_path / "repo").find(f"../scratch/{folder.name}").id == "abcd"
    assert sources(tmp_path / "repo").find(folder.name).id == "abcd"


def test_a_path_is_found_even_where_another_folder_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run_folder(tmp_path / "scratch", "abcd")

    def refuse(_: Lookup) -> list[RunHead]:
        raise SourceUnavailable("cannot be read")

    monkeypatch.setattr(Lookup, "heads", refuse)
    assert sources(tmp_path).find(str(folder)).id == "abcd"


def test_three_parts_are_a_path_where_one_exists_and_an_address_where_none_does(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "theid", entity="lab", project="toy")
    assert sources(tmp_path).find("lab/toy/theid").id == "theid"
    folder = run_folder(tmp_path / "made", "other")
    (tmp_path / "lab" / "toy").mkdir(parents=True)
    folder.rename(tmp_path / "lab" / "toy" / "theid")
    assert sources(tmp_path).find("lab/toy/theid").id == "other"


def test_a_folder_that_holds_no_run_does_not_hide_an_address(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "theid", entity="lab", project="toy")
    (tmp_path / "lab" / "toy" / "theid").mkdir(parents=True)
    assert sources(tmp_path).find("lab/toy/theid").address == "lab/toy/theid"


def test_an_offline_run_is_found_by_the_address_it_got_later(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd", project="toy")
    assert sources(tmp_path).find("https://wandb.ai/lab/toy/runs/abcd").id == "abcd"


def test_an_id_comes_before_a_name_and_a_name_before_a_prefix(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "base", day=1)
    run_folder(tmp_path / "wandb", "baseline1", day=2)
    run_folder(tmp_path / "wandb", "third", day=3, name="base")
    run_folder(tmp_path / "wandb", "fourth", day=4, name="baseline")
    found = sources(tmp_path)
    assert found.find("base").id == "base"
    assert found.find("baseline").id == "fourth"
    assert found.find("basel").id == "baseline1"


def test_fewer_than_four_characters_are_no_prefix(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "k3v9x2mq")
    with pytest.raises(RunNotFound):
        sources(tmp_path).find("glh")


def test_a_prefix_of_several_ids_lists_them(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "iga-one", project="toy")
    run_folder(tmp_path / "wandb", "iga-two", day=2)
    with pytest.raises(AmbiguousRun) as caught:
        sources(tmp_path).find("iga-")
    assert caught.value.message == "'iga-' names 2 runs"
    assert caught.value.hint == (
        "give the whole id: toy/iga-one in wandb/offline-run-20260101_120000-iga-one, "
        "iga-two in wandb/offline-run-20260102_120000-iga-two"
    )


def test_an_id_in_two_folders_is_one_run_and_each_folder_is_a_part_of_it(tmp_path: Path) -> None:
    part_folder(tmp_path / "wandb", "abcd", range(3), start=10)
    second = part_folder(tmp_path / "wandb", "abcd", range(3, 5), start=20, resume=True)
    found = sources(tmp_path)
    for reference in ("abcd", "lab/toy/abcd"):
        assert found.open(reference).run.rows == 5
    for reference in (f"wandb/{second.name}", second.name, str(second / "run-abcd.wandb")):
        assert found.open(reference).run.rows == 2
    assert found.open("abcd") is found.open(found.heads()[0])


def test_an_id_in_two_projects_is_never_guessed(tmp_path: Path) -> None:
    first = run_folder(tmp_path / "wandb", "abcd", entity="lab", project="toy", day=1, value=1.0)
    second = run_folder(tmp_path / "wandb", "abcd", entity="lab", project="other", day=2, value=2.0)
    found = sources(tmp_path)
    with pytest.raises(AmbiguousRun) as caught:
        found.find("abcd")
    assert caught.value.message == "run abcd lies in 2 places"
    assert caught.value.hint == (
        f"give its address instead: lab/toy/abcd in wandb/{first.name}, lab/other/abcd in wandb/{second.name}"
    )
    assert found.find("lab/other/abcd").place == f"wandb/{second.name}"


def test_a_log_that_could_be_of_either_project_is_a_candidate_of_its_own(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd", project="toy", day=1, value=1.0)
    run_folder(tmp_path / "wandb", "abcd", project="other", day=2, value=2.0)
    run_folder(tmp_path / "wandb", "abcd", day=3, value=3.0)
    found = sources(tmp_path)
    assert [head.address for head in found.heads()] == ["toy/abcd", "other/abcd", "abcd"]
    assert found.find("toy/abcd").segments == 1
    with pytest.raises(AmbiguousRun):
        found.find("abcd")


def test_only_so_many_candidates_are_listed(tmp_path: Path) -> None:
    for number in range(11):
        run_folder(tmp_path / "wandb", f"same{number:02}", name="baseline")
    for reference in ("baseline", "same"):
        with pytest.raises(AmbiguousRun) as caught:
            sources(tmp_path).find(reference)
        assert caught.value.message == f"{reference!r} names 11 runs"
        assert caught.value.hint is not None
        assert caught.value.hint.count(" in wandb/") == 8
        assert caught.value.hint.endswith(" and 3 more")


def test_an_offline_run_may_be_at_home_where_none_says_so_for_certain(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd", project="toy", value=1.0)
    run_folder(tmp_path / "wandb", "abcd", project="other", day=2, value=2.0)
    assert sources(tmp_path, entity="lab", project="other").find("abcd").project == "other"


def test_the_configured_project_decides_between_runs_of_one_id(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd", entity="lab", project="toy", day=1, value=1.0)
    run_folder(tmp_path / "wandb", "abcd", entity="lab", project="other", day=2, value=2.0)
    assert sources(tmp_path, project="other").find("abcd").project == "other"
    assert sources(tmp_path, entity="lab", project="toy").find("abcd").project == "toy"
    assert sources(tmp_path, project="toy").find("lab/other/abcd").project == "other"
    for settings in ({}, {"entity": "lab"}, {"project": "third"}):
        with pytest.raises(AmbiguousRun):
            sources(tmp_path, **settings).find("abcd")


def test_wandbs_own_variables_decide_where_the_configuration_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder(tmp_path / "wandb", "abcd", entity="lab", project="toy", day=1, value=1.0)
    run_folder(tmp_path / "wandb", "abcd", entity="lab", project="other", day=2, value=2.0)
    monkeypatch.setenv("WANDB_PROJECT", "other")
    assert sources(tmp_path).find("abcd").project == "other"
    assert sources(tmp_path, project="toy").find("abcd").project == "toy"


def test_the_configured_project_does_not_hide_a_run_that_lies_elsewhere(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd", project="other")
    assert sources(tmp_path, entity="lab", project="toy").find("abcd").project == "other"


def test_a_missing_run_names_the_folders_searched_and_close_matches(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "k3v9x2mq")
    with pytest.raises(RunNotFound) as caught:
        sources(tmp_path).find("k3v9x2mr")
    assert str(caught.value) == "no run 'k3v9x2mr' (searched wandb; did you mean k3v9x2mq?)"
    with pytest.raises(RunNotFound) as caught:
        sources(tmp_path).find("lab/toy/k3v9x2mr")
    assert "did you mean k3v9x2mq?" in str(caught.value)


def test_a_missing_run_without_close_matches_says_where_to_look_is_set(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound) as caught:
        sources(tmp_path).find("k3v9x2mq")
    assert caught.value.hint == "searched wandb; the setting `runs` says where to look"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("", "the run reference is empty"),
        ("  ", "the run reference is empty"),
        ("./nowhere", "no run at './nowhere'"),
        ("gone/run-x.wandb", "no run at 'gone/run-x.wandb'"),
        ("https://wandb.ai/lab/toy", "'https://wandb.ai/lab/toy' is not the address of a run"),
        ("https://wandb.ai/lab/toy/runs?nw=x", "'https://wandb.ai/lab/toy/runs?nw=x' is not the address of a run"),
        ("https://[wandb/lab/toy/runs/x", "'https://[wandb/lab/toy/runs/x' is not the address of a run"),
        ("x" * 5000, f"no run '{'x' * 200}…'"),
        ("a\0b/c", "no run 'a\\x00b/c'"),
    ],
)
def test_every_reference_that_leads_nowhere_is_a_missing_run(reference: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RunNotFound) as caught:
        sources(tmp_path).find(reference)
    assert caught.value.message == message
    assert caught.value.hint


def test_runs_are_opened_once_however_they_are_named(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abcd", entity="lab", project="toy")
    found = sources(tmp_path)
    opened = found.open("abcd")
    assert opened.metric_names == ("x",)
    assert found.open("lab/toy/abcd") is opened
    assert found.open(str(folder)) is opened
    assert found.open(found.heads()[0]) is opened
    assert found.open(found.find(str(folder))) is opened


def test_runs_are_listed_once(tmp_path: Path) -> None:
    run_folder(tmp_path / "wandb", "abcd")
    found = sources(tmp_path)
    found.heads().clear()
    run_folder(tmp_path / "wandb", "later", day=2)
    assert [head.id for head in found.heads()] == ["abcd"]


def test_a_head_of_elsewhere_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound, match="no longer there"):
        sources(tmp_path).open(RunHead(id="abcd", place="wandb/abcd"))


class Paper:
    """A source that knows one run by an address of its own."""

    kind = "paper"

    def __init__(self, config: Config) -> None:
        self.root = config.root

    def places(self) -> tuple[str, ...]:
        return ("the lab notebook",)

    def heads(self) -> Iterator[RunHead]:
        return iter(())

    def open(self, head: RunHead) -> OpenRun:
        raise SourceError(f"{head.id} is illegible")

    def locate(self, reference: str) -> RunHead | None:
        return RunHead(id="page7", place=reference) if reference.startswith("paper://") else None


def with_plugin(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    ours = EntryPoint("wandb-folder", "journal.sources.wandb_folder.folders:WandbFolders", registry.GROUP)
    plugin = EntryPoint("paper", value, registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", EntryPoints([ours, plugin]).select)


def test_sources_of_other_packages_are_asked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_plugin(monkeypatch, f"{__name__}:Paper")
    run_folder(tmp_path / "wandb", "abcd")
    found = sources(tmp_path)
    assert found.find("abcd").id == "abcd"
    assert found.find("paper://notebook/7").id == "page7"
    with pytest.raises(SourceError, match="illegible"):
        found.open("paper://notebook/7")
    with pytest.raises(RunNotFound, match="searched the lab notebook, wandb"):
        found.find("nothing-like-it")


@pytest.mark.parametrize("value", ["no_such_module:Paper", f"{__name__}:NoSuchClass"])
def test_a_source_that_cannot_be_loaded_is_named(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_plugin(monkeypatch, value)
    with pytest.raises(SourceError, match="the source 'paper' cannot be loaded"):
        sources(tmp_path)


def test_a_run_opens_outside_any_journal(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "wandb", "abcd")
    for reference in ("abcd", str(folder), folder, Path("wandb") / folder.name, folder / "run-abcd.wandb"):
        assert open_run(reference).id == "abcd"


def test_the_parts_of_a_run_open_as_one_outside_any_journal(tmp_path: Path) -> None:
    for start in (10, 20):
        folder = part_folder(tmp_path / "wandb", "abcd", [start], start=start, resume=start > 10)
    assert [each.run.rows for each in (open_run("abcd"), open_run(folder))] == [2, 1]
    assert not (tmp_path / ".journal").exists()


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = run_folder(tmp_path / "home" / "wandb", "abcd")
    assert open_run(f"~/wandb/{folder.name}").id == "abcd"


def test_a_run_opens_by_id_inside_a_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "journal.toml").write_text('runs = ["trained"]\n')
    run_folder(tmp_path / "trained", "abcd")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert open_run("abcd").run.place == "trained/offline-run-20260101_120000-abcd"


def test_a_journal_that_cannot_be_read_is_no_absent_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.toml").write_text("runs = [\n")
    with pytest.raises(ConfigError, match="not TOML"):
        open_run("abcd")
