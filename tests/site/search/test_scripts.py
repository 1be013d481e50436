"""What the search finds: the journal's scripts, looked through by the script of the pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from recorded_runs import write_run
from search_script import found, needs_node, run
from site_journal import SHA, TABLE, SiteJournal, make_run

from journal.site.search import scripts

if TYPE_CHECKING:
    from pathlib import Path

    from journal.site.contents import Contents

PAYLOAD = "</script><script>window.pwned=1</script>\u2028 zebra"
FULL = "abcdef0123456789abcdef0123456789abcdef01"


def files(contents: Contents) -> dict[str, bytes]:
    """The search's scripts by path."""
    return {sheet.path: sheet.make() for sheet in scripts.sheets(contents)}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> SiteJournal:
    """A journal with texts in several scripts."""
    lab = SiteJournal(tmp_path_factory.mktemp("search"), 'title = "Attention"\ndocs = "handbook"\n')
    lab.write("handbook/guide.md", "# Guide\n\n## Reading a curve\n\nMind the flamingo.\n")
    lab.with_runs(make_run("fej59g91", {"train/loss": [3.0, 2.0]}, name="no clamp"))
    runs = [{"id": "fej59g91", "as": "base"}]
    lab.fill(lab.entry("2026-01-01-old", TABLE, title="Loss curves", runs=runs, tags=["stability"], authors=["Ada"]))
    lab.entry(
        "2026-01-02-text", "## Context\n\nIntro.\n\n## Results\n\nAll about stability and loss of trust.\n", "Words"
    )
    lab.entry(
        "2026-01-03-dense", "注意力在预热后饱和。学습률\n", title="Déjà vu", status="concluded", files=["lab/train.py"]
    )
    lab.entry("2026-01-04-others", "Почему растёт норма? تَشَبُّع ध्यान\n", title="Norms", commits=[{"sha": "abcdef0"}])
    lab.entry(
        "2026-01-05-wide", "意注\n\ndebug/wmax_sat_frac rises\n", title="Loss again", supersedes=["2026-01-06-gone"]
    )
    lab.entry("2026-01-06-gone", title="Loss again", predictions=[{"claim": "Pelicans", "expect": "last(val/acc) > 1"}])
    return lab


@pytest.fixture(scope="module")
def made(lab: SiteJournal) -> dict[str, bytes]:
    """Its scripts."""
    return files(lab.contents)


@pytest.fixture(scope="module")
def answers(made: dict[str, bytes]) -> dict[str, Any]:
    """What each of many queries finds."""
    return found(made, [*QUERIES, *OTHERS, "flamingo", "loss", "stability", "train/loss", "pelicens", "loss again", ""])


QUERIES = {
    "注意力": ["2026-01-03-dense"],
    "注": ["2026-01-05-wide", "2026-01-03-dense"],
    "注意": ["2026-01-03-dense"],
    "습률": ["2026-01-03-dense"],
    "deja VU": ["2026-01-03-dense"],
    "растет НОРМА": ["2026-01-04-others"],
    "تشبع": ["2026-01-04-others"],
    "ध्यान": ["2026-01-04-others"],
    "fej59": ["2026-01-01-old"],
    "no-clamp": ["2026-01-01-old"],
    "clam": ["2026-01-01-old"],
    "clamp curves": ["2026-01-01-old"],
    "lamp": [],
    "wmax_sat": ["2026-01-05-wide"],
    "debug/wmax": ["2026-01-05-wide"],
    "wmax frac rises": ["2026-01-05-wide"],
    "frac pelicans": [],
    '"sat frac"': ["2026-01-05-wide"],
    "lab/train.py": ["2026-01-03-dense"],
    FULL: ["2026-01-04-others"],
    "abcd": ["2026-01-04-others"],
    "2026-01-06-g": ["2026-01-06-gone"],
    "ada": ["2026-01-01-old"],
    "val/acc": ["2026-01-06-gone"],
    "concluded": ["2026-01-03-dense"],
    "zzz": [],
    "!?": [],
}
OTHERS = {
    "fej5": ("run", "fej59g91", "base/runs/"),
    "clamp": ("run", "fej59g91", "base/runs/"),
    SHA[:10]: ("commit", SHA, f"base/commits/{SHA}/"),
    FULL[:12]: ("commit", "abcdef0", "base/commits/abcdef0/"),
    "in/loss": ("metric", "train/loss", "base/metrics/"),
    "stabil": ("tag", "stability", "base/tags/stability/"),
    "Ada": ("author", "Ada", "base/authors/"),
    "curve": ("page", "Reading a curve", "base/docs/guide/#reading-a-curve"),
    "flamingo": ("page", "Reading a curve", "base/docs/guide/#reading-a-curve"),
}


@needs_node
@pytest.mark.parametrize("query", QUERIES)
def test_words_of_any_script_names_ids_and_their_beginnings_are_found(answers: dict[str, Any], query: str) -> None:
    assert answers[query]["entries"] == QUERIES[query]


@needs_node
@pytest.mark.parametrize("query", [query for query in OTHERS if query != "in/loss"])
def test_other_pages_are_found_by_name(answers: dict[str, Any], query: str) -> None:
    kind, name, address = OTHERS[query]
    (row,) = answers[query]["others"][kind]
    assert row[0] == name
    assert row[1].startswith(address)


@needs_node
def test_a_middle_of_a_word_is_no_beginning(answers: dict[str, Any]) -> None:
    assert answers["in/loss"]["others"] == {}


@needs_node
def test_a_title_comes_before_a_name_and_a_name_before_the_text(answers: dict[str, Any]) -> None:
    assert answers["loss"]["entries"][-1] == "2026-01-02-text"
    assert answers["stability"]["entries"] == ["2026-01-01-old", "2026-01-02-text"]
    assert answers["train/loss"]["entries"] == ["2026-01-01-old"]


@needs_node
def test_what_another_entry_replaces_comes_after_its_equals_and_says_so(answers: dict[str, Any]) -> None:
    assert answers["loss again"]["entries"][:2] == ["2026-01-05-wide", "2026-01-06-gone"]
    assert answers["loss again"]["rows"][1]["badges"] == ["superseded"]


@needs_node
def test_a_slip_in_a_long_word_is_forgiven_and_told(answers: dict[str, Any]) -> None:
    assert answers["pelicens"]["entries"] == ["2026-01-06-gone"]
    assert answers["pelicens"]["near"] == ["pelicans"]


@needs_node
def test_without_a_query_all_entries_are_there_the_newest_first(answers: dict[str, Any]) -> None:
    assert len(answers[""]["entries"]) == 6
    assert answers[""]["entries"] == sorted(answers[""]["entries"], reverse=True)


@needs_node
def test_a_row_has_all_that_a_list_shows(answers: dict[str, Any]) -> None:
    (row,) = answers["fej59"]["rows"]
    assert row["title"] == "Loss curves"
    assert row["address"] == "base/entries/2026-01-01-old/"
    assert row["tags"] == ["stability"]


@needs_node
def test_what_is_called_just_as_typed_comes_first_as_what_it_is(answers: dict[str, Any]) -> None:
    assert answers["train/loss"]["exact"] == ["train/loss"]
    assert answers[FULL]["exact"] == ["abcdef0"]
    assert answers["abcd"]["exact"] == answers["loss"]["exact"] == answers["fej5"]["exact"] == []


@needs_node
def test_why_an_entry_was_found_is_told_where_its_first_words_do_not_show_it(answers: dict[str, Any]) -> None:
    assert answers["fej59"]["why"] == answers["no-clamp"]["why"] == [["uses run", "fej59g91"]]
    assert answers["train/loss"]["why"] == [["cites metric", "train/loss"]]
    assert answers["ada"]["why"] == [["by", "Ada"]]
    assert answers["stability"]["why"] == [["has the tag", "stability"]]
    assert answers[FULL]["why"] == [["names commit", "abcdef0"]]
    assert answers["pelicens"]["why"] == answers["2026-01-06-g"]["why"] == answers["deja VU"]["why"] == []


@needs_node
def test_entries_are_found_by_what_their_runs_are_called_now_and_no_word_index_is_made_anew(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    for name in ("2026-01-01-a", "2026-01-02-b"):
        lab.entry(name, "A sunny day.\n", title=f"About {name[-1]}", runs=[{"id": name[-1]}])
        lab.judge(name, {})
        write_run(lab, name[-1], name=f"sunny-{name[-1]}-3", project="mars", entity="lab")
    before = {sheet.path: sheet for sheet in scripts.sheets(lab.contents)}
    old = found(files(lab.contents), ["sunny-b-3", "sunny", "cloudy", "mars", "lab"])
    assert old["sunny-b-3"]["entries"] == ["2026-01-02-b"]
    assert len(old["sunny"]["entries"]) == 2
    assert old["cloudy"]["entries"] == old["mars"]["entries"] == old["lab"]["entries"] == []
    assert len(old["mars"]["others"]["run"]) == 2
    write_run(lab, "b", name="注意/cloudy-9", project="mars", entity="lab")
    write_run(lab, "b2", id="b", name="bright-sun-4")
    new = found(files(lab.contents), ["sunny-b-3", "sunny", "cloudy-9", "注意", "bright-sun", "cloudy b"])
    assert new["sunny-b-3"]["entries"] == []
    assert [new[each]["entries"] for each in ("cloudy-9", "注意", "bright-sun", "cloudy b")] == [["2026-01-02-b"]] * 4
    assert new["sunny"]["entries"][0] == "2026-01-01-a"  # a name tells more than the text
    assert new["cloudy b"]["why"] == [["uses run", "b"]]
    assert {sheet.path for sheet in scripts.sheets(lab.contents) if sheet.key == before[sheet.path].key} == {
        "search/words-00.js"
    }


@needs_node
def test_of_several_runs_the_one_that_holds_most_of_the_query_is_told(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-01-01-a", title="A clamp", runs=[{"id": "r1"}, {"id": "r2"}])
    write_run(lab, "r1", name="base-sun-1")
    write_run(lab, "r2", name="clamp-sun-2")
    answers = found(files(lab.contents), ["clamp-sun", "base-sun"])
    assert [answers[each]["why"] for each in answers] == [[["uses run", "r2"]], [["uses run", "r1"]]]


@needs_node
def test_an_entry_whose_id_was_typed_comes_first(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-01-01-a", title="Plain")
    lab.entry("2026-01-02-a-b", title="2026-01-01-a and 2026-01-01-a again", tags=["2026-01-01-a"])
    assert found(files(lab.contents), ["2026-01-01-A"])["2026-01-01-A"]["entries"][0] == "2026-01-01-a"


@needs_node
@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "hasOwnProperty"])
def test_names_that_every_object_of_a_script_knows_are_names_like_others(tmp_path: Path, name: str) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-01-01-a", f"It is {name}.\n", title="Plain", tags=[name], authors=[name], runs=[{"id": name}])
    lab.entry("2026-01-02-b", title="Other")
    answer = found(files(lab.contents), [name])[name]
    assert answer["entries"] == ["2026-01-01-a"]
    assert answer["rows"][0]["tags"] == [name]
    assert answer["others"]["tag"][0][0] == name


@needs_node
def test_nothing_is_loaded_twice(made: dict[str, bytes]) -> None:
    body = "await Promise.all([search.find('lo'), search.find('los')]); await search.find('loss'); return loaded"
    assert run(body, made) == ["search/rows.js", "search/others.js", "search/words-00.js"]


def test_foreign_text_ends_no_script(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-01-01-a", PAYLOAD, title=PAYLOAD, tags=[PAYLOAD], authors=[PAYLOAD], runs=[{"id": PAYLOAD}])
    made = files(lab.contents)
    for path, raw in made.items():
        text = raw.decode()
        assert "<" not in text, path
        assert not {"\u2028", "\u2029"} & set(text)
        name, _, value = text.removeprefix("journal.search.take(").removesuffix(");\n").partition(",")
        assert path == f"search/{json.loads(name)}.js"
        assert json.loads(value)
    rows = json.loads(made["search/rows.js"].partition(b",")[2][:-3])
    assert rows["words"]["tag"] == [PAYLOAD]


def test_scripts_change_when_entries_do_and_only_then(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path, 'title = "A"\ndocs = "docs"\n')
    lab.entry("2026-01-01-a")
    lab.write("docs/index.md", "# One\n")
    before = {sheet.path: sheet.key for sheet in scripts.sheets(lab.contents)}
    assert {sheet.path: sheet.key for sheet in scripts.sheets(lab.contents)} == before
    lab.write("docs/index.md", "# Another\n")
    after = {sheet.path: sheet.key for sheet in scripts.sheets(lab.contents)}
    assert {path for path in after if after[path] != before[path]} == {"search/others.js"}
    lab.entry("2026-01-01-a", created="2026-01-01T10:00:00+00:00")
    after = {sheet.path: sheet.key for sheet in scripts.sheets(lab.contents)}
    assert {path for path in after if after[path] == before[path]} == {"search/words-00.js"}
    lab.entry("2026-01-01-a", title="Other")
    assert all(sheet.key != before[sheet.path] for sheet in scripts.sheets(lab.contents))


def test_an_empty_journal_has_scripts_too(tmp_path: Path) -> None:
    made = files(SiteJournal(tmp_path).contents)
    assert sorted(made) == ["search/others.js", "search/rows.js", "search/words-00.js"]
    assert b'"terms":"","hits":""' in made["search/words-00.js"]


@needs_node
def test_the_metric_that_was_typed_is_the_reason_before_one_that_holds_its_words(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"final/val_bpb": [1.2], "val/bpb": [1.3, 1.2]}))
    body = TABLE.replace("train/loss", "final/val_bpb, val/bpb")
    assert body != TABLE
    lab.fill(lab.entry("2026-02-21-a", body, runs=["r1"]))
    answers = found(files(lab.contents), ["val/bpb", "val bpb"])
    assert answers["val/bpb"]["why"] == [["cites metric", "val/bpb"]]
    assert answers["val bpb"]["why"] == [["cites metric", "final/val_bpb"]]
