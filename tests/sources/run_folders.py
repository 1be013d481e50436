"""Run folders for tests, with logs of a few records."""

from pathlib import Path

from wandb_writer import end, frame, history, run

from journal.config import Config, Settings

SHA = "3c04d7c367de0de5d32ad16150863113081e8812"


def run_folder(
    parent: Path,
    id: str,  # noqa: A002 - W&B's own word
    *,
    day: int = 1,
    entity: str = "",
    project: str = "",
    name: str = "",
    commit: str = "",
    started: float | None = None,
    value: float = 0.5,
) -> Path:
    """A run folder with a log of one row; `value` makes two logs differ."""
    payloads = [
        run(id, entity=entity, project=project, name=name, commit=commit, started=started),
        history({"x": value}, step=0),
        end(0),
    ]
    return log_folder(parent, id, frame(payloads), day=day)


def log_folder(parent: Path, id: str, log: bytes, day: int = 1) -> Path:  # noqa: A002 - W&B's own word
    """A run folder with any log."""
    folder = parent / f"offline-run-202601{day:02}_120000-{id}"
    (folder / "files").mkdir(parents=True)
    (folder / f"run-{id}.wandb").write_bytes(log)
    return folder


def config_at(root: Path, *runs: str, entity: str | None = None, project: str | None = None) -> Config:
    """A configuration without a file."""
    settings = Settings(runs=runs or ("wandb",), entity=entity, project=project)
    return Config(root.resolve(), settings, root / "journal.toml")
