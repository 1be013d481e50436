"""MkDocs' live server, in a process of its own: serves a site and tells in JSON lines how each build of it went.

The journal runs this file by its path, as it runs `builder.py`, and for the same reasons.

Usage: python -P server.py CONFIG_FILE HOST:PORT [--dirty]
Answers: {"level": "ERROR", "message": ...} for each message; {"stands": true or false} after each build but the first.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from journal.site.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str]) -> int:
    """Serve until interrupted; returns the exit code."""
    answers = Answers.of_mkdocs(logging.ERROR)
    config_file, address, *options = arguments
    try:
        _serve(config_file, address, answers, dirty="--dirty" in options)
    except KeyboardInterrupt:
        return 0
    except (SystemExit, Exception) as error:  # noqa: BLE001  (plugins and hooks may raise anything)
        answers.failed(error)
        return 1
    return 0


def _serve(config_file: str, address: str, answers: Answers, *, dirty: bool) -> None:
    from mkdocs.commands import serve
    from mkdocs.livereload import LiveReloadServer

    class Telling(LiveReloadServer):
        """Goes on after a build that failed, and prints no traceback."""

        def __init__(self, builder: Callable[[], None], *arguments: Any, **options: Any) -> None:
            def build() -> None:
                try:
                    builder()
                except (SystemExit, Exception) as error:  # noqa: BLE001  (plugins and hooks may raise anything)
                    answers.failed(error)
                    answers.say(stands=False)
                else:
                    answers.say(stands=True)

            super().__init__(build, *arguments, **options)

    serve.LiveReloadServer = Telling  # type: ignore[attr-defined]
    serve.serve(config_file, build_type="dirty" if dirty else None, dev_addr=address)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
