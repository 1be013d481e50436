"""A journal begins: configuration, folders, templates, `mkdocs.yml` and the lines that git ignores."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from journal import config as configuration
from journal.authoring.ci import create, workflow
from journal.authoring.template import packaged
from journal.config import CONFIG_NAME, Config, Settings
from journal.document import store
from journal.sources.registry import Sources
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.authoring.ci import Host
    from journal.model.run import RunHead
    from journal.revisions import Repository

IGNORED = ("/.journal/", "/site/")
_COMMENT = "# derived by the journal, rebuilt at will"
_SKIPPED = {"node_modules", "site", "__pycache__", "venv", "build", "dist"}
_DEPTH = 3


@dataclass(frozen=True)
class Begun:
    """What `init` did.

    Attributes:
        config: The journal.
        written: Files made or added to, relative to the journal.
        kept: Files that stood already, left as they were.
        runs: How many runs its folders hold.
        notes: What the author should look at, one sentence each.
    """

    config: Config
    written: tuple[str, ...]
    kept: tuple[str, ...]
    runs: int
    notes: tuple[str, ...]


def begin(root: Path, repository: Repository, ci: Host | None = None) -> Begun:
    """Make `root` a journal; what is there already is kept.

    Args:
        root: The journal's folder.
        repository: The repository that it lies in.
        ci: A host whose CI shall check the journal and publish its site.

    Raises:
        EntryError: The CI's own configuration cannot be read.
        ConfigError: A configuration stands there and is broken.
        NotWritable: The disk refuses.
    """
    root = root.resolve()
    existing = configuration.load(root)
    folders = existing.settings.runs if existing else tuple(_run_folders(root)) or ("wandb",)
    trial = existing or Config(root, Settings(runs=folders, title=_title(root)), root / CONFIG_NAME)
    sources = Sources(trial)
    heads = sources.heads()
    written: list[str] = []
    kept: list[str] = [trial.relative(trial.source)] if existing else []
    files = {} if existing else {CONFIG_NAME: _toml(trial.settings, heads)}
    for path, text in {**files, **_skeleton(trial)}.items():
        (written if _create(root, path, text) else kept).append(path)
    (written if _ignore(root) else kept).append(".gitignore")
    config = configuration.find(root)
    notes = [
        f"{folder}/ is not ignored by git; add it to .gitignore, or every run will see a dirty tree"
        for folder in config.settings.runs
        if (root / folder).is_dir() and not repository.ignored(root / folder)
    ]
    notes += [f"not everything could be looked at: {error}" for error in sources.unreached]
    if ci is not None:
        made = workflow(ci, root, repository.root)
        shown = os.path.relpath(repository.root / made.path, root)
        (written if create(made, repository.root) else kept).append(shown)
        notes += [] if made.note is None else [made.note]
    return Begun(config, tuple(written), tuple(kept), len(heads), tuple(notes))


def _title(root: Path) -> str:
    return f"{root.name} journal"


def _run_folders(root: Path) -> Iterator[str]:
    """Folders called `wandb` or `.wandb` that hold runs, at most three levels down, nearest first."""
    level = [root]
    for _ in range(_DEPTH):
        below = [child for folder in level for child in _children(folder)]
        for child in below:
            if child.name in {"wandb", ".wandb"} and any(child.glob("*run-*/*.wandb")):
                yield child.relative_to(root).as_posix()
        level = [child for child in below if not child.name.startswith(".") and child.name not in _SKIPPED | {"wandb"}]


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(Path(item) for item in os.scandir(folder) if item.is_dir(follow_symlinks=False))
    except PermissionError:
        return []


def _agreed(values: set[str | None]) -> str | None:
    return values.pop() if len(values) == 1 else None


def _toml(settings: Settings, heads: list[RunHead]) -> str:
    entity = os.environ.get("WANDB_ENTITY") or _agreed({head.entity for head in heads})
    project = os.environ.get("WANDB_PROJECT") or _agreed({head.project for head in heads})
    lines = [
        "# The journal's settings; docs/format.md of experiment-journal lists them all.",
        f"title = {_string(settings.title)}",
        "",
        "# Folders that hold run folders, relative to this file or absolute.",
        f"runs = [{', '.join(map(_string, settings.runs))}]",
        "",
        "# The W&B entity and project that bare run ids belong to.",
        f"entity = {_string(entity)}" if entity else '# entity = "my-team"',
        f"project = {_string(project)}" if project else '# project = "my-project"',
    ]
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    import orjson

    return orjson.dumps(text).decode().replace("\x7f", "\\u007F")


def _skeleton(config: Config) -> dict[str, str]:
    """Every other file of a new journal, by path."""
    source = resources.files("journal.authoring") / "skeleton"
    # Quoted always, since MkDocs resolves YAML's types; plain, since Material puts the name into pages as it is.
    title = _string(plain(config.settings.title))
    site = (source / "mkdocs.yml").read_text("utf-8").replace("{{ title }}", title)
    return {
        f"{config.settings.entries}/.gitkeep": "",
        **{f"{config.settings.templates}/{name}.md": text for name, text in packaged().items()},
        "mkdocs.yml": site,
    }


def _create(root: Path, path: str, text: str) -> bool:
    if (root / path).exists():
        return False
    store.create(root / path, text.encode(), inside=root)
    return True


def _ignore(root: Path) -> bool:
    """Add to `.gitignore` what is derived; returns whether anything was missing."""
    path = root / ".gitignore"
    if not path.exists():
        store.create(path, "\n".join((_COMMENT, *IGNORED, "")).encode(), inside=root)
        return True
    stored = store.read(path)
    present = {line.strip().rstrip(b"/").lstrip(b"/") for line in stored.raw.splitlines()}
    missing = [line for line in IGNORED if line.strip("/").encode() not in present]
    if not missing:
        return False
    gap = b"" if not stored.raw or stored.raw.endswith(b"\n") else b"\n"
    return store.replace(stored, stored.raw + gap + "\n".join((_COMMENT, *missing, "")).encode(), inside=root)
