"""Where on W&B servers a reference can lead: to one run, or into the projects that the configuration names."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import UsageError
from journal.sources.reference import is_url, looks_like_path, parse_address
from journal.sources.wandb_api.places import Project, bare, host_of, normal

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config


class Meant(NamedTuple):
    """One place where a run can be looked for.

    Attributes:
        project: The project.
        word: Its id there, or for what is no address perhaps its name, a tag, or the beginning of its id.
    """

    project: Project
    word: str


class Projects:
    """The projects that runs are looked for in.

    Args:
        config: The journal's configuration.
    """

    def __init__(self, config: Config) -> None:
        self._config = config

    @property
    def host(self) -> str | None:
        """The server that the configuration names; None leaves it to the SDK."""
        named = self._config.settings.online.host
        return normal(named) if named else None

    @property
    def known(self) -> tuple[Project, ...]:
        """Those of the configuration, of W&B's variables, and of `wandb init`; the one that is home comes first."""
        settings, own = self._config.settings, _workspace(self._config.root)
        entity = settings.entity or os.environ.get("WANDB_ENTITY") or own.get("entity") or None
        home = settings.project or os.environ.get("WANDB_PROJECT") or own.get("project") or None
        first = [Project(None, entity, home)] if home else []
        return tuple(dict.fromkeys([*first, *(_named(name, entity) for name in settings.online.projects)]))

    @property
    def places(self) -> tuple[str, ...]:
        """The same in words."""
        host = bare(self.host) if self.host else "the W&B server"
        names = ("/".join(filter(None, (each.entity, each.project))) for each in self.known)
        return tuple(f"{name} on {host}" for name in names)

    def meant(self, reference: str) -> list[Meant]:
        """Where a reference can lead; nowhere for a path."""
        if is_url(reference):
            host, address = host_of(reference), parse_address(reference)
            return [Meant(Project(host, address.entity, address.project or ""), address.id)] if host and address else []
        if not reference or looks_like_path(reference):
            return []
        address = parse_address(reference)
        if address is not None:
            return [Meant(Project(None, address.entity, address.project or ""), address.id)]
        return [Meant(project, reference) for project in self.known]

    def chosen(self, name: str | None) -> tuple[Project, ...]:
        """The project of a name, `project` or `entity/project`, or those that are known.

        Raises:
            UsageError: None is known.
        """
        found = (_named(name, None),) if name else self.known
        if not found:
            hint = "give --project ENTITY/PROJECT, or set `entity` and `project` in the configuration"
            raise UsageError("no W&B project is known", hint=hint)
        return found


def _named(name: str, entity: str | None) -> Project:
    """A project by its name, with or without an entity."""
    given, slash, project = name.rpartition("/")
    return Project(None, given if slash else entity, project)


def _workspace(root: Path) -> dict[str, str]:
    """Entity and project that `wandb init` wrote down beside the code; its host is not believed."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(root / "wandb" / "settings", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    return dict(parser["default"]) if parser.has_section("default") else {}
