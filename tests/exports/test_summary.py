"""What changed, as Markdown for a pull request."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.exports.summary import LARGEST, MARKER, NOTHING, code, summary
from journal.model.evidence import BlockState
from journal.model.evidence_change import BlockChange, CellChange, EntryChange, Fate, JournalChange, VerdictChange

SHA = "1a2b3c4d" * 5
MARKDOWN = MarkdownIt("commonmark").enable("table")
HOSTILE = st.text(alphabet="`|\\<>!-*_[]()@#$&\n\r a1\u202e\u200b", max_size=12) | st.sampled_from(
    [
        "<!-- /journal:table -->",
        "<img src=x onerror=1>",
        "[x](https://example.org)",
        "@everyone #1",
        "``",
        "`|`",
        "\\|",
        "![](x)",
    ]
)


def cell(row: str = "loss", before: str | None = "4.50", after: str | None = "5.40") -> CellChange:
    return CellChange(row=row, column="a", before=before, after=after, value_before=4.5, value_after=5.4)


def entry(*blocks: BlockChange, **more: object) -> EntryChange:
    return EntryChange.model_validate(
        {"id": "e", "path": "entries/e.md", "title": "An entry", "blocks": blocks, **more}
    )


def table(*cells: CellChange, name: str = "results") -> BlockChange:
    return BlockChange(name=name, kind="table", cells=cells)


def told(*entries: EntryChange) -> str:
    return summary(JournalChange(since=SHA, entries=entries))


def test_nothing_is_said_to_be_nothing() -> None:
    assert told() == f"{MARKER}\n{NOTHING}\n### Numbers of the journal\n\nNone changed since `1a2b3c4`.\n"


def test_each_number_is_a_row_from_what_to_what() -> None:
    text = told(entry(table(cell(), cell("acc", None, "0.5"), cell("old", "0.1", None))))
    assert text.startswith(f"{MARKER}\n### Numbers of the journal\n")
    assert "1 entry: 1 number changed, 1 number new, 1 number gone since `1a2b3c4`." in text
    assert text.endswith(
        "**table** `results`\n\n| row | column | before | now |\n|---|---|--:|--:|\n"
        "| `loss` | `a` | `4.50` | `5.40` |\n| `acc` | `a` | *new* | `0.5` |\n| `old` | `a` | `0.1` | *gone* |\n"
    )


def test_numbers_that_look_the_same_are_told_in_full() -> None:
    assert "| `4.5` | `5.4` |" in told(entry(table(cell(after="4.50"))))


def test_states_verdicts_and_what_cannot_be_read_are_told() -> None:
    turned = BlockChange(name="t", kind="table", state_before=BlockState.FRESH, state_after=BlockState.DRIFTED)
    verdict = VerdictChange(on="prediction", name="it falls", before="open", after="refuted", value_after=0.9)
    belongs = VerdictChange(on="commit", name="a", after="proven", reason="it is clean")
    text = told(entry(turned, verdicts=(verdict, belongs), problems=("now: evidence/e.json: is no evidence",)))
    assert "**table** `t`: fresh → drifted\n" in text
    assert "| prediction `it falls` | open | refuted `0.9` |\n" in text
    assert "| commit `a` | *none* | proven (`it is clean`) |\n" in text
    assert "- not readable `now: evidence/e.json: is no evidence`\n" in text


def test_the_fate_of_an_entry_and_of_a_block_is_told() -> None:
    new = BlockChange(name="n", kind="table", change=Fate.NEW, state_after=BlockState.FRESH)
    gone = BlockChange(name="g", kind="runs", change=Fate.GONE)
    reworded = BlockChange(name="runs", kind="runs", reworded=True)
    text = told(
        entry(new, gone, reworded, change=Fate.RENAMED, former="entries/old.md"),
        entry(change=Fate.NEW),
        entry(change=Fate.GONE),
    )
    assert "`entries/e.md`, renamed from `entries/old.md`\n" in text
    assert "`entries/e.md`, new\n" in text
    assert "`entries/e.md`, gone\n" in text
    assert "**table** `n`: new, fresh\n" in text
    assert "**runs** `g`: gone\n" in text
    assert "**runs**: its text changed, its numbers did not\n" in text


def test_cited_values_share_a_table() -> None:
    values = [BlockChange(name=f"a {name}(loss)", kind="value", cells=(cell("a"),)) for name in ("mean", "max")]
    text = told(entry(*values))
    assert text.count("**cited values**") == 1
    assert "| `a` | `max(loss)` | `4.50` | `5.40` |\n" in text


def test_a_long_table_is_folded_up_and_still_a_table() -> None:
    text = told(entry(table(*(cell(str(number)) for number in range(11)))))
    assert "\n<details><summary>11 lines</summary>\n\n| row |" in text
    assert text.endswith("|\n\n</details>\n")
    assert len(re.findall("<tr>", MARKDOWN.render(text))) == 12


@given(st.integers(0, 400), st.integers(1, 5))
@settings(max_examples=20)
def test_a_summary_has_no_more_bytes_than_it_may_and_counts_the_rest(rows: int, entries: int) -> None:
    block = table(*(cell(f"metric/{number}/é") for number in range(rows)))
    change = JournalChange(since=SHA, entries=tuple(entry(block, path=f"entries/{n}.md") for n in range(entries)))
    text = summary(change, 4_000)
    shown = text.count("| `metric/")
    assert len(text.encode()) <= 4_000
    assert text.count("<details>") == text.count("</details>")
    rest = re.search(
        r"…and ([\d,]+) more lines?, for which there is no room here: `journal changes 1a2b3c4d1a2b`", text
    )
    heads = sum(text.count(head) for head in ("\n#### ", "**table** "))
    assert shown + heads + int(rest[1].replace(",", "") if rest else 0) == entries * (rows + 2)


def test_the_largest_summary_is_one_that_the_host_takes() -> None:
    block = table(*(cell("é" * 200 + str(number)) for number in range(2_000)))
    text = told(*(entry(block, path=f"entries/{number}.md") for number in range(3)))
    assert 60_000 < len(text.encode()) <= LARGEST < 65_536


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_others_wrote_is_markup(title: str, row: str, shown: str) -> None:
    text = told(
        entry(
            table(cell(row, shown, shown + "!"), name=title),
            title=title,
            path=shown,
            problems=(row,),
            verdicts=(VerdictChange(on="commit", name=row, after="proven", reason=shown),),
        )
    )
    tokens = [token for each in MARKDOWN.parse(text) for token in (each, *(each.children or ()))]
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "html_inline", "autolink", "code_block", "fence", "blockquote_open"}
    assert [token.content.strip() for token in tokens if token.type == "html_block"] == [MARKER]
    assert sum(token.type == "table_open" for token in tokens) == 2
    assert [sum(token.type == kind for token in tokens) for kind in ("tr_open", "td_open")] == [4, 7]
    ours = {token.content.strip() for token in tokens if token.type == "text"}
    assert all(re.fullmatch(r"[\w ,:.()→-]*", words) for words in ours), ours


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a|b", "`a\\|b`"),
        ("a\\|b", "`a\N{REPLACEMENT CHARACTER}\\|b`"),
        ("`", "`` ` ``"),
        ("a``b", "```a``b```"),
        ("a\nb\tc", "`a b c`"),
        ("\u202eabc", "`\N{REPLACEMENT CHARACTER}abc`"),
        ("", "` `"),
        ("x" * 161, "`" + "x" * 159 + "…`"),
    ],
)
def test_text_of_others_is_a_code_span_on_one_line(text: str, span: str) -> None:
    assert code(text) == span
