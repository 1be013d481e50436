"""A journal for the site's tests: entries written as text, tables filled from runs that exist only here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl

from journal.errors import RunNotFound
from journal.index.journal import Journal
from journal.model.evidence import CommitEvidence, Evidence
from journal.model.revision import CommitVerdict, Judgement
from journal.model.run import Column, Origin, Run, RunState
from journal.site.generate import gather
from journal.sources.open_run import Loaded, OpenRun
from journal.tables import fill, record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from journal.site.contents import Contents

SHA = "721e94a3c0ffee7d1b2a99d04c0b3ffcd1e0a9be"

TABLE = """\
<!-- journal:table losses
metrics: [train/loss]
stats: [first, mean, last]
-->
<!-- /journal:table -->
"""


def make_run(
    run_id: str,
    metrics: Mapping[str, Sequence[float]],
    *,
    name: str | None = None,
    path: str = "",
    sha256: str = "ab" * 32,
) -> OpenRun:
    """A run whose metrics have a row at steps 0, 1, 2, ...; `path` is the file it seems to be read from."""
    columns = {
        metric: Column(
            name=metric,
            steps=pl.Series(range(len(values)), dtype=pl.Int64),
            values=pl.Series(values, dtype=pl.Float64),
            times=pl.repeat(None, len(values), dtype=pl.Float64, eager=True),
        )
        for metric, values in sorted(metrics.items())
    }
    rows = max(map(len, metrics.values()))
    place = path or f"wandb/offline-run-20260221_190115-{run_id}/run-{run_id}.wandb"
    run = Run(
        id=run_id,
        name=name,
        state=RunState.FINISHED,
        started=datetime(2026, 2, 21, 11, 1, 15, tzinfo=UTC),
        commit=SHA,
        dirty=True,
        sdk="0.31.0",
        config={},
        rows=rows,
        last_step=rows - 1,
        place=place,
    )
    origin = Origin(kind="wandb-log", path=place, bytes=12345, sha256=sha256)
    return OpenRun(Loaded(run, origin, columns, summary={}))


def front(title: str = "Clamp the logits", **fields: object) -> str:
    """Front matter with these fields, each as JSON, which YAML reads as it is."""
    known: dict[str, object] = {"title": title, "created": "2026-02-21T19:01:15+08:00", **fields}
    return "\n".join(["---", *(f"{key}: {json.dumps(value)}" for key, value in known.items()), "---", "", ""])


class SiteJournal:
    """A journal in a folder of its own.

    Args:
        root: An empty folder.
        settings: Lines of `journal.toml`.
    """

    def __init__(self, root: Path, settings: str = 'title = "Attention"\n') -> None:
        self.root = root
        self.write("journal.toml", settings)
        self.write("entries/.gitkeep", "")
        self._runs: dict[str, OpenRun] = {}

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the journal's folder."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return place

    def entry(
        self, name: str, body: str = "## Context\n\nWords.\n", title: str = "Clamp the logits", **fields: object
    ) -> str:
        """Write an entry; returns its path."""
        self.write(f"entries/{name}.md", front(title, **fields) + body)
        return f"entries/{name}.md"

    def with_runs(self, *runs: OpenRun) -> None:
        """Make runs that `fill` finds."""
        self._runs |= {run.id: run for run in runs}

    def open(self, reference: str) -> OpenRun:
        """The run behind a reference: what filling asks for."""
        if reference not in self._runs:
            raise RunNotFound(f"no run {reference!r}")
        return self._runs[reference]

    def fill(self, path: str) -> None:
        """Fill the blocks of an entry."""
        fill.write(fill.plan(self.journal.config, path, self), self.journal.config)

    def judge(
        self, stem: str, verdicts: Mapping[str, Sequence[str]], commits: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Write into an entry's evidence what filling finds of commits.

        Args:
            stem: The entry's id.
            verdicts: For each run reference the verdict and the reasons.
            commits: For each commit of the front matter the full sha and the author date.
        """
        evidence = Evidence(
            entry=stem,
            verdicts={
                run: Judgement(verdict=CommitVerdict(word), reasons=tuple(reasons))
                for run, (word, *reasons) in verdicts.items()
            },
            commits={
                sha: CommitEvidence(sha=full, subject="Change", authored=datetime.fromisoformat(authored))
                for sha, (full, authored) in (commits or {}).items()
            },
        )
        self.write(f"evidence/{stem}.json", record.dump(evidence))

    def with_mkdocs(self, title: str = "Attention") -> None:
        """Write the `mkdocs.yml` of a new journal."""
        skeleton = resources.files("journal.authoring") / "skeleton" / "mkdocs.yml"
        self.write("mkdocs.yml", skeleton.read_text("utf-8").replace("{{ title }}", json.dumps(title)))

    @property
    def journal(self) -> Journal:
        """The journal as it stands on disk now."""
        return Journal.open(self.root)

    @property
    def contents(self) -> Contents:
        """What its site would show."""
        return gather(self.journal)
