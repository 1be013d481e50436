from __future__ import annotations

from journal.authoring.first_tables import marked, metrics_of
from journal.document.document import parse

ENTRY = b"""---
title: Before
created: 2026-02-20T10:00:00+00:00
---

<!-- journal:align peaks
metric: grad.norm
with: [train/loss, train/lr]
-->
<!-- /journal:align -->

<!-- journal:table
metrics: [val/loss, train/loss]
-->
<!-- /journal:table -->

<!-- journal:align broken
-->
<!-- /journal:align -->

<!-- journal:runs -->
<!-- /journal:runs -->

<!-- journal:plot
metrics: [val/loss, {PCK: val/pck}]
-->
<!-- /journal:plot -->
"""


def test_the_metrics_of_an_entry_are_those_of_all_its_tables_each_once() -> None:
    entry = parse(ENTRY, "entries/2026-02-20-before.md").entry
    assert metrics_of(entry) == ["grad.norm", "train/loss", "train/lr", "val/loss", "val/pck"]


def test_markers_are_those_that_stand_in_the_entry() -> None:
    entry = parse(ENTRY, "entries/2026-02-20-before.md").entry
    told = [marked(block) for block in entry.blocks]
    assert [each["kind"] for each in told] == ["align", "table", "align", "runs", "plot"]
    for each in (told[0], told[1], *told[3:]):
        assert f"{each['opening']}\n{each['closing']}\n".encode() in ENTRY
