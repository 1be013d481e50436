"""What changed in the numbers of entries between two trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from desk import BARE
from gitrepo import GitRepo
from journal import config as configuration
from journal.index.journal import Journal
from journal.model.evidence_change import Fate
from journal.revisions import Repository
from journal.tables import two_trees
from journal.tables.changed import changes
from journal.tables.version import Version
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config
    from journal.model.evidence_change import EntryChange

PATH = f"entries/{ENTRY}.md"
TABLE = "metrics: [loss, acc]\nruns: [a, b]\nstats: [mean]\ncompare: {ratio: b/a}\n"
CLAIM = "predictions:\n  - {claim: it falls, expect: last(loss)@a < 10}\n"
CITED = 'The loss was [TBD](run:a "mean(loss)").\n'


class Pair(Toys):
    """A journal whose present is compared with its last commit."""

    def start(self) -> Pair:
        self.run("a", {"loss": line(range(10)), "acc": line(range(10), 0.1)})
        self.run("b", {"loss": line(range(10), 2.0), "acc": line(range(10), 0.2)})
        self.ask(f"{block(TABLE)}\n{CITED}\n{block('', 'runs')}", "a", "b", matter=CLAIM)
        self.fill()
        self.commit("Fill")
        return self

    @property
    def config(self) -> Config:
        return configuration.find(self.root)

    def changed(self, since: str = "HEAD") -> tuple[EntryChange, ...]:
        repository = Repository.find(self.root)
        trees = two_trees.read(self.config, repository, repository.resolve(since), Journal(self.config).paths)
        return changes(trees.before, trees.after, self.config)

    def one(self) -> EntryChange:
        (found,) = self.changed()
        return found

    def rewrite_evidence(self, **fields: Any) -> None:
        """Change the evidence as if it had been filled so."""
        self.write(f"evidence/{ENTRY}.json", orjson.dumps({**self.found, **fields}))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(Toys.begin(tmp_path_factory.mktemp("started")).root).start()


@pytest.fixture
def pair(started: Pair, tmp_path: Path) -> Pair:
    return Pair(started.copied(tmp_path / "journal").root)


def cells(entry: EntryChange, name: str = "table") -> list[tuple[str, str, str | None, str | None]]:
    (found,) = (each for each in entry.blocks if each.name == name)
    return [(cell.row, cell.column, *cell.told) for cell in found.cells]


def test_a_tree_that_is_as_it_was_has_no_change(pair: Pair) -> None:
    assert pair.changed() == ()


def test_a_cell_is_told_as_the_table_showed_and_shows_it(pair: Pair) -> None:
    pair.run("a", {"loss": line(range(10), 1.2), "acc": line(range(10), 0.1)})
    pair.fill(force=True)
    assert cells(pair.one()) == [("loss", "a", "4.50", "5.40"), ("loss", "b / a", "2.00×", "1.67×")]
    assert cells(pair.one(), "a mean(loss)") == [("a", "", "4.50", "5.40")]


def test_numbers_that_look_the_same_are_told_at_full_precision(pair: Pair) -> None:
    pair.run("a", {"loss": [(0, 4.5), (1, 4.75), (2, 4.25), (3, 4.5 + 2**-20)], "acc": line(range(10), 0.1)})
    pair.fill(force=True)
    assert cells(pair.one())[0] == ("loss", "a", "4.5", "4.500000238418579")


def test_cells_that_come_and_go_have_one_side(pair: Pair) -> None:
    pair.rewrite("metrics: [loss, acc]", "metrics: [loss]")
    pair.rewrite("stats: [mean]", "stats: [mean, max]")
    pair.fill()
    found = cells(pair.one())
    assert ("max", "a", None, "9") in found
    assert ("acc", "b / a", "2.00×", None) in found


def test_a_result_that_arrived_was_pending(pair: Pair) -> None:
    pair.ask(block("metrics: [loss]\nruns: [a, c]\n"), "a", "c")
    pair.fill()
    pair.commit("Wait")
    pair.run("c", {"loss": line(range(10), 3.0)})
    pair.fill()
    entry = pair.one()
    assert cells(entry) == [("c", "loss", "TBD", "27")]
    assert [(each.state_before, each.state_after) for each in entry.blocks] == [("pending", "fresh")]


def test_a_block_whose_text_is_edited_changes_its_state_alone(pair: Pair) -> None:
    pair.rewrite("| 4.50 |", "| 4.40 |")
    (found,) = pair.one().blocks
    assert (found.name, found.state_before, found.state_after, found.cells) == ("table", "fresh", "edited", ())


def test_a_spec_that_was_not_filled_since_changes_no_number(pair: Pair) -> None:
    pair.rewrite("stats: [mean]", "stats: [max]")
    (found,) = pair.one().blocks
    assert (found.state_after, found.cells) == ("stale", ())


def test_more_digits_of_a_number_are_no_other_number(pair: Pair) -> None:
    pair.rewrite("compare:", "digits: 5\ncompare:")
    pair.fill()
    (found,) = pair.one().blocks
    assert (found.cells, found.reworded) == ((), True)


def test_a_share_of_other_rows_is_another_number(pair: Pair) -> None:
    pair.ask(block("metrics: [loss]\nruns: [a]\nstats: [count(x > 4)]\n"), "a")
    pair.fill()
    pair.commit("Count")
    pair.run("a", {"loss": [*line(range(10)), (10, 0.0)]})
    pair.fill(force=True)
    assert cells(pair.one()) == [("loss", "a", "5 of 10 (50.0%)", "5 of 11 (45.5%)")]


def test_a_block_without_numbers_tells_that_its_text_changed(pair: Pair) -> None:
    pair.run("b", {"loss": line(range(10), 2.0), "acc": line(range(10), 0.2)}, code=1)
    pair.fill(force=True)
    found = {each.name: each for each in pair.one().blocks}
    assert found["runs"].reworded
    assert not found["runs"].turned


def test_blocks_appear_and_go(pair: Pair) -> None:
    text = pair.text
    start, end = text.index("<!-- journal:table"), text.index("<!-- /journal:table")
    end = text.index("\n", end)
    pair.write(PATH, text[:start] + block("metrics: [acc]\n").replace("table", "table acc", 1) + text[end:])
    pair.fill()
    found = {each.name: each for each in pair.one().blocks}
    assert (found["acc"].change, found["table"].change) == (Fate.NEW, Fate.GONE)
    assert [cell.before for cell in found["acc"].cells] == [None, None]
    assert [cell.after for cell in found["table"].cells] == [None] * 6


def test_a_prediction_tells_its_verdicts_with_the_values(pair: Pair) -> None:
    pair.run("a", {"loss": line(range(10), 1.5), "acc": line(range(10), 0.1)})
    pair.fill(force=True)
    (found,) = pair.one().verdicts
    assert (found.on, found.name) == ("prediction", "it falls")
    assert (found.before, found.value_before, found.after, found.value_after) == ("confirmed", 9, "refuted", 13.5)


def test_a_commit_verdict_tells_its_reason(pair: Pair) -> None:
    judged = {"verdict": "contradicted", "reasons": ["the run is older than the commit"]}
    pair.rewrite_evidence(verdicts={"a": judged})
    (found,) = pair.one().verdicts
    assert (found.on, found.name, found.before, found.after) == ("commit", "a", None, "contradicted")
    assert found.reason == "the run is older than the commit"


# --- entries ----------------------------------------------------------------------------------------------------------


def test_entries_come_and_go(pair: Pair) -> None:
    pair.entry("2026-03-01-new", "Words.\n")
    (pair.root / PATH).unlink()
    (pair.root / f"evidence/{ENTRY}.json").unlink()
    gone, new = pair.changed()
    assert (gone.path, gone.change) == (PATH, Fate.GONE)
    assert {cell.after for each in gone.blocks for cell in each.cells} == {None}
    assert (new.path, new.change, new.title, new.blocks) == (
        "entries/2026-03-01-new.md",
        Fate.NEW,
        "2026-03-01-new",
        (),
    )


@pytest.mark.parametrize("name", [f"deeper/{ENTRY}", "2026-02-21-another-name"])
def test_an_entry_that_was_renamed_is_compared_with_itself(pair: Pair, name: str) -> None:
    for old, new in ((PATH, f"entries/{name}.md"), (f"evidence/{ENTRY}.json", f"evidence/{name}.json")):
        (pair.root / new).parent.mkdir(exist_ok=True)
        (pair.root / old).rename(pair.root / new)
    found = pair.one()
    assert (found.change, found.former, found.path) == (Fate.RENAMED, PATH, f"entries/{name}.md")
    assert (found.blocks, found.verdicts, found.problems) == ((), (), ())


def test_entries_of_one_moment_that_say_other_things_are_two(pair: Pair) -> None:
    pair.write(
        "entries/2026-02-21-other.md", pair.text.partition("runs:")[0].replace(ENTRY, "Other") + "---\n\nOther.\n"
    )
    (pair.root / PATH).unlink()
    (pair.root / f"evidence/{ENTRY}.json").unlink()
    assert {each.change for each in pair.changed()} == {Fate.NEW, Fate.GONE}


def test_words_alone_are_no_change(pair: Pair) -> None:
    pair.write(PATH, pair.text + "\nMore words.\n")
    assert pair.changed() == ()


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"{", b'{"schema_version": 0, "entry": "x"}', b"<<<<<<< ours\n", b"\xff"])
def test_damaged_evidence_is_told_and_its_numbers_are_not(pair: Pair, damage: bytes) -> None:
    sound = (pair.root / f"evidence/{ENTRY}.json").read_bytes()
    pair.write(f"evidence/{ENTRY}.json", damage)
    now = pair.one()
    assert (len(now.problems), now.blocks) == (1, ())
    assert now.problems[0].startswith(f"now: evidence/{ENTRY}.json: ")
    pair.commit("Damage it")
    pair.write(f"evidence/{ENTRY}.json", sound)
    then = pair.one()
    assert then.problems[0].startswith(f"then: evidence/{ENTRY}.json: ")
    assert then.blocks == ()


def test_an_entry_that_cannot_be_read_still_has_its_numbers(pair: Pair) -> None:
    pair.run("a", {"loss": line(range(10), 1.2), "acc": line(range(10), 0.1)})
    pair.fill(force=True)
    pair.write(PATH, pair.text.replace("title:", "title: [", 1))
    found = pair.one()
    assert found.problems[0].startswith(f"now: {PATH}:")
    assert cells(found)[0] == ("loss", "a", "4.50", "5.40")
    assert found.title == ENTRY


def test_evidence_that_an_older_version_wrote_is_read(pair: Pair) -> None:
    pair.rewrite_evidence(**{name: pair.found[name] for name in ("entry", "blocks")})
    older = {name: pair.found[name] for name in ("entry", "blocks", "runs", "schema_version")}
    pair.write(f"evidence/{ENTRY}.json", orjson.dumps(older))
    found = pair.one()
    assert found.problems == ()
    assert [(each.on, each.after) for each in found.verdicts] == [("prediction", None)]


def test_evidence_without_an_entry_is_compared(tmp_path: Path) -> None:
    toys = Toys.begin(tmp_path)
    config = configuration.find(toys.root)
    blank = Version(PATH, None, b'{"entry": "%s"}' % ENTRY.encode())
    (found,) = changes({}, {PATH: blank}, config)
    assert (found.change, found.title, found.problems) == (Fate.NEW, ENTRY, ())


# --- trees ------------------------------------------------------------------------------------------------------------


def test_only_entries_of_which_a_file_differs_are_read(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.entry("2026-03-01-new", "Words.\n")
    repository = Repository.find(pair.root)
    monkeypatch.setattr(Repository, "blobs", lambda _, names, __: dict.fromkeys(names))
    trees = two_trees.read(pair.config, repository, repository.resolve("HEAD"), Journal(pair.config).paths)
    assert (list(trees.before), list(trees.after)) == ([], ["entries/2026-03-01-new.md"])


def test_what_the_clone_lacks_is_told(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.rewrite("| 4.50 |", "| 4.40 |")
    monkeypatch.setattr(Repository, "blobs", lambda _, names, __: dict.fromkeys(names))
    (found,) = pair.changed()
    assert len(found.problems) == 2
    assert all("is not in this clone, or too large" in said for said in found.problems)


def test_digests_of_runs_and_hidden_files_are_no_entries(pair: Pair) -> None:
    pair.write("entries/.hidden.md", "x")
    pair.write("entries/README.md", "x")
    pair.write("evidence/runs/x.json", "x")
    pair.write("evidence/notes.txt", "x")
    assert pair.changed() == ()
    pair.commit("More")
    for path in ("entries/.hidden.md", "entries/README.md", "evidence/runs/x.json", "evidence/notes.txt"):
        (pair.root / path).unlink()
    assert pair.changed() == ()


def test_a_journal_below_the_top_of_its_repository_is_found(tmp_path: Path) -> None:
    GitRepo(tmp_path).init()
    below = Pair(tmp_path / "notes" / "lab")
    below.write("journal.toml", BARE)
    below.start()
    assert below.changed() == ()
    below.rewrite("| 4.50 |", "| 4.40 |")
    assert below.one().path == PATH


@pytest.mark.parametrize("folder", [".", "notes/", "a/./b"])
def test_folders_may_be_spelt_in_any_way(tmp_path: Path, folder: str) -> None:
    GitRepo(tmp_path).init()
    toys = Pair(tmp_path / "lab")
    toys.write("journal.toml", f'{BARE}entries = "{folder}"\n')
    toys.write(f"{folder}/2026-03-01-a.md", "---\ntitle: A\ncreated: 2026-03-01T10:00:00+08:00\n---\n")
    toys.commit("Begin")
    assert toys.changed() == ()
    toys.write(f"{folder}/2026-03-02-b.md", "---\ntitle: B\ncreated: 2026-03-02T10:00:00+08:00\n---\n")
    assert [each.id for each in toys.changed()] == ["2026-03-02-b"]
