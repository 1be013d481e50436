"""The settings in Python code: constants, fields of classes, options of command lines, where they are plain."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from journal.changes.nodes import MAX_DEPTH, Leaf, Tree, within_limits
from journal.changes.python import Source, decorators, inner_statements, named, parse, shape
from journal.changes.tree import BRIEF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PLAIN = (
    *(ast.Constant, ast.UnaryOp, ast.BinOp, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Name, ast.Attribute),
    *(ast.unaryop, ast.operator, ast.expr_context),
)
_LITERAL_DICT = "dict"
_FIELDS = {"field", "Field", "ib", "attrib"}
_FLAGS = {"store_true": "False", "store_false": "True"}

_Setting = tuple[tuple[str, ...], Tree]


def python_tree(text: str) -> Tree:
    """The settings of a Python file: what is plain in its code, by names as people use them.

    `LR` is a constant of the module, in any case of letters, `Config.lr` a field or attribute of a class, and `--lr`
    the default of an option, of argparse, click, typer or absl. Members of mappings have keys of their own.

    Raises:
        Unread: It is not Python, or holds too much.
    """
    module = parse(text)
    read = _Reading(Source(text))
    found: dict[tuple[str, ...], list[Tree]] = {}
    for path, tree in [*read.assigned(module.body), *read.options(module, text)]:
        found.setdefault(path, []).append(tree)
    top: dict[str, Tree] = {}
    for path, trees in found.items():
        holder = _holder(top, path[:-1])
        if holder is not None and not isinstance(holder.get(path[-1]), dict):
            # The same option of several commands, or a constant that is set anew.
            told = [each for each in trees if not (isinstance(each, Leaf) and each.computed)] or trees[:1]
            holder[path[-1]] = told[0] if len(told) == 1 else told
    return within_limits(top)


def _holder(top: dict[str, Tree], path: Iterable[str]) -> dict[str, Tree] | None:
    for name in path:
        below = top.setdefault(name, {})
        if not isinstance(below, dict):
            return None
        top = below
    return top


class _Reading:
    """Finds settings in the code of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def assigned(self, body: list[ast.stmt]) -> Iterator[_Setting]:
        """The constants of a module and the fields of its classes, under conditions too."""
        left: list[tuple[ast.stmt, tuple[str, ...]]] = [(each, ()) for each in reversed(body)]
        while left:
            node, scope = left.pop()
            if isinstance(node, ast.ClassDef):
                left += [(each, (*scope, node.name)) for each in reversed(node.body)]
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for name, value in _targets(targets, node.value):
                    tree = self._field(value) if scope else self._constant(value)
                    if tree is None:
                        tree = Leaf(shape(value), self._source.of(value), computed=True)
                    if name != "__all__":
                        yield (*scope, name), tree
            elif isinstance(node, ast.If | ast.Try):  # in loops there are no settings, but what comes and goes
                blocks = [block for _, block in inner_statements(node)]
                left += [(each, scope) for block in reversed(blocks) for each in reversed(block)]

    def options(self, module: ast.Module, text: str) -> Iterator[_Setting]:
        """The defaults of command-line options."""
        if not any(word in text for word in ("add_argument", "DEFINE_", "ption", "command", "rgument")):
            return
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                yield from self._declared(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._parameters(node)

    def _declared(self, call: ast.Call) -> Iterator[_Setting]:
        """What `parser.add_argument("--lr", default=3)`, `@click.option(...)` and `DEFINE_float("lr", 3, ...)` say."""
        name = named(call)
        if name == "add_argument" or (name in {"option", "argument"} and isinstance(call.func, ast.Attribute)):
            spelt = _option(call.args)
            value = _keyword(call, "default")
            action = _keyword(call, "action")
            if spelt and value is not None:
                yield from self._setting(spelt, value)
            elif spelt and isinstance(action, ast.Constant) and action.value in _FLAGS:
                said = _FLAGS[str(action.value)]
                yield (spelt,), Leaf(shape(ast.Constant(said == "True")), said)
        elif name.startswith("DEFINE_") and len(call.args) > 1:
            flag = call.args[0]
            if isinstance(flag, ast.Constant) and isinstance(flag.value, str):
                yield from self._setting(f"--{flag.value}", call.args[1])

    def _parameters(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Setting]:
        """What the parameters of a typer command say; they are options where they have a default."""
        command = any(named(each) in {"command", "callback"} for each in decorators(function))
        for parameter, default in _defaults(function.args):
            option = _typer_option(parameter.annotation, default)
            if option is None and not (command and default is not None):
                continue
            value = default
            names: list[ast.expr] = []
            if option is not None:
                names = option.args
                if option is default:
                    value = option.args[0] if option.args else _keyword(option, "default")
            spelt = _option([each for each in names if _is_option(each)])
            if not spelt:
                dashed = parameter.arg.replace("_", "-")
                spelt = dashed if option is not None and named(option) == "Argument" else f"--{dashed}"
            if value is not None:
                yield from self._setting(spelt, value)

    def _setting(self, name: str, value: ast.expr) -> Iterator[_Setting]:
        tree = self._tree(value, 0)
        if not _is_ellipsis(value):
            yield (name,), Leaf(shape(value), self._source.of(value), computed=True) if tree is None else tree

    def _constant(self, value: ast.expr) -> Tree | None:
        """What a module begins with; names, and empty lists that are filled later, are no settings."""
        if isinstance(value, ast.Name) or _is_empty(value):
            return None
        return self._tree(value, 0)

    def _field(self, value: ast.expr) -> Tree | None:
        """What a field of a class begins with: a plain value, or what `field(...)` and its like are told."""
        if isinstance(value, ast.Call) and named(value) in _FIELDS:
            factory = _keyword(value, "default_factory") or _keyword(value, "factory")
            first = value.args[0] if value.args else None
            inner = (
                _keyword(value, "default") or (factory.body if isinstance(factory, ast.Lambda) else factory) or first
            )
            return None if inner is None or _is_ellipsis(inner) else self._tree(inner, 0)
        return self._tree(value, 0)

    def _tree(self, value: ast.expr, depth: int) -> Tree | None:
        """A plain value; None for what only running the code would tell."""
        members = _members(value)
        if members is not None and depth < MAX_DEPTH:
            return {name: self._part(below, depth + 1) for name, below in members}
        if not all(isinstance(node, _PLAIN) for node in ast.walk(value)) and not _is_written_out(value):
            return None
        written = self._source.of(value)
        if isinstance(value, ast.List | ast.Tuple) and len(written) > BRIEF and depth < MAX_DEPTH:
            return [self._part(below, depth + 1) for below in value.elts]
        return Leaf(shape(value), written)

    def _part(self, value: ast.expr, depth: int) -> Tree:
        """A part of a mapping or list: what is not plain is shown as it is written."""
        tree = self._tree(value, depth)
        return Leaf(shape(value), self._source.of(value)) if tree is None else tree


def _targets(targets: Sequence[ast.expr], value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for name, each in zip(target.elts, value.elts, strict=True):
                if isinstance(name, ast.Name):
                    yield name.id, each


def _members(value: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """The members of a mapping that is written out: `{"lr": 3}` or `dict(lr=3)`."""
    if isinstance(value, ast.Dict) and value.keys:
        keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
        if all(isinstance(key, str | int) for key in keys):
            return [(str(key), each) for key, each in zip(keys, value.values, strict=True)]
    if isinstance(value, ast.Call) and named(value) == _LITERAL_DICT and value.keywords and not value.args:
        named_ones = [(each.arg, each.value) for each in value.keywords if each.arg is not None]
        return named_ones if len(named_ones) == len(value.keywords) else None
    return None


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _option(names: Iterable[ast.expr]) -> str:
    """What people call an option of which these are the names: the first long one."""
    spelt = [name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)]
    long = [name for name in spelt if name.startswith("--")]
    return (long or spelt or [""])[0].partition("/")[0].strip()


def _is_option(name: ast.expr) -> bool:
    return isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.startswith("-")


def _defaults(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*args.posonlyargs, *args.args]
    yield from zip(positional, [*[None] * (len(positional) - len(args.defaults)), *args.defaults], strict=True)
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)


def _typer_option(annotation: ast.expr | None, default: ast.expr | None) -> ast.Call | None:
    """The `Option(...)` or `Argument(...)` of a parameter, as its default or in `Annotated[...]`."""
    inner = [default]
    if isinstance(annotation, ast.Subscript) and named(annotation.value) == "Annotated":
        inner += annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
    return next((each for each in inner if isinstance(each, ast.Call) and named(each) in {"Option", "Argument"}), None)


def _is_empty(value: ast.expr) -> bool:
    return not getattr(value, "elts", True) or not getattr(value, "keys", True)


def _is_ellipsis(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def _is_written_out(value: ast.expr) -> bool:
    """Whether a call says its value all the same: `Path("runs")`, `float(os.environ.get("LR", 3e-4))`."""
    if not isinstance(value, ast.Call) or value.keywords:
        return False
    if named(value) in {"bool", "float", "int", "str"} and len(value.args) == 1:
        inner = value.args[0]
        return isinstance(inner, ast.Call) and _is_environment(inner)
    return _is_environment(value) or (named(value) == "Path" and _are_constants(value.args))


def _is_environment(call: ast.Call) -> bool:
    """Whether a call asks for a variable of the environment and says what holds without it."""
    holder = call.func.value if isinstance(call.func, ast.Attribute) else None
    asks = named(call) == "getenv" or (named(call) == "get" and holder is not None and named(holder) == "environ")
    return asks and _are_constants(call.args)


def _are_constants(values: list[ast.expr]) -> bool:
    return all(isinstance(each, ast.Constant) for each in values)
