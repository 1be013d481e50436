"""The definitions in Python code, each with a sum of what it says."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from journal.changes.python import Source, inner_statements, parse, shape, without_docstring
from journal.model.change import NameKind

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAME = 300
"""Names of more characters are left out: nobody reads them, and long classes of many methods would fill the memory."""


class Said:
    """What a function says: equal where its lines are, and else where its syntax is, which takes longer to find out."""

    def __init__(self, around: bytes, lines: tuple[int, list[bytes]], node: ast.stmt) -> None:
        self._around = around
        self._lines = lines
        self._node = node

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Said) or self._around != other._around:
            return False
        return self._lines == other._lines or self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self._around)

    @cached_property
    def shape(self) -> bytes:
        """A sum of the syntax, without the docstring."""
        return shape(*_head(self._node), without_docstring(getattr(self._node, "body", [])))


@dataclass(slots=True)
class Definition:
    """What stands under one name in one version of a file.

    Attributes:
        kind: What it is; the last of several definitions decides.
        sums: What each of its definitions says, in their order; to be compared.
    """

    kind: NameKind
    sums: list[object] = field(default_factory=list)


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Found = tuple[str, NameKind, object]
_Assignment = ast.Assign | ast.AnnAssign


def python_names(text: str) -> dict[str, Definition]:
    """The functions, methods, classes and UPPER_CASE constants of Python code by their dotted names.

    A class says what stands in it outside its methods and inner classes, a function all that stands in it, functions
    in functions too. Decorators count, and conditions around a definition; docstrings and comments do not, nor
    where in the file something stands.

    Raises:
        Unread: It is not Python.
    """
    found: dict[str, Definition] = {}
    for name, kind, said in _definitions(parse(text), Source(text)):
        if len(name) > MAX_NAME:
            continue
        definition = found.setdefault(name, Definition(kind))
        definition.kind = kind
        definition.sums.append(said)
    return found


def _definitions(module: ast.Module, source: Source) -> Iterator[_Found]:
    left: list[tuple[ast.stmt, str, bytes]] = [(each, "", b"") for each in reversed(module.body)]
    while left:
        node, scope, around = left.pop()
        if isinstance(node, ast.ClassDef):
            name = f"{scope}{node.name}"
            if len(name) > MAX_NAME:
                continue
            yield name, NameKind.CLASS, around + shape(*_head(node))
            inside = f"{name}."
            left += [(each, inside, b"") for each in reversed(without_docstring(node.body))]
        elif isinstance(node, _Function):
            kind = NameKind.METHOD if scope else NameKind.FUNCTION
            yield f"{scope}{node.name}", kind, Said(around, source.lines(node), node)
        else:
            blocks = list(inner_statements(node))
            condition = shape(*_head(node)) if blocks else b""
            for head, statements in reversed(blocks):
                guard = shape(around, condition, head)
                left += [(each, scope, guard) for each in reversed(statements)]
            if not blocks:
                yield from _statement(node, scope, around)


def _statement(node: ast.stmt, scope: str, around: bytes) -> Iterator[_Found]:
    """What a plain statement belongs to: a constant of the module, or the class that it stands in."""
    if scope:
        yield scope[:-1], NameKind.CLASS, around + shape(node)
    elif isinstance(node, _Assignment):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper():
                yield target.id, NameKind.CONSTANT, around + shape(node.value)


_BLOCKS = {"body", "orelse", "finalbody", "handlers", "cases"}


def _head(node: ast.stmt) -> list[object]:
    """What a compound statement says before its blocks."""
    return [type(node).__name__, *(getattr(node, name, None) for name in node._fields if name not in _BLOCKS)]
