"""From what people write to full shas: which commit, or which commits, a revision names."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from journal.errors import AmbiguousRevision, RevisionError, UnknownRevision
from journal.model.revision import is_full
from journal.revisions import command, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MOST_COMMITS = 500

_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,64}")  # git takes no fewer than four digits
_RANGE = re.compile(r"((?:[^{]|\{[^}]*\})*?)(\.\.\.?)(.*)")  # two dots within {} are part of a single revision
_LONGEST_REVISION = 1000
_LONGEST_LIST = 10


class Names:
    """What the revisions of a repository stand for.

    Args:
        root: Top of the work tree.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def resolve(self, revision: str) -> str:
        """The full sha of the commit that a revision names: see `Repository.resolve`."""
        _check(revision)
        answer = command.run(
            self._root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        sha = answer.text.strip()
        found = [sha] if answer.status == 0 and is_full(sha) else []
        if not found or not sha.startswith(revision.lower()):  # a branch may be called like the sha of a commit
            found += self._commits_starting(revision)
        if len(found) > 1:
            raise self.ambiguous(revision, found)
        if not found:
            raise self._unknown(revision)
        return found[0]

    def resolve_all(self, revisions: Sequence[str]) -> list[str]:
        """The full shas of the commits that revisions and ranges name, each once: see `Repository.commits`."""
        parts = {revision: _ends(revision) for revision in revisions}
        shas = self._resolved(dict.fromkeys(end for ends in parts.values() for end in ends))
        found: dict[str, None] = {}
        for revision, ends in parts.items():
            named = [shas[end] for end in ends]
            found |= dict.fromkeys(named if len(named) == 1 else self._between(revision, *named))
            if len(found) > MOST_COMMITS:
                raise _too_many(", ".join(revisions) if len(revisions) < _LONGEST_LIST else "what was asked for")
        return list(found)

    def known(self, shas: Iterable[str]) -> dict[str, str | None]:
        """The full shas of the commits that other shas name: see `Repository.commits_known`."""
        known: dict[str, str | None] = dict.fromkeys(shas)
        asked = [sha for sha in known if _ABBREVIATED.fullmatch(sha)]
        for sha, (name, _) in zip(asked, self._commits(asked), strict=True):
            if not name or name.startswith(sha.lower()):
                known[sha] = name or None
            else:  # a branch or tag of that name stands in front of the commit
                found = self._commits_starting(sha)
                known[sha] = found[0] if len(found) == 1 else None
        return known

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the clone holds only the newest commits."""
        return command.said(self._root, "rev-parse", "--is-shallow-repository") == "true"

    def is_cut(self, sha: str) -> bool:
        """Whether a shallow clone ends at a commit: it has parents that git does not tell of."""
        if not self.is_shallow:
            return False
        stored = command.run(self._root, "cat-file", "commit", sha).raw
        told = command.said(self._root, "rev-list", "--no-walk", "--parents", sha) or ""
        return b"\nparent " in stored.partition(b"\n\n")[0] and told.strip() == sha

    def ambiguous(self, revision: str, found: list[str]) -> AmbiguousRevision:
        """What is said of a revision that several commits answer to."""
        return AmbiguousRevision(f"{revision!r} could be any of {len(found)} commits", hint=self._listed(found))

    def _resolved(self, revisions: Iterable[str]) -> dict[str, str]:
        """The full sha of each revision; one git process answers for all that are plain."""
        asked = list(revisions)
        for revision in asked:
            _check(revision)
        found = {}
        for revision, (name, _) in zip(asked, self._commits(asked), strict=True):
            plain = name and (not _ABBREVIATED.fullmatch(revision) or name.startswith(revision.lower()))
            found[revision] = name if plain else self.resolve(revision)
        return found

    def _between(self, revision: str, earlier: str, later: str) -> list[str]:
        """The commits of one that another does not have, the oldest first."""
        answer = command.run(
            self._root,
            *("rev-list", "--topo-order", "--reverse", f"--max-count={MOST_COMMITS + 1}", later, f"^{earlier}", "--"),
        )
        if answer.status:
            said = f"the commits of {revision} cannot be listed: {answer.reason}"
            raise RevisionError(said, path=self._root, hint=command.FETCH)
        found = answer.text.split()
        if not found:
            start, _, end = _split(revision)
            hint = f"{end} has nothing that {start} lacks; `git log {end}..{start}` looks the other way"
            raise UnknownRevision(f"no commit is in {revision!r}", hint=hint)
        if len(found) > MOST_COMMITS:
            raise _too_many(revision)
        return found

    def _commits(self, names: Sequence[str]) -> list[tuple[str, str]]:
        return objects.named(self._root, [f"{name}^{{commit}}" for name in names])

    def _commits_starting(self, prefix: str) -> list[str]:
        """Full shas of the commits whose sha begins with these digits; none if they are not hex digits."""
        if not _ABBREVIATED.fullmatch(prefix):
            return []
        names = command.run(self._root, "rev-parse", f"--disambiguate={prefix}").text.split()
        return [name for name, kind in objects.named(self._root, names) if kind == "commit"]

    def _listed(self, shas: list[str]) -> str:
        """Short sha and subject of each commit, for a hint."""
        chosen = shas[:_LONGEST_LIST]
        answer = command.run(
            self._root,
            *("rev-list", "--no-walk=unsorted", "--oneline", "--abbrev=7", "--encoding=UTF-8", *chosen, "--"),
        )
        lines = [*(answer.text.splitlines() or chosen), *(["…"] if len(shas) > len(chosen) else [])]
        return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in "; ".join(lines))

    def _unknown(self, revision: str) -> UnknownRevision:
        hint = "run `git fetch` if it was made elsewhere"
        if command.said(self._root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
            hint = "nothing is committed here yet"
        elif close := self._commits_starting(revision[:5]) if _ABBREVIATED.fullmatch(revision) else []:
            hint = f"did you mean {self._listed(close[:3])}?"
        elif self.is_shallow:
            hint = "this clone is shallow: run `git fetch --unshallow`"
        return UnknownRevision(f"no commit answers to {revision!r}", hint=hint)


def _check(revision: str) -> None:
    """Raise for what cannot be a revision, or could be an option."""
    if revision.startswith("-") or not revision.isprintable() or not 0 < len(revision) <= _LONGEST_REVISION:
        shown = revision if len(revision) <= _LONGEST_REVISION else revision[:40] + "…"
        raise UnknownRevision(f"{shown!r} is not a revision", hint="give a sha, a branch or a tag")


def _ends(revision: str) -> tuple[str, ...]:
    """A revision as it is, or the two ends of a range."""
    _check(revision)
    start, dots, end = _split(revision)
    if not dots:
        return (revision,)
    if dots == "..." or revision == "..":
        hint = "name the commits of one side: A..B are those of B that A does not have"
        raise UnknownRevision(f"{revision!r} is not a range of commits", hint=hint)
    return start, end


def _split(revision: str) -> tuple[str, str, str]:
    """The ends of a range and the dots between them; an end that is left out is HEAD, as for git."""
    told = _RANGE.fullmatch(revision)
    return (told[1] or "HEAD", told[2], told[3] or "HEAD") if told else (revision, "", "")


def _too_many(what: str) -> RevisionError:
    hint = "name a shorter range, or the few commits that matter"
    return RevisionError(f"{what}: more than {MOST_COMMITS} commits, which is too many to read", hint=hint)
