from __future__ import annotations

import pytest

from journal.errors import ExpressionError
from journal.stats.expression import parse
from journal.tables.entry_expression import parsed


def told(text: str, *, in_yaml: bool = False) -> ExpressionError:
    with pytest.raises(ExpressionError) as refused:
        parsed(text, parse, in_yaml=in_yaml)
    return refused.value


def parse_error(text: str) -> str:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    return refused.value.message


def test_what_is_an_expression_is_read() -> None:
    assert parsed("mean( loss )", parse, in_yaml=True) == parse("mean(loss)")


def test_what_is_none_is_told_with_its_text_and_the_character() -> None:
    error = told("meen(loss)")
    assert error.message.startswith("'meen(loss)', character 1: no statistic 'meen'; known: first, ")
    assert error.message.endswith(parse_error("meen(loss)"))
    assert error.column is None


@pytest.mark.parametrize(("in_yaml", "so"), [(True, True), (False, False)])
def test_an_open_bracket_is_explained_by_the_comma_of_yaml_only_in_yaml(in_yaml: bool, so: bool) -> None:
    assert ("YAML ends an item at a comma" in (told("at(x", in_yaml=in_yaml).hint or "")) is so


@pytest.mark.parametrize("place", [0, 1_500, 2_990])
def test_a_long_expression_is_cut_around_the_trouble(place: int) -> None:
    text = f"{'1+' * 99}1".ljust(place) + "!" + " " * (3_000 - place)
    said = str(told(text))
    assert len(said) < 400
    assert "!" in said
    assert "…" in said


def test_a_long_name_is_cut_as_well() -> None:
    assert len(str(told(f"{'m' * 3_000}(loss)"))) < 400
