from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.config import DEFAULT_SECTIONS
from journal.document.synonyms import CHANGE, CONTEXT, NEXT_STEPS, RATIONALE, RESULTS, RUNS, canonical


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Background", CONTEXT),
        ("The problem", CONTEXT),
        ("背景", CONTEXT),
        ("一、研究背景", CONTEXT),
        ("What changed", CHANGE),
        ("Fix 2: a lower rate", CHANGE),
        ("All fixes applied", CHANGE),
        ("改动", CHANGE),
        ("Why", RATIONALE),
        ("Rationale / logic", RATIONALE),
        ("Hypothesis 3", RATIONALE),
        ("原因分析", RATIONALE),
        ("How to run / compare", RUNS),
        ("Experimental setup", RUNS),
        ("实验设置", RUNS),
        ("Key result: it converges", RESULTS),
        ("Findings", RESULTS),
        ("结果\uff1a全部收敛", RESULTS),
        ("第三部分 结果", RESULTS),
        ("Next steps", NEXT_STEPS),
        ("To-do", NEXT_STEPS),
        ("What\u2019s next?", NEXT_STEPS),
        ("Next profiling steps", NEXT_STEPS),
        ("下一步计划", NEXT_STEPS),
    ],
)
def test_a_heading_of_other_words_stands_for_one_of_the_six_sections(heading: str, section: str) -> None:
    assert canonical(heading) == section


@pytest.mark.parametrize("section", DEFAULT_SECTIONS)
def test_each_section_stands_for_itself_however_it_is_dressed(section: str) -> None:
    dressed = [section, section.upper(), f"**{section}**", f"3. {section}", f"2.1 _{section}_:", f"🎯 {section}"]
    dressed += [f"{section} (first try)", f"{section} \N{EM DASH} seed 3", f"the {section}", f"`{section}` ✅"]
    assert {canonical(heading) for heading in dressed} == {section}


def test_a_picture_whose_encoding_was_broken_does_not_count() -> None:
    broken = "🔧 **Fixes applied**".encode().decode("mac_roman")
    assert not broken.isascii()
    assert canonical(broken) == CHANGE
    assert canonical("🔥 Results".encode().decode("cp1252")) == RESULTS


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "###",
        "7",
        "Summary",
        "Expected results",
        "Changes and results",
        "Results and a plot of them",
        "Résultats",
        "Problem solved by a nap",
        "Data source",
        "结果不明",
    ],
)
def test_what_is_not_sure_stands_for_none(heading: str) -> None:
    assert canonical(heading) is None


def test_several_names_of_one_section_stand_for_it() -> None:
    assert canonical("Background and motivation") == CONTEXT
    assert canonical("结果与讨论") == RESULTS


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_heading_is_one_of_the_six_or_none_and_blanks_around_it_do_not_matter(heading: str) -> None:
    found = canonical(heading)
    assert found is None or found in DEFAULT_SECTIONS
    assert canonical(f"  {heading}\t") == found
