"""MkDocs' live server, in a process of its own: serves a site and tells in JSON lines how each build of it went.

The journal runs this file by its path, as it runs `builder.py`, and for the same reasons.

Usage: python -P server.py CONFIG_FILE HOST:PORT [--dirty]
Answers: {"level": "ERROR", "message": ...} for each message; {"stands": true or false} after each build but the first.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from journal.site.builder import Answers

if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str]) -> int:
    """Serve until interrupted; returns the exit code."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a plugin prints is no answer
    answers = Answers(stream)
    answers.setLevel(logging.ERROR)
    logging.getLogger("mkdocs").addHandler(answers)
    config_file, address, *options = arguments
    try:
        _serve(config_file, address, answers, dirty="--dirty" in options)
    except KeyboardInterrupt:
        return 0
    except (SystemExit, Exception) as error:  # noqa: BLE001  (plugins and hooks may raise anything)
        _tell(answers, error)
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
                    _tell(answers, error)
                    answers.say(stands=False)
                else:
                    answers.say(stands=True)

            super().__init__(build, *arguments, **options)

    serve.LiveReloadServer = Telling  # type: ignore[attr-defined]
    serve.serve(config_file, build_type="dirty" if dirty else None, dev_addr=address)


def _tell(answers: Answers, error: BaseException) -> None:
    own = isinstance(error, SystemExit) or type(error).__module__.startswith("mkdocs.")
    answers.say(level="ERROR", message=str(error) if own else f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
