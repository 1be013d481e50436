"""How long the site takes to build, against bare MkDocs with Material on as many pages of the same size.

    python benchmarks/building.py [--entries N ...] [--rounds N] [--log-to FOLDER] [--name NAME]

The first time it makes a journal of N entries for each N in `build/benchmarks`: entries of 2 to 4 kB like those of
`checking.py`, on N / 2 small runs; every third has a filled table and a cited value with their evidence. The peer gets
a page of prose, lists, tables and code for each page that the journal generates (entries, runs, commits, metrics and
lists), of as many bytes, a configuration of five lines, and a navigation of two.

In each round every way runs once, start-up and all; ratios are taken within a round. **full** is `journal build` with
no site, no pages and nothing kept. **changed** is the same after a paragraph was added to one entry, and **added**
after an entry was written; the site must be, byte for byte, what a full build makes of the same entries.

With `--log-to` each N is logged as a W&B run `NAME-N`, offline, with a row for each round.
"""

import argparse
import filecmp
import os
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import checking
from checking import BLOCK, Author, run
from filling import BUILD, JOURNAL, SETTLED, WHO, log
from logged_runs import PROJECT

ENTRIES, ROUNDS = (1_000, 5_000), 3
RATIOS = (("full", "bare"), ("changed", "full"), ("added", "full"))
FILLED_EVERY, ROWS = 3, 100
MKDOCS = str(Path(sys.executable).parent / "mkdocs")
BARE = """site_name: Notes
theme: material
nav:
  - Home: index.md
  - Entries: entries/index.md
not_in_nav: /**/*.md
"""


class Researcher(Author):
    """Writes entries on many runs, of which every third has a table to fill."""

    def __init__(self, shas: list[str], runs: int) -> None:
        super().__init__(shas)
        self._runs = runs

    def entry(self, number: int) -> str:
        """The text of an entry."""
        text = super().entry(number)
        for place in range(checking.RUNS):
            text = text.replace(f"small{place:03},", f"small{(number * 2 + place) % self._runs:05},")
        return text if number % FILLED_EVERY != 1 else text.replace("\n## Next steps", f"{BLOCK}\n## Next steps")


def journal_of(entries: int) -> Path:
    """The journal, made where it is missing."""
    root = BUILD / f"building-{entries}"
    if (root / "ready").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    (root / "entries").mkdir(parents=True)
    runs = max(checking.RUNS, entries // 2)
    for number in range(runs):
        folder = root / "wandb" / f"run-20260225_{number % 240000:06}-small{number:05}"
        folder.mkdir(parents=True)
        (folder / f"run-small{number:05}.wandb").write_bytes(log(f"small{number:05}", ROWS))
    (root / "journal.toml").write_text("")
    (root / ".gitignore").write_text("wandb/\nready\nsite/\n")
    run(["git", "init", "-q"], root)
    author = Researcher(list(checking.history(root)), runs)
    checking.FILLED_EVERY = 10**9  # the tables to fill are ours
    for number in range(entries):
        (root / "entries" / f"{author.stem(number)}.md").write_text(author.entry(number))
    shutil.copy(BUILD.parent.parent / "journal/authoring/skeleton/mkdocs.yml", root / "mkdocs.yml")
    settings = (root / "mkdocs.yml").read_text().replace("{{ title }}", '"Notes"')
    (root / "mkdocs.yml").write_text(settings)
    run([JOURNAL, "fill-results"], root)
    run(["git", "add", "-A"], root)
    run(["git", *WHO, "commit", "-qm", "Fill"], root)
    (root / "ready").touch()  # last: what was interrupted is made anew
    return root


def peer_of(root: Path) -> Path:
    """A folder of plain pages, one for each page that the journal has generated, of as many bytes."""
    peer = root / "peer"
    shutil.rmtree(peer, ignore_errors=True)
    author = Author(["0badc0de"])
    for number, page in enumerate(pages(root)):
        place = peer / "docs" / page.relative_to(root / ".journal/docs")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_of_size(author, number, page.stat().st_size))
    (peer / "mkdocs.yml").write_text(BARE)
    return peer


def pages(root: Path) -> Iterator[Path]:
    """The pages that the journal generated."""
    yield from sorted((root / ".journal/docs").rglob("*.md"))


def _of_size(author: Author, number: int, size: int) -> str:
    text = f"# Note {number}\n"
    while len(text) < size:
        text += author.entry(number + 1).split("---\n", 2)[2]
    return text[:size]


class Ways:
    """Every way to build."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._peer: Path | None = None
        self._turn = 0

    def full(self) -> float:
        """From nothing."""
        for name in (".journal", "site"):
            shutil.rmtree(self._root / name, ignore_errors=True)
        return self._build()

    def bare(self) -> float:
        """MkDocs alone, on as many pages of the same size."""
        if self._peer is None:
            self._peer = peer_of(self._root)
        shutil.rmtree(self._peer / "site", ignore_errors=True)
        return run([MKDOCS, "build", "--quiet"], self._peer)[1]

    def changed(self) -> float:
        """After one entry was changed."""
        self._turn += 1
        entry = sorted((self._root / "entries").glob("*.md"))[self._turn * 7]
        entry.write_text(entry.read_text() + f"\nA word more, for the {self._turn}th time.\n")
        return self._after_a_while()

    def added(self) -> float:
        """After one entry was written."""
        self._turn += 1
        entry = self._root / "entries" / f"2026-03-01-more-{self._turn}.md"
        entry.write_text(f"---\ntitle: More {self._turn}\ncreated: 2026-03-01T10:00:00+01:00\n---\n\nWords.\n")
        return self._after_a_while()

    def _after_a_while(self) -> float:
        time.sleep(SETTLED)
        return self._build()

    def _build(self) -> float:
        return run([JOURNAL, "build"], self._root)[1]

    def require_same(self) -> None:
        """End if the site as it stands is not what a full build makes."""
        stood = self._root / "stood"
        shutil.rmtree(stood, ignore_errors=True)
        (self._root / "site").rename(stood)
        self.full()
        left = list(_differing(filecmp.dircmp(stood, self._root / "site")))
        shutil.rmtree(stood)
        if left:
            sys.exit(f"a partial build makes another site: {left[:5]}")


def _differing(compared: "filecmp.dircmp[str]") -> Iterator[str]:
    found = [*compared.left_only, *compared.right_only, *compared.diff_files, *compared.funny_files]
    for name in found:
        if name != "sitemap.xml.gz":  # holds the time at which it was packed
            yield str(Path(compared.right, name))
    for below in compared.subdirs.values():
        yield from _differing(below)


def measure(entries: int, rounds: int) -> dict[str, list[float]]:
    """Measure and print; returns the seconds of each way in each round."""
    root = journal_of(entries)
    ways = Ways(root)
    taken: dict[str, list[float]] = {"full": [], "bare": [], "changed": [], "added": []}
    for _ in range(rounds):
        for name, seconds in taken.items():
            seconds.append(getattr(ways, name)())
    ways.require_same()
    run(["git", "checkout", "-q", "--", "entries"], root)
    run(["git", "clean", "-qfd", "--", "entries"], root)
    sizes = [page.stat().st_size for page in pages(root)]
    site = sum(path.stat().st_size for path in (root / "site").rglob("*") if path.is_file())
    print(f"{entries} entries: {len(sizes)} pages of {statistics.mean(sizes):.0f} bytes, a site of {site / 1e6:.0f} MB")
    for name, seconds in taken.items():
        print(f"  {name:8}{statistics.median(seconds):8.2f} s, {min(seconds):.2f} to {max(seconds):.2f}")
    for name, peer in RATIOS:
        found = ratios(taken, name, peer)
        print(f"  {name}: {statistics.median(found):.3f} x {peer}, {min(found):.3f} to {max(found):.3f}")
    return taken


def ratios(taken: dict[str, list[float]], name: str, peer: str) -> list[float]:
    """One way against another one, within each round."""
    return [ours / theirs for ours, theirs in zip(taken[name], taken[peer], strict=True)]


def write_run(folder: Path, name: str, entries: int, taken: dict[str, list[float]]) -> None:
    """Log the rounds of one journal, with a name for all that are measured together."""
    import wandb

    quiet = wandb.Settings(silent=True, console="off", x_disable_stats=True)
    columns = {f"build/{way}_seconds": seconds for way, seconds in taken.items()}
    columns |= {f"build/{way}_of_{peer}": ratios(taken, way, peer) for way, peer in RATIOS}
    config = {"entries": entries, "filled_every": FILLED_EVERY, "processors": len(os.sched_getaffinity(0))}
    folder.mkdir(parents=True, exist_ok=True)
    with wandb.init(
        project=PROJECT,
        id=f"{name}-{entries}",
        name=f"{entries} entries",
        group="building the site",
        dir=folder,
        config=config,
        mode="offline",
        settings=quiet,
    ) as logged:
        for row in zip(*columns.values(), strict=True):
            logged.log(dict(zip(columns, row, strict=True)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, nargs="+", default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--log-to", type=Path, metavar="FOLDER")
    parser.add_argument("--name", default="building")
    options = parser.parse_args()
    full = {}
    for entries in options.entries:
        taken = measure(entries, options.rounds)
        full[entries] = statistics.median(taken["full"])
        if options.log_to is not None:
            write_run(options.log_to, options.name, entries, taken)
    first = min(full)
    for entries, seconds in full.items():
        print(
            f"{entries} entries take {seconds / full[first]:.2f} x the time of {first}, load {os.getloadavg()[0]:.2f}"
        )


if __name__ == "__main__":
    main()
