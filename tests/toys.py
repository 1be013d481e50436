"""A journal with runs whose every row is known: small logs, written row by row by a test, and one entry about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wandb_writer import end, frame, history, run

from desk import BARE, Desk, cells
from journal import config as configuration
from journal.revisions import Repository
from journal.sources.registry import Sources
from journal.tables.fill import plan, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from journal.tables.fill import EntryFill
    from journal.tables.report import BlockReport

ENTRY = "2026-02-21-one"


class Toys(Desk):
    """A journal of one entry and of made-up runs."""

    @classmethod
    def begin(cls, root: Path, settings: str = BARE) -> Toys:
        """A repository with a `journal.toml`, no entries and no runs."""
        toys = cls(root)
        toys.init()
        toys.write(".gitignore", "wandb/\n.journal/\n")
        toys.write("journal.toml", settings)
        return toys

    def run(
        self,
        run_id: str,
        rows: Mapping[str, Iterable[tuple[int, Any]]],
        *,
        config: Any = None,
        code: int | None = 0,
        started: float = 1,
        commit: str = "",
        sdk: str = "",
    ) -> Path:
        """Write a run's folder, or write it anew.

        Args:
            run_id: Its id.
            rows: For each metric its steps and values.
            config: Its config; a dot in a key makes no level.
            code: The exit code; None for a run that may go on.
            started: Seconds since 1970.
            commit: The full sha that the tracker recorded.
            sdk: The version of the tracker's SDK.
        """
        logged: dict[int, dict[str | tuple[str, ...], Any]] = {}
        for metric, points in rows.items():
            for step, value in points:
                logged.setdefault(step, {})[metric] = value
        payloads = [run(run_id, started=started, config=config or {}, commit=commit, sdk=sdk)]
        payloads += [history(row, step=step) for step, row in sorted(logged.items())]
        payloads += [end(code)] if code is not None else []
        moment = datetime.fromtimestamp(started, UTC)
        folder = self.root / "wandb" / f"offline-run-{moment:%Y%m%d_%H%M%S}-{run_id}"
        (folder / "files").mkdir(parents=True, exist_ok=True)
        (folder / f"run-{run_id}.wandb").write_bytes(frame(payloads))
        return folder

    def ask(self, body: str, *handles: str, matter: str = "") -> None:
        """Write the entry, about the runs of these ids; `id=handle` gives one another name."""
        named = [handle.partition("=") for handle in handles]
        runs = ", ".join(f"{{id: {run_id}, as: {handle or run_id}}}" for run_id, _, handle in named)
        self.entry(ENTRY, body, runs=runs, matter=matter)

    def table(self, spec: str, *handles: str) -> list[list[str]]:
        """The cells of a table, filled."""
        self.ask(block(spec), *handles)
        self.fill()
        return cells(self.text)

    def plan(
        self, *, git: bool = True, force: bool = False, accept: bool = False, sources: Sources | None = None
    ) -> EntryFill:
        """What filling the entry comes to; nothing is written.

        Without git, what is recorded of commits is believed. Whoever asks often, and lets the runs be, gives their
        sources.
        """
        config = configuration.find(self.root)
        repository = Repository.find(self.root) if git else None
        opened = sources or Sources(config)
        return plan(config, f"entries/{ENTRY}.md", opened, repository=repository, force=force, accept=accept)

    def sources(self) -> Sources:
        """The runs, each to be opened once."""
        return Sources(configuration.find(self.root))

    def fill(self, *, git: bool = True, force: bool = False, accept: bool = False) -> EntryFill:
        """Fill the entry."""
        found = self.plan(git=git, force=force, accept=accept)
        write(found, configuration.find(self.root))
        return found

    def standing(self) -> tuple[str, str]:
        """State and message of the entry's one promise."""
        (report,) = self.plan().blocks
        return said(report)

    @property
    def text(self) -> str:
        """The entry."""
        return self.read(ENTRY)

    @property
    def found(self) -> Any:
        """The entry's evidence."""
        return self.evidence(ENTRY)

    @property
    def caption(self) -> str:
        """The line below the entry's one table."""
        (line,) = (line for line in self.text.splitlines() if line.startswith("*") and line.endswith("*"))
        return line.strip("*")

    def rewrite(self, old: str, new: str) -> None:
        """Change the entry by hand."""
        assert old in self.text
        self.write(f"entries/{ENTRY}.md", self.text.replace(old, new))

    def take_away(self, pattern: str = "*") -> None:
        """Put runs out of reach, as on a colleague's machine."""
        away = self.root / ".git" / "away"
        away.mkdir(exist_ok=True)
        for folder in sorted((self.root / "wandb").glob(pattern)):
            folder.rename(away / folder.name)

    def bring_back(self) -> None:
        """Let the runs be where they were."""
        for folder in sorted((self.root / ".git" / "away").iterdir()):
            folder.rename(self.root / "wandb" / folder.name)


def block(spec: str, kind: str = "table") -> str:
    """An empty block of the author's."""
    return f"<!-- journal:{kind}\n{spec.strip()}\n-->\n<!-- /journal:{kind} -->\n"


def said(report: BlockReport) -> tuple[str, str]:
    """State and message of a report."""
    return report.state.value, report.message


def line(steps: Iterable[int], slope: float = 1.0, start: float = 0.0) -> list[tuple[int, float]]:
    """Steps, each with a value on a line."""
    return [(step, start + slope * step) for step in steps]
