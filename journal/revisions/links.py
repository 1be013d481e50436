"""Links to the commits and files that entries name: at the host of the journal's repository, or of another one."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from journal.errors import RevisionError
from journal.model.address import named
from journal.revisions.hosts import Host
from journal.revisions.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from journal.config import Config, HostLinks


# `github.com/lab/repo`: to git a path on this machine, but an entry that names another repository means the host.
_SCHEMELESS = re.compile(r"[^:/\s]+\.[^:/\s]+/")


def repository_name(origin: str) -> str:
    """What an entry's text calls another repository, without anything secret: host and path, `github.com/lab/repo`."""
    name = named(origin)
    first, slash, rest = name.partition("/")
    return first.rpartition("@")[2] + slash + rest


class Links:
    """Links for one journal. The repository is asked for its origin when the first link needs it.

    Args:
        root: The journal's folder; None for a journal in no repository.
        settings: What its configuration says of hosts.
    """

    def __init__(self, root: Path | None = None, settings: Mapping[str, HostLinks] | None = None) -> None:
        self._root = root
        self._settings = settings
        self._others: dict[str, Host | None] = {}

    @classmethod
    def of(cls, config: Config) -> Links:
        """The links of a journal."""
        return cls(config.root, config.settings.hosts)

    def commit(self, sha: str, origin: str | None = None) -> str | None:
        """Where a commit can be read.

        Args:
            sha: The commit.
            origin: Address of the repository that it lies in, where that is another one.
        """
        host = self._host(origin)
        return host.commit(sha) if host is not None else None

    def file(self, sha: str, path: str, origin: str | None = None) -> str | None:
        """Where a file can be read as a commit left it.

        Args:
            sha: The commit.
            path: The file's path in the repository.
            origin: As for `commit`.
        """
        host = self._host(origin)
        return host.file(sha, path) if host is not None else None

    def _host(self, origin: str | None) -> Host | None:
        if origin is None:
            return self._own
        if origin not in self._others:
            spelled = f"https://{origin}" if _SCHEMELESS.match(origin) else origin
            self._others[origin] = Host.of(spelled, self._settings)
        return self._others[origin]

    @cached_property
    def _own(self) -> Host | None:
        """The host of the remote `origin`; None where git cannot tell it: links are an extra."""
        try:
            address = Repository.find(self._root).origin() if self._root is not None else None
        except RevisionError:
            return None
        return Host.of(address, self._settings) if address else None
