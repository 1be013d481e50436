"""Runs for an entry: which one is meant, and by which reference, handle and role the entry shall know it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, RunNotFound
from journal.model.entry import Role

if TYPE_CHECKING:
    from collections.abc import Container

    from journal.model.run import RunHead
    from journal.sources.registry import Sources

_HANDLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")


def split_role(reference: str) -> tuple[Role | None, str]:
    """`baseline:fej59g91` as a role and a run reference; without a role, the reference alone."""
    role, colon, rest = reference.partition(":")
    return (Role(role), rest) if colon and role in set(Role) else (None, reference)


def asked(sources: Sources, reference: str) -> tuple[Role | None, RunHead]:
    """The run that a reference means, perhaps with its role in front.

    Raises:
        SourceError: It does not resolve.
    """
    role, rest = split_role(reference)
    return role, sources.find(rest)


def shortest(sources: Sources, head: RunHead) -> str:
    """The shortest reference that means this run and no other."""
    for reference in (head.id, head.address):
        try:
            if sources.find(reference) == head:
                return reference
        except (AmbiguousRun, RunNotFound):
            continue
    return head.place


def alias(head: RunHead, taken: Container[str]) -> str | None:
    """The display name where it makes a handle that is still free."""
    name = head.name or ""
    return name if _HANDLE.fullmatch(name) and name not in taken and name != head.id else None
