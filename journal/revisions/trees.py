"""The state of the tree that a run ran: what it leaves of a verdict, where the run has the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.model.capture import TIMELY
from journal.model.span import span
from journal.revisions.ties import CONSISTENT, PROVEN, Bond, Said, named, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from journal.model.revision import Code, CommitVerdict
    from journal.revisions.ties import Part, Tie


def tree(part: Part, held: Sequence[Tie]) -> Said:
    """What the state of the tree leaves of a verdict, where the run has the change."""
    code = part.code
    uncommitted = [tie for tie in held if tie.bond is Bond.UNCOMMITTED]
    doubt = _missing_files(held) or (_doubt_of_patch(code, uncommitted) if uncommitted else _doubt(code, held))
    if doubt is not None:
        return Said(CONSISTENT, [doubt])
    if uncommitted:
        return Said(_bound(held), [f"nothing else differed, captured {_apart(code)}"])
    if code.captured is None:
        return Said(_bound(held), ["its tracked files were clean: code was saved with it, and no patch"])
    return Said(_bound(held), [f"its tree was clean, captured {_apart(code)}"])


def _missing_files(held: Sequence[Tie]) -> str | None:
    """In words, that a part of a change is not there."""
    tie = next((tie for tie in held if tie.lost), None)
    return None if tie is None else f"not all of {tie.short} is there: as before it are {named(tie.lost)}"


def _doubt(code: Code, held: Sequence[Tie]) -> str | None:
    """In words, why the tree is not known to have been just the commit."""
    late = _untimely(code)
    if late is not None:
        return late
    if code.recorded is not None:
        return f"its tracker recorded {code.recorded[:7]}, and {(code.commit or 'none')[:7]} was captured"
    if code.dirty is None:
        return "whether its tree was clean is not known"
    return _dirt(code, held) if code.dirty else _doubt_of_unknown(code)


def _doubt_of_unknown(code: Code) -> str | None:
    """In words, why files that git did not know leave a doubt where tracked files were clean."""
    if code.untracked:
        return f"its tracked files were clean, but {unknown(code.untracked)} may have taken part"
    if code.untracked is None and code.captured is not None:
        return "its tracked files were clean, but files that git does not know could not be listed"
    return None


def _doubt_of_patch(code: Code, uncommitted: Sequence[Tie]) -> str | None:
    """In words, why uncommitted changes are not known to have been all that differed."""
    late = _untimely(code)
    if late is not None:
        return late
    if not all(tie.exact for tie in uncommitted):
        return "more was not committed than its change"
    if code.captured is None or code.untracked is None:
        return "files that git did not know are not recorded"
    return f"{unknown(code.untracked)} may have taken part" if code.untracked else None


def _bound(held: Iterable[Tie]) -> CommitVerdict:
    """What can be proven at most: a copy of a change stands on other ground than the change itself."""
    weak = any(tie.bond in {Bond.COPIED, Bond.ALIKE} or tie.replaced for tie in held)
    return CONSISTENT if weak else PROVEN


def _dirt(code: Code, held: Sequence[Tie]) -> str:
    if not code.changed:
        return "its tree had uncommitted changes"
    shared = [path for path in code.changed if any(path in tie.files for tie in held)]
    said = f"its tree had uncommitted changes to {named(code.changed)}"
    if not any(tie.files for tie in held):
        return said
    also = f"{named(shared)} is changed by the commit too" if shared else "none is changed by the commit"
    return f"{said} ({also})"


def _untimely(code: Code) -> str | None:
    """In words, why what was captured is not what the run began with."""
    if code.captured is None:
        return None
    if code.started is None:
        return "when it started is not known, so what was captured may be of another time"
    if abs(code.captured - code.started) <= TIMELY:
        return None
    return f"its tree was captured only {_apart(code)}, so how it began is not known"


def _apart(code: Code) -> str:
    assert code.captured is not None  # noqa: S101  (its callers looked)
    assert code.started is not None  # noqa: S101  (so did these)
    side = "after" if code.captured >= code.started else "before"
    return f"{span(code.captured - code.started)} {side} it started"
