"""One table of examples holds for what is indexed in Python and for what is typed in the browser."""

from __future__ import annotations

import unicodedata

import pytest
from search_script import needs_node, run

from journal.site.search import terms

TEXTS = {
    "Déjà-vu: STRASSE Straße ﬁt": ["deja", "vu", "strasse", "strasse", "fit"],
    "ΟΔΟΣ ὁδός": ["οδοσ", "οδοσ"],
    "Łódź İstanbul ısı ŉ": ["łodz", "istanbul", "ısı", "ʼn"],
    "Почему Ёлка": ["почему", "елка"],
    "تَشَبُّع ١٢": ["تشبع", "١٢"],
    "ध्यान की": ["ध्यान", "की"],
    "注意力 x 注": ["注", "意", "力", "x", "注", "注意", "意力"],
    "ｶﾞ ガ": ["ガ", "ガ"],
    "학습률": ["학", "습", "률", "학습", "습률"],
    "ไทย": ["ไ", "ท", "ย", "ไท", "ทย"],
    "a注b意": ["a", "注", "b", "意"],
    "Ꭰꭰ և 𝔘 ², ½": ["ᎠᎠ", "եւ", "u", "2", "1", "2"],
    "train/loss_0 = 1e-4": ["train", "loss", "0", "1e", "4"],
    "f" * 70: ["f" * 64],
    "<b>'\"\\\u2028": ["b"],
    "": [],
}
NAMES = {
    "debug/wmax_sat_frac": "debug/wmax_sat_frac",
    "/train/Loss/": "train/loss",
    "Größe-2": "grosse-2",
    "loss": "",
    "two words/x": "",
    "a b": "",
    "--": "",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_has_these_terms(text: str) -> None:
    assert list(terms.of(text)) == TEXTS[text]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_term_as_a_whole_if_it_holds_several_words(name: str) -> None:
    more = [term for term in terms.of_name(name) if term not in set(terms.of(name))]
    assert more[:1] == ([NAMES[name]] if NAMES[name] else [])


def test_what_follows_a_slash_of_a_name_is_a_term_too() -> None:
    assert {"debug/iga/sat_frac", "iga/sat_frac", "sat_frac", "frac"} <= {*terms.of_name("debug/iga/sat_frac")}


@needs_node
def test_the_script_of_the_pages_cuts_texts_and_names_in_the_same_way() -> None:
    body = "return [asked.texts.map(words.terms), asked.names.map(words.whole)]"
    texts, names = run(body, texts=list(TEXTS), names=list(NAMES))
    assert dict(zip(TEXTS, texts, strict=True)) == TEXTS
    assert dict(zip(NAMES, names, strict=True)) == NAMES


@needs_node
def test_the_script_of_the_pages_folds_every_character_in_the_same_way() -> None:
    codes = [*range(0x20, 0x3500), *range(0xA000, 0xAC10), *range(0xF900, 0x10500), *range(0x1D400, 0x1D800)]
    known = [chr(code) for code in codes if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}]
    lines = ["".join(known[start : start + 64]) for start in range(0, len(known), 64)]
    folded = run("return asked.lines.map((line) => words.terms(line))", lines=lines)
    unlike = [line for line, found in zip(lines, folded, strict=True) if found != list(terms.of(line))]
    assert unlike == []
