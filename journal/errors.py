"""Every failure the journal can report: one tree, one line each, with its exit code.

    JournalError                  1
      ConfigError                 2   journal.toml is missing, broken or contradicts itself
      UsageError                  2   the command was called in a way that cannot work
      EntryError                  1   an entry file
        FrontMatterError              its YAML, or a value in it
        BlockError                    the markers or the spec of a generated block
        EditedByHand                  the tool's own text, changed by somebody
        EntryNotFound                 no entry, or more than one, answers to a reference
        ChangedOnDisk                 someone else wrote the file meanwhile
        NotWritable                   the file, its folder or its disk refuses the write
      TemplateError               1   a template that does not render, or renders no entry
      RevisionError               1   git
        NotARepository
        UnknownRevision
        AmbiguousRevision
        ShallowClone              3   the clone ends before what was asked for
      SourceError                 1   where runs come from
        RunNotFound
        AmbiguousRun
        CorruptLog                    nothing of the log can be read
        SourceUnavailable         3   it could not be reached: "could not look", not "wrong"
      ExpressionError             1   a statistic, window or comparison nobody knows
        NoRows                        no finite row to take a value from
      EvidenceError               1   an evidence file that cannot be believed
      SiteError                   1   the site cannot be built

A finding is not an exception: a check that meets forty problems returns forty values.
"""

from pathlib import Path
from typing import ClassVar, Self


class JournalError(Exception):
    """What went wrong, where, and what to do next.

    Args:
        message: One sentence without the place; no trailing full stop.
        hint: What the user can do or run next.
        path: The file it is about.
        line: Line in that file, from 1.
        column: Column in that line, from 1; in what the user gave, such as an expression, where there is no file.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        path: Path | str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """`path:line:column` as far as known, `column N` where there is no file, or an empty string."""
        if self.path is None:
            return "" if self.column is None else f"column {self.column}"
        numbers = [str(n) for n in (self.line, self.column) if n is not None]
        return ":".join([str(self.path), *numbers])

    def placed(
        self, path: Path | str, line: int | None = None, column: int | None = None, *, anew: bool = False
    ) -> Self:
        """This very error, told of a place in a file; one that names a file already keeps its own place.

        Args:
            path: The file.
            line: Line in it, from 1.
            column: Column in that line, from 1; a column that was counted in what the user gave is gone.
            anew: Take this place also where the error has one.

        Examples:
            >>> str(JournalError("no such metric", column=4).placed("entries/a.md", 7))
            'entries/a.md:7: no such metric'
        """
        if anew or self.path is None:
            self.path, self.line, self.column = path, line, column
        return self

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f" ({self.hint})" if self.hint else ""
        return " ".join(f"{where}{self.message}{hint}".splitlines())


class ConfigError(JournalError):
    """The configuration is missing, broken or contradicts itself."""

    code = "config"
    exit_code = 2


class UsageError(JournalError):
    """The command was called in a way that cannot work."""

    code = "usage"
    exit_code = 2


class EntryError(JournalError):
    """An entry file cannot be used."""

    code = "entry"


class FrontMatterError(EntryError):
    """The front matter is not YAML that the journal reads, or holds a value it cannot take."""

    code = "front-matter"


class BlockError(EntryError):
    """A generated block's markers or spec are wrong."""

    code = "block"


class EditedByHand(EntryError):
    """Text of the tool's own was changed by somebody, so it is left as it is."""

    code = "edited"


class EntryNotFound(EntryError):
    """No entry, or more than one, answers to a reference."""

    code = "entry-not-found"


class ChangedOnDisk(EntryError):
    """The file is no longer what was read; nothing was overwritten."""

    code = "changed-on-disk"


class NotWritable(EntryError):
    """The file, its folder or its disk refuses the write; what stood there still stands."""

    code = "not-writable"


class TemplateError(JournalError):
    """A template does not render, or what it renders is no entry."""

    code = "template"


class RevisionError(JournalError):
    """Git could not answer."""

    code = "revision"


class ShallowClone(RevisionError):
    """The clone ends before what is asked for, so nobody can tell."""

    code = "shallow-clone"
    exit_code = 3


class NotARepository(RevisionError):
    """The folder is not inside a git repository."""

    code = "not-a-repository"


class UnknownRevision(RevisionError):
    """No commit answers to the revision."""

    code = "unknown-revision"


class AmbiguousRevision(RevisionError):
    """More than one commit answers to the revision."""

    code = "ambiguous-revision"


class SourceError(JournalError):
    """A run cannot be read."""

    code = "source"


class RunNotFound(SourceError):
    """No source holds the run."""

    code = "run-not-found"


class AmbiguousRun(SourceError):
    """More than one run answers to the reference."""

    code = "ambiguous-run"


class CorruptLog(SourceError):
    """Nothing of a run's log can be read."""

    code = "corrupt-log"


class SourceUnavailable(SourceError):
    """The source could not be reached, so nothing is known about the run."""

    code = "source-unavailable"
    exit_code = 3

    @classmethod
    def of(cls, path: Path | str, error: OSError) -> Self:
        """What is said of a file or folder of runs that the system does not let us read."""
        return cls(
            f"cannot be read: {error.strerror}",
            path=Path(path),
            hint="give yourself permission to read it, or take its folder out of `runs` in the configuration",
        )


class ExpressionError(JournalError):
    """A statistic, window or comparison that nobody knows."""

    code = "expression"


class NoRows(ExpressionError):
    """An expression that has no value: there is no finite row in its window."""

    code = "no-data"


class EvidenceError(JournalError):
    """An evidence file cannot be read or believed."""

    code = "evidence"


class SiteError(JournalError):
    """The site cannot be built."""

    code = "site"
