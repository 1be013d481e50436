"""A table as LaTeX: rules of the package booktabs, every character escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.tables.grid import Align

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.tables.grid import Grid

_ESCAPES = {
    **{character: f"\\{character}" for character in "{}$&#_%"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # Behind the end of a row or a rule, brackets and a star would be its options.
    **{character: f"{{{character}}}" for character in "[]*"},
    # Babel makes quotation marks active in some languages; a backtick after `?` or `!` makes another character.
    '"': r"{\char34}",
    "`": r"{\char96}",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MINUS SIGN}": "$-$",
    "\N{INFINITY}": r"$\infty$",
    "\N{MIDDLE DOT}": r"$\cdot$",
    "\N{ALMOST EQUAL TO}": r"$\approx$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{EN DASH}": r"\textendash{}",
    "\N{EM DASH}": r"\textemdash{}",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
}
# A hyphen before a number or infinity is a minus sign; two hyphens in a row would become a dash.
_PIECES = re.compile(r"(?P<minus>(?<![\w.)-])-(?=[\d\N{INFINITY}]))|(?P<hyphen>-(?=-))|(?P<other>.)", re.DOTALL)
_SIDE = {Align.LEFT: "l", Align.RIGHT: "r"}


def escaped(text: str) -> str:
    r"""Text on one line, such that LaTeX prints it as it is.

    Examples:
        >>> print(escaped("train_loss 5%"), escaped("-0.5"))
        train\_loss 5\% $-$0.5
    """
    return _PIECES.sub(_escape, " ".join(text.split()))


def _escape(piece: re.Match[str]) -> str:
    if piece["minus"]:
        return "$-$"
    if piece["hyphen"]:
        return "-{}"
    return _ESCAPES.get(piece[0], piece[0])


def latex(grid: Grid) -> str:
    """A `table` with its caption; only the caption where there are no headings."""
    caption = [f"\\caption{{{escaped(grid.caption)}}}"] if grid.caption else []
    tabular = _tabular(grid) if grid.head else []
    lines = ["\\begin{table}", "\\centering", *caption, *tabular, "\\end{table}"]
    return "\n".join(["% needs \\usepackage{booktabs}", *lines, ""])


def _tabular(grid: Grid) -> list[str]:
    return [
        f"\\begin{{tabular}}{{{''.join(_SIDE[side] for side in grid.aligned)}}}",
        "\\toprule",
        _line(grid.head),
        "\\midrule",
        *map(_line, grid.rows),
        "\\bottomrule",
        "\\end{tabular}",
    ]


def _line(texts: Sequence[str]) -> str:
    return f"{' & '.join(map(escaped, texts))} \\\\"
