"""What a process with MkDocs in it answers: JSON lines on its standard output; with the standard library alone."""

from __future__ import annotations

import json
import logging
import os
from typing import IO


class Answers(logging.Handler):
    """Log records as JSON lines.

    Args:
        stream: Where they go.
        level: The least that is told.
    """

    def __init__(self, stream: IO[str], level: int) -> None:
        super().__init__(level)
        self._stream = stream

    @classmethod
    def of_mkdocs(cls, level: int = logging.WARNING) -> Answers:
        """What MkDocs logs, and nothing else, on the standard output: what a plugin prints is no answer."""
        answers = cls(os.fdopen(os.dup(1), "w", encoding="utf-8"), level)
        os.dup2(2, 1)
        logging.getLogger("mkdocs").addHandler(answers)
        return answers

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.say(level="ERROR" if record.levelno >= logging.ERROR else "WARNING", message=record.getMessage())

    def say(self, **answer: str | bool) -> None:
        """Write one answer."""
        self._stream.write(json.dumps(answer) + "\n")
        self._stream.flush()

    def failed(self, error: BaseException) -> None:
        """Write what ended a build: MkDocs' own way to give up, or whatever a plugin or hook raised."""
        own = isinstance(error, SystemExit) or type(error).__module__.startswith("mkdocs.")
        self.say(level="ERROR", message=str(error) if own else f"{type(error).__name__}: {error}")
