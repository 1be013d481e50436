"""An experiment journal in Markdown whose result tables fill themselves from runs and stay true.

The names below, and what docs/sources.md names for sources of your own, are the public face; all else may move.
They load on first use, so that `import journal` costs nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from journal.authoring.capture import capture
    from journal.errors import JournalError
    from journal.index.journal import Journal
    from journal.sources.registry import open_run
    from journal.tables.evaluate import evaluate

__all__ = ["Journal", "JournalError", "__version__", "capture", "evaluate", "open_run"]

_HOME = {
    "Journal": "journal.index.journal",
    "JournalError": "journal.errors",
    "capture": "journal.authoring.capture",
    "evaluate": "journal.tables.evaluate",
    "open_run": "journal.sources.registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
