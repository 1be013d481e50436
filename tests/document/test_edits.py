from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document import front_matter, plain_yaml
from journal.document.edits import append_item, set_value
from journal.errors import EntryError, FrontMatterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from journal.document.quoting import Value

PATH = "entries/a.md"
HEAD = "title: A\ncreated: 2026-02-21T19:01:15+08:00\n"


def raw(matter: str, eol: str = "\n", behind: str = "text  \n") -> bytes:
    return f"---\n{HEAD}{matter}---\n{behind}".replace("\n", eol).encode()


def held(given: bytes) -> Any:
    source, _ = front_matter.yaml_of(given, PATH)
    return plain_yaml.read(replace(source, text=f"{source.text}\n")).plain()


def written(matter: str) -> list[str]:
    """Files of this front matter, one with each kind of line ending."""
    return [raw(matter, eol).decode() for eol in ("\n", "\r\n", "\r")]


def edited(before: str, edit: Callable[..., bytes], *args: Any) -> list[str]:
    """The same files after an edit."""
    return [edit(file.encode(), PATH, *args).decode() for file in written(before)]


def refused(matter: str, edit: Callable[..., bytes], *args: Any) -> EntryError:
    with pytest.raises(EntryError) as error:
        edit(raw(matter), PATH, *args)
    assert error.value.path == PATH
    return error.value


# --- setting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status: running  # since May\n", "status: concluded  # since May\n"),
        ("status: 'running'\n", "status: 'concluded'\n"),
        ('status:   "running"\ntags: [a]\n', 'status:   "concluded"\ntags: [a]\n'),
        ("status:\ntags: [a]\n", "status: concluded\ntags: [a]\n"),
        ("status: # open\n", "status: concluded # open\n"),
        ("", "status: concluded\n"),
        ("tags:\n- a\n\n# the end\n", "tags:\n- a\n\n# the end\nstatus: concluded\n"),
        ("note: |\n  words\n", "note: |\n  words\nstatus: concluded\n"),
    ],
)
def test_a_text_is_set_and_everything_around_it_stays(before: str, after: str) -> None:
    assert edited(before, set_value, ("status",), "concluded") == written(after)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("note: a\n", "it's & that", "note: it's & that\n"),
        ("note: a\n", "key: value", 'note: "key: value"\n'),
        ("note: a\n", "two\nlines", 'note: "two\\nlines"\n'),
        ("note: 'a'\n", "it's", "note: 'it''s'\n"),
        ("note: 'a'\n", "two\nlines", 'note: "two\\nlines"\n'),
        ("note: a\n  b\n  c  # d\n", "x", "note: x  # d\n"),
        ("note: 'a\n\n  b'  # d\n", "x", "note: 'x'  # d\n"),
        ("note: |\n  a\n  b\n\n# d\ntags: [t]\n", "x", "note: x\n\n# d\ntags: [t]\n"),
        ("note: >-\n  a\n", "x", "note: x\n"),
    ],
)
def test_the_quoting_stays_where_the_new_text_allows(before: str, text: str, after: str) -> None:
    assert edited(before, set_value, ("note",), text) == written(after)


@pytest.mark.parametrize(
    ("before", "location", "after"),
    [
        ("follows: [a, 'b', c] # d\n", ("follows", 1), "follows: [a, 'x, y', c] # d\n"),
        ("follows: [a, b]\n", ("follows", 1), 'follows: [a, "x, y"]\n'),
        ("follows:\n- a\n- b # d\n", ("follows", 1), "follows:\n- a\n- x, y # d\n"),
        ("runs: [{id: a, label: b}]\n", ("runs", 0, "label"), 'runs: [{id: a, label: "x, y"}]\n'),
        ("runs:\n  - id: a\n    label: b\n", ("runs", 0, "label"), "runs:\n  - id: a\n    label: x, y\n"),
        ("runs: [{id: a, label: }]\n", ("runs", 0, "label"), 'runs: [{id: a, label: "x, y" }]\n'),
    ],
)
def test_a_text_deep_inside_is_set(before: str, location: tuple[int | str, ...], after: str) -> None:
    assert edited(before, set_value, location, "x, y") == written(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("runs: [{id: a}] # d\n", 'runs: [{id: a, label: "x, y"}] # d\n'),
        ("runs:\n  - {id: a, } # d\n", 'runs:\n  - {id: a, label: "x, y", } # d\n'),
        ("runs:\n  -  id: a # d\n# e\n", "runs:\n  -  id: a # d\n     label: x, y\n# e\n"),
        ("runs:\n- as:\n  id: >-\n    a\n\ntags: [t]\n", "runs:\n- as:\n  id: >-\n    a\n  label: x, y\n\ntags: [t]\n"),
    ],
)
def test_a_key_that_is_not_there_is_added_behind_the_others_of_its_mapping(before: str, after: str) -> None:
    assert edited(before, set_value, ("runs", 0, "label"), "x, y") == written(after)


def test_no_key_is_added_to_what_an_anchor_or_a_text_stands_for() -> None:
    assert "anchor or alias" in refused("runs:\n- &r {id: a}\n- *r\n", set_value, ("runs", 1, "label"), "x").message
    assert "there is no" in refused("runs: [a]\n", set_value, ("runs", 0, "label"), "x").message


def test_a_list_is_set_where_a_text_or_nothing_stands() -> None:
    assert edited("", set_value, ("supersedes",), ["a", "b, c"]) == written('supersedes: [a, "b, c"]\n')
    after = written("supersedes: [a, b] # d\n")
    assert edited("supersedes: a # d\n", set_value, ("supersedes",), ["a", "b"]) == after


# --- appending --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("follows: [a, b] # d\n", "follows: [a, b, x] # d\n"),
        ("follows: [a, 'b', ]\n", "follows: [a, 'b', 'x', ]\n"),
        ("follows: [\n  a, # d\n  b\n]\n", "follows: [\n  a, # d\n  b, x\n]\n"),
        ("follows: [ ] # d\n", "follows: [x ] # d\n"),
        ("follows:\n- a\n- 'b' # d\n\ntags: [t]\n", "follows:\n- a\n- 'b' # d\n- 'x'\n\ntags: [t]\n"),
        ("follows:\n   -   a\n# d\n", "follows:\n   -   a\n   -   x\n# d\n"),
        ("follows: a # d\n", "follows: [a, x] # d\n"),
        ("follows: 'a, b'\n", "follows: ['a, b', 'x']\n"),
        ("follows: a, b\n", 'follows: ["a, b", x]\n'),
        ("follows:\n# d\n", "follows: [x]\n# d\n"),
        ("", "follows: [x]\n"),
    ],
)
def test_an_item_is_added_as_its_neighbours_are_written(before: str, after: str) -> None:
    assert edited(before, append_item, "follows", "x") == written(after)


RUN = {"id": "x/y", "as": "z"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "runs:\n  - {id: x/y, as: z}\n"),
        ("runs: # d\ntags: [t]\n", "runs: # d\n  - {id: x/y, as: z}\ntags: [t]\n"),
        ("runs: [a]\n", "runs: [a, {id: x/y, as: z}]\n"),
        ("runs:\n  - a # d\n", "runs:\n  - a # d\n  - {id: x/y, as: z}\n"),
        ("runs:\n- {id: a} # d\n# e\n", "runs:\n- {id: a} # d\n- {id: x/y, as: z}\n# e\n"),
        ("runs:\n  -  id: a\n     as:  # d\n\n", "runs:\n  -  id: a\n     as:  # d\n  -  id: x/y\n     as: z\n\n"),
        ("runs:\n- label: |\n    b\n\n  id: a\n", "runs:\n- label: |\n    b\n\n  id: a\n- id: x/y\n  as: z\n"),
        ("runs:\n- id: a\n  label: |\n    b\n", "runs:\n- id: a\n  label: |\n    b\n- id: x/y\n  as: z\n"),
    ],
)
def test_a_mapping_is_added_as_its_neighbours_are_written(before: str, after: str) -> None:
    assert edited(before, append_item, "runs", RUN) == written(after)


def test_negative_numbers_and_times_stay_bare_and_lines_become_escapes() -> None:
    item = {"was": "-8123.4", "at": "2026-02-21T19:01:15+08:00", "reason": "one: two\nthree"}
    line = '  - {was: -8123.4, at: 2026-02-21T19:01:15+08:00, reason: "one: two\\nthree"}\n'
    assert edited("", append_item, "corrections", item) == written(f"corrections:\n{line}")


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("corrections: [{was: '1'}] # c\n", "corrections: [{was: '1', now: 2}] # c\n"),
        ("corrections:\n- {was: '1', }\n", "corrections:\n- {was: '1', now: 2, }\n"),
        ("corrections:\n  -  was: '1' # c\n\ntags: []\n", "corrections:\n  -  was: '1' # c\n     now: 2\n\ntags: []\n"),
    ],
)
def test_a_key_that_is_missing_is_added_behind_the_others_of_its_mapping(before: str, after: str) -> None:
    head = "---\ntitle: a\ncreated: 2026-02-21T19:01:15+08:00\n"
    raw = set_value(f"{head}{before}---\n".encode(), "a.md", ("corrections", 0, "now"), "2")
    assert raw.decode() == f"{head}{after}---\n"


@pytest.mark.parametrize(
    ("matter", "location"),
    [
        ("status: &s running\nnote: *s\n", ("status",)),
        ("tags: &t [a]\nfollows: *t\n", ("tags", 0)),
        ("tags: &t [a]\nfollows: *t\n", ("follows", 0)),
        ("note: | # why\n  a\n", ("note",)),
        ("? note\n", ("note",)),
        ("note: {a, b: c}\n", ("note", "a")),
        ("tags: [a]\n", ("tags",)),
        ("tags: [a]\n", ("tags", 1)),
        ("note: a\n", ("note", "c")),
        ("'no\N{ZERO WIDTH NO-BREAK SPACE}te': a\n", ("no\N{ZERO WIDTH NO-BREAK SPACE}te",)),
    ],
)
def test_what_cannot_be_set_safely_is_refused_with_a_hint(matter: str, location: tuple[int | str, ...]) -> None:
    error = refused(matter, set_value, location, "x")
    assert isinstance(error, FrontMatterError)
    assert error.hint


@pytest.mark.parametrize(
    "matter", ["tags: {a: b}\n", "tags: &t [a]\nfollows: *t\n", "follows: [a]\ntags: &t\n", "tags:\n  &a\n  - a\n"]
)
def test_what_cannot_be_lengthened_safely_is_refused(matter: str) -> None:
    assert refused(matter, append_item, "tags", "x").hint


def test_a_value_that_does_not_fit_is_refused_at_its_line() -> None:
    error = refused("status: running\n", set_value, ("status",), "finished")
    assert isinstance(error, FrontMatterError)
    assert error.line == 4
    assert error.message.endswith("nothing was written")
    refused("", append_item, "title", "x")
    refused("", set_value, ("note",), "bell \x07")


def test_keys_in_braces_are_set_but_none_is_added() -> None:
    given = b"---\n{title: A, created: 2026-02-21T19:01:15+08:00, status: running}\n---\n"
    assert set_value(given, PATH, ("status",), "blocked") == given.replace(b"running", b"blocked")
    with pytest.raises(FrontMatterError, match="on a line of its own"):
        set_value(given, PATH, ("outcome",), "mixed")


# --- properties -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One key of the front matter: what it holds, and its lines."""

    key: str
    value: Any
    lines: tuple[str, ...]


TEXTS = st.sampled_from(["a", "2026-02-21-iga", "注意力", "it's", "a: b", "x # y", "[z]", "-1.5", "0123", "é\u2028f"])
COMMENTS = st.sampled_from(["", "", " # why", "   # 为什么 'a' [b]: c"])


def double(text: str) -> str:
    return '"' + text.replace("\u2028", "\\u2028") + '"'


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@st.composite
def lists(draw: DrawFn, key: str) -> Field:
    """A list of texts, in any of the ways to write one."""
    items = draw(st.lists(TEXTS, max_size=3))
    spelt = [draw(st.sampled_from([single, double]))(item) for item in items]
    comment = draw(COMMENTS)
    pad = " " * draw(st.integers(0, 3))
    how = draw(st.sampled_from(["flow", "lines", "block", "one"]))
    if how == "one" or not items:
        return Field(key, items[:1], (f"{key}:{pad} {spelt[0]}{comment}" if items else f"{key}: []{comment}",))
    if how == "flow":
        return Field(key, items, (f"{key}: [{pad}{', '.join(spelt)}{pad}]{comment}",))
    if how == "lines":
        return Field(key, items, (f"{key}: [{comment}", *(f" {pad}{item},{comment}" for item in spelt), f" ]{comment}"))
    return Field(key, items, (f"{key}:{comment}", *(f"{pad}-{pad or ' '}{item}{comment}" for item in spelt)))


@st.composite
def runs(draw: DrawFn) -> Field:
    ids = draw(st.lists(st.sampled_from(["fej59g91", "12e4567", "a/b/c"]), max_size=3))
    labels = [draw(TEXTS) for _ in ids]
    value = [{"id": run, "label": label} for run, label in zip(ids, labels, strict=True)]
    comment = draw(COMMENTS)
    if draw(st.booleans()):
        lines = [f"  - {{id: {item['id']}, label: {double(item['label'])}}}{comment}" for item in value]
    else:
        lines = [
            line for item in value for line in (f"- id: {item['id']}{comment}", f"  label: {single(item['label'])}")
        ]
    return Field("runs", value, (f"runs:{comment}" if value else "runs: []", *lines))


OTHERS = st.sampled_from(
    [
        Field("note", "a\nb\n", ("note: |", "  a", "  b")),
        Field("folded", "a b", ("folded: >-  # c", "    a", "    b", "")),
        Field("plain", "a b", ("plain: a", "   b  # c")),
        Field("deep", {"a": [{"b": "c"}]}, ("deep:", "  a:", "    - {b: c}  # {")),
        Field("shared", "s", ("shared: &s s",)),
        Field("again", "s", ("again: *s",)),
    ]
)
GAPS = st.sampled_from([(), (), ("",), ("# a comment",), ("", "# [another]: 'one'", "")])


@dataclass(frozen=True)
class Given:
    """A file, and what its front matter holds."""

    raw: bytes
    fields: tuple[Field, ...]
    eol: str

    @property
    def values(self) -> dict[str, Any]:
        return {field.key: field.value for field in self.fields}


@st.composite
def files(draw: DrawFn) -> Given:
    status = draw(st.sampled_from(["running", "'running'", '"running"']))
    fields = [
        Field("title", "A", ("title: 'A'",)),
        Field("created", "2026-02-21T19:01:15Z", ("created: 2026-02-21T19:01:15Z",)),
        Field("status", "running", (f"status: {status}{draw(COMMENTS)}",)),
        *draw(st.lists(st.one_of(lists("follows"), lists("tags"), runs()), max_size=3, unique_by=lambda f: f.key)),
    ]
    fields = draw(st.permutations(fields))
    others = draw(st.lists(OTHERS, max_size=3, unique_by=lambda field: field.key))
    fields += sorted(others, key=lambda field: field.key, reverse=True)  # an alias stands below its anchor
    lines = [line for field in fields for line in (*draw(GAPS), *field.lines)]
    eol = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    bom = draw(st.sampled_from(["", "\N{ZERO WIDTH NO-BREAK SPACE}"]))
    text = eol.join(["---", *lines, "---", "## Results  ", "注意", "---", "status: none"])
    if any(field.key == "again" for field in fields) and not any(field.key == "shared" for field in fields):
        text = text.replace("*s", "s")
    return Given((bom + text).encode(), tuple(fields), eol)


def only(given: Given, new: bytes, key: str) -> None:
    """Assert that every byte outside a key's own lines is as it was."""
    lines = given.eol.join({field.key: field.lines for field in given.fields}.get(key, ())).encode()
    before, found, behind = given.raw.partition(lines) if lines else _above_the_end(given.raw, given.eol)
    assert not lines or found
    assert new.startswith(before)
    assert new[len(before) :].endswith(behind)


def _above_the_end(raw: bytes, eol: str) -> tuple[bytes, bytes, bytes]:
    end = f"{eol}---{eol}".encode()
    above, found, below = raw[3:].partition(end)
    return raw[:3] + above, b"", found + below


@pytest.mark.untraced
@settings(max_examples=150)
@given(files(), st.sampled_from(["concluded", "invalid"]))
def test_setting_a_text_changes_it_and_nothing_else(given: Given, status: str) -> None:
    new = set_value(given.raw, PATH, ("status",), status)
    only(given, new, "status")
    assert new.replace(status.encode(), b"running") == given.raw
    assert held(new)["status"] == status


@pytest.mark.untraced
@settings(max_examples=150)
@given(files(), st.sampled_from(["follows", "tags"]), TEXTS)
def test_appending_a_text_lengthens_its_list_and_nothing_else(given: Given, key: str, item: str) -> None:
    new = append_item(given.raw, PATH, key, item)
    only(given, new, key)
    assert held(new) == held(given.raw) | {key: [*given.values.get(key, []), item]}


@pytest.mark.untraced
@settings(max_examples=150)
@given(files(), TEXTS)
def test_appending_a_mapping_lengthens_its_list_and_nothing_else(given: Given, label: str) -> None:
    item: Value = {"id": "new", "label": label}
    new = append_item(given.raw, PATH, "runs", item)
    only(given, new, "runs")
    assert held(new)["runs"] == [*given.values.get("runs", []), item]


@pytest.mark.untraced
@given(files(), TEXTS)
def test_any_text_of_any_depth_can_be_set(given: Given, text: str) -> None:
    new = given.raw
    for number, _ in enumerate(given.values.get("runs", ())):
        new = set_value(new, PATH, ("runs", number, "label"), text)
    only(given, new, "runs")
    assert [run["label"] for run in held(new).get("runs", ())] == [text for _ in given.values.get("runs", ())]
