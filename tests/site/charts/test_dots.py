from __future__ import annotations

from xml.etree import ElementTree as ET

from journal.site.charts.dots import MOST, Dot, over_time

SPACE = "{http://www.w3.org/2000/svg}"
DAY = 86400.0


def dots(*values: float) -> list[Dot]:
    return [Dot(1.77e9 + DAY * place, value, f"entry {place}", f"../e{place}/") for place, value in enumerate(values)]


def drawn(points: list[Dot], title: str = "loss over time") -> ET.Element:
    return ET.fromstring(over_time(points, title))  # noqa: S314


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
    assert not list(root.iter(f"{SPACE}script"))
    assert next(root.iter(f"{SPACE}a")).get("href") == bad
