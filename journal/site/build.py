"""Building and serving the site: the pages first, then MkDocs with the user's own `mkdocs.yml`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from journal.document.published import CONFIG_NAME
from journal.errors import JournalError, SiteError
from journal.site import builder
from journal.site.apart import stand_apart
from journal.site.generate import Generated, generate
from journal.site.laid import folder_of
from journal.site.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journal.config import Config
    from journal.index.journal import Journal

    Report = Callable[[Sequence[JournalError]], None]

INSTALL = "pip install 'experiment-journal[site]'"

_PAUSE = 0.4  # seconds between two looks at the entries, at least
_REST = 9  # and so many times as long as a look takes, so that a large journal does not keep a processor busy
_LAST_PORT = 65535
_GRACE = 5.0  # seconds that the server gets to leave by itself
_PLACE = re.compile(r'\s*in "[^"]*", line (\d+), column (\d+)')


@dataclass(frozen=True)
class Built:
    """A site that stands.

    Attributes:
        page: Its first page, a file.
        generated: What generating the pages came to, with the entries that are missing or cannot be traced.
        warnings: What MkDocs found questionable, a line each.
    """

    page: Path
    generated: Generated
    warnings: tuple[str, ...] = ()


def build(journal: Journal, *, strict: bool = False) -> Built:
    """Generate the pages and build the site from them.

    Entries that cannot be read do not stop the build: they are missing on the site, stand on its home page under
    what needs attention, and are among `generated.problems`.

    Args:
        journal: The journal.
        strict: Let MkDocs' warnings fail the build.

    Raises:
        SiteError: MkDocs is not installed, or `mkdocs.yml` is missing, broken or not made for the journal.
        NotWritable: The disk refuses.
    """
    config_file = _require(journal.config)
    generated = generate(journal)
    options = [name for name, given in (("--strict", strict), ("--apart", stand_apart(journal.config))) if given]
    answers = list(_ask(journal.config, config_file, options))
    page = next((answer["page"] for answer in answers if "page" in answer), None)
    if page is None:
        raise _failure(answers, config_file)
    return Built(Path(page), generated, tuple(_line(answer["message"]) for answer in answers if "message" in answer))


def serve(journal: Journal, address: str = "127.0.0.1:8000", *, report: Report | None = None) -> None:
    """Serve the site until interrupted; pages follow the entries, the evidence and the configuration.

    Args:
        journal: The journal.
        address: `host:port`.
        report: Called with the problems of the pages each time they were made.

    Raises:
        SiteError: MkDocs is not installed, `mkdocs.yml` is missing, the address is taken, or the server died.
        NotWritable: The disk refuses.
    """
    config = journal.config
    config_file = _require(config)
    _require_free(address)
    watch = Watch(config)
    _tell(report, generate(journal).problems)
    partial = ["--dirty"] if stand_apart(config) else []
    command = ["-m", "mkdocs", "serve", "--quiet", "--livereload", *partial]
    command += ["--dev-addr", address, "-f", str(config_file)]
    child = subprocess.Popen(_python(*command), cwd=config.root, env=_environment())  # noqa: S603  (our own words)
    try:
        _follow(watch, child, report)
    except KeyboardInterrupt:
        return
    finally:
        _stop(child)
    raise SiteError("the server ended", hint="`mkdocs serve` shows why", path=CONFIG_NAME)


def _require(config: Config) -> Path:
    """The user's MkDocs configuration, once it is certain that MkDocs can be run."""
    if any(find_spec(name) is None for name in ("mkdocs", "material")):
        raise SiteError("MkDocs and its theme Material are not installed", hint=INSTALL)
    config_file = config.root / CONFIG_NAME
    if not config_file.is_file():
        raise SiteError("no such file", hint="`journal init` writes one", path=CONFIG_NAME)
    return config_file


def _python(*arguments: str) -> list[str]:
    """This interpreter, which does not look for modules in the working folder: a repository may hold any names."""
    return [sys.executable, "-P", *arguments]


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return {**own, "JOURNAL_GENERATED": "1", "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}


def _ask(config: Config, config_file: Path, options: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The builder's answers; if it dies without any, the last thing it printed."""
    done = subprocess.run(  # noqa: S603  (our own words)
        _python(builder.__file__, str(config_file), str(folder_of(config)), *options),
        cwd=config.root,
        env=_environment(),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    lines = done.stdout.splitlines()
    yield from (json.loads(line) for line in lines)
    if not lines:
        said = done.stderr.strip().splitlines()
        yield {"level": "ERROR", "message": said[-1] if said else f"it died with code {done.returncode}"}


def _failure(answers: Sequence[dict[str, Any]], config_file: Path) -> SiteError:
    """The answers of a build that failed, as one error; an `Aborted with ...` only counts what was said before."""
    errors = [answer["message"] for answer in answers if answer["level"] == "ERROR"]
    told = [message for message in errors if not message.startswith("Aborted")]
    told = told or [answer["message"] for answer in answers if answer["level"] == "WARNING"] or errors
    line, column, message = None, None, told[0].removeprefix("MkDocs encountered an error parsing the ")
    place = _PLACE.search(message)
    if place:
        line, column, message = int(place[1]), int(place[2]), _PLACE.sub("", message)
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    hint = "`mkdocs build` tells it at length"
    return SiteError(f"MkDocs: {_line(message)}{more}", hint=hint, path=config_file.name, line=line, column=column)


def _line(message: str) -> str:
    return " ".join(message.split()).rstrip(".")


def _require_free(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise SiteError(f"{address!r} is no address", hint="write it like 127.0.0.1:8000")
    try:
        with socket.create_server((host.strip("[]"), int(port))):
            pass
    except OSError as error:
        hint = "choose another with --address"
        raise SiteError(f"{address} cannot be served: {error.strerror or error}", hint=hint) from error


def _follow(watch: Watch, child: subprocess.Popen[bytes], report: Report | None) -> None:
    """Make the pages anew whenever what they are made from changes, as long as the server runs."""
    from journal.index.journal import Journal

    took = 0.0
    while child.poll() is None:
        sleep(max(_PAUSE, _REST * took))
        began = perf_counter()
        changed = watch.changed()
        took = perf_counter() - began
        if not changed:
            continue
        try:
            problems: Sequence[JournalError] = generate(Journal.open(watch.config.root)).problems
        except JournalError as error:  # a configuration half written, say: the pages stay as they are
            problems = [error]
        _tell(report, problems)


def _tell(report: Report | None, problems: Sequence[JournalError]) -> None:
    if report is not None:
        report(problems)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the server so that it can clean up: an interrupt at the terminal has reached it already."""
    for ending, patience in ((None, _GRACE / 5), (signal.SIGINT, _GRACE), (signal.SIGKILL, None)):
        if ending is not None:
            child.send_signal(ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            return
