from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import UsageError
from journal.index.query import MAX_TOKENS, match_of, read, spans

TABLE = "CREATE VIRTUAL TABLE words USING fts5(title, tags, headings, names, notes, body, content='', tokenize='ascii')"


def said(text: str) -> list[tuple[str, bool, bool]]:
    return [(" ".join(term.tokens), term.is_beginning, term.is_excluded) for term in read(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("sigma floor", [("sigma", False, False), ("floor", False, False)]),
        ('"sigma floor"', [("sigma floor", False, False)]),
        ('"sigma floor', [("sigma floor", False, False)]),
        ("sig*", [("sig", True, False)]),
        ('"sigma fl"*', [("sigma fl", True, False)]),
        ("loss -spike", [("loss", False, False), ("spike", False, True)]),
        ('loss -"of scale"', [("loss", False, False), ("of scale", False, True)]),
        ("log_det -39", [("log det", False, False), ("39", False, False)]),
        ("-1.5e-3 -4jfw6c1f", [("1 5e 3", False, False), ("4jfw6c1f", False, True)]),
        ("注意力 loss", [("注 意 力", False, False), ("loss", False, False)]),
        ("a -- ! *", [("a", False, False)]),
    ],
)
def test_a_question_is_read_as_it_is_meant(text: str, terms: list[tuple[str, bool, bool]]) -> None:
    assert said(text) == terms


@pytest.mark.parametrize("text", ["", "  ", "!?", "-", '""', "*", "\udcff", "🔥"])
def test_a_question_without_a_word_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="there is no word in it"):
        read(text)


def test_there_is_an_end_of_words() -> None:
    assert len(read("a " * MAX_TOKENS)) == MAX_TOKENS
    with pytest.raises(UsageError, match="more than"):
        read("a " * (MAX_TOKENS + 1))


@given(st.text(st.sampled_from("aB0é注_-*\"()^:+{}[]~\\;' \n\0\udcff") | st.characters(), max_size=30))
def test_no_question_is_an_error_to_the_database(text: str) -> None:
    try:
        wanted, unwanted = match_of(read(text))
    except UsageError:
        return
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(TABLE)
        for match in filter(None, (wanted, unwanted)):
            assert connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (match,)).fetchall() == []
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("line", "question", "marked"),
    [
        ("The Sigma floor and sigma", "sigma", ["Sigma", "sigma"]),
        ("The Sigma floor", '"sigma floor"', ["Sigma floor"]),
        ("a sigma_floor b", '"sigma floor"', ["sigma_floor"]),
        ("Déjà vu", "deja", ["Déjà"]),
        ("De\u0301ja\u0300 vu", "deja", ["De\u0301ja"]),
        ("时注意力饱和", "注意力", ["注意力"]),
        ("saturated", "sat*", ["saturated"]),
        ("- `721e94a`", "721e94aabcdef0", ["721e94a"]),
        ("losses fall", "loss", ["losses"]),
        ("loss, not spike", "loss -spike", ["loss"]),
        ("nothing of it", "sigma", []),
    ],
)
def test_what_was_found_is_marked_in_the_line(line: str, question: str, marked: list[str]) -> None:
    assert [line[start:end] for start, end in spans(line, read(question))] == marked
