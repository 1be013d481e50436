"""The journal that the browser's tests look at: several scripts, every state of an entry, and one that is hostile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from site_journal import SHA, SiteJournal, make_run

from journal.site.build import build

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<img src=x onerror=window.pwned=1> </title><script>window.pwned=1</script> zebra"
ENTRY = "entries/2026-02-21-clamp.html"
HOSTILE_ENTRY = "entries/2026-02-20-zebra.html"
ROWS = 120
RUNS = [
    {"id": "r7q2base", "as": "base", "role": "baseline", "label": "no clamp"},
    {"id": "k3m9cand", "as": "clamp", "role": "candidate"},
    {"id": "w5x8wide", "as": "wide", "role": "candidate"},
]
BODY = """## Context

The softmax saturates, see [the reason](2026-02-03-chinese.md). It ends at [TBD](run:clamp "last(train/loss)").

## Results

<!-- journal:table losses
metrics: [train/loss, val/acc, debug/attn/sat_frac]
stats: [mean, last]
windows: [20..60]
-->
<!-- /journal:table -->

<!-- journal:plot curves
metrics: [train/loss]
scale: log
smooth: 0.6
-->
<!-- /journal:plot -->

## Next steps

- [ ] Try a wider clamp.
- [x] Train again.
"""
SCRIPTS = {
    "latin": ("Élan perdu: the façade of déjà vu", "A naïve schedule, after Ångström and Erdős.", ["naïve"]),
    "chinese": ("注意力饱和导致梯度爆炸", "损失在训练中下降得更快。", ["注意力"]),
    "cyrillic": ("Градиенты взрываются после разогрева", "Потери растут без ограничения.", ["устойчивость"]),
    "arabic": ("تشبع الانتباه بعد الإحماء", "الخسارة تنخفض ببطء.", ["انتباه"]),
    "hindi": ("प्रशिक्षण की हानि कम हुई", "ढाल स्थिर रहती है।", ["हानि"]),
}
STATES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("2026-01-12-first", "A first clamp", {"tags": ["attention"]}),
    ("2026-01-20-wrong", "A wrong turn", {"status": "concluded", "outcome": "negative"}),
    ("2026-01-25-why", "Why it was wrong", {"invalidates": ["2026-01-20-wrong"]}),
)
PENDING = "## Results\n\n<!-- journal:table t\nmetrics: [train/loss]\nstats: [last]\n-->\n<!-- /journal:table -->\n"
ESCAPED = HOSTILE.replace("<", "\\u003c").replace(">", "\\u003e")  # it stands in a comment
TABLE_OF_HOSTILE = f"""
<!-- journal:table t
metrics: ["{ESCAPED}", train/loss]
runs: [bad]
stats: [last]
-->
<!-- /journal:table -->
"""


def curves(scale: float) -> dict[str, list[float]]:
    """Three metrics of a run, one of them with a step that is no number."""
    loss = [scale * (3 * math.exp(-step / 30) + 0.2 + 0.1 * math.sin(step)) for step in range(ROWS)]
    return {
        "train/loss": [*loss[:50], float("nan"), *loss[51:]],
        "val/acc": [1 - math.exp(-step / (40 * scale)) for step in range(ROWS)],
        "debug/attn/sat_frac": [abs(math.sin(step / 9)) * scale / 3 for step in range(ROWS)],
    }


def built_journal(root: Path) -> Path:
    """Write the journal into an empty folder and build its site; returns the site's folder."""
    lab = SiteJournal(root)
    for scale, run in zip((1.0, 0.6, 0.8), RUNS, strict=True):
        lab.with_runs(make_run(run["id"], curves(scale), name=f"{run['as']}-sun-{run['id'][1]}"))
    lab.with_runs(make_run("hostile", {HOSTILE: [1.0, 0.5], "train/loss": [2.0, 1.0]}, name=HOSTILE, path=HOSTILE))
    _write_plain(lab)
    _write_filled(lab)
    _write_hostile(lab)
    lab.with_mkdocs()
    built = build(lab.journal, strict=True)
    assert list(built.generated.problems) == []
    return built.page.parent


def _write_filled(lab: SiteJournal) -> None:
    entry = lab.entry(
        "2026-02-21-clamp",
        BODY,
        status="concluded",
        outcome="positive",
        authors=[{"name": "Ada", "kind": "human"}, {"name": "codex", "kind": "agent"}],
        tags=["attention", "stability"],
        commits=[{"sha": SHA, "note": "clamp the logits"}],
        runs=RUNS,
        predictions=[{"claim": "the loss falls by a third", "expect": "last(train/loss)@clamp < 0.7"}],
        follows=["2026-02-03-chinese"],
        supersedes=["2026-01-12-first"],
        updates=[{"at": "2026-02-22T10:00+08:00", "by": "Ada", "status": "concluded", "section": "Results"}],
        corrections=[{"was": "0.5", "now": "0.6", "reason": "a typing error", "by": "Ada"}],
        reviews=[{"by": "Lin", "kind": "human", "verdict": "verified", "method": "read again"}],
    )
    lab.fill(entry)


def _write_plain(lab: SiteJournal) -> None:
    for number, (name, (title, words, tags)) in enumerate(SCRIPTS.items(), 2):
        day = f"2026-02-{number:02}"
        body = f"## Context\n\n{words}\n"
        created = f"{day}T09:00:00+08:00"
        lab.entry(f"{day}-{name}", body, title=title, tags=tags, created=created, authors=["Lin"], status="running")
    for name, title, fields in STATES:
        lab.entry(name, title=title, created=f"{name[:10]}T09:00:00+01:00", **fields)
    lab.fill(lab.entry("2026-02-19-waits", PENDING, title="It still waits", runs=["notyet01"]))


def _write_hostile(lab: SiteJournal) -> None:
    path = lab.entry(
        "2026-02-20-zebra",
        f"{HOSTILE.replace('<', '&lt;')}\n{TABLE_OF_HOSTILE}",
        title=HOSTILE,
        created="2026-02-20T10:00:00+08:00",
        authors=[HOSTILE],
        tags=[HOSTILE],
        files=["a/" + "long" * 40 + ".py"],
        commits=[{"sha": "abcdef0", "note": HOSTILE, "origin": HOSTILE}],
        runs=[{"id": "hostile", "as": "bad", "label": HOSTILE}, {"id": HOSTILE}],
        predictions=[{"claim": HOSTILE, "expect": "last(train/loss)@bad < 3"}],
        updates=[{"at": "2026-02-22T10:00+08:00", "by": "long" * 40, "status": "inconclusive", "section": HOSTILE}],
        corrections=[{"was": "long" * 40, "now": HOSTILE, "reason": HOSTILE, "by": HOSTILE}],
        reviews=[{"by": HOSTILE, "verdict": "verified", "method": "long" * 40, "evidence": "0123abcd"}],
    )
    lab.fill(path)
