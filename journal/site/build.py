"""Building the site: the pages, and what MkDocs makes of them by the user's own `mkdocs.yml`."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.errors import SiteError
from journal.site import builder
from journal.site.apart import stand_apart
from journal.site.generate import Generated, generate
from journal.site.laid import alone, folder_of
from journal.site.running import environment, failure, one_line, python, require
from journal.site.settings_check import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journal.config import Config
    from journal.index.journal import Journal

HINT = "`mkdocs build` tells it at length"


@dataclass(frozen=True)
class Built:
    """A site that stands.

    Attributes:
        page: Its first page, a file.
        generated: What generating the pages came to, with the entries that are missing or cannot be traced.
        warnings: What is questionable, a line each: in `mkdocs.yml`, in how entries are saved, and what MkDocs found.
    """

    page: Path
    generated: Generated
    warnings: tuple[str, ...] = ()


def build(journal: Journal, *, strict: bool = False) -> Built:
    """Generate the pages and build the site from them.

    Entries that cannot be read do not stop the build: their pages say so, they stand on the site's home page under
    what needs attention, and are among `generated.problems`.

    Args:
        journal: The journal.
        strict: Let warnings about `mkdocs.yml`, and those of MkDocs, fail the build.

    Raises:
        SiteError: MkDocs is not installed, or `mkdocs.yml` is missing, broken or not made for the journal.
        NotWritable: The disk refuses.
    """
    config = journal.config
    config_file = require(config)
    found = check(config)
    if strict and found:
        raise _first_of(found)
    options = [name for name, given in (("--strict", strict), ("--apart", stand_apart(config))) if given]
    with alone(config), _builder(config, str(config_file), str(folder_of(config)), *options) as waiting:
        generated = generate(journal)
        answers = list(_answers(waiting))
    page = next((answer["page"] for answer in answers if "page" in answer), None)
    if page is None:
        raise failure(answers, HINT)
    said = (one_line(answer["message"]) for answer in answers if "message" in answer)
    return Built(Path(page), generated, (*map(str, found), *map(str, generated.warnings), *said))


def _first_of(found: Sequence[SiteError]) -> SiteError:
    if len(found) == 1:
        return found[0]
    first, more = found[0], f" (and {len(found) - 1} more; `journal build` tells them all)"
    return SiteError(f"{first.message}{more}", hint=first.hint, path=first.path, line=first.line)


@contextmanager
def _builder(config: Config, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """MkDocs in a process that reads its settings while pages are made, and then waits for them."""
    child = subprocess.Popen(  # noqa: S603  (our own words)
        python(builder.__file__, *arguments),
        cwd=config.root,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    with child:
        try:
            yield child
        finally:
            child.kill()  # it ended, unless the pages could not be made


def _answers(waiting: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The builder's answers, once it is told that the pages lie there; if it dies without any, its last words."""
    stdout, stderr = waiting.communicate(builder.PAGES_LIE_THERE)
    lines = stdout.splitlines()
    yield from (json.loads(line) for line in lines)
    if not lines:
        said = stderr.strip().splitlines()
        yield {"level": "ERROR", "message": said[-1] if said else f"it died with code {waiting.returncode}"}
