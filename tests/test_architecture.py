"""The house keeps its own rules: who may import whom, what is imported when, and what things are called."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

import journal
from journal.cli.app import VERBS, module_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HOUSE = Path(journal.__file__).parent

# Row by row, from the ground up: imports point down only, and packages on one row do not know each other.
ROWS = (
    ("errors", "config", "shares"),
    ("model",),
    ("document", "sources", "stats", "revisions", "changes"),
    ("tables", "index"),
    ("checks", "exports", "authoring", "imports", "agenda", "unchanged"),
    ("cli", "site"),
)
ROW = {package: number for number, row in enumerate(ROWS) for package in row}
SIDEWAYS = {
    ("config", "errors"),  # errors is the ground that even the settings stand on
    ("cli", "site"),  # `journal build` and `journal serve` call it
}
# The package's face, which loads names on first use, and the way in: neither is a room of the house.
OUTSIDE = {"journal", "journal.__main__"}

DOORS = {
    "git": r"journal\.revisions\.command",
    "mlflow": r"journal\.sources\.mlflow_runs\.sdk",
    "wandb": r"journal\.sources\.wandb_api\.sdk",
    "typer": r"journal\.cli(\..+)?",
    "click": r"journal\.cli(\..+)?",
    "rich": r"journal\.cli(\..+)?",
    "mkdocs": r"journal\.site(\..+)?",
    "material": r"journal\.site(\..+)?",
}
HEAVY = {
    *("git", "jinja2", "markdown_it", "material", "mkdocs", "mlflow", "numpy", "orjson"),
    *("polars", "rich", "scipy", "sqlite3", "tsdownsample", "wandb", "yaml"),
}
LOADED_BY = {"journal.site.mkdocs_plugin": "mkdocs"}
"""Modules that a package loads itself, which is there by then."""
# Modules that are nothing without arrays. They may import NumPy and Polars at their head, and nobody else may import
# them there.
ARRAYS = {
    f"journal.sources.wandb_log.{name}"
    for name in (
        *("batch", "blocks", "buffers", "cache", "history", "numbers"),
        *("reading", "rows", "scan", "summary", "vocabulary", "windows"),
    )
} | {f"journal.sources.wandb_api.{name}" for name in ("fetching", "gathering", "history", "rows")}
BANNED = {"data", "handler", "helper", "info", "manager", "process", "processor", "util"}


@dataclass(frozen=True)
class Import:
    """One import.

    Attributes:
        source: The importing module.
        target: The imported module.
        line: Where it stands.
        lazy: Whether it is made in a function, or for type checkers alone.
    """

    source: str
    target: str
    line: int
    lazy: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


def modules(root: Path = HOUSE) -> dict[str, ast.Module]:
    """Every module of a package, parsed, by its dotted name."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_bytes())
    return found


def imports(house: dict[str, ast.Module]) -> list[Import]:
    """Every import of every module, in functions and for type checkers too."""
    return [found for name, tree in house.items() for found in _imports(name, tree, house, lazy=False)]


def _imports(name: str, node: ast.AST, house: Iterable[str], *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        for target in _targets(name, child, house):
            yield Import(name, target, getattr(child, "lineno", 0), lazy)
        later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(child)
        yield from _imports(name, child, house, lazy=lazy or later)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _targets(name: str, node: ast.AST, house: Iterable[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            base = ".".join([*name.split(".")[: -level or None], *filter(None, [module])]) if level else str(module)
            yield from ({f"{base}.{alias.name}" if f"{base}.{alias.name}" in house else base for alias in names})
        case ast.Call(func=func, args=[ast.Constant(value=str(target)), *_]) if "import" in ast.unparse(func):
            yield target


def package(module: str) -> str:
    """The room a module stands in: `tables` for `journal.tables.fill`."""
    return module.split(".")[1]


def layer_breaches(found: Iterable[Import]) -> list[str]:
    inside = [each for each in found if each.target.startswith("journal.") and each.source not in OUTSIDE]
    return [str(each) for each in inside if each.target == "journal.__main__" or not _may(each)]


def _may(each: Import) -> bool:
    source, target = package(each.source), package(each.target)
    return source == target or ROW[target] < ROW[source] or (source, target) in SIDEWAYS


def door_breaches(found: Iterable[Import]) -> list[str]:
    return [
        str(each)
        for each in found
        for door in [DOORS.get(each.target.split(".")[0])]
        if door is not None and not re.fullmatch(door, each.source)
    ]


def hasty_imports(found: Iterable[Import]) -> list[str]:
    return [str(each) for each in found if not each.lazy and _is_hasty(each)]


def _is_hasty(each: Import) -> bool:
    if each.target.split(".")[0] == LOADED_BY.get(each.source):
        return False
    if each.source in ARRAYS:
        return each.target.split(".")[0] in HEAVY - {"numpy", "polars"}
    return each.target.split(".")[0] in HEAVY or each.target in ARRAYS


def cycle(found: Iterable[Import]) -> list[str]:
    graph: dict[str, set[str]] = {}
    for each in found:
        if each.target.startswith("journal.") and each.source not in OUTSIDE:
            graph.setdefault(each.source, set()).add(each.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def banned_names(house: dict[str, ast.Module]) -> list[str]:
    """Modules and classes with a word in their name that says nothing."""
    found = list(house)
    for name, tree in house.items():
        found += [f"{name}.{node.name}" for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [name for name in found if BANNED & words(name.rpartition(".")[2])]


def words(name: str) -> set[str]:
    """The words of a name in either style, plurals as singulars too."""
    found = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return found | {word.removesuffix("s") for word in found}


def command_of(verb: str) -> Callable[..., Any]:
    """The function behind a verb."""
    command: Callable[..., Any] = import_module(f"journal.cli.{module_name(verb)}").command
    return command


@pytest.fixture(scope="module")
def house() -> dict[str, ast.Module]:
    return modules()


def test_every_package_has_its_row_in_the_house(house: dict[str, ast.Module]) -> None:
    assert {package(name) for name in house if name not in OUTSIDE} <= set(ROW)


def test_imports_point_down(house: dict[str, ast.Module]) -> None:
    assert layer_breaches(imports(house)) == []


def test_each_guest_comes_in_by_one_door(house: dict[str, ast.Module]) -> None:
    assert door_breaches(imports(house)) == []


def test_heavy_packages_are_imported_where_they_are_used(house: dict[str, ast.Module]) -> None:
    assert hasty_imports(imports(house)) == []


def test_no_module_needs_itself(house: dict[str, ast.Module]) -> None:
    assert cycle(imports(house)) == []


def test_nothing_has_a_name_that_says_nothing(house: dict[str, ast.Module]) -> None:
    assert banned_names(house) == []


def test_every_module_begins_with_a_line_that_says_what_it_is_for(house: dict[str, ast.Module]) -> None:
    lines = {name: (ast.get_docstring(tree) or "").partition("\n")[0] for name, tree in house.items()}
    assert [name for name, line in lines.items() if not line.endswith(".")] == []


BREACHES = {
    "model/up.py": "from journal.document.store import read\n",
    "tables/sideways.py": "def f():\n    import journal.index.journal\n",
    "stats/types.py": "if TYPE_CHECKING:\n    from journal.sources import interface\n",
    "sources/relative.py": "from ..tables import fill\n",
    "site/shell.py": "from journal.cli import app\n",
    "document/settings.py": "from journal import config, checks\n",
    "index/way_in.py": "from journal import __main__\n",
    "index/named.py": "from importlib import import_module\nimport_module('journal.checks.check')\n",
    "tables/allowed.py": "from journal import __version__\nfrom journal.stats import expression\nimport json\n",
}
IN_FULL = (
    "document/store",
    "tables/fill",
    "index/journal",
    "checks/check",
    "sources/interface",
    "stats/expression",
    "cli/app",
)


@pytest.fixture
def breached(tmp_path: Path) -> dict[str, ast.Module]:
    """A house in which every rule is broken."""
    root = tmp_path / "journal"
    extra = {
        **dict.fromkeys(
            [
                f"{name}.py"
                for name in (*IN_FULL, "__init__", "__main__", "config", "checks/__init__", "tables/__init__")
            ],
            "",
        ),
        "cli/git_again.py": "def f():\n    from git.cmd import Git\n",
        "sources/sdk.py": "import wandb.sdk\n",
        "tables/pretty.py": "if TYPE_CHECKING:\n    import rich.table\n",
        "stats/hasty.py": "try:\n    import polars as pl\nexcept ImportError:\n    pass\n",
        "model/a.py": "from journal.model import b\n",
        "model/b.py": "def f():\n    from journal.model.c import C\n",
        "model/c.py": "if TYPE_CHECKING:\n    import journal.model.a\n",
        "model/run_info.py": "class Metadata: ...\nclass TableManager: ...\nclass HTTPHandlers: ...\n",
    }
    for path, text in {**extra, **BREACHES}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return modules(root)


def test_the_rules_catch_what_breaks_them(breached: dict[str, ast.Module]) -> None:
    found = imports(breached)
    assert {line.split(":")[0] for line in layer_breaches(found)} == {
        "journal.model.up",
        "journal.tables.sideways",
        "journal.stats.types",
        "journal.sources.relative",
        "journal.site.shell",
        "journal.document.settings",
        "journal.index.way_in",
        "journal.index.named",
    }
    assert door_breaches(found) == [
        "journal.cli.git_again:2 imports git.cmd",
        "journal.sources.sdk:1 imports wandb.sdk",
        "journal.tables.pretty:2 imports rich.table",
    ]
    assert hasty_imports(found) == ["journal.sources.sdk:1 imports wandb.sdk", "journal.stats.hasty:2 imports polars"]
    assert set(cycle(found)) == {"journal.model.a", "journal.model.b", "journal.model.c"}
    assert banned_names(breached) == [
        "journal.model.run_info",
        "journal.model.run_info.TableManager",
        "journal.model.run_info.HTTPHandlers",
    ]


def loaded_after(*statements: str) -> set[str]:
    """The packages that Python has imported after some statements, in a process of its own."""
    script = "; ".join([*statements, "import sys", "print(*sys.modules, file=sys.stderr)"])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["-C", ".", "--version"]])
def test_starting_the_command_loads_nothing_heavy(args: list[str]) -> None:
    loaded = loaded_after("from journal.cli.app import run", f"run({args!r})")
    assert "typer" in loaded
    assert loaded & (HEAVY | {"pydantic"}) == set()


@pytest.mark.parametrize("verb", VERBS)
def test_the_summary_of_a_verb_is_the_first_line_of_its_docstring(verb: str) -> None:
    assert str(command_of(verb).__doc__).splitlines()[0] == VERBS[verb]


def test_each_verb_has_a_module_of_its_own(house: dict[str, ast.Module]) -> None:
    with_command = {
        name.rpartition(".")[2].rstrip("_").replace("_", "-")
        for name, tree in house.items()
        if name.startswith("journal.cli.")
        and any(isinstance(node, ast.FunctionDef) and node.name == "command" for node in tree.body)
    }
    assert with_command == set(VERBS)


def examples() -> list[str]:
    return [line for verb in VERBS for line in re.findall(r"Example: (.+)", str(command_of(verb).__doc__))]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_shows_one_example(verb: str) -> None:
    (example,) = re.findall(r"Example: (.+)", str(command_of(verb).__doc__))
    assert shlex.split(example)[:2] == ["journal", verb]


@pytest.mark.parametrize("example", examples())
def test_the_example_of_a_verb_is_a_command_line_that_it_accepts(example: str) -> None:
    name, verb, *args = shlex.split(example)
    assert name == "journal"
    single = typer.Typer(add_completion=False)
    single.command(verb)(command_of(verb))
    assert typer.main.get_command(single).make_context(verb, args).params
