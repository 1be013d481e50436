"""A digit that is changed anywhere, in an entry, its evidence or a log, is named; and a fill is all or nothing."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from conftest import RUNS
from journal.errors import JournalError
from test_docs import GALLERY, examples
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from journal.sources.registry import Sources

    Capsys = pytest.CaptureFixture[str]

STARTED = 1772440200
BEFORE = "2026-03-02T09:00:00+01:00"
PLANNED = "2026-03-02T09:00:00+01:00"
FINE = {"fresh", "pending", "unverifiable"}
BODY = "\n".join(
    [
        block("metrics: [loss, rare]\nruns: [a, b]\nstats: [mean]\nwindow: matched\ncompare: {ratio: b/a}"),
        block("metric: loss\nrun: a\nk: 2\nwith: [rare]", "align"),
        block("").replace("journal:table\n\n", "journal:runs ").replace("journal:table", "journal:runs"),
        block("").replace("journal:table\n\n", "journal:predictions ").replace("journal:table", "journal:predictions"),
        block("groups: lr\nmetrics: [loss]\nruns: [a, b]").replace("journal:table\n", "journal:table groups\n", 1),
        'It was [TBD](run:a "max(loss) / max(loss)@b"), with [TBD](run:b "config(name)").',
    ]
)


@pytest.fixture(scope="module")
def promised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toys]:
    """An entry with a promise of every kind, filled; whoever changes something puts it back."""
    with pytest.MonkeyPatch.context() as patch:
        _without_settings(patch)
        toys = Toys.begin(tmp_path_factory.mktemp("promised"))
        expect = "  - {claim: low, expect: 'mean(loss)@a < 17.25'}\n"
        toys.ask(BODY, "a", "b", matter=f"predictions:\n{expect}")
        toys.commit("Plan", date=BEFORE)
        toys.run(
            "a", {"loss": line(range(10), 1.5), "rare": line(range(0, 10, 4))}, started=STARTED, config={"lr": 0.25}
        )
        toys.run("b", {"loss": line(range(2, 9), 2.0, 0.25)}, started=STARTED + 1, config={"lr": 0.5, "name": "adam2"})
        toys.fill()
        assert {report.state.value for report in toys.plan().blocks} == {"fresh"}
        yield toys


def _without_settings(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def unnamed(toys: Toys, *, git: bool = True, sources: Sources | None = None) -> bool:
    """Whether nothing is named as wrong: every block is fine, and the evidence can be believed."""
    try:
        return {report.state.value for report in toys.plan(git=git, sources=sources).blocks} <= FINE
    except JournalError:
        return False


Leaf = tuple[str | int, ...]


def leaves(tree: Any, above: Leaf = ()) -> Iterator[Leaf]:
    """The paths of every number, text and truth value in a JSON tree."""
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from leaves(value, (*above, key))
    elif tree is not None:
        yield above


def one_of_each_kind(tree: Any) -> list[Leaf]:
    """The first and the last leaf of each kind: those whose paths differ in nothing but positions in lists."""
    kinds: dict[Leaf, list[Leaf]] = {}
    for leaf in leaves(tree):
        kinds.setdefault(tuple("#" if isinstance(key, int) else key for key in leaf), []).append(leaf)
    return [leaf for alike in kinds.values() for leaf in dict.fromkeys((alike[0], alike[-1]))]


def other(value: Any) -> Any:
    """Almost the same value."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + max(abs(value), 1e-9) * 1e-15 * 2
    last = re.search(r"[0-9](?=[^0-9]*$)", value)
    if last is None:
        return f"{value}x"
    return value[: last.start()] + str((int(last[0]) + 1) % 10) + value[last.end() :]


def changed(tree: Any, leaf: Leaf) -> Any:
    found = copy.deepcopy(tree)
    place = found
    for key in leaf[:-1]:
        place = place[key]
    place[leaf[-1]] = other(place[leaf[-1]])
    assert found != tree, leaf
    return found


def by_design(leaf: Leaf) -> bool:
    """The same bytes in another folder are the same, and an entry may be renamed together with its evidence."""
    return leaf[-2:] == ("origin", "path") or leaf == ("entry",)


@pytest.mark.untraced
def test_every_value_of_the_evidence_is_watched(promised: Toys) -> None:
    path = promised.root / f"evidence/{ENTRY}.json"
    raw, evidence, sources = path.read_bytes(), promised.found, promised.sources()
    missed = []
    try:
        for leaf in one_of_each_kind(evidence):
            path.write_text(json.dumps(changed(evidence, leaf)))
            if unnamed(promised, git=leaf[0] == "predictions", sources=sources) != by_design(leaf):
                missed.append(leaf)
    finally:
        path.write_bytes(raw)
    assert missed == []


@pytest.mark.untraced
def test_no_value_of_changed_evidence_gets_into_the_text_with_the_runs_away(promised: Toys) -> None:
    path = promised.root / f"evidence/{ENTRY}.json"
    raw, evidence = path.read_bytes(), promised.found
    promised.take_away()
    let_in = []
    try:
        for leaf in one_of_each_kind(evidence):
            path.write_text(json.dumps(changed(evidence, leaf)))
            try:
                found = promised.plan(git=False)
            except JournalError:
                continue
            if found.new != found.old:
                let_in.append(leaf)
            assert "fresh" not in {report.state.value for report in found.blocks}, leaf
    finally:
        path.write_bytes(raw)
        promised.bring_back()
    assert let_in == []


_OF_PREDICTIONS = r"<!-- journal:predictions.*?<!-- /journal:predictions.*?-->|expect: '.*?'"
"""What git has a say in."""


def places(text: str) -> Iterator[int]:
    """Where the digits of the tool's text stand, of its sums, and of specs and predictions."""
    tools = [match.span() for match in re.finditer(r"<!-- journal:.*?<!-- /journal:.*?-->", text, re.DOTALL)]
    tools += [match.span() for match in re.finditer(r"\[[^\]]*\]\(run:[^)]*\)+", text)]
    tools += [match.span() for match in re.finditer(r"expect: '.*'", text)]
    for first, last in tools:
        yield from (match.start() + first for match in re.finditer(r"[0-9]", text[first:last]))


@pytest.mark.untraced
def test_every_digit_of_the_tools_text_is_watched(promised: Toys) -> None:
    text, sources = promised.text, promised.sources()
    dated = [match.span() for match in re.finditer(_OF_PREDICTIONS, text, re.DOTALL)]
    assert len(dated) == 2
    missed = []
    try:
        for place in places(text):
            edited = f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"
            promised.write(f"entries/{ENTRY}.md", edited)
            if unnamed(promised, git=any(first <= place < last for first, last in dated), sources=sources):
                missed.append(text[max(0, place - 30) : place + 10])
    finally:
        promised.write(f"entries/{ENTRY}.md", text)
    assert missed == []


@pytest.mark.untraced
@pytest.mark.parametrize("step", range(10))
def test_every_value_of_a_log_is_watched(promised: Toys, step: int) -> None:
    log = next(promised.root.glob("wandb/*-a/*.wandb"))
    raw = log.read_bytes()
    rows = [(at, value + (at == step) * 1e-9) for at, value in line(range(10), 1.5)]
    try:
        promised.run("a", {"loss": rows, "rare": line(range(0, 10, 4))}, started=STARTED, config={"lr": 0.25})
        before = promised.files()
        found = promised.fill()
        states = {report.name: report.state.value for report in found.blocks}
        assert {states[name] for name in ("table", "align", "low", "groups")} == {"drifted"}
        assert promised.files() == before
    finally:
        log.write_bytes(raw)
    assert unnamed(promised)


@pytest.mark.untraced
def test_a_damaged_byte_of_a_log_is_watched(promised: Toys) -> None:
    log = next(promised.root.glob("wandb/*-a/*.wandb"))
    raw = log.read_bytes()
    before = promised.files()
    try:
        for place in range(len(raw) // 3, len(raw), 41):
            log.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            assert not unnamed(promised), place
    finally:
        log.write_bytes(raw)
    assert promised.files() == before


@pytest.mark.untraced
def test_a_digest_that_was_changed_is_written_anew(promised: Toys) -> None:
    before = promised.files()
    for path in sorted((promised.root / "evidence/runs").glob("*.json")):
        raw = path.read_text()
        for match in list(re.finditer(r"^(?! *.path.:).*([0-9])", raw, re.MULTILINE))[::3]:
            path.write_text(f"{raw[: match.start(1)]}{(int(match[1]) + 1) % 10}{raw[match.end(1) :]}")
            assert _told_or_changed(promised), match[0]
        path.write_text(raw.replace('"rows": ', '"rows": 1'))
        promised.fill()
    assert promised.files() == before


def _told_or_changed(toys: Toys) -> bool:
    try:
        return toys.plan().changed
    except JournalError:
        return True


class _Refusal:
    """A disk that refuses one of the writes into the journal: the one of a number, counted from 0."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._seen = 0
        self.refused = False

    def instead_of(self, put: Callable[..., None]) -> Callable[..., None]:
        """What puts a file in its place, as `os.replace` and `os.link` do, or refuses to."""

        def refuse_or_put(source: Any, target: Any, **options: Any) -> None:
            if str(target).endswith((".md", ".json")):
                self._seen += 1
                if self._seen == self._number + 1:
                    self.refused = True
                    raise OSError(28, "No space left on device", str(target))
            put(source, target, **options)

        return refuse_or_put


@pytest.mark.parametrize("again", [False, True], ids=["first fill", "later fill"])
@pytest.mark.parametrize("number", range(5))
def test_a_fill_that_fails_half_way_leaves_entry_and_evidence_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, again: bool
) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"loss": line(range(10), 1.5)}, code=None)
    toys.ask(block("metrics: [loss]\nruns: [a]") + 'and [TBD](run:a "max(loss)")\n', "a")
    if again:
        toys.fill()
        toys.run("a", {"loss": line(range(20), 1.5)}, code=None)
    old = toys.files()
    refusal = _Refusal(number)
    said = None
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refusal.instead_of(os.replace))
        patch.setattr(os, "link", refusal.instead_of(os.link))
        try:
            toys.fill()
        except JournalError as error:
            said = str(error)
    left = toys.files()
    assert (said is not None) == refusal.refused
    toys.fill()
    new = toys.files()
    assert set(left) <= set(new)  # no half-made file
    for path, raw in left.items():
        assert raw in {old.get(path), new[path]}, path
    entry, evidence = f"entries/{ENTRY}.md", f"evidence/{ENTRY}.json"
    assert (left[entry] == new[entry]) == (left.get(evidence) == new[evidence])


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toys]:
    """The entries of the gallery and their runs."""
    with pytest.MonkeyPatch.context() as patch:
        _without_settings(patch)
        desk = Toys.begin(tmp_path_factory.mktemp("gallery"))
        for folder in RUNS.glob("gallery/wandb/*run-*"):
            shutil.copytree(folder, desk.root / "wandb" / folder.name)
        for example in examples(GALLERY):
            if example.kind == "markdown" and example.title:
                path = desk.root / example.title
                before = path.read_text() + "\n" if path.exists() else ""
                desk.write(example.title, before + example.text)
                if not before:
                    desk.commit("Plan", date=PLANNED)
        yield desk


@pytest.mark.untraced
def test_over_the_whole_gallery_fill_twice_is_fill_once_and_a_check_finds_nothing_wrong(
    gallery: Toys, capsys: Capsys
) -> None:
    assert gallery.call(capsys, "fill-results").code == 0
    filled = gallery.files()
    again = gallery.call(capsys, "fill-results", "--json")
    assert again.code == 0
    assert [entry["changed"] for entry in again.json["entries"]] == [False, False]
    assert gallery.call(capsys, "fill-results", "--check").code == 0
    checked = gallery.call(capsys, "check", "--json")
    assert checked.code == 0
    assert [found for found in checked.json["findings"] if found["severity"] == "error"] == []
    gallery.commit("Fill", date="2026-12-01T00:00:00+00:00")
    assert gallery.call(capsys, "fill-results", "--check").code == 0
    assert gallery.call(capsys, "check").code == 0
    assert gallery.files() == filled
    states = {block["state"] for entry in again.json["entries"] for block in entry["blocks"]}
    assert states == {"fresh", "pending"}


def test_over_the_whole_gallery_nothing_is_lost_with_the_runs_away(gallery: Toys, capsys: Capsys) -> None:
    gallery.call(capsys, "fill-results")
    filled = gallery.files()
    gallery.take_away()
    try:
        assert gallery.call(capsys, "fill-results").code == 3
        assert gallery.call(capsys, "fill-results", "--check").code == 3
        checked = gallery.call(capsys, "check")
        assert checked.code == 3
        assert " error: " not in checked.out
        assert gallery.files() == filled
    finally:
        gallery.bring_back()
    assert gallery.call(capsys, "fill-results", "--check").code == 0
