from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.errors import UsageError
from journal.index import search as searching
from journal.index.filters import EntryFilter
from journal.index.words import folded
from seeds import SEEDS, needs_the_notes
from shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

NOTE = """\
## 背景

我们发现注意力权重饱和、损失不再下降。
한국어로도 모델을 찾는다. ภาษาไทยก็ค้นหาได้

## Change

Déjà-vu: the sigma floor of `models/IGA.py` bounds dist_sq.
"""
MATTER = """\
status: concluded
outcome: negative
tags: [attention, λsweep]
authors: [{name: Grace Hopper, kind: human}]
files: [src/clamp_logdet.py]
commits: [{sha: 721e94a, note: floor in geometry}]
runs: [{id: lab/toy/fej59g91, as: ipa, role: baseline, label: Invariant points}]
predictions: [{claim: attention is calmer, expect: median(debug/iga/global/wmax_sat_frac)@ipa < 0.7}]
corrections: [{was: "9084.8", now: "1.73", reason: maximum of another run}]
follows: [2026-02-01-before]
extra: something unheard-of
"""
NOTED, OTHER = "2026-02-21-noted", "2026-02-22-other"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A journal of two entries that no test changes."""
    shelf = Shelf(tmp_path_factory.mktemp("journal"))
    shelf.write(NOTED, NOTE, title="Clamp the determinant", matter=MATTER)
    shelf.write(OTHER, "Nothing of interest.\n\n" + "x " * 400 + "needle" + " y" * 400 + "\n")
    return shelf


@pytest.fixture
def fresh(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        *("clamp", "DETERMINANT", "clamp determinant sigma", '"sigma floor"', "sig*", '"the sigma fl"*'),
        *("attention", "λsweep", "ΛSWEEP", "hopper", "grace human", "negative", "concluded"),
        *("fej59g91", "fej59", "lab/toy/fej59g91", "ipa", "baseline", "points"),
        "https://wandb.example/lab/toy/runs/fej59g91",
        *("721e94a", "721e", "721e94a0123456789012345678901234567890ab", "geometry"),
        *("wmax_sat_frac", "debug/iga/global/wmax_sat_frac", "sat", "iga/global", "dist_sq"),
        *("clamp_logdet.py", "logdet", "src/clamp_logdet.py", "models/IGA.py", "calmer", "9084.8", "before"),
        *("unheard-of", "deja", "déjà-vu", "2026-02-21", NOTED),
        *("注意力", "注", "力权", "注意力权重饱和、损失", "背景", "损失 注意力", '"注意力权重"'),
        *("모델", "한국어", "ไทย", "ค้นหา"),
        *("sigma -needle", "sigma -floorboard", "sigma -clam"),
    ],
)
def test_an_entry_is_found_by_all_that_it_says(shelf: Shelf, words: str) -> None:
    assert shelf.search(words) == [NOTED]


@pytest.mark.parametrize(
    "words",
    [
        *("sigma needle", '"floor sigma"', "igma", "sat_max", "意注", "注意力损失", "721e95", "ffffff", "fej59g92"),
        *("sigma -floor", '注意力 -"权重"', "title created", "as role"),
    ],
)
def test_nothing_is_found_by_what_no_entry_says(shelf: Shelf, words: str) -> None:
    assert shelf.search(words) == []


def test_what_is_excluded_alone_leaves_all_others_newest_first(fresh: Shelf) -> None:
    for day, body in ((1, "sigma"), (2, "floor"), (3, "sigma floor"), (4, "none")):
        fresh.write(f"2026-02-0{day}-x", body, created=f"2026-02-0{day}T00:00:00Z")
    assert fresh.search("-sigma") == ["2026-02-04-x", "2026-02-02-x"]
    assert fresh.search("-sigma -floor") == ["2026-02-04-x"]
    assert [(hit.score, hit.line) for hit in fresh.hits("-sigma", limit=1)] == [(None, None)]


@pytest.mark.parametrize("others", [0, 20])
def test_title_and_tags_and_headings_count_more_than_the_text(fresh: Shelf, others: int) -> None:
    filler = "other words of no weight\n"
    fresh.write("d-in-text", f"{filler}{filler}sigma\n")
    fresh.write("c-in-heading", f"## sigma\n{filler}{filler}")
    fresh.write("a-in-title", f"{filler}{filler}other\n", title="sigma")
    fresh.write("b-in-tag", f"{filler}{filler}other\n", matter="tags: [sigma]\n")
    fresh.write("e-often-in-text", f"{filler}" + "sigma " * 12, matter="tags: [other]\n")
    for number in range(others):
        fresh.write(f"2026-{number}", filler)
    found = fresh.hits("sigma")
    assert [hit.card.id for hit in found][:3] == ["a-in-title", "b-in-tag", "c-in-heading"]
    assert [hit.card.id for hit in found][3:] == ["e-often-in-text", "d-in-text"]
    scores = [hit.score for hit in found if hit.score is not None]
    assert scores == sorted(set(scores), reverse=True)
    assert len(scores) == 5


def test_a_comment_in_code_is_no_heading(fresh: Shelf) -> None:
    fresh.write("a-heading", "# sigma\n```\nx\n```\n")
    fresh.write("code", "x\n```\n# sigma\n```\n")
    fresh.write("text", "x\n```\nsigma\n```\n")
    heading, code, text = (
        next(hit for hit in fresh.hits("sigma") if hit.card.id == id_) for id_ in ("a-heading", "code", "text")
    )
    assert code.score == text.score
    assert heading.score is not None
    assert code.score is not None
    assert heading.score > code.score


def test_of_equals_the_newer_comes_first(fresh: Shelf) -> None:
    for day in (2, 3, 1):
        fresh.write(f"id-{day}", "sigma\n", title="same", created=f"2026-02-0{day}T00:00:00Z")
    assert fresh.search("sigma") == ["id-3", "id-2", "id-1"]
    assert fresh.search("sigma", limit=2) == ["id-3", "id-2"]


def line(shelf: Shelf, words: str, *, regex: bool = False) -> tuple[int | None, str, list[str]]:
    (hit,) = shelf.hits(words, regex=regex)
    return hit.line, hit.text, [hit.text[start:end] for start, end in hit.spans]


BODY = """\
One sigma here.

## Sigma and more

  - a  floor\tof sigma
loss and floor
注意力权重
very long para-
graph
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sigma", (8, "## Sigma and more", ["Sigma"])),  # a heading says more than a line
        ("sigma floor", (10, "- a floor of sigma", ["floor", "sigma"])),
        ("floor loss", (11, "loss and floor", ["loss", "floor"])),
        ("titular", (2, "title: Titular", ["Titular"])),
        ("one", (6, "One sigma here.", ["One"])),  # the title is told anyway
        ("one titular", (2, "title: Titular One", ["Titular", "One"])),
        ("权重", (12, "注意力权重", ["权重"])),
        ('"para graph"', (13, "very long para-", ["para"])),  # it goes on over two lines
        ("2026-02-21-lines", (None, "", [])),  # its name, which stands nowhere in it
    ],
)
def test_the_line_that_says_most_is_told(fresh: Shelf, words: str, expected: tuple[int | None, str, list[str]]) -> None:
    fresh.write(
        "2026-02-21-lines", BODY, title="Titular One" if "one" in words else "Titular", created="2026-03-01T00:00:00Z"
    )
    assert line(fresh, words) == expected


def test_a_long_line_is_cut_around_what_was_found(shelf: Shelf) -> None:
    number, text, marked = line(shelf, "needle")
    assert (number, marked) == (8, ["needle"])
    assert len(text) == searching.EXCERPT
    assert text[0] == text[-1] == "…"


@given(st.text("ab 　\t注x", max_size=60), st.text("n", min_size=1, max_size=300), st.text("ab \t注", max_size=300))
def test_an_excerpt_holds_what_was_found(before: str, needle: str, behind: str) -> None:
    text, start, end = searching._around(before + needle + behind, len(before), len(before) + len(needle))
    assert text[start:end] == needle[: searching.EXCERPT]
    assert len(text) <= searching.EXCERPT
    if len(before + needle + behind) <= searching.EXCERPT:
        assert text == " ".join((before + needle + behind).split())


def test_a_file_that_is_no_entry_is_found_by_its_text(fresh: Shelf) -> None:
    fresh.write("2026-02-21-good", "sigma\n")
    fresh.put("bad", b"---\ntitle: [ceiling\n---\n\n# Sigma\r\nfloor \xff of it\r\n")
    assert set(fresh.search("sigma")) == {"bad", "2026-02-21-good"}
    assert fresh.search("ceiling") == ["bad"]
    (hit,) = fresh.hits("floor")
    assert (hit.card.id, hit.line, hit.card.error is None) == ("bad", 6, False)
    assert fresh.search("floor", EntryFilter(tags=("x",))) == []


def test_filters_narrow_what_is_found(fresh: Shelf) -> None:
    for number in range(1, 10):
        tag = "odd" if number % 2 else "even"
        fresh.write(
            f"id-{number}", "sigma\n", title="same", created=f"2026-02-0{number}T00:00:00Z", matter=f"tags: {tag}\n"
        )
    assert fresh.search("sigma", EntryFilter(tags=("even",)), limit=3) == ["id-8", "id-6", "id-4"]
    assert fresh.search("sigma tags", EntryFilter(tags=("even",))) == []
    assert [hit.card.id for hit in fresh.hits("sig.a", EntryFilter(tags=("odd",)), limit=2, regex=True)] == [
        "id-9",
        "id-7",
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"w\w+h", (12, "权 weight of it", ["weigh"])),
        (r"(?i)ONE\b", (6, "One sigma here.", ["One"])),
        (r"^loss", (11, "loss and floor", ["loss"])),
        (r"^\s+- a  fl", (10, "- a floor of sigma", ["- a fl"])),
        (r"status: run", (4, "status: running", ["status: run"])),
        (r"more$", (8, "## Sigma and more", ["more"])),
        (r"\Z(?<=sigma)", (10, "- a floor of sigma", [])),
    ],
)
def test_a_regular_expression_is_looked_for_line_by_line(
    fresh: Shelf, pattern: str, expected: tuple[int | None, str, list[str]]
) -> None:
    fresh.write("2026-02-21-lines", BODY.replace("注意力权重", "权 weight of it"), matter="status: running\n")
    fresh.write("2026-02-21-no", "ab\nba\n")
    if "status" not in pattern:
        expected = expected if expected[0] is None else (expected[0] + 1, *expected[1:])
    assert line(fresh, pattern, regex=True) == expected


@pytest.mark.parametrize(
    ("pattern", "said", "column"),
    [
        ("(a", "missing ), unterminated subpattern", 1),
        ("a**", "multiple repeat", 3),
        ("a{1,99999999999}", "too large", None),
    ],
)
def test_a_pattern_that_is_none_is_wrong_usage(shelf: Shelf, pattern: str, said: str, column: int | None) -> None:
    with pytest.raises(UsageError, match="no regular expression") as caught:
        shelf.hits(pattern, regex=True)
    assert said in str(caught.value)
    assert caught.value.column == column


def test_a_pattern_that_python_frowns_upon_is_taken(shelf: Shelf) -> None:
    assert [hit.card.id for hit in shelf.hits("[[s]igma", regex=True)] == [NOTED]


def test_a_pattern_that_takes_for_ever_is_stopped(fresh: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "REGEX_SECONDS", 0.2)
    fresh.write("a", "a" * 60 + "!\n")
    with pytest.raises(UsageError, match=r"took more than 0\.2 s"):
        fresh.hits("^(a+)+$", regex=True)
    assert fresh.search("a") == ["a"]


def test_in_another_thread_a_pattern_is_looked_for_without_a_limit(shelf: Shelf) -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(hit.card.id for hit in shelf.hits("sigma", regex=True)))
    thread.start()
    thread.join()
    assert found == [NOTED]


SIGNS = "ab注意力が é-_./ "


@pytest.mark.untraced
@settings(max_examples=30, deadline=None)
@given(text=st.text(SIGNS, min_size=1, max_size=12), start=st.integers(0, 11), length=st.integers(1, 12))
def test_any_part_of_chinese_text_is_found_and_any_word_of_others(
    tmp_path_factory: pytest.TempPathFactory, text: str, start: int, length: int
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("journal"))
    shelf.write("one", f"{text}\n")
    dense = "".join(sign for sign in text if sign in "注意力が")
    shelf.write("two", f"{dense}\n")
    part = dense[start : start + length]
    if part:
        assert "two" in shelf.search(part)
    for word in text.split():
        if any(sign.isalnum() for sign in folded(word)):
            assert "one" in shelf.search(f'"{word}"')


@needs_the_notes
@pytest.mark.parametrize(
    "words",
    [
        "fej59g91",
        "721e94a",
        "wmax_sat_frac",
        "debug/iga/global",
        "gradient",
        "models/IGA.py",
        "transformer",
        "`fej59g91`",
    ],
)
def test_in_real_notes_the_same_is_found_as_by_reading_them(fresh: Shelf, words: str) -> None:
    holding = set()
    for path in SEEDS.glob("*.md"):
        fresh.put(path.stem, path.read_bytes())
        if re.search(
            rf"(?<![a-z0-9]){re.escape(words.strip('`'))}(?![a-z0-9])", path.read_text("utf-8"), re.IGNORECASE
        ):
            holding.add(path.stem)
    assert holding
    assert set(fresh.search(words)) == holding
