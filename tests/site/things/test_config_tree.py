import pytest
from built_html import Page
from recorded_runs import PAYLOAD, told

from journal.site.things.config_tree import LONG, OPEN, spelt, tree


def test_nested_and_dotted_keys_stand_in_the_same_place() -> None:
    nested = tree({"optim": {"lr": 0.1, "kind": "adam"}})
    assert nested == tree({"optim.lr": 0.1, "optim.kind": "adam"})
    assert told(nested) == "optim. 2 values lr 0.1 kind adam"


def test_a_key_that_is_a_value_and_a_group_shows_both() -> None:
    assert told(tree({"a": 1, "a.b": 2, "a.c": 3})) == "a 1 a. 2 values b 2 c 3"


def test_a_way_without_a_choice_takes_one_line() -> None:
    assert told(tree({"a": {"b": {"c": 1}}, "..": 2, "d.": 3, "e": {}})) == "a.b.c 1 .. 2 d. 3 e {}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("adam", "adam"),
        ("1.0", '"1.0"'),
        ("true", '"true"'),
        ("", '""'),
        (" x", '" x"'),
        ("a\nb", '"a\\nb"'),
        ("[1]", '"[1]"'),
        ("NaN", "NaN"),
        (True, "true"),
        (None, "null"),
        (3e-4, "0.0003"),
        ([0.9, 0.999], "[0.9,0.999]"),
        ("\ud800", "'\\ud800'"),
    ],
)
def test_a_value_cannot_be_taken_for_one_of_another_type(value: object, shown: str) -> None:
    assert spelt(value) == shown


def test_a_long_value_is_cut_and_unfolds_in_full() -> None:
    text = "word " * 100 + "end"
    html = tree({"prompt": text, "short": "x" * LONG})
    assert html.count("<details>") == 1
    summary, _, rest = html.partition("</summary>")
    assert "503 characters" in summary
    assert "end" not in summary
    assert f"<pre><code>{text}</code></pre>" in rest


def test_small_groups_stand_open_and_large_ones_do_not() -> None:
    html = tree({"small": {"a": 1, "b": 2}, "large": {f"k{number}": number for number in range(OPEN + 1)}})
    assert html.count("<details open>") == 1
    assert html.count("<details>") == 1
    assert html.index("<details open>") < html.index("small.")


def test_what_is_nested_without_end_still_comes_out() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(150):
        deep = {"a": deep, "b": 1}
    html = tree({"deep": deep, ".".join("abcdefghijklmnopqrstuvwxyz"): 2})
    assert html.count("<ul") == html.count("</ul>")
    assert html.count("<details") < 40


def test_keys_and_values_are_never_markup() -> None:
    page = Page(f"<article>{tree({PAYLOAD: {PAYLOAD: PAYLOAD, 'x': [PAYLOAD, {PAYLOAD: PAYLOAD}]}})}</article>")
    assert page.live == []
    assert {name for name, _ in page.article} <= {"ul", "li", "details", "summary", "code", "span", "pre"}
    assert tree({}) == ""
