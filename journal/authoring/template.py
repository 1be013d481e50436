"""Templates: plain text in, an entry's Markdown out, in a sandbox."""

from __future__ import annotations

import os.path
import re
import traceback
from importlib import resources
from typing import TYPE_CHECKING, Any

from journal.errors import TemplateError
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.config import Config

DEFAULT = "experiment"

# What an expression in a template can fail with, besides Jinja's own errors.
_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)

# What needs no quotes inside `[...]` and `{...}`; the loader resolves no types, so words and numbers are safe.
_BARE = re.compile(r"[^\W_](?:[\w ./+()@-]*[\w./+()@-])?")
# What JSON leaves as it is and YAML takes for a line break or refuses.
_UNPRINTABLE = re.compile(r"[\u2028\u2029\ufeff\ufffe\uffff]")
# What front matter may not hold, in whatever spelling.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def quoted(text: str) -> str:
    """`text` as one YAML scalar that reads back as it was, quoted only where it must be.

    Control characters and halves of surrogate pairs, which front matter may not hold, become U+FFFD.

    Examples:
        >>> quoted("Clamp the logits"), quoted("fix: clamp, then log")
        ('Clamp the logits', '"fix: clamp, then log"')
    """
    if _BARE.fullmatch(text):
        return text
    import orjson

    json = orjson.dumps(_NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)).decode()
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


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


def names(config: Config) -> tuple[str, ...]:
    """Names of the templates that `render` finds, sorted."""
    own = {path.stem for path in config.templates.glob("*.md")}
    return tuple(sorted(own | set(_packaged())))


def _packaged() -> dict[str, str]:
    folder = resources.files("journal.authoring") / "skeleton" / "templates"
    return {item.name.removesuffix(".md"): item.read_text("utf-8") for item in folder.iterdir()}


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
    packaged = _packaged()
    if name not in packaged:
        raise TemplateError(f"no template {name!r}", hint=f"templates: {', '.join(names(config))}")
    return packaged[name], f"{name}.md (built in)"


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
