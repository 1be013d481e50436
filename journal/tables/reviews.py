"""Reviews of an entry: what they looked at, and whether they still count."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.model.life import Kind, Verdict
from journal.tables import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.config import Config
    from journal.model.entry import Entry
    from journal.model.life import Review

NO_EVIDENCE = "none"
"""What a review says of an entry that has no evidence."""
_SUM = 8


@dataclass(frozen=True)
class ReviewStanding:
    """How an entry's reviews stand to what it rests on now.

    Attributes:
        verified_by: The last review by which the entry counts as verified; None if it does not.
        disputed_by: The last review that disputes it, where nobody verified it since.
        overtaken: The reviews that looked at other evidence than there is now, in order.
    """

    verified_by: Review | None = None
    disputed_by: Review | None = None
    overtaken: tuple[Review, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether the entry counts as verified."""
        return self.verified_by is not None


def standing_of(reviews: Sequence[Review], evidence: str) -> ReviewStanding:
    """How reviews stand to the evidence as it is.

    Only a human's verdict `verified` makes an entry count as verified, while the evidence is what the reviewer saw and
    nobody, agents included, has disputed it later. Reviews are taken in the order in which they stand. One that does
    not say what evidence it saw cannot be told to be overtaken.

    Args:
        reviews: The entry's reviews, in order.
        evidence: `evidence_sum` of the entry as it is.
    """
    verified_by: Review | None = None
    disputed_by: Review | None = None
    for review in reviews:
        if review.verdict is Verdict.DISPUTED:
            verified_by, disputed_by = None, review
        elif _counts(review, evidence):
            verified_by, disputed_by = review, None
    overtaken = tuple(review for review in reviews if is_overtaken(review, evidence))
    return ReviewStanding(verified_by, disputed_by, overtaken)


def is_overtaken(review: Review, evidence: str) -> bool:
    """Whether a review saw other evidence than there is."""
    return review.evidence not in {None, evidence}


def _counts(review: Review, evidence: str) -> bool:
    ours = review.verdict is Verdict.VERIFIED and review.kind is Kind.HUMAN
    return ours and not is_overtaken(review, evidence)


def evidence_sum(entry: Entry, config: Config) -> str:
    """Short sum of an entry's evidence: eight hex digits, or `none` where there is none.

    The entry's id in it does not count, so that what was seen stays seen when the entry gets another one; nor does what
    git tells of commits, which is no number of the entry's and may become clearer by itself.

    Raises:
        EvidenceError: The evidence cannot be believed.
    """
    evidence, stored = record.read(entry, config)
    if stored is None:
        return NO_EVIDENCE
    seen = evidence.model_copy(update={"entry": "", "commits": {}, "verdicts": {}})
    return hashlib.sha256(record.dump(seen)).hexdigest()[:_SUM]
