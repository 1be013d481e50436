import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.authoring.run_notes import noted
from journal.errors import EditedByHand

OWN, OTHER = "2026-02-21-own", "2026-02-20-other"
TEXT = "It **holds**.\n\nSee [it](https://lab.example/entries/a/)."
IDS = st.sampled_from([OWN, OTHER, "2026-02-21-own-2", "2026-02-21-Größe", "a --> b", "100%"])


def part(entry_id: str, text: str = TEXT) -> str:
    """A part as it stands in notes that hold nothing else."""
    return noted("", entry_id, text)


@given(st.text(), IDS, st.text("ab.\n", min_size=1), st.text("ab.\n", min_size=1))
def test_whatever_else_the_notes_hold_is_kept(notes: str, entry_id: str, first: str, second: str) -> None:
    once = noted(notes, entry_id, first)
    assert once.startswith(notes)
    assert noted(once, entry_id, first) == once
    assert noted(once, entry_id, second) == noted(notes, entry_id, second)


@given(st.text(), st.text(), IDS)
def test_a_part_is_replaced_where_it_stands(above: str, below: str, entry_id: str) -> None:
    notes = f"{above}\n{part(entry_id)}\n{below}"
    assert noted(notes, entry_id, "New.") == f"{above}\n{part(entry_id, 'New.')}\n{below}"


@given(st.lists(st.tuples(IDS, st.sampled_from(["One.", "Two."])), max_size=8))
def test_each_entry_has_one_part_with_its_last_text(pushes: list[tuple[str, str]]) -> None:
    notes = "Mine."
    for entry_id, text in pushes:
        notes = noted(notes, entry_id, text)
    assert notes.count("<!-- journal:entry ") == len(dict(pushes))
    for entry_id, text in dict(pushes).items():
        assert part(entry_id, text) in notes


@pytest.mark.parametrize("notes", ["", "Mine.", "Mine.\n", "Mine.\n\n", "Mine.\r\n"])
def test_a_blank_line_stands_above_a_part_and_nothing_stands_below_it(notes: str) -> None:
    found = noted(notes, OWN, TEXT)
    assert found.removeprefix(notes).lstrip("\n") == part(OWN)
    assert not notes or found[: -len(part(OWN))].endswith("\n\n") or notes.endswith("\r\n")


def test_what_editors_do_to_lines_is_no_change_by_hand() -> None:
    notes = f"Mine.\n\n{part(OWN)}"
    crlf = notes.replace("\n", "\r\n")
    assert noted(crlf, OWN, "New.") == f"Mine.\r\n\r\n{part(OWN, 'New.')}"
    blanks = notes.replace("holds**.", "holds**.  ").replace("<!--", "  <!--")
    assert "  <!-- journal:entry" in noted(blanks, OWN, "New.")
    assert noted(notes.replace("\n\nIt", "\nIt"), OWN, "New.") == f"Mine.\n\n{part(OWN, 'New.')}"


@pytest.mark.parametrize(
    ("spoil", "to"),
    [
        (f"<!-- journal:entry {OWN} -->", ""),
        (f"<!-- /journal:entry {OWN}", "<!-- gone"),
        ("<!-- ", "&lt;!-- "),
        (f"<!-- journal:entry {OWN} -->", f"> <!-- journal:entry {OWN} -->"),
        ("It **holds**.", part(OTHER)),
        ("It **holds**.", part(OWN)),
    ],
)
def test_a_part_with_damaged_markers_is_not_guessed_at(spoil: str, to: str) -> None:
    notes = f"Mine.\n\n{part(OWN)}\n\nAlso mine."
    assert spoil in notes
    with pytest.raises(EditedByHand, match=r"two marker lines.*delete what is left"):
        noted(notes.replace(spoil, to), OWN, "New.")


def test_two_parts_of_one_entry_are_not_guessed_at() -> None:
    with pytest.raises(EditedByHand, match="two marker lines"):
        noted(f"{part(OWN)}\n{part(OWN)}", OWN, "New.")


def test_words_that_somebody_wrote_into_a_part_are_not_overwritten() -> None:
    notes = part(OWN).replace("It **holds**.", "It **holds**. Not for seed 4!")
    with pytest.raises(EditedByHand, match=r"changed by hand.*put your words above or below"):
        noted(notes, OWN, "New.")


def test_damage_of_another_entrys_part_is_that_entrys_matter() -> None:
    damaged = part(OTHER).replace("<!-- /", "<!-- ")
    assert noted(damaged, OWN, TEXT) == f"{damaged}\n\n{part(OWN)}"


def test_an_id_that_is_the_beginning_of_another_is_another() -> None:
    notes = part(f"{OWN}-2")
    assert noted(notes, OWN, TEXT) == f"{notes}\n\n{part(OWN)}"


def test_no_id_can_end_a_comment() -> None:
    first, *_, last = part("a --> b").splitlines()
    assert (first.count("-->"), last.count("-->")) == (1, 1)
