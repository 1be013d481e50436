from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.exports.latex import escaped, latex
from journal.tables.grid import Grid, sides

SPECIALS = r"""\{}$&#_%~^<>|"`[]*-'"""
TEXTS = st.text(max_size=12) | st.lists(st.sampled_from([*SPECIALS, "a", "1", " ", "\n", "×", "±", "−", "∞", "—"])).map(
    "".join
)
# What the escapes come to when they are printed.
PRINTED = {
    **{f"\\{character}": character for character in "{}$&#_%"},
    **{f"{{{character}}}": character for character in "[]*"},
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"{\char34}": '"',
    r"{\char96}": "`",
    r"$\times$": "×",
    r"$\pm$": "±",
    r"$\infty$": "∞",
    r"$\cdot$": "·",
    r"$\approx$": "≈",
    r"$\leq$": "≤",
    r"$\geq$": "≥",
    r"$\rightarrow$": "→",
    r"\ldots{}": "…",
    "-{}": "-",
    "$-$": "-",
    r"\textemdash{}": "—",
    r"\textendash{}": "-",
}
KNOWN = re.compile("|".join(map(re.escape, sorted(PRINTED, key=len, reverse=True))))


def printed(text: str) -> str:
    """What LaTeX would print, with minus signs and short dashes as hyphens."""
    return KNOWN.sub(lambda piece: PRINTED[piece[0]], text)


def left_over(text: str) -> str:
    """What is no escape that we know."""
    return KNOWN.sub("", text)


@given(TEXTS)
def test_any_text_is_printed_as_it_is(text: str) -> None:
    shown = " ".join(text.split())
    hyphens = str.maketrans("\N{MINUS SIGN}\N{EN DASH}", "--")
    assert printed(escaped(text)) == shown.translate(hyphens)


@given(TEXTS)
def test_no_character_with_a_meaning_is_left_bare(text: str) -> None:
    assert not set(left_over(escaped(text))) & set(SPECIALS) - {"-", "'"}
    assert "\n" not in escaped(text)


@pytest.mark.parametrize("character", sorted(set(SPECIALS) - {"-", "'"}))
def test_every_special_character_is_escaped(character: str) -> None:
    assert escaped(character) != character
    assert printed(escaped(character)) == character


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-0.5", "$-$0.5"),
        ("-∞", r"$-$$\infty$"),
        ("−0.5", "$-$0.5"),
        ("0.5 [-0.25, 1]", "0.5 {[}$-$0.25, 1{]}"),
        ("1.28×", r"1.28$\times$"),
        ("0.5 ± 0.1", r"0.5 $\pm$ 0.1"),
        ("1.23e-05", "1.23e-05"),
        ("gpt-4, x-1", "gpt-4, x-1"),
        ("a--b", "a-{}-b"),
        ("—", r"\textemdash{}"),
        ("-—-", r"-\textemdash{}-"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_signs_of_numbers_are_set_as_mathematics_and_hyphens_are_not(text: str, wanted: str) -> None:
    assert escaped(text) == wanted


def test_a_table_has_the_rules_of_booktabs() -> None:
    grid = Grid(("metric", "a_b"), (("loss", "0.774"), ("[x]", "—")), sides(2), caption="mean over 100% of it")
    assert latex(grid) == (
        "% needs \\usepackage{booktabs}\n"
        "\\begin{table}\n\\centering\n\\caption{mean over 100\\% of it}\n"
        "\\begin{tabular}{lr}\n\\toprule\nmetric & a\\_b \\\\\n\\midrule\n"
        "loss & 0.774 \\\\\n{[}x{]} & \\textemdash{} \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
    )


def test_a_table_of_nothing_but_a_caption_has_no_rows() -> None:
    text = latex(Grid((), (), (), caption="no runs yet"))
    assert "tabular" not in text
    assert "\\caption{no runs yet}" in text


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS, TEXTS)
def test_environments_and_braces_balance_and_each_row_has_its_cells(
    rows: list[tuple[str, str]], heading: str, caption: str
) -> None:
    text = latex(Grid(("metric", heading), tuple(rows), sides(2), caption=caption))
    assert re.findall(r"\\(begin|end)\{(\w+)\}", text) == [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    bare = re.sub(r"\\[{}$&#_%]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert bare.count("&") == bare.count("\\\\") == 1 + len(rows)
    assert bare.count("%") == 1
