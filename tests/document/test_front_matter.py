from __future__ import annotations

import pytest

from journal.document import plain_yaml
from journal.document.document import parse
from journal.document.front_matter import places, read
from journal.errors import FrontMatterError

PATH = "entries/a.md"
TITLE = "title: A"
CREATED = "created: 2026-02-21T19:01:15+08:00"
TWO = ("commits: [721e94a]", "runs:", "  - 12e4567", "  - {id: fej59g91, as: ipa}", "verified: no")


def raw(*lines: str, eol: str = "\n") -> bytes:
    return eol.join(["---", TITLE, CREATED, *lines, "---", "text"]).encode()


def refused(given: bytes) -> FrontMatterError:
    with pytest.raises(FrontMatterError) as error:
        parse(given, PATH)
    assert error.value.path == PATH
    return error.value


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_it_stands_between_two_lines_of_hyphens(eol: str, bom: bytes) -> None:
    given = bom + raw(*TWO, eol=eol)
    matter, end = read(given, PATH)
    assert (matter.title, [run.id for run in matter.runs], given[end:]) == ("A", ["12e4567", "fej59g91"], b"text")


@pytest.mark.parametrize(("opening", "closing"), [("---", "..."), ("--- \t", "---  "), ("---", "...\t")])
def test_blanks_and_three_points_end_it_too(opening: str, closing: str) -> None:
    given = f"{opening}\n{TITLE}\n{CREATED}\n{closing}".encode()
    assert read(given, PATH)[1] == len(given)


@pytest.mark.parametrize("line", ["----", " ---", "--- # x", "....", "--", "--- text"])
def test_nothing_else_ends_it(line: str) -> None:
    error = refused(f"---\n{TITLE}\n{CREATED}\n{line}\n".encode())
    assert (error.message, error.line) == ("the front matter does not end", 1)


@pytest.mark.parametrize(
    "given", [b"", b"\n", b"text", b"\n---\n", b" ---\na: b\n---\n", b"----\n", b"--- x\n", b"\xff\xfe-"]
)
def test_a_file_without_it_is_refused(given: bytes) -> None:
    error = refused(given)
    assert (error.message, error.line) == ("the entry has no front matter", 1)
    assert "`---`" in str(error.hint)


@pytest.mark.parametrize("given", [b"---\n---\n", b"---\n\n# nothing\n---\n", b"---\n---"])
def test_an_empty_one_lacks_a_title(given: bytes) -> None:
    assert refused(given).message == "'title' is missing"


@pytest.mark.parametrize("eol", [b"\n", b"\r\n", b"\r"])
def test_bytes_that_are_not_utf8_are_refused_with_their_place(eol: bytes) -> None:
    error = refused(eol.join([b"---", b"title: A", "tags: [注".encode() + b"\xff]", b"---", b""]))
    assert (error.message, error.line, error.column) == ("is not UTF-8", 3, 9)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (("title",), (2, 1)),
        (("commits", 0), (4, 11)),
        (("commits", 0, "sha"), (4, 11)),
        (("runs",), (5, 1)),
        (("runs", 0), (6, 5)),
        (("runs", 1), (7, 5)),
        (("runs", 1, "as"), (7, 20)),
        (("runs", 1, "role"), (7, 5)),
        (("runs", 2), (5, 1)),
        (("verified",), (8, 1)),
        (("nothing",), (2, 1)),
        ((), (2, 1)),
    ],
)
def test_a_place_is_the_line_and_column_of_the_deepest_part_there_is(
    eol: str, bom: bytes, location: tuple[str | int, ...], expected: tuple[int, int]
) -> None:
    assert places(bom + raw(*TWO, eol=eol), PATH)(location) == expected


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("lines", "line", "column"),
    [
        (("status: done",), 4, 1),
        (("tags: [a]", "", "# why", "outcome: good"), 7, 1),
        (("title: again",), 4, 1),
        (("tags: [a, b", "status: running"), 5, 7),
        (("\tstatus: running",), 4, 1),
        (("tags: [注意, 力\u2028, {a: b}]",), 4, 16),
        (("runs:", "  - id: a", "    role: best"), 6, 5),
        (("runs:", "  - as: a"), 5, 5),
        (("commits: [721e94a, notasha]",), 4, 20),
        (("predictions:", "- {claim: c, expect: e, x: y}"), 5, 25),
        (("tags: !!str a",), 4, 7),
        (("note: 'a",), 4, 9),
        (("note: *x",), 4, 7),
        (("a: b: c",), 4, 5),
        (("note: a\x07",), 4, 8),
        (("--- x: y",), 4, 1),
    ],
)
def test_errors_name_the_line_and_column_in_the_file(lines: tuple[str, ...], line: int, column: int, eol: str) -> None:
    error = refused(raw(*lines, eol=eol))
    assert (error.line, error.column) == (line, column), str(error)


def test_a_byte_order_mark_moves_no_place() -> None:
    error = refused(b"\xef\xbb\xbf" + raw("status: done"))
    assert (error.line, error.column) == (4, 1)


def test_the_places_of_many_values_cost_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[plain_yaml.Source] = []
    plain = plain_yaml.read

    def counted(source: plain_yaml.Source) -> plain_yaml.Node:
        readings.append(source)
        return plain(source)

    monkeypatch.setattr(plain_yaml, "read", counted)
    at = places(raw(*TWO), PATH)
    assert [at(("runs", number)) for number in (0, 1)] == [(6, 5), (7, 5)]
    assert len(readings) == 1


def test_what_stands_below_it_is_never_read_as_yaml() -> None:
    assert parse(raw() + b"\n!!bomb &a [*a]\n---\n\t: :\n", PATH).entry.title == "A"
