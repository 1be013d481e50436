"""How MkDocs is run: in a process of its own, whose answers become one error where it fails."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from journal.document.mkdocs_yml import CONFIG_NAME
from journal.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.config import Config

INSTALL = "pip install 'experiment-journal[site]'"

_PLACE = re.compile(r'\s*in "[^"]*", line (\d+), column (\d+)')


def require(config: Config) -> Path:
    """The user's MkDocs configuration, once it is certain that MkDocs can be run.

    Raises:
        SiteError: MkDocs is not installed, or the file is missing.
    """
    if any(find_spec(name) is None for name in ("mkdocs", "material")):
        raise SiteError("MkDocs and its theme Material are not installed", hint=INSTALL)
    config_file = config.root / CONFIG_NAME
    if not config_file.is_file():
        raise SiteError("no such file", hint="`journal init` writes one", path=CONFIG_NAME)
    return config_file


def python(*arguments: str) -> list[str]:
    """This interpreter, which does not look for modules in the working folder: a repository may hold any names."""
    return [sys.executable, "-P", *arguments]


def environment() -> dict[str, str]:
    """The environment of such a process."""
    own = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**own, "JOURNAL_GENERATED": "1", "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}


def failure(answers: Sequence[dict[str, Any]], hint: str) -> SiteError:
    """The answers of a build that failed, as one error; an `Aborted with ...` only counts what was said before."""
    said = [answer for answer in answers if "message" in answer]
    errors = [answer["message"] for answer in said if answer["level"] == "ERROR"]
    told = [message for message in errors if not message.startswith("Aborted")]
    told = told or [answer["message"] for answer in said if answer["level"] == "WARNING"] or errors or ["it died"]
    line, column, message = None, None, told[0].removeprefix("MkDocs encountered an error parsing the ")
    place = _PLACE.search(message)
    if place:
        line, column, message = int(place[1]), int(place[2]), _PLACE.sub("", message)
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return SiteError(f"MkDocs: {one_line(message)}{more}", hint=hint, path=CONFIG_NAME, line=line, column=column)


def one_line(message: str) -> str:
    """A message on one line, without the full stop."""
    return " ".join(message.split()).rstrip(".")
