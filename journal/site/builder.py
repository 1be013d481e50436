"""MkDocs, in a process of its own: builds a site and answers in JSON lines.

The journal runs this file by its path. A user's `mkdocs.yml` may name plugins and hooks, which are programs; whatever
they print, patch or leave behind stays in that process, and the working folder is not searched for modules.

Usage: python -P builder.py CONFIG_FILE DOCS_FOLDER [--strict]
Answers: {"level": "WARNING" or "ERROR", "message": ...} for each message, then {"page": ...} if the site stands.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import IO


class Answers(logging.Handler):
    """Log records as JSON lines.

    Args:
        stream: Where they go.
    """

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(logging.WARNING)
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.say(level="ERROR" if record.levelno >= logging.ERROR else "WARNING", message=record.getMessage())

    def say(self, **answer: str) -> None:
        """Write one answer."""
        self._stream.write(json.dumps(answer) + "\n")
        self._stream.flush()


def main(arguments: list[str]) -> int:
    """Build; returns the exit code."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a plugin prints is no answer
    answers = Answers(stream)
    logging.getLogger("mkdocs").addHandler(answers)
    try:
        answers.say(page=_build(arguments[0], arguments[1], strict="--strict" in arguments))
    except SystemExit as error:  # MkDocs's own way to give up, after it has logged why
        answers.say(level="ERROR", message=str(error))
        return 1
    except Exception as error:  # noqa: BLE001  (plugins and hooks may raise anything)
        own = type(error).__module__.startswith("mkdocs.")
        answers.say(level="ERROR", message=str(error) if own else f"{type(error).__name__}: {error}")
        return 1
    return 0


def _build(config_file: str, docs: str, *, strict: bool) -> str:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config = load_config(config_file=config_file, strict=strict or None)
    if os.path.realpath(config.docs_dir) != os.path.realpath(docs):
        raise SystemExit("docs_dir must be .journal/docs, where the journal puts its pages")
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    return str(Path(config.site_dir, "index.html"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
