"""Templates: plain text in, an entry's Markdown out, in a sandbox."""

from __future__ import annotations

import os.path
import re
import traceback
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from journal.document.quoting import quoted
from journal.errors import TemplateError
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.config import Config

DEFAULT = "experiment"
RESULTS = "results"
"""The template of a follow-up entry with the results of another."""

_DESCRIPTION = re.compile(r"\s*\{#-?(.*?)-?#\}", re.DOTALL)

# What an expression in a template can fail with, besides Jinja's own errors.
_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


def fenced(text: str) -> str:
    """`text` as a code block: shown as it is, whatever it holds.

    Examples:
        >>> print(fenced("# No heading"))
        ```text
        # No heading
        ```
    """
    fence = max(["``", *re.findall("`+", text)], key=len) + "`"
    return f"{fence}text\n{text}\n{fence}"


@dataclass(frozen=True)
class Template:
    """A template that `render` finds.

    Attributes:
        name: Its name, without `.md`.
        description: The comment with which it begins, on one line; empty where there is none.
        path: Its file, relative to the journal; None for one that is built in.
    """

    name: str
    description: str
    path: str | None = None


def names(config: Config) -> tuple[str, ...]:
    """Names of the templates that `render` finds, sorted."""
    own = {path.stem for path in config.templates.glob("*.md")}
    return tuple(sorted(own | set(packaged())))


def templates(config: Config) -> tuple[Template, ...]:
    """The templates that `render` finds, by name; the default one first.

    Raises:
        TemplateError: One of the journal's own cannot be read.
    """
    found = (_described(config, name) for name in names(config))
    return tuple(sorted(found, key=lambda each: (each.name != DEFAULT, each.name)))


def _described(config: Config, name: str) -> Template:
    text, _ = _source(config, name)
    match = _DESCRIPTION.match(text)
    path = config.templates / f"{name}.md"
    own = config.relative(path) if os.path.isfile(path) else None  # noqa: PTH113  (as in _source)
    return Template(name, " ".join(match[1].split()) if match else "", own)


def packaged() -> dict[str, str]:
    """The templates that are built in: text by name, sorted."""
    folder = resources.files("journal.authoring") / "skeleton" / "templates"
    found = ((item.name.removesuffix(".md"), item.read_text("utf-8")) for item in folder.iterdir())
    return dict(sorted(found))


def _source(config: Config, name: str) -> tuple[str, str]:
    """A template's text and what to call it in errors; the journal's own go first."""
    path = config.templates / f"{name}.md"
    if "/" in name or name.startswith("."):
        raise TemplateError(f"{name!r} is not a template's name", hint=f"templates: {', '.join(names(config))}")
    if os.path.isfile(path):  # noqa: PTH113  (Path.is_file fails for a name that is too long)
        try:
            return path.read_text("utf-8"), config.relative(path)
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"cannot be read: {error}", path=config.relative(path)) from error
    built_in = packaged()
    if name not in built_in:
        raise TemplateError(f"no template {name!r}", hint=f"templates: {', '.join(names(config))}")
    return built_in[name], f"{name}.md (built in)"


def render(config: Config, name: str, context: Mapping[str, Any]) -> str:
    """A template's text with the context filled in.

    Args:
        config: The journal, whose own templates go first.
        name: The template's name, without `.md`.
        context: Text, numbers, lists and mappings; nothing that could be called.

    Raises:
        TemplateError: There is no such template, or it cannot be rendered.
    """
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    source, shown = _source(config, name)
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"yaml": quoted, "plain": plain, "fenced": fenced}
    try:
        return environment.from_string(source).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{error.message}", path=shown, line=error.lineno) from error
    except (jinja2.TemplateError, *_FAILURES) as error:
        raise TemplateError(f"cannot be rendered: {error}", path=shown, line=_line(error)) from error


def _line(error: BaseException) -> int | None:
    """Line of the template that failed: Jinja makes its frame look like the template."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] if lines else None
