"""Runs for an entry: which one is meant, and by which reference, handle and role the entry shall know it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRun, RunNotFound, SourceError, UsageError
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
        UsageError: There is no such role.
    """
    role, rest = split_role(reference)
    try:
        return role, sources.find(rest)
    except RunNotFound:
        refuse_unknown_role(sources, reference)
        raise


def refuse_unknown_role(sources: Sources, reference: str) -> None:
    """Look whether a reference that names no run would name one without the word in front of its colon.

    Raises:
        UsageError: It would: the word was meant as a role, and there is no such role.
    """
    word, _, rest = reference.partition(":")
    if not word.isalpha() or word in set(Role) or not rest.strip():
        return
    try:
        sources.find(rest)
    except SourceError:
        return
    meant = next(iter(get_close_matches(word, list(Role))), Role.CANDIDATE)
    roles = f"{', '.join(list(Role)[:-1])} and {list(Role)[-1]}"
    raise UsageError(f"there is no role {word!r}; roles are {roles}", hint=f"write {meant}:{rest}")


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
