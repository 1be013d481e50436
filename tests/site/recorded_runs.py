"""Digests of runs for the site's tests, written as filling leaves them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING

from journal.model.digest import Curve, MetricDigest, RunDigest
from journal.model.run import Origin, RunState
from journal.tables import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_journal import SiteJournal

    from journal.site.contents import Contents
    from journal.site.sheet import Sheet

# Every kind of character that could mean something to a page: HTML, Markdown, templates, controls, a turned direction.
PAYLOAD = (
    "<img src=x onerror=alert(1)></script><!-- </table></details> **b** `c` [l](javascript:x) ![p](//x) | \"q\" 'q' "
    "# h\n# h2\n\n- i\r\t\x00\x07 {{ x }} {% y %} ${z} \u202eturned &lt; http://x.example " + "w" * 300
)

ORIGIN = Origin(
    kind="wandb-log", path="wandb/offline-run-20260221_190115-r9/run-r9.wandb", bytes=4321, sha256="ab" * 32
)


def brief(**fields: object) -> MetricDigest:
    """A metric in a digest."""
    known = {"n": 3, "nonfinite": 0, "first_step": 0, "last_step": 2, "min": 0.1, "max": 0.7, "last": 0.25}
    curve = Curve(steps=(0, 1, 2), values=(0.1, 0.7, 0.25))
    return MetricDigest.model_validate({**known, "curve": curve, **fields})


def write_run(lab: SiteJournal, key: str, **fields: object) -> None:
    """Write the digest of a run that no folder holds any more."""
    known = {
        "id": key,
        "state": RunState.FINISHED,
        "started": datetime(2026, 2, 21, 11, 1, tzinfo=UTC),
        "rows": 3,
        "first_step": 0,
        "last_step": 2,
        "origin": ORIGIN,
    }
    lab.write(f"evidence/runs/{key}.json", digest.dump(RunDigest.model_validate({**known, **fields})))


def page_of(sheets: Mapping[str, Sheet], path: str) -> str:
    """The text of a page."""
    return sheets[path].make().decode()


def sheets_of(room: object, contents: Contents) -> dict[str, Sheet]:
    """The pages of a room by their places; a room makes each place once."""
    made = list(room.sheets(contents))  # type: ignore[attr-defined]
    found = {sheet.path: sheet for sheet in made}
    assert len(found) == len(made)
    return found


def told(html: str) -> str:
    """What a reader sees of HTML, with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
