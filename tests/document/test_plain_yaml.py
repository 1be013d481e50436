from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from random import Random
from string import ascii_lowercase, digits
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document.plain_yaml import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, Source, read
from journal.errors import BlockError, EntryError, FrontMatterError

PATH = "entries/a.md"


def plain(text: str) -> Any:
    return read(Source(text, 1, PATH)).plain()


def outcome(text: str) -> Any:
    try:
        return plain(text)
    except EntryError as error:
        return error


def refused(text: str) -> EntryError:
    with pytest.raises(EntryError) as error:
        plain(text)
    assert error.value.path == PATH
    return error.value


@pytest.mark.parametrize(
    "text",
    [
        *["12345678", "1e10", "1e-05", "1e100000", "1234e567", "12e4567", "0123456", "0x1f3a", "12_345", "190:20:30"],
        *["2026-02-21", "2026-02-21T19:01:15+08:00", "yes", "no", "on", "off", "true", "null", "Null", "y", "N"],
        *["0o17", "0b11", "+1", "-1", ".5", "1.", ".inf", "-.INF", ".nan", "1_000.5", "60:30.5", "=", "<<", "1e5"],
        "9" * 5000,
    ],
)
def test_every_plain_scalar_is_the_text_that_stands_there(text: str) -> None:
    assert plain(f"key: {text}\nkeys: [{text}]\n{text[:100]}: x") == {"key": text, "keys": [text], text[:100]: "x"}


@pytest.mark.parametrize("text", ["~", "''", '""'])
def test_a_tilde_is_a_tilde_and_quotes_hold_nothing(text: str) -> None:
    assert plain(f"key: {text}") == {"key": text.strip("'\"")}


def test_a_key_without_a_value_is_absent_and_an_item_without_one_is_empty() -> None:
    assert plain("a:\nb: # nothing\nc: x") == {"c": "x"}
    assert plain("a:\n  -\n  - x\nb: {c: , d: y}") == {"a": ["", "x"], "b": {"d": "y"}}


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment", "---", "--- # x\n..."])
def test_nothing_is_an_empty_mapping(text: str) -> None:
    assert plain(text) == {}


def test_styles_of_text_keep_their_meaning() -> None:
    assert plain("a: \"x\\ty\\u00e9\"\nb: 'it''s'\nc: |\n  one\n  two\nd: >-\n  one\n  two\ne: one\n  two") == {
        "a": "x\ty\u00e9",
        "b": "it's",
        "c": "one\ntwo\n",
        "d": "one two",
        "e": "one two",
    }


# Seven hex digits, as git abbreviates; digits with an `e` among them; eight letters and digits, as run ids have them.
@pytest.mark.parametrize("seed", range(10))
def test_twenty_thousand_ids_come_back_as_they_were_written(seed: int) -> None:
    random = Random(seed)  # noqa: S311  (no secret)
    ids = [f"{random.getrandbits(28):07x}" for _ in range(1000)]
    ids += [f"{random.getrandbits(14)}e{random.getrandbits(10)}" for _ in range(500)]
    ids += ["".join(random.choices(ascii_lowercase + digits, k=8)) for _ in range(500)]
    block = "".join(f"- {word}\n" for word in ids)
    mapping = "".join(f"  - sha: {word}\n" for word in ids)
    assert plain(f"ids:\n{block}")["ids"] == ids
    assert plain(f"commits:\n{mapping}")["commits"] == [{"sha": word} for word in ids]
    assert plain(f"ids: [{', '.join(ids)}]")["ids"] == ids


@given(st.lists(st.text("0123456789abcdefx_.:+-", min_size=1, max_size=8), min_size=1, max_size=30))
def test_a_word_is_either_kept_or_refused_never_changed(words: list[str]) -> None:
    for word in words:
        found = outcome(f"key: {word}")
        assert isinstance(found, EntryError) or found == {"key": word}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\u2028\u2029")))
def test_any_text_in_quotes_comes_back(text: str) -> None:
    doubled = text.replace("'", "''")
    assert plain(f"key: '{doubled}'\nlast: x")["last"] == "x"
    if text == re.sub(" +", " ", text).strip():
        assert plain(f"key: '{doubled}'") == {"key": text}


@pytest.mark.parametrize("separator", ["\u2028", "\u2029"])
def test_separators_of_old_yaml_are_characters_of_the_text(separator: str) -> None:
    assert plain(f"a: x{separator}y\nb: 'x{separator}'\nc: |\n  x{separator}y\n# {separator}\nd: z") == {
        "a": f"x{separator}y",
        "b": f"x{separator}",
        "c": f"x{separator}y\n",
        "d": "z",
    }
    error = refused(f"a: x{separator}y\nb: !t x")
    assert (error.line, error.column) == (2, 4)


def test_separators_stay_themselves_beside_the_characters_that_stand_in_for_them() -> None:
    text = "\U0010fffd\u2028\U0010fffc\u2029\U0010fffb\U0010fffa"
    assert plain(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    "text", ["a: {b: &x [1, 2], c: *x}", "a: {b: &x {d: [1]}, c: *x}", "a: {b: &x y, c: *x, *x : z}"]
)
def test_an_alias_is_what_it_names(text: str) -> None:
    found = plain(text)["a"]
    assert found["b"] == found["c"]


def test_a_merge_key_is_a_key() -> None:
    assert plain("a: &x {b: c}\nd: {<<: *x}") == {"a": {"b": "c"}, "d": {"<<": {"b": "c"}}}


WRONG = {
    "a tag": ("a: b\nc: !!str d", 2, 4, "tag 'tag:yaml.org,2002:str' is not allowed"),
    "a tag that runs code": ("a: !!python/object/apply:os.system [x]", 1, 4, "is not allowed"),
    "a tag on the whole": ("!x\na: b", 1, 1, "tag '!x' is not allowed"),
    "a tag without a name": ("a: ! b", 1, 4, "tag '!' is not allowed"),
    "a tag of a key": ("a: b\n!x c: d", 2, 1, "tag '!x' is not allowed"),
    "a tag of a declared handle": ("%TAG !e! tag:e.org,2000:\n---\na: !e!x b", 3, 4, "is not allowed"),
    "a key that stands twice": ("a: b\nc: d\na: e", 3, 1, "key 'a' stands twice"),
    "a key that stands twice deep down": ("a:\n  - {b: c, 'b': d}", 2, 12, "key 'b' stands twice"),
    "a key that stands twice by an alias": ("a: &x b\nb: c\n*x : d", 3, 1, "key 'b' stands twice"),
    "an alias of nothing": ("a: b\nc: *d", 2, 4, "alias 'd' names no anchor before it"),
    "an alias before its anchor": ("a: *b\nc: &b d", 1, 4, "alias 'b' names no anchor before it"),
    "an alias within its own anchor": ("a: &b [c, *b]", 1, 11, "alias 'b' names no anchor before it"),
    "a second document": ("a: b\n---\nc: d", 2, 1, "a second YAML document begins here"),
    "a second document beside nothing": ("--- \n--- a", 2, 1, "a second YAML document begins here"),
    "a list at the top": ("- a", 1, 1, "expected `key: value` lines"),
    "text at the top": ("\n just text", 2, 2, "expected `key: value` lines"),
    "a list as a key": ("a: b\n? [c]\n: d", 2, 3, "a key must be plain text"),
    "a mapping as a key": ("? {a: b}\n: c", 1, 3, "a key must be plain text"),
    "no key at all": ("a: b\n?\n: c", 2, 2, "a key must be plain text"),
    "a tab as indentation": ("a:\n\tb: c", 2, 1, "not YAML: found character '\\t'"),
    "a tab behind a colon": ("a:\tb", 1, 3, "not YAML: found character '\\t'"),
    "a tab in the text": ("a: b\tc", 1, 5, "not YAML: found character '\\t'"),
    "a bell": ("a: b\nc: d\x07", 2, 5, "a character that YAML does not allow"),
    "a null byte": ("a: \x00", 1, 4, "a character that YAML does not allow"),
    "an escape sequence": ('a: b\nc: "\\e[31m"', 2, 4, "a character that no text should hold"),
    "a null byte by an escape": ('a: "\\0"', 1, 4, "a character that no text should hold"),
    "half a surrogate pair": ('a: "\\ud800"', 1, 4, "a character that no text should hold"),
    "a next-line character": ("a: b\nc: d\x85e", 2, 4, "a character that no text should hold"),
    "a character beyond all": ('a: b\nc: "\\U00110000"', 2, 7, "not YAML: a number out of range"),
    "a version beyond all": (f"%YAML 1.{'1' * 5000}\n---\na: b", 1, 9, "not YAML: a number out of range"),
    "a quote that does not end": ("a: b\nc: 'd\ne: f", 3, 5, "not YAML: found unexpected end of stream"),
    "a bracket that does not end": ("a: [b, c\nd: e", 2, 2, "not YAML: expected ',' or ']', but got ':'"),
    "a colon in the text": ("a: b: c", 1, 5, "not YAML: mapping values are not allowed here"),
    "a reserved character": ("a: b\nc: @d", 2, 4, "not YAML: found character '@'"),
    "wrong indentation": ("a:\n  b: c\n d: e", 3, 2, "not YAML: expected <block end>"),
}


@pytest.mark.parametrize(("text", "line", "column", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_refused_with_line_and_column(text: str, line: int, column: int, message: str) -> None:
    error = refused(text)
    assert message in error.message
    assert (error.line, error.column) == (line, column), str(error)


def test_every_complaint_says_what_to_do() -> None:
    assert [name for name, (text, *_) in WRONG.items() if not refused(text).hint] == []


def test_a_complaint_is_short_however_long_its_cause() -> None:
    for text in (
        f"a: !{'x' * 9000} b",
        f"a: *{'x' * 9000}",
        f"? {'x' * 9000}\n: b\n? {'x' * 9000}\n: b",
        f"a: !{'x' * 9000}! b",
    ):
        assert len(str(refused(text))) < 200


def test_the_place_is_counted_from_where_the_text_begins_and_the_error_is_of_the_wanted_class() -> None:
    for error in (FrontMatterError, BlockError):
        with pytest.raises(error) as caught:
            read(Source("a: b\n  c: !d e", 40, "x.md", error))
        assert (caught.value.path, caught.value.line) == ("x.md", 41)


def test_text_may_be_long_up_to_a_limit() -> None:
    assert plain(f"a: {'x' * (MAX_CHARACTERS - 3)}") == {"a": "x" * (MAX_CHARACTERS - 3)}
    error = refused(f"a: {'x' * (MAX_CHARACTERS - 2)}")
    assert (error.message, error.line) == (f"YAML of {MAX_CHARACTERS + 1} characters; the limit is {MAX_CHARACTERS}", 1)


def test_nesting_may_be_deep_up_to_a_limit() -> None:
    assert plain(f"a: {'[' * (MAX_DEPTH - 1)}x{']' * (MAX_DEPTH - 1)}")
    error = refused(f"a: {'[' * MAX_DEPTH}x{']' * MAX_DEPTH}")
    assert (error.message, error.line, error.column) == (f"nested deeper than {MAX_DEPTH} levels", 1, 4 + MAX_DEPTH)


def test_values_may_be_many_up_to_a_limit() -> None:
    # the top mapping, its key and the list are values too
    assert len(plain(f"a: [{'b,' * (MAX_NODES - 3)}]")["a"]) == MAX_NODES - 3
    assert refused(f"a: [{'b,' * (MAX_NODES - 2)}]").message == f"more than {MAX_NODES} values"


def test_an_alias_counts_as_many_values_as_it_repeats() -> None:
    hundred = f"a: &a [{'x,' * 99}]\n"
    assert plain(f"{hundred}b: [{'*a,' * 90}]")["b"][89] == ["x"] * 99
    error = refused(f"{hundred}b: [{'*a,' * 100}]")
    assert (error.message, error.line) == (f"more than {MAX_NODES} values", 2)


def test_an_alias_counts_as_many_characters_as_it_repeats() -> None:
    text = f"a: &a {'x' * 1000}\n"
    assert plain(f"{text}b: [{'*a,' * 60}]")["b"] == ["x" * 1000] * 60
    error = refused(f"{text}b: [{'*a,' * 70}]")
    assert (error.message, error.line) == (f"more than {MAX_CHARACTERS} characters with every alias", 2)


LEVELS = list(pairwise("abcdefghi"))

BOMBS = {
    "a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{f'*{a},' * 9}]\n" for a, b in LEVELS),
    "merged mappings": "a: &a {x: y}\n" + "".join(f"{b}: &{b} {{<<: [{f'*{a},' * 9}]}}\n" for a, b in LEVELS),
    "open brackets": "[" * 60_000,
    "open braces": "{" * 60_000,
    "open braces with keys": "{a: " * 15_000,
    "nested hyphens": "- " * 30_000,
    "nested questions": "? " * 30_000,
    "many items": f"a: [{'b,' * 30_000}]",
    "many keys": "".join(f"k{number}:\n" for number in range(9000)),
    "many lines of hyphens": "-\n" * 30_000,
    "many anchors": "a:\n" + "".join(f"- &a{number} x\n" for number in range(5000)),
    "one anchor over and over": f"a: [{'&a x,' * 12_000}]",
    "a long text many times": f"a: &a {'x' * 30_000}\nb: [{'*a,' * 9_000}]",
    "quotes": "'" * 60_000,
    "double quotes": '"' * 60_000,
    "escapes": 'a: "' + "\\x41" * 15_000 + '"',
    "a tag without end": "!" * 60_000,
    "ampersands": "&" * 60_000,
    "stars": "*" * 60_000,
    "per cent signs": "%" * 60_000,
    "number signs": "#" * 60_000,
    "colons": ":" * 60_000,
    "colons and blanks": ": " * 30_000,
    "a folded text": "a: >\n" + "  x\n\n" * 13_000,
    "a plain text over many lines": "a:" + "\n  x" * 16_000,
    "empty lines": "\n" * 60_000,
    "blanks": " " * 60_000,
    "commas": "a: [" + "," * 60_000,
    "a number without end": "a: " + "9" * 60_000,
    "separators": "a: '" + "\u2028\x85" * 30_000 + "'",
    "characters that stand in for others": "a: " + "".join(map(chr, range(0x10FFFD - 60_000, 0x10FFFE))) + "\u2028",
}  # fmt: skip

CHILD = """
import json, resource, sys
import yaml
from journal.document.plain_yaml import Source, read
from journal.errors import EntryError
bombs = json.load(sys.stdin)
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 100 * 2**20, held + 100 * 2**20))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for name, bomb in bombs.items():
    try:
        found = read(Source(bomb, 1, "a.md")).plain()
    except EntryError as error:
        print(name, "is refused at", error.line, error.column)
    else:
        print(name, "is read as", type(found).__name__)
"""


@pytest.mark.untraced
@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_bombs_are_read_or_refused_within_little_memory_and_time() -> None:
    found = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(BOMBS), capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr) == (0, "")
    said = found.stdout.splitlines()
    assert len(said) == len(BOMBS)
    assert [line for line in said if not re.search(r" is (read as dict|refused at \d+ \d+)$", line)] == []


@pytest.mark.untraced
@pytest.mark.parametrize(
    "name", ["a billion laughs", "merged mappings", "a long text many times", "many items", "open brackets"]
)
def test_a_bomb_that_would_unfold_is_refused(name: str) -> None:
    assert re.search("more than|deeper", refused(BOMBS[name]).message)


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`# \n\t~<\u2028\x85\ufeff\\0x"), max_size=30))
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    found = outcome(text)
    if isinstance(found, EntryError):
        assert found.line is not None
        assert found.column is not None
        assert 1 <= found.line <= text.count("\n") + 2
