"""A W&B server, asked through its SDK: which questions there are, and with whose key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.sources.sdk_child.conversation import Conversation
from journal.sources.sdk_child.failures import Failure, Refusal
from journal.sources.sdk_child.session import Session
from journal.sources.wandb_api.failures import WORDING
from journal.sources.wandb_api.surroundings import environment, is_encrypted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MODULE = "journal.sources.wandb_api.sdk"


class Page(NamedTuple):
    """Rows of a run.

    Attributes:
        first: The first step that the page covers.
        stop: The step after the last one that it covers; where the next page begins.
        rows: All rows of these steps, as the SDK gives them.
    """

    first: int
    stop: int
    rows: list[dict[str, Any]]


class Client:
    """One server.

    It is asked as `Conversation` tells: nothing is started before the first question, and after a failure that would
    only be met again, all that is asked later fails at once with the same words.

    Args:
        host: Address of the server's API; the one of the SDK's own settings if None.
        timeout: Seconds that one answer is waited for.
        deadline: Seconds that all answers together are waited for.
        trusted: Whether the server is that of the user's own settings. To any other, only a key that netrc has for that
            very host is sent, and only over https.
    """

    def __init__(self, host: str | None, *, timeout: float, deadline: float, trusted: bool) -> None:
        host, trusted = host.rstrip("/") if host is not None else None, trusted or host is None

        def start(known: str | None) -> Session:
            if not trusted and not is_encrypted(str(host)):
                raise Refusal(Failure("in-clear"))
            begin = {"host": known, "trusted": trusted, "timeout": timeout}
            return Session(_MODULE, lambda own: environment(os.environ, own, trusted=trusted, timeout=timeout), begin)

        self._entity: tuple[str | None] | None = None
        self._conversation = Conversation(start, WORDING, host=host, timeout=timeout, deadline=deadline)

    @property
    def host(self) -> str:
        """Address of the server's API, without a slash at its end; starts the SDK where it alone knows it.

        Raises:
            SourceUnavailable: There is no SDK to ask.
        """
        return self._conversation.host

    @property
    def entity(self) -> str | None:
        """The SDK's default entity: of its settings, or else the user's on the server; it is asked once.

        Raises:
            SourceUnavailable: The server could not be asked.
        """
        if self._entity is None:
            (found,) = self._conversation.answers({"ask": "entity"})
            self._entity = (found,)
        return self._entity[0]

    def runs(
        self,
        entity: str,
        project: str,
        filters: Mapping[str, Any],
        *,
        most: int | None = None,
        order: str = "+created_at",
    ) -> Iterator[dict[str, Any]]:
        """The runs of a project that meet a filter, each with its config and summary; some 100 in one query.

        Args:
            entity: User or team.
            project: Name of the project.
            filters: In the server's own query language; `{}` for all.
            most: How many at most.
            order: What they are sorted by.

        Raises:
            SourceUnavailable: There is no such project, or the server could not be asked.
        """
        ask = {"entity": entity, "project": project, "filters": dict(filters), "most": most, "order": order}
        for page in self._conversation.answers({"ask": "runs", **ask}):
            yield from page

    def rows(
        self, entity: str, project: str, run_id: str, *, keys: Sequence[str] | None, first: int, last: int, page: int
    ) -> Iterator[Page]:
        """All rows of a run, page by page; the pages follow one another without a gap.

        The next page is on its way while one is used. Whoever stops early leaves the client fit for use.

        Args:
            entity: User or team.
            project: Name of the project.
            run_id: Id of the run.
            keys: Metrics; live rows that lack one of them are left out. All if None.
            first: First step.
            last: Last step, itself included; the server's own last step ends it earlier.
            page: How many steps a page covers.

        Raises:
            SourceUnavailable: There is no such run, or the server could not be asked, or broke off.
        """
        ask = {"entity": entity, "project": project, "run": run_id, "first": first, "last": last, "page": page}
        wanted = None if keys is None else list(keys)
        for begin, stop, rows in self._conversation.answers({"ask": "rows", "keys": wanted, **ask}):
            yield Page(begin, stop, rows)

    def set_notes(self, storage_id: str, notes: str) -> None:
        """Replace the notes of a run, and nothing else of it.

        Args:
            storage_id: The run's `storage_id`.
            notes: The new notes.

        Raises:
            SourceUnavailable: It could not be asked of the server, or the server refused.
        """
        list(self._conversation.answers({"ask": "notes", "storage_id": storage_id, "notes": notes}))

    def close(self) -> None:
        """End the SDK's process; whatever is asked later fails."""
        self._conversation.close()
