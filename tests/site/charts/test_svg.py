from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from drawn import figure, line
from hypothesis import given
from hypothesis import strategies as st

from journal.site.charts import axes, svg
from journal.site.charts.asked import Shown
from journal.site.charts.tones import DARK, DARK_FAINT, FAINT, GROUND, LIGHT
from journal.site.charts.wording import alternative
from journal.site.svg_text import extent

if TYPE_CHECKING:
    from journal.site.charts.figure import Figure

SPACE = "{http://www.w3.org/2000/svg}"
ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def drawn(of: Figure, shape: svg.Shape = svg.LARGE) -> ET.Element:
    """The picture as a parser has it: whatever is drawn, it is whole XML."""
    return ET.fromstring(svg.picture(of, alternative(of), shape))  # noqa: S314


def said(of: Figure) -> list[str]:
    return [element.text or "" for element in drawn(of).iter(f"{SPACE}text")]


def curves(of: Figure) -> list[list[tuple[int, int]]]:
    """The points of each line, in tenths of a pixel."""
    found = []
    for path in drawn(of).iter(f"{SPACE}path"):
        if path.get("transform"):
            numbers = [int(each) for each in re.findall(r"-?\d+", path.get("d") or "")]
            points = [(numbers[0], numbers[1])]
            for x, y in zip(numbers[2::2], numbers[3::2], strict=True):
                points.append((points[-1][0] + x, points[-1][1] + y))
            found.append(points)
    return found


def test_each_run_is_a_line_with_its_name_beside_it_in_its_own_colour() -> None:
    of = figure(line([3, 2, 1], "base", tone=0), line([2, 1, 0.5], "clamped", tone=1, dash=1))
    assert len(curves(of)) == 2
    assert {"base", "clamped", "train/loss", "step"} <= set(said(of))
    text = svg.picture(of, "").decode()
    assert f'stroke="{LIGHT[0]}"' in text
    assert 'stroke-dasharray="70 30"' in text


def test_a_lone_spike_in_a_long_run_is_drawn() -> None:
    values = [1.0] * 1000
    values[637] = 50.0
    values[12] = -50.0
    heights = [y for _, y in curves(figure(line(values), line([0.0] * 1000), line([2.0] * 1000)))[0]]
    flat = sorted(heights)[len(heights) // 2]
    assert min(heights) < flat - 1000
    assert max(heights) > flat + 1000


@given(st.lists(ANY_NUMBER, min_size=1, max_size=40), st.sampled_from(["linear", "log"]), st.sampled_from([0.0, 0.9]))
def test_any_numbers_give_a_picture_inside_its_frame(values: list[float], scale: str, smooth: float) -> None:
    of = figure(line(values), scale=scale, smooth=smooth)
    for points in curves(of):
        assert all(0 <= x <= svg.LARGE.width * 10 and 0 <= y <= svg.LARGE.height * 10 for x, y in points)


@pytest.mark.parametrize(
    "values",
    [
        [2.0],
        [3.5] * 20,
        [0.0] * 3,
        [1e300, -1e300, 3e299],
        [1.7e308, -1.7e308],
        [5e-324, 1e-323, 0.0],
        [1e16, 1e16 + 2],
        [-3.0, -1e-7],
    ],
)
def test_odd_magnitudes_have_ticks_that_can_be_told_apart(values: list[float]) -> None:
    labels = [text for text in said(figure(line(values))) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", text)]
    assert len(labels) >= 2
    heights = [element.get("y") for element in drawn(figure(line(values))).iter(f"{SPACE}text")]
    assert all(height is not None for height in heights)


def test_steps_up_to_a_billion_thousands_fit_on_the_axis() -> None:
    of = figure(line([1.0, 2.0, 3.0], steps=[0, 5 * 10**11, 10**12]))
    assert "1e12" in said(of)


def test_smoothing_leaves_the_raw_line_in_a_colour_that_can_be_seen() -> None:
    of = figure(line([1, 9, 1, 9, 1, 9, 1, 9]), smooth=0.9)
    raw, thick = curves(of)
    assert len(raw) == len(thick) == 8
    assert max(y for _, y in raw) - min(y for _, y in raw) > max(y for _, y in thick) - min(y for _, y in thick)
    assert FAINT[1] in svg.picture(of, "").decode()


def test_smoothing_of_fewer_points_than_rows_is_said() -> None:
    all_rows = line([1, 9, 1, 9], "a")
    fewer = all_rows._replace(brief=all_rows.brief.model_copy(update={"n": 400}))
    told = "Smoothed from the points drawn, which are not all rows."
    assert told in " ".join(said(figure(fewer, smooth=0.5)))
    assert told not in " ".join(said(figure(all_rows, smooth=0.5)))
    assert told not in " ".join(said(figure(fewer)))


def test_a_log_scale_leaves_out_what_is_not_positive_and_says_so() -> None:
    of = figure(line([10, 0, -1, 1]), scale="log")
    assert len(curves(of)[0]) == 2
    assert "2 points at or below 0 left out" in " ".join(said(of))


def test_a_log_scale_without_a_positive_value_says_that_there_is_no_curve() -> None:
    of = figure(line([-10, 0, -1]), scale="log")
    assert curves(of) == []
    assert "no curve is kept" not in said(of)
    assert "no value has a place on a log scale" in said(of)


def test_rows_that_are_no_number_are_crosses_on_the_axis_with_words() -> None:
    nan = float("nan")
    of = figure(line([1, nan, 3, nan, nan, nan, nan, nan, nan, 4], "a"))
    assert svg.picture(of, "").decode().count("l7 7m0-7l-7 7") == 5
    assert "a (step 1, 3, 4, 5, 6 and 2 more)" in " ".join(said(of))


def test_a_metric_that_was_never_finite_is_told_not_drawn() -> None:
    of = figure(line([float("nan")] * 3, "a"))
    assert curves(of) == []
    assert {"no curve is kept", "No finite value in a. × not finite: a (step 0, 1, 2)."} <= set(said(of))


def test_runs_without_a_digest_are_named() -> None:
    of = figure(line([1, 2], "a"), missing=[Shown("gone", None, None, 1, 0)])
    assert "No digest holds it for gone." in said(of)


def test_windows_are_shaded_where_they_lie_and_told() -> None:
    of = figure(line([1.0] * 101), windows=((50, 75),))
    shade = list(drawn(of).iter(f"{SPACE}rect"))[1]
    points = curves(of)[0]
    left, right = points[0][0] / 10, points[-1][0] / 10
    assert float(shade.get("x") or 0) == pytest.approx((left + right) / 2, abs=0.2)
    assert float(shade.get("width") or 0) == pytest.approx((right - left) / 4, abs=0.2)
    assert "Shaded: steps 50..75, which numbers of this entry use." in said(of)


def test_a_window_of_the_picture_cuts_the_curve_and_its_range() -> None:
    of = figure(line([100.0, 1.0, 2.0, 3.0, 100.0]), crop=(1, 3))
    assert len(curves(of)[0]) == 3
    assert "100" not in said(of)


def test_names_are_text_and_never_markup() -> None:
    name = '</text><script>alert("1")</script>&\x00\ud800\ufffe]]>'
    of = figure(line([1, 2], name), metric=name, title=name)
    root = drawn(of)
    assert not list(root.iter(f"{SPACE}script"))
    assert any("alert" in (element.text or "") for element in root.iter(f"{SPACE}text"))


def test_sixteen_names_do_not_lie_on_each_other() -> None:
    of = figure(*(line([1, 1.001 * number], f"run{number}") for number in range(16)))
    heights = sorted(
        float(element.get("y") or 0) for element in drawn(of).iter(f"{SPACE}text") if (element.text or "")[:3] == "run"
    )
    assert len(heights) == 16
    assert min(later - former for former, later in pairwise(heights)) >= 13.9


def test_three_runs_of_a_thousand_points_make_a_small_file() -> None:
    values = [(number * 7919 % 1000) / 100 for number in range(1000)]
    of = figure(*(line(values, name) for name in "abc"))
    assert len(svg.picture(of, alternative(of))) < 21_000


def test_where_pages_are_dark_each_colour_has_another() -> None:
    of = figure(line([3, 2, 1], "base", tone=0), line([2, 1, 0.5], "clamped", tone=4), smooth=0.5)
    (style,) = drawn(of).iter(f"{SPACE}style")
    told = style.text or ""
    assert told.startswith("@media (prefers-color-scheme:dark){")
    rules = dict(re.findall(r"([.\w]+)\{([^{}]+)\}", told.partition("{")[2]))
    assert rules[".s4"] == f"stroke:{DARK[4]}"
    assert rules[".r0"] == f"stroke:{DARK_FAINT[0]}"
    assert ".s1" not in rules
    coloured = [each for each in drawn(of).iter() if {"stroke", "fill"} & set(each.attrib) - {"none"}]
    own = [each for each in coloured if each.tag != f"{SPACE}svg"]
    assert len(own) > 10
    assert {f".{each.get('class')}" for each in own} <= set(rules)


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05


def _contrast(colour: str, ground: str = "#ffffff") -> float:
    less, more = sorted((_light(colour), _light(ground)))
    return more / less


def test_names_can_be_read_and_raw_lines_be_seen_on_white() -> None:
    assert min(map(_contrast, LIGHT)) >= 4.5
    assert min(map(_contrast, FAINT)) >= 3
    assert len(LIGHT) == len(FAINT)


def test_names_can_be_read_and_raw_lines_be_seen_on_dark_pages() -> None:
    assert min(_contrast(colour, GROUND) for colour in DARK) >= 4.5
    assert min(_contrast(colour, GROUND) for colour in DARK_FAINT) >= 3
    assert len(DARK) == len(DARK_FAINT) == len(LIGHT)


def test_the_style_sheet_has_the_colours_of_the_pictures() -> None:
    from importlib import resources

    style = (resources.files("journal.site") / "assets/style/40-charts.css").read_text("utf-8")
    light, _, dark = style.partition("@media screen {")
    for place, tones, weak in ((light, LIGHT, FAINT), (dark, DARK, DARK_FAINT)):
        for number, (full, faint) in enumerate(zip(tones, weak, strict=True)):
            assert f"--journal-tone-{number}: {full};" in place
            assert f"--journal-tone-{number}-faint: {faint};" in place


def test_pictures_are_dark_on_dark_pages_of_the_site_and_in_one_file_and_light_in_print() -> None:
    from importlib import resources

    from journal.site.alone import one_file

    style = (resources.files("journal.site") / "assets/style/40-charts.css").read_text("utf-8")
    rules = re.findall(r"(@media \w+ \{)?\s*([^{}]+?) \{[^{}]*color-scheme: (\w+);", style)
    assert [(media, name.rpartition("\n")[2].strip(), scheme) for media, name, scheme in rules] == [
        ("", ".md-typeset .journal-figure__picture img", "light"),
        ("@media screen {", '[data-md-color-scheme="slate"] .journal-figure__picture img', "dark"),
    ]
    told = one_file._style()
    dark = re.escape(":root:root .journal-figure__picture img {")
    assert re.search(r"@media screen and \(prefers-color-scheme: dark\) \{ " + dark + r"\s*color-scheme: dark;", told)


def test_the_average_in_a_window_knows_nothing_of_the_rows_before_it() -> None:
    values = [430.0, 5.0, 2.5, 2.4, 2.3]
    alone = figure(line(values[1:], steps=[1, 2, 3, 4]), smooth=0.6, crop=(1, 4))
    of = figure(line(values), smooth=0.6, crop=(1, 4))
    ticks = [re.findall(r'text-anchor="end">([^<]+)<', svg.picture(each, "").decode()) for each in (of, alone)]
    assert ticks[0] == ticks[1]
    assert max(map(float, ticks[0])) <= 5


def test_the_last_step_is_written_inside_a_small_picture() -> None:
    numbers = svg.picture(figure(line([1.0, 2.0], steps=[12_345, 12_347])), "", svg.SMALL).decode()
    (end,) = re.findall(r'<text x="([0-9.]+)"[^>]*>12347<', numbers)
    assert float(end) + extent("12347") / 2 < svg.SMALL.width


def test_a_step_that_is_alone_lies_in_the_middle_and_no_other_is_written() -> None:
    axis = axes.steps(19_074, 19_074, 6)
    assert axis.place(19_074) == 0.5
    assert axis.ticks == (axes.Tick(0.5, "19074"),)


def test_only_windows_that_can_be_told_from_the_rest_are_shaded_and_named() -> None:
    of = figure(line([3, 2, 1, 0]), windows=((0, 3), (3, 3), (1, 2), (2, 9)), crop=(1, 3))
    assert of.shaded == ((1, 2), (2, 9))
    assert "Shaded: steps 1..2, 2..9, which numbers of this entry use." in " ".join(said(of))
    assert "Shaded" not in " ".join(said(figure(line([3, 2, 1]), windows=((0, 2), (2, 2)))))
