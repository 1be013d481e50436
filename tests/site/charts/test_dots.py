from __future__ import annotations

import math
from itertools import combinations
from xml.etree import ElementTree as ET

from journal.site.charts.dots import JOINED, MOST, MOVED, NAMED, VOID, Dot, over_time

SPACE = "{http://www.w3.org/2000/svg}"
DAY = 86400.0


def dots(*values: float) -> list[Dot]:
    return [
        Dot(1.77e9 + DAY * place, float(value), f"entry {place}", f"../e{place}/", "candidate", "all")
        for place, value in enumerate(values)
    ]


def thread(*values: float) -> list[Dot]:
    """Values of entries of which each goes on from the one before."""
    return [
        dot._replace(entry=f"e{place}", after=(f"e{place - 1}",) if place else ())
        for place, dot in enumerate(dots(*values))
    ]


def whole(points: list[Dot], title: str = "loss over time") -> ET.Element:
    """The picture and its legend."""
    return ET.fromstring(f"<div>{over_time(points, title)}</div>")  # noqa: S314


def drawn(points: list[Dot], title: str = "loss over time") -> ET.Element:
    picture = whole(points, title).find(f"div/{SPACE}svg")
    assert picture is not None
    return picture


def places(points: list[Dot]) -> list[tuple[float, float]]:
    return [(float(each.get("cx") or 0), float(each.get("cy") or 0)) for each in drawn(points).iter(f"{SPACE}circle")]


def lines(points: list[Dot]) -> list[tuple[str, int]]:
    """The lines by their role, and how many pairs of dots each joins."""
    paths = [path for path in drawn(points).iter(f"{SPACE}path") if "journal-dots-line" in (path.get("class") or "")]
    return [((path.get("class") or "").rpartition("-")[2], (path.get("d") or "").count("L")) for path in paths]


def legend(points: list[Dot]) -> list[str]:
    return ["".join(span.itertext()).strip() for span in whole(points).iterfind("p/span")]


def test_each_value_is_a_link_that_says_what_it_is() -> None:
    links = list(drawn(dots(0.5, 0.25)).iter(f"{SPACE}a"))
    assert [link.get("href") for link in links] == ["../e0/", "../e1/"]
    assert links[1].get("aria-label") == "0.250000, entry 1, 2026-02-03"
    assert links[1].findtext(f"{SPACE}title") == links[1].get("aria-label")


def test_later_lies_to_the_right_and_larger_lies_higher() -> None:
    first, second = (circle.attrib for circle in drawn(dots(1.0, 2.0)).iter(f"{SPACE}circle"))
    assert float(first["cx"]) < float(second["cx"])
    assert float(first["cy"]) > float(second["cy"])


def test_only_values_over_more_than_three_decades_take_a_log_scale() -> None:
    assert "log scale" in over_time(dots(0.01, 20.0), "loss")
    assert "log scale" not in over_time(dots(0.01, 9.0), "loss")
    assert "log scale" not in over_time(dots(-0.01, 2000.0), "loss")


def test_of_very_many_the_newest_are_drawn_and_that_is_said() -> None:
    points = dots(*(float(number % 17) for number in range(MOST + 3)))
    assert len(list(drawn(points).iter(f"{SPACE}circle"))) == MOST
    assert "(the newest 500 of 503)" in over_time(points, "loss")


def test_one_value_equal_values_and_none_are_no_trouble() -> None:
    assert over_time([], "loss") == ""
    assert len(list(drawn(dots(3.0)).iter(f"{SPACE}circle"))) == 1
    assert len(list(drawn([dots(3.0)[0]] * 2).iter(f"{SPACE}circle"))) == 2
    assert len(list(drawn(dots(1e308, -1e308, 5e-324)).iter(f"{SPACE}circle"))) == 3


def test_labels_titles_and_addresses_are_never_markup() -> None:
    bad = '"><script>alert(1)</script>'
    root = drawn([Dot(0.0, 1.0, bad, bad)], bad)
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert next(root.iter(f"{SPACE}a")).get("href") == bad


def test_roles_have_shapes_of_their_own_and_the_legend_says_which() -> None:
    roles = ("baseline", "candidate", "reference", None)
    points = [dot._replace(role=role) for dot, role in zip(dots(1, 2, 3, 4), roles, strict=True)]
    shapes = [link[1].get("class") for link in drawn(points).iter(f"{SPACE}a")]
    assert shapes == [f"journal-dots-{kind}" for kind in ("baseline", "candidate", "other", "other")]
    assert legend(points) == ["baseline", "candidate", "other run"]
    assert legend(points[2:3]) == ["reference"]
    assert legend(points[3:]) == ["run without a role"]


def test_a_line_joins_the_values_of_one_role_over_one_window_where_an_entry_goes_on_from_another() -> None:
    first, second, third, fourth = thread(1, 2, 3, 4)
    other = [dot._replace(role="baseline") for dot in (first, third._replace(after=("e0",)))]
    assert lines([first, second, third, fourth, *other]) == [("candidate", 3), ("baseline", 1)]
    assert lines([first, second._replace(window="..9"), third, fourth]) == [("candidate", 1)]
    assert lines([first]) == []
    assert JOINED in legend([first, second])


def test_entries_that_go_on_from_no_other_are_dots_alone() -> None:
    first, second, third = thread(1, 2, 3)
    apart = [first, second, third._replace(after=())]
    assert lines(apart) == [("candidate", 1)]
    assert lines([each._replace(after=()) for each in apart]) == []
    assert JOINED not in legend([each._replace(after=()) for each in apart])
    assert lines([first, second._replace(moment=first.moment)]) == []


def test_no_line_goes_through_an_entry_with_several_values_alike() -> None:
    first, second, third = thread(1, 2, 3)
    crowd = [second._replace(value=value) for value in (7.0, 8.0, 9.0)]
    assert lines([first, *crowd, third]) == []


def test_windows_are_named_in_the_legend_where_there_are_several() -> None:
    points = thread(1, 2, 3)
    assert legend(points) == ["candidate", JOINED]
    assert legend([*points[:2], points[2]._replace(window="5..9")]) == ["candidate", "over all", "over 5..9", JOINED]


def test_a_value_that_nobody_should_rely_on_is_hollow_and_no_line_goes_through_it() -> None:
    first, second, third = thread(1, 2, 3)
    points = [first, second._replace(void=True), third]
    assert "journal-dots-void" in list(drawn(points).iter(f"{SPACE}circle"))[1].get("class", "")
    assert lines(points) == []
    assert VOID in legend(points)


def test_dots_of_one_date_or_of_dates_close_to_each_other_do_not_cover_one_another() -> None:
    same = [dot._replace(moment=1.77e9, value=3.0) for dot in dots(1, 2, 3)]
    close = [dot._replace(moment=1.77e9 + 60 * place) for place, dot in enumerate(dots(1, 1, 1), 1)]
    found = places([*same, *close, dots(*range(400))[-1]])
    assert all(math.dist(one, other) >= 9 for one, other in combinations(found, 2))


def test_many_dots_of_the_last_date_stay_inside_the_picture_and_that_they_are_moved_is_said() -> None:
    last = [dots(1, 1)[1]] * 30
    points = [*dots(1, 2)[:1], *last]
    assert all(5 < x < 715 for x, _ in places(points))
    assert len({x for x, _ in places(points)}) > 5
    assert MOVED in legend(points)
    assert MOVED not in legend(dots(1, 2))


def test_within_one_day_the_marks_are_times_of_the_day() -> None:
    first, second = dots(1, 2)
    points = [first, second._replace(moment=first.moment + 3600)]
    picture = drawn(points)
    texts = [each.text for each in picture.iter(f"{SPACE}text")]
    assert texts[0] == "loss over time (2026-02-02, times in UTC)"
    assert texts[-2:] == ["02:40", "03:40"]
    assert "2026-02-02 02:40 UTC to 2026-02-02 03:40 UTC" in (picture.get("aria-label") or "")
    assert "entry 1, 2026-02-02 03:40 UTC" in next(iter(list(picture.iter(f"{SPACE}a"))[1:])).get("aria-label", "")


def test_few_dots_have_their_names_beside_them_and_none_on_another() -> None:
    few = [dot._replace(name=f"entry number {place}") for place, dot in enumerate(dots(*[1.0] * NAMED))]
    named = [each for each in drawn(few).iter(f"{SPACE}text") if each.get("class") == "journal-dots-name"]
    assert [each.text for each in named] == [dot.name for dot in few]
    spots = [(float(each.get("x") or 0), float(each.get("y") or 0)) for each in named]
    assert not [
        pair for pair in combinations(spots, 2) if abs(pair[0][0] - pair[1][0]) < 90 and pair[0][1] == pair[1][1]
    ]
    many = [*few, few[0]]
    assert not [each for each in drawn(many).iter(f"{SPACE}text") if each.get("class") == "journal-dots-name"]


def test_fifty_values_of_one_date_have_room_enough_that_none_covers_another() -> None:
    points = [dots(1.28 + (place % 5) / 1000)[0] for place in range(55)]
    found = places(points)
    assert len(found) == 55
    assert min(math.dist(one, other) for one, other in combinations(found, 2)) >= 9


def test_windows_stand_in_the_legend_only_where_lines_tell_them_apart() -> None:
    points = dots(1, 2)
    points[1] = points[1]._replace(window="matched")
    assert not any(each.startswith("over ") for each in legend(points))
