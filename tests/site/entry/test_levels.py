import pytest

from journal.model.life import Update
from journal.model.when import When
from journal.site.entry.dialect import adapt
from journal.site.entry.levels import below
from journal.site.entry.update_places import place

markdown = pytest.importorskip("markdown")


@pytest.mark.parametrize(
    "head",
    [
        "# Drop-Attn -- No *Attention* in `block 0`",
        "# Drop-attn -- no attention in block 0 #",
        "Drop-Attn -- no attention in block 0\n===",
    ],
)
def test_a_title_that_the_page_says_itself_is_not_said_again(head: str) -> None:
    (text,) = below([f"\n{head}\n\n## Method\n\nWords.\n"], "Drop-Attn -- No Attention in block 0")
    assert text.strip() == "## Method\n\nWords."


def test_only_a_heading_at_the_beginning_counts_as_the_title() -> None:
    texts = ["Words.\n\n## Results\n", "### Results\n"]
    assert below(texts, "Results") == tuple(texts)


def test_where_the_text_has_headings_of_the_first_level_all_of_them_go_one_deeper() -> None:
    texts = ["# Monday\n\n## Runs\n\n###### Deep\n", "Tuesday\n=======\n\nRuns\n----\n\n# Wednesday\n"]
    first, second = below(texts, "A week")
    assert first == "## Monday\n\n### Runs\n\n###### Deep\n"
    assert second == "## Tuesday\n\n\n### Runs\n\n\n## Wednesday\n"


def test_an_update_stays_a_section_of_its_own() -> None:
    texts, _ = place(
        ["# Monday\n\n## Runs\n\n## Update\n\nIt held.\n"], [Update(at=When("2026-02-22"), section="Update")]
    )
    (text,) = below(texts, "A week")
    assert [line for line in text.split("\n") if line.startswith("#")] == ["## Monday", "### Runs", "## Update"]


def test_a_heading_of_the_first_level_among_sections_becomes_one_of_them() -> None:
    texts = ["## Context\n\n### More\n", "# Results\n\nLast words\n===\n\n### Deeper\n"]
    assert below(texts, "Odd") == (texts[0], "## Results\n\n## Last words\n\n\n### Deeper\n")


def test_code_lists_html_and_rules_are_left_alone() -> None:
    text = "# A\n\n```sh\n# a comment\n```\n\n- one\n\n  # two\n\n<pre>\n# three\n</pre>\n\n---\n\nwords\nmore\n---\n"
    assert below([text], "Another") == (text.replace("# A\n", "## A\n"),)


def test_number_signs_without_a_blank_are_text_as_on_git_hosts() -> None:
    (text,) = below(["#attention #ablation\n\n#12 was wrong\n\n```\n#include\n```\n"], "Tags")
    html = markdown.markdown(adapt(text), extensions=["pymdownx.superfences"])
    assert "<h1" not in html
    assert "<p>#attention #ablation</p>" in html
    assert "<p>#12 was wrong</p>" in html
    assert "#include" in html
    assert "\\#include" not in html
