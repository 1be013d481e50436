"""The whole lineage and the graph around an entry, from abstracts made here."""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document.published import Site
from journal.site.abstract import Abstract, CitedRun, Commit, RunAbstract
from journal.site.contents import Contents
from journal.site.lineage import neighbourhood
from journal.site.lineage.graph import Graph, entries_of, threads, whole
from journal.site.lineage.layout import lay, size
from journal.site.lineage.neighbourhood import around, picture
from journal.site.lineage.whole import LISTED, ROUTED, SCRIPT, index, script, sheets
from journal.site.svg_text import cut, width, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

SHA = "721e94a3c0ffee7d1b2a99d04c0b3ffcd1e0a9be"
PAYLOAD = "</title></script><script>alert(1)</script>\"'&|`*\u2028\u2029\x00"


def an_entry(number: int, title: str = "Clamp the logits", **fields: object) -> Abstract:
    """The entry of a day; its relations by the numbers of others."""
    name = f"e{number}"
    path = f"entries/{name}.md"
    related = {key: tuple(f"e{each}" for each in value) for key, value in fields.items() if key in RELATIONS}  # type: ignore[attr-defined]
    return Abstract(name, path, path, "s", title, f"2026-03-{number % 28 + 1:02d}", "", number, **{**fields, **related})  # type: ignore[arg-type]


RELATIONS = ("follows", "results_of", "supersedes", "invalidates", "related")


def contents_of(*entries: Abstract, runs: Sequence[str] = (), name: str | None = None) -> Contents:
    """A journal of these entries, the oldest given first; `runs` are the keys of digests."""
    digests = {
        key: RunAbstract(key, "s", key, None, None, name, "finished", None, None, None, 1, 0, (), None) for key in runs
    }
    return Contents(None, "t", entries[::-1], None, runs=digests, site=Site())  # type: ignore[arg-type]


def numbers(top: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(0, top), max_size=3).map(tuple)


@st.composite
def journals(draw: st.DrawFn) -> Contents:
    """Journals with circles, entries that name themselves, and ones that name what does not exist."""
    count = draw(st.integers(1, 14))
    entries = []
    for number in range(count):
        shas = draw(st.lists(st.sampled_from("abcdef"), max_size=4))
        keys = draw(st.lists(st.sampled_from("uvwxyz"), max_size=4))
        entries.append(
            an_entry(
                number,
                follows=draw(numbers(count)),
                supersedes=draw(numbers(count)),
                commits=tuple(Commit(letter * 40) for letter in shas),
                runs=tuple(CitedRun(key, "a", key=key) for key in keys),
            )
        )
    return contents_of(*entries, runs="uvwx")


@given(journals())
@settings(max_examples=40, deadline=None)
def test_every_edge_joins_two_nodes_that_are_there_and_stands_once(contents: Contents) -> None:
    graph = whole(contents)
    assert all(edge.start != edge.end and max(edge[:2]) < len(graph.nodes) for edge in graph.edges)
    assert len(set(graph.edges)) == len(graph.edges)


@given(journals())
@settings(max_examples=40, deadline=None)
def test_no_two_nodes_overlap(contents: Contents) -> None:
    graph = whole(contents)
    layout = lay(graph)
    boxes = [(*place, *size(node.kind)) for node, place in zip(graph.nodes, layout.places, strict=True)]
    for (x, y, wide, high), (x2, y2, wide2, high2) in combinations(boxes, 2):
        assert abs(x - x2) * 2 >= wide + wide2 or abs(y - y2) * 2 >= high + high2


@given(journals())
@settings(max_examples=40, deadline=None)
def test_an_entry_stands_below_those_that_it_follows_where_that_is_no_circle(contents: Contents) -> None:
    older = [
        each._replace(follows=tuple(e for e in each.follows if int(e[1:]) < each.moment)) for each in contents.abstracts
    ]
    graph = whole(contents_of(*older[::-1]))
    rows = lay(graph).rows
    assert all(rows[edge.start] > rows[edge.end] for edge in graph.edges if edge.relation == "follows")


@given(journals())
@settings(max_examples=15, deadline=None)
def test_the_same_journal_gives_the_same_bytes(contents: Contents) -> None:
    again = contents_of(*contents.abstracts[::-1], runs=list(contents.runs))
    assert [sheet.make() for sheet in sheets(contents)] == [sheet.make() for sheet in sheets(again)]


def test_an_entry_dated_before_the_one_it_follows_still_stands_below_it() -> None:
    graph = whole(contents_of(an_entry(0, follows=(1,)), an_entry(1)))
    rows = lay(graph).rows
    assert rows[0] > rows[1]


def test_a_long_thread_keeps_its_lane() -> None:
    graph = whole(contents_of(an_entry(0), *(an_entry(number, follows=(number - 1,)) for number in range(1, 40))))
    layout = lay(graph)
    assert {x for x, _ in layout.places} == {layout.places[0][0]}
    assert all(above[1] < below[1] for above, below in pairwise(layout.places))


def test_a_shared_commit_is_one_node_of_many_edges() -> None:
    graph = whole(contents_of(*(an_entry(number, commits=(Commit(SHA),)) for number in range(1000))))
    assert len(graph.nodes) == 1001
    assert len(graph.edges) == 1000
    assert len(lay(graph).places) == 1001


def test_threads_are_joined_by_follows_alone_and_the_newest_comes_first() -> None:
    graph = whole(contents_of(an_entry(0), an_entry(1, related=(0,)), an_entry(2, follows=(0,))))
    assert threads(graph) == [[2, 0], [1]]
    assert entries_of(graph) == range(3)
    assert threads(Graph((), ())) == []


def test_around_an_entry_stand_those_that_it_names_and_those_that_name_it() -> None:
    contents = contents_of(
        an_entry(0),
        an_entry(1, follows=(0,), supersedes=(0,), commits=(Commit(SHA),), runs=(CitedRun("r", "base", key="r"),)),
        an_entry(2, follows=(1,)),
        an_entry(3, related=(2,)),
        runs=["r"],
    )
    graph = around(contents, contents.by_id["e1"])
    (before,), (after,) = graph.before.shown, graph.after.shown
    assert (before.node.key, before.relations, before.node.standing) == ("e0", ("follows", "supersedes"), "superseded")
    assert (after.node.key, after.relations, after.further) == ("e2", ("by follows",), 1)
    assert [each.node.label for each in graph.commits.shown + graph.runs.shown] == [SHA[:7], "base"]


def test_of_many_neighbours_the_rest_is_counted_and_linked() -> None:
    contents = contents_of(an_entry(0), *(an_entry(number, follows=(0,)) for number in range(1, 100)))
    graph = around(contents, contents.by_id["e0"])
    assert (len(graph.after.shown), graph.after.more) == (neighbourhood.MOST["after"] - 1, 94)
    shown = picture(graph, "entries/e0.md", contents)
    assert "and 94 more entries" in shown
    assert "lineage/index.html#entry-e0" in shown or "lineage/#entry-e0" in shown
    assert len(shown) < 12_000


def test_the_graph_around_one_of_two_entries_of_one_id_is_of_that_one() -> None:
    older = an_entry(0, "Older", commits=(Commit(SHA, subject="Of the older"),))
    newer = an_entry(0, "Newer", runs=(CitedRun("r", "base", key="r"),))._replace(path="b/e0.md", page="b/e0.md")
    contents = contents_of(older, newer, runs=["r"])
    for of in (older, newer):
        graph = around(contents, of)
        assert (graph.entry.label, graph.entry.page) == (of.title, of.page)
        assert len(graph.commits.shown) == len(of.commits)
        assert len(graph.runs.shown) == len(of.runs)


def test_two_entries_that_follow_one_another_are_one_neighbour() -> None:
    contents = contents_of(an_entry(0, follows=(1,)), an_entry(1, follows=(0,)))
    graph = around(contents, contents.by_id["e0"])
    (other,) = graph.before.shown
    assert (other.relations, graph.after.shown) == (("follows", "by follows"), ())
    assert "follows and followed by" in picture(graph, "entries/e0.md", contents_of(an_entry(0)))


def test_an_entry_that_does_not_exist_is_shown_without_a_link() -> None:
    contents = contents_of(an_entry(0, follows=(7,)))
    shown = picture(around(contents, contents.by_id["e0"]), "entries/e0.md", contents)
    assert "no such entry" in shown
    assert "e7.html" not in shown


def test_an_entry_with_nothing_around_it_has_no_picture() -> None:
    contents = contents_of(an_entry(0, follows=(0,)))
    assert picture(around(contents, contents.by_id["e0"]), "entries/e0.md", contents) == ""


def test_a_picture_ends_at_the_entry_on_a_side_where_nothing_stands() -> None:
    contents = contents_of(an_entry(0), an_entry(1, follows=(0,)), an_entry(2, follows=(1,)))
    shown = [picture(around(contents, of), of.page, contents) for of in reversed(contents.abstracts)]
    boxes = [re.findall(r'viewBox="(\d+) 0 (\d+) ', each)[0] for each in shown]
    assert boxes == [("268", "528"), ("0", "796"), ("0", "528")]
    assert ["journal-lineage-scroll--end" in each for each in shown] == [False, False, True]


def test_every_neighbour_is_a_link_in_the_picture_and_in_the_words() -> None:
    contents = contents_of(
        an_entry(0), an_entry(1, follows=(0,), commits=(Commit(SHA),)), an_entry(2, invalidates=(1,))
    )
    shown = picture(around(contents, contents.by_id["e1"]), "entries/e1.md", contents)
    assert len(re.findall(f'href="[^"]*(?:e0|e2|{SHA})', shown)) == 6
    assert "Invalidated by: " in shown
    assert 'class="n invalid struck"' in shown


def test_text_from_elsewhere_is_no_markup_in_pictures_lists_and_script() -> None:
    of = an_entry(0, PAYLOAD, commits=(Commit(SHA, subject=PAYLOAD),), runs=(CitedRun("r", PAYLOAD, key="r"),))
    contents = contents_of(of, an_entry(1, PAYLOAD, follows=(0,)), runs=["r"], name=PAYLOAD)
    graph = whole(contents)
    told = index(graph, contents).decode()
    told += picture(around(contents, contents.by_id["e0"]), "entries/e0.md", contents)
    data = script(graph, contents).decode()
    for text in (told, data):
        assert not re.search(r"<script|</script|[\u2028\u2029\x00]", text)
    assert told.count("<title>") == told.count("</title>")
    assert "<" not in data
    assert json.loads(data.partition("=")[2].rstrip(";\n"))["label"][0] == PAYLOAD


def test_the_page_lists_a_few_hundred_entries_and_leads_to_the_others() -> None:
    contents = contents_of(*(an_entry(number) for number in range(LISTED + 20)))
    told = index(whole(contents), contents).decode()
    assert told.count("<li") == LISTED
    assert "20 older entries in the chronicle" in told
    assert "<svg" not in told


def listed(*entries: Abstract) -> list[tuple[int, str]]:
    """Steps in and title of each entry in the lists of a journal of these entries."""
    contents = contents_of(*entries)
    told = index(whole(contents), contents).decode()
    return [
        (int(depth), title)
        for depth, title in re.findall(r'<li class="d(\d)"><time>.*?</time> <a [^>]*>(.*?)</a>', told)
    ]


def test_an_entry_is_listed_inside_the_one_it_follows_also_where_that_sorts_behind_it() -> None:
    made = listed(
        an_entry(0, "Float", follows=(1,)), an_entry(1, "Decode", follows=(2,)), an_entry(2, "Pass", follows=())
    )
    assert made == [(0, "Pass"), (1, "Decode"), (2, "Float")]


def test_what_follows_one_of_two_branches_is_listed_below_that_one() -> None:
    made = listed(
        an_entry(0, "Root"),
        an_entry(1, "Left", follows=(0,)),
        an_entry(2, "Right", follows=(0,)),
        an_entry(3, "Leftmost", follows=(1,)),
    )
    assert made == [(0, "Root"), (1, "Left"), (2, "Leftmost"), (1, "Right")]


@given(journals())
@settings(max_examples=40, deadline=None)
def test_every_entry_is_listed_once_whatever_follows_what(contents: Contents) -> None:
    told = index(whole(contents), contents).decode()
    found = re.findall(r'<li class="d\d"><time>[^<]*</time> <a href="[^"]*/(e\d+)\b', told)
    assert sorted(found) == sorted(each.id for each in contents.abstracts)


def test_of_commits_and_runs_the_page_says_which_are_counted() -> None:
    plain_entry, about = an_entry(0), an_entry(1, commits=(Commit(SHA),), runs=(CitedRun("r", "a", key="r"),))
    told = []
    for entries in ([plain_entry], [plain_entry, about]):
        contents = contents_of(*entries)
        told.append(index(whole(contents), contents).decode())
    assert ">1 entry. Time" in told[0]
    assert ">2 entries, with 1 commit and 1 run that entries are about or cite. Time" in told[1]


def test_of_a_graph_with_many_edges_no_routes_are_told() -> None:
    told = []
    for count in (ROUTED, ROUTED + 1):
        contents = contents_of(*(an_entry(number, commits=(Commit(SHA),)) for number in range(count)))
        data = script(whole(contents), contents).decode()
        told.append(json.loads(data.partition("=")[2].rstrip(";\n"))["route"])
    assert (len(told[0]), told[1]) == (ROUTED, None)


def test_the_picture_of_the_whole_shows_all_of_each_edge() -> None:
    edges = [an_entry(number, follows=(number - 1, 0), related=(1,)) for number in range(2, 9)]
    contents = contents_of(an_entry(0), an_entry(1, follows=(0,)), *edges)
    shown = index(whole(contents), contents).decode()
    left, top, wide, high = map(int, re.findall(r'class="journal-map" viewBox="(\S+) (\S+) (\S+) (\S+)"', shown)[0])
    paths = re.findall(r'd="M(-?\d+) (-?\d+)([^"]*)"', shown)
    assert len(paths) == 22
    for x, y, turns in paths:
        assert all(left < int(each) < left + wide for each in [x, *re.findall(r"H(-?\d+)", turns)])
        assert all(top < int(each) < top + high for each in [y, *re.findall(r"V(-?\d+)", turns)])


def test_a_journal_without_entries_has_a_page_that_says_so() -> None:
    found = {sheet.path: sheet.make() for sheet in sheets(contents_of())}
    assert b"No entries yet" in found["lineage/index.md"]
    assert b'"key":[]' in found[SCRIPT]


def test_a_page_is_made_again_when_an_entry_stands_otherwise_and_not_when_its_text_changes() -> None:
    old = an_entry(0)
    cases = ([old], [old._replace(sum="t")], [old, an_entry(1, invalidates=(0,))])
    before, same, other = (next(sheets(contents_of(*entries))) for entries in cases)
    assert before.key == same.key != other.key


def test_words_are_cut_where_they_are_too_wide() -> None:
    assert wrapped("a b c", 9, 2) == ["a b c"]
    lines = wrapped("word " * 40 + "x" * 90, 12, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width(line) <= 12 for line in lines)
    assert width(cut("測" * 30, 8)) <= 8
