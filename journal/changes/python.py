"""Python code as a syntax tree, from scripts and notebooks; it is parsed and never run."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import tokenize
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from journal.changes import scalars
from journal.changes.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CHARACTERS = 1 << 19
"""Code of more characters is not parsed: it takes seconds."""

NOT_PARSED = "is not Python that this version of Python reads"
"""Why code is not compared."""

# What notebooks add to the language: `%magic`, `!command`, `?help`, and the first two behind `=`.
_MAGIC = re.compile(r"^([ \t]*+)[%!?].*", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([\w., \t]++=[ \t]*+)[%!].*", re.MULTILINE)
_ASKED = re.compile(r"^([ \t]*+)[\w.]++\?{1,2}+[ \t]*+$", re.MULTILINE)


@lru_cache(maxsize=2)  # both versions of a file, of which settings and names are asked for one after the other
def parse(text: str) -> ast.Module:
    """Code as its syntax tree, which nobody may change.

    Raises:
        Unread: It is not Python, not of this version, nested too deeply, or too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unread(f"holds more than {MAX_CHARACTERS >> 10} Ki characters of code")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unread(NOT_PARSED) from None


def code_of(notebook: str) -> str:
    """The code of a notebook's cells, one after the other, without what only notebooks understand.

    Raises:
        Unread: It is not a notebook.
    """
    try:
        cells = json.loads(notebook)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Unread("is not a notebook") from None
    return "\n".join(_plain(source) for source in sources if not source.lstrip().startswith("%%"))


def _plain(source: str) -> str:
    for pattern, instead in ((_ASSIGNED_MAGIC, r"\1None"), (_MAGIC, r"\1pass"), (_ASKED, r"\1pass")):
        source = pattern.sub(instead, source)
    return source


def shape(*nodes: Any) -> bytes:
    """A sum of what code says, whatever its layout, comments and quotes; walked without recursion."""
    digest = hashlib.blake2b(digest_size=16)
    left = list(reversed(nodes))
    while left:
        node = left.pop()
        if isinstance(node, ast.AST):
            digest.update(f"({type(node).__name__}".encode())
            left.extend(getattr(node, name, None) for name in reversed(node._fields))
        elif isinstance(node, list):
            digest.update(f"[{len(node)}".encode())
            left.extend(reversed(node))
        else:
            said = scalars.spelt(node) if isinstance(node, int | float | complex) else repr(node)
            digest.update(f"={type(node).__name__}:{said}".encode("utf-8", "surrogatepass"))
    return digest.digest()


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a body behind its docstring."""
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[1:] if isinstance(body[0].value.value, str) else body
    return body


def inner_statements(node: ast.AST) -> Iterator[tuple[list[object], list[ast.stmt]]]:
    """The blocks of a compound statement, each with what stands at its head."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield [name], block
    for handler in getattr(node, "handlers", ()):
        yield ["handler", handler.type], handler.body
    for case in getattr(node, "cases", ()):
        yield ["case", case.pattern, case.guard], case.body


def named(expression: ast.AST) -> str:
    """The last name of what is called, or used as a decorator: `option` of `click.option(...)`."""
    if isinstance(expression, ast.Call):
        expression = expression.func
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


class Source:
    """The text of code, from which the spelling of an expression is taken."""

    def __init__(self, text: str) -> None:
        # Python counts columns in bytes, and lines by these ends alone.
        self._lines = re.split(rb"\r\n|\r|\n", text.encode("utf-8", "surrogatepass"))

    def lines(self, node: ast.stmt) -> tuple[int, list[bytes]]:
        """The lines of a definition with its decorators, and the column at which it begins."""
        first = min([node.lineno, *(each.lineno for each in decorators(node))])
        return node.col_offset, self._lines[first - 1 : node.end_lineno]

    def of(self, node: ast.expr) -> str:
        """How an expression is written, on one line."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        lines = self._lines[first : last + 1]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        if isinstance(node, ast.Constant) and len(lines) > 1:
            return repr(node.value)
        return _joined([line.decode("utf-8", "surrogatepass") for line in lines])


def _joined(lines: list[str]) -> str:
    """An expression of several lines on one, without comments."""
    if len(lines) > 1 and any("#" in line for line in lines):
        lines = _without_comments(lines)
    joined = ""
    for line in filter(None, map(str.strip, lines)):
        if joined and joined[-1] not in "([{" and line[0] not in ")]}":
            joined += " "
        joined += line
    return joined


def _without_comments(lines: list[str]) -> list[str]:
    source = io.StringIO("".join(f"{line}\n" for line in [f"({lines[0]}", *lines[1:-1], f"{lines[-1]})"]))
    bare = [f" {lines[0]}", *lines[1:]]
    for token in tokenize.generate_tokens(source.readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            bare[row - 1] = bare[row - 1][:column]
    return bare


def decorators(node: ast.AST) -> Iterable[ast.expr]:
    """What decorates a definition."""
    found: list[ast.expr] = getattr(node, "decorator_list", [])
    return found
