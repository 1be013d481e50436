"""Run folders for tests, each a part of a run that lies in several."""

from collections.abc import Iterable
from pathlib import Path

from wandb_writer import RUN, end, field, frame, history, record, run


def part_folder(
    parent: Path,
    id: str,  # noqa: A002 - W&B's own word
    steps: Iterable[int],
    *,
    start: float,
    entity: str = "lab",
    project: str = "toy",
    name: str = "",
    commit: str = "",
    config: dict[str | tuple[str, ...], object] | None = None,
    resume: bool = False,
    branch: tuple[str, int] | None = None,
    metric: str = "x",
    folder: str | None = None,
    code: int | None = 0,
) -> Path:
    """A run folder with a log that has a row at each step; the metric's value is the start plus the step.

    Args:
        start: Seconds since 1970, less than a minute: also the seconds in the folder's name.
        branch: The run, and its last step, that this one leaves.
        folder: Another name for the folder.
        code: The exit code; None for a log without an end.
    """
    payloads = [
        run(id, entity=entity, project=project, name=name, started=start, commit=commit, config=config),
        *([record(RUN, field(24, 1))] if resume else []),
        *([record(RUN, field(23, _branch(*branch)))] if branch else []),
        *(history({metric: start + step}, step=step) for step in steps),
        *([end(code)] if code is not None else []),
    ]
    path = parent / (folder or f"offline-run-19700101_0000{int(start):02}-{id}")
    (path / "files").mkdir(parents=True)
    (path / f"run-{id}.wandb").write_bytes(frame(payloads))
    return path


def _branch(origin: str, step: int) -> bytes:
    return field(1, origin) + field(2, float(step)) + field(3, "_step")
