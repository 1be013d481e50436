from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.encoding import Decoded, Repair, _undone, decode, repair, unrepairable
from seeds import needs_the_notes, seed

CHINESE = "# 实验记录\n\n日期：2025年3月1日\n\n今天训练了模型，损失下降很慢。把学习率改小以后恢复正常。\n"
TAIWANESE = "# 實驗記錄\n\n今天訓練了模型，損失下降很慢。把學習率改小以後恢復正常。\n"
JAPANESE = "# 実験メモ\n\n学習率を下げたら損失が安定しました。次はバッチサイズを変えます。\n"
KOREAN = "# 실험 기록\n\n오늘 모델을 학습했습니다. 손실이 천천히 감소합니다.\n"
FRENCH = "# Résumé\n\nL’entraînement s’arrête après 200 itérations – « à vérifier »\u00a0: 20\u00a0°C, 5\u00a0€.\n"
GERMAN = "# Übersicht\n\nDie Größe der Häufung wächst: „fünf Straßen“, 3×4 µm².\n"

# Notes as people write them: nothing about them is broken.
ORDINARY = {
    "ascii": "# Sweep\n\nThe loss fell to 0.31.\n",
    "english": "# Sweep — “robust” loss\n\nIt’s a naïve baseline: 20 °C ± 1, λ = 0.1, 3×4, √π ≈ 1.77, ¬p → q ✅ 🔥\n",
    "chinese": CHINESE,
    "taiwanese": TAIWANESE,
    "japanese": JAPANESE,
    "korean": KOREAN,
    "french": FRENCH,
    "german": GERMAN,
    "spanish": "¿Por qué explotó? ¡El año pasado también! La señal «pequeña» subió…\n",
    "portuguese": "NÃO CONVERGIU… a média é 0,3 – «atenção», VOCÊ… não\n",
    "polish": "Zażółć gęślą jaźń – „żółw” w środę\n",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy\n",
    "turkish": "Öğrenme oranı düşük; İşlem bitti, ığüşöç\n",
    "russian": "Скорость обучения снижена, потери — 0,3. «Готово»\n",
    "greek": "Ο ρυθμός μάθησης είναι α = 0,1 και η απώλεια μειώθηκε\n",
    "hebrew": "קצב הלמידה ירד, ההפסד יציב\n",
    "arabic": "انخفض معدل التعلم واستقرت الخسارة\n",
    "hindi": "सीखने की दर कम की गई\n",
    "thai": "อัตราการเรียนรู้ลดลง\n",
    "vietnamese": "Tốc độ học giảm, độ mất mát ổn định\n",
    "tree": "├── a\n│   └── b\n└── c\n╔══╗\n╚══╝\n",
}
# What alone proves nothing: signs that somebody may have meant.
CHANCE = ["√π", "√µ and √∑", "VOCÊ…", "Spaß…", "a café\u00a0» b", "Ø±0.3", "≈±2", "l’âge", "the l’île", "–π", "╔╗"]


def broken(text: str, charset: str) -> str:
    """A text whose UTF-8 is read in another charset; for a byte without a character software has the control."""
    return "".join(bytes([byte]).decode(charset, "ignore") or chr(byte) for byte in text.encode())


def one_of(*texts: str) -> st.SearchStrategy[str]:
    words = [word for text in texts for word in text.split() if not word.isascii() and len(word) > 2]
    return st.lists(st.sampled_from(words), min_size=2, max_size=12).map(" ".join)


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == decode(text.encode())
    assert (decode(text.encode()).text, decode(text.encode()).exact) == (text, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(encoding: str) -> None:
    found = decode(CHINESE.encode(encoding))
    assert (found.text, found.encoding, found.exact) == (CHINESE, encoding, True)


def test_big_endian_marks_are_known() -> None:
    assert decode(b"\xfe\xff" + CHINESE.encode("utf-16-be")).text == CHINESE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["# Title\n\nDate: 2025-03-01\n", "# 一个 title\r\n\r\n日期：2025-03-01\r\n"])
def test_every_other_byte_tells_an_encoding_without_a_mark(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert decode(raw) == Decoded(text, encoding, exact=True)
    cut = decode(raw[:-1])
    assert (cut.exact, cut.text.encode("latin-1")) == (False, raw[:-1])


def test_nul_bytes_that_tell_no_encoding_leave_doubt() -> None:
    assert not decode("новая заметка о большом эксперименте".encode("utf-16-le")).exact
    assert decode(f"one \0 in {'many ' * 20}".encode()).exact


def test_a_mark_alone_proves_nothing() -> None:
    found = decode(b"\xff\xfeabc")  # half a character is missing
    assert (found.encoding, found.exact) == ("latin-1", False)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (TAIWANESE, "big5"),
        (JAPANESE, "cp932"),
        (KOREAN, "cp949"),
        (FRENCH, "cp1252"),
        (GERMAN, "cp1252"),
        ("A naïve baseline.\r\n", "cp1252"),
    ],
)
def test_encodings_older_than_unicode_are_told_apart(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding, found.exact) == (text, encoding, True)


@pytest.mark.parametrize(
    "raw",
    [
        "The run finished. 完成\n".encode("gb18030"),  # two characters fit several languages
        "Größe und Häufung".encode("mac_roman"),
        "Скорость обучения снижена".encode("cp1251"),
        "Zażółć gęślą jaźń".encode("iso-8859-2"),
        JAPANESE.encode("euc_jp"),
        bytes(range(256)),
        "ok ✅".encode()[:-1],
    ],
)
def test_where_several_encodings_fit_none_is_chosen(raw: bytes) -> None:
    found = decode(raw)
    assert (found.encoding, found.exact) == ("latin-1", False)


@given(st.binary(max_size=60))
def test_no_byte_is_lost_whatever_the_encoding(raw: bytes) -> None:
    found = decode(raw)
    assert raw.decode(found.encoding) == found.text
    if found.encoding not in {"utf-16", "utf-32"}:  # which write a mark of their own
        assert found.text.encode(found.encoding) == raw


@pytest.mark.parametrize("charset", ["cp1252", "mac_roman", "latin_1", "cp437"])
@pytest.mark.parametrize("text", [text for text in ORDINARY.values() if not text.isascii()])
def test_a_broken_note_is_offered_as_it_was(text: str, charset: str) -> None:
    found = repair(broken(text, charset))
    assert found is not None
    assert found.text == text
    assert found.mends == len([char for char in text if not char.isascii()])


@settings(max_examples=150)
@given(text=one_of(*ORDINARY.values()), charset=st.sampled_from(["cp1252", "mac_roman"]), lines=st.integers(0, 3))
def test_breaking_and_repairing_gives_the_text_back(text: str, charset: str, lines: int) -> None:
    text = "→ " + text.replace(" ", "\r\n", lines)
    found = repair(broken(text, charset))
    assert found is not None
    assert found.text == text
    assert len(re.split(r"\r\n|\r|\n", found.text)) == len(re.split(r"\r\n|\r|\n", broken(text, charset)))


@settings(max_examples=150)
@given(text=st.text(max_size=40), charset=st.sampled_from(["cp1252", "mac_roman", "latin_1", "cp437"]))
def test_what_is_offered_for_any_text_was_broken_in_that_way(text: str, charset: str) -> None:
    found = repair(broken(text, charset))
    assert found is None or broken(found.text, found.encoding) == broken(text, charset)


@pytest.mark.parametrize("text", [*ORDINARY.values(), *CHANCE])
def test_a_sound_text_is_offered_nothing(text: str) -> None:
    assert repair(text) is None
    assert unrepairable(text) is None


@settings(max_examples=100)
@given(one_of(*ORDINARY.values()))
def test_parts_of_sound_texts_are_offered_nothing(text: str) -> None:
    assert repair(text) is None


@pytest.mark.parametrize(
    ("text", "was"),
    [
        ("Â°", "°"),
        ("5 Â± 1", "5 ± 1"),
        ("donâ€™t", "don’t"),
        ("Ã©", "é"),
        ("a â†’ b", "a → b"),
        ("it \u00e2\u20ac\u0153works\u00e2\u20ac\u009d", "it “works”"),  # one byte that cp1252 leaves undefined
        ("20 ¬∞C", "20 °C"),
        ("‚úÖ", "✅"),
        ("\uf8ffüî•", "🔥"),
        ("ŒªŒ± \u00a4ç", "λα \u06cd"),  # the currency sign stood where the euro is now
    ],
)
def test_short_notes_are_repaired_where_nobody_writes_so(text: str, was: str) -> None:
    found = repair(text)
    assert found is not None
    assert found.text == was


@pytest.mark.parametrize("charset", ["cp1252", "mac_roman"])
def test_a_text_that_is_broken_in_part_is_left_and_says_so(charset: str) -> None:
    text = "# ok\n\n" + broken("It’s → fine ✅", charset) + "\n\nand 完成 here\n"
    assert repair(text) is None
    reason = unrepairable(text)
    assert reason is not None
    assert "3 characters of it" in reason
    assert charset in reason
    assert "line 5" in reason


def test_a_text_that_can_be_repaired_is_not_called_unrepairable() -> None:
    assert unrepairable(broken("It’s fine ✅", "cp1252")) is None


def test_a_text_that_was_broken_twice_is_repaired_one_time() -> None:
    once = broken("It’s fine ✅", "cp1252")
    found = repair(broken(once, "cp1252"))
    assert found is not None
    assert found.text == once


@needs_the_notes
@pytest.mark.parametrize(("number", "encoding", "mends"), [(3, "mac_roman", 84), (4, "cp1252", 45)])
def test_the_two_broken_seeds_are_repaired_whole(number: int, encoding: str, mends: int) -> None:
    path = seed(number)
    found = repair(decode(path.read_bytes()).text)
    assert isinstance(found, Repair)
    assert (found.encoding, found.mends) == (encoding, mends)
    assert broken(found.text, encoding).encode() == path.read_bytes()


@needs_the_notes
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_sound_seeds_are_offered_nothing(number: int) -> None:
    path = seed(number)
    text = decode(path.read_bytes()).text
    assert (repair(text), unrepairable(text)) == (None, None)


@settings(max_examples=100)
@given(text=st.text(max_size=40), charset=st.sampled_from(["cp1252", "mac_roman", "latin_1", "cp437"]))
def test_undoing_gives_any_text_back(text: str, charset: str) -> None:
    assert _undone(broken(text, charset), charset) == text
