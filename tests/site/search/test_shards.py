"""The word index: what is written can be read again, and little changes with a new entry."""

from __future__ import annotations

import random
from functools import cache

from search_script import found, needs_node

from journal.site.search import scripts, shards


def read(shard: dict[str, str]) -> dict[str, list[tuple[int, int]]]:
    """The entries and fields of each term, read as the module's rule says."""
    told: dict[str, list[tuple[int, int]]] = {}
    for term, hits in zip(shard["terms"].split(), shard["hits"].split(), strict=True):
        entry, number, told[term] = -1, 0, []
        for value in (shards.DIGITS.index(code) for code in hits.encode()):
            if value < shards.MORE:
                number = number * shards.MORE + value
                continue
            number = number * shards.LAST + value - shards.MORE
            entry += number // shards.FIELDS + 1
            told[term].append((entry, number % shards.FIELDS))
            number = 0
    return told


@cache
def words(entries: int) -> list[str]:
    """Lines of terms like those of entries; some terms are in all, some in one."""
    luck, made = random.Random(1), []  # noqa: S311  (no secret)
    for entry in range(entries):
        terms = [f"w{luck.randrange(1 << luck.randrange(16)):x}" for _ in range(300)] + ["all", f"only{entry}"]
        held = list(dict.fromkeys(terms))
        made.append("\n".join(" ".join(sorted(held[start::4])) for start in range(4)))
    return made


def test_every_term_of_every_entry_can_be_read_again() -> None:
    given = words(500)
    firsts = shards.starts(given)
    told = [read(shard) for shard in shards.shards(given, firsts)]
    assert len(told) == len(firsts) > 2
    joined = {term: hits for each in told for term, hits in each.items()}
    for entry in (0, 1, 350, 499):
        for field, line in zip((3, 2, 1, 0), given[entry].split("\n"), strict=True):
            assert all((entry, field) in joined[term] for term in line.split())
    assert len(joined["all"]) == 500
    assert joined["only450"] in ([(450, field)] for field in range(4))


def test_a_shard_holds_what_its_first_term_and_the_next_one_s_say() -> None:
    given = words(500)
    firsts = shards.starts(given)
    made = list(shards.shards(given, firsts))
    for shard, first, behind in zip(made, firsts, [*firsts[1:], "\uffff"], strict=True):
        terms = shard["terms"].split()
        assert terms == sorted(terms)
        assert first <= terms[0] <= terms[-1] < behind
    sizes = [len(shard["terms"]) + len(shard["hits"]) for shard in made]
    assert max(sizes) < 100_000


def test_terms_beyond_the_basic_plane_are_in_the_order_of_browsers() -> None:
    (shard,) = shards.shards(["\n\n\n\ufa0e \U00020000"], ("",))
    assert shard["terms"] == "\U00020000 \ufa0e"


def test_a_new_entry_changes_no_place_where_a_shard_begins() -> None:
    given = words(500)
    assert len(shards.starts(given)) > 2
    assert shards.starts(given) == shards.starts(given[:-1]) == shards.starts(given[:-50])


def test_shards_without_a_changed_term_stay_as_they_are() -> None:
    given = words(500)
    firsts = shards.starts(given)
    changed = [*given[:-1], f"{given[-1]} wfffffff"]
    before, after = list(shards.shards(given, firsts)), list(shards.shards(changed, firsts))
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1


def test_numbers_of_any_size_are_written() -> None:
    given = ["\n\n\n"] * 30_000
    for entry in (0, 1, 17, 500, 15_000, 29_999):
        given[entry] = "\n\n\nrare"
    (shard,) = shards.shards(given, ("",))
    assert [entry for entry, _ in read(shard)["rare"]] == [0, 1, 17, 500, 15_000, 29_999]


def test_nothing_gives_one_empty_shard() -> None:
    assert shards.starts([]) == ("",)
    assert list(shards.shards([], ("",))) == [{"terms": "", "hits": ""}]


@needs_node
def test_the_script_of_the_pages_reads_the_shards_and_only_those_it_needs() -> None:
    given = words(500)
    firsts = shards.starts(given)
    files = {
        f"search/words-{number:02x}.js": scripts.script(f"words-{number:02x}", shard)
        for number, shard in enumerate(shards.shards(given, firsts))
    }
    ids = [f"e{number}" for number in range(500)]
    facets: dict[str, list[list[int]]] = {
        name: [[] for _ in ids] for name in ("status", "outcome", "tag", "author", "run", "metric")
    }
    columns = {"id": ids, "title": ids, "first": ids, "day": ids, "folder": [0] * 500, "review": ids, **facets}
    names: dict[str, list[str]] = {name: [] for name in facets}
    rows = {"folders": True, "places": [""], "words": names, "entries": columns, "shards": firsts}
    files |= {"search/rows.js": scripts.script("rows", rows), "search/others.js": scripts.script("others", {})}
    answers = found(files, ["only49", "all only7", "wff", "w"])
    assert sorted(answers["only49"]["entries"]) == ["e49", *(f"e49{digit}" for digit in range(10))]
    assert "e7" in answers["all only7"]["entries"]
    held = {f"e{entry}" for entry, line in enumerate(given) if any(term.startswith("wff") for term in line.split())}
    assert set(answers["wff"]["entries"]) == held
    assert len(answers["w"]["entries"]) == 500
