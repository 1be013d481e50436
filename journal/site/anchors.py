"""Where things stand on an entry's page. Headings never get a dot, so that these never clash with them."""

from __future__ import annotations


def block(name: str) -> str:
    """A block."""
    return f"block.{name}"


def cell(name: str, number: int) -> str:
    """The evidence of a cell of a block, by its place in the block's evidence, from 0."""
    return f"cell.{name}.{number + 1}"


def value(number: int) -> str:
    """The evidence of a cited value, by its place among those that have any, from 0."""
    return f"value.{number + 1}"


def prediction(number: int, side: str) -> str:
    """The evidence of a prediction's value or threshold, by the prediction's place in the front matter, from 0."""
    return f"prediction.{number + 1}.{side}"


def update(number: int) -> str:
    """The words of an update, by its place in the front matter, from 0."""
    return f"update.{number + 1}"


def metric(name: str) -> str:
    """The curves of a metric on an entry's page."""
    return f"curve.{name}"
