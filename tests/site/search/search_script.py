"""The pages' search script under Node, with what the journal made for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NODE = shutil.which("node")
SCRIPTS = [
    resources.files("journal.site") / "assets" / "script" / name for name in ("60-search-words.js", "60-search.js")
]

needs_node = pytest.mark.skipif(NODE is None, reason="no node on the PATH to run the pages' script with")

_AROUND = """
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const loaded = [];
const script = async (path) => { loaded.push(path); (0, eval)(asked.files[path]); };
globalThis.window = globalThis;
globalThis.journal = { base: "base/", script };
asked.scripts.forEach((text) => (0, eval)(text));
const { search, words } = journal;
const told = ({ index, asked, entries, exact, others, near }) => ({
  entries: entries.map((number) => index.columns.id[number]),
  rows: entries.slice(0, 3).map((number) => index.row(number)),
  others: Object.fromEntries(others.map(([kind, rows]) => [kind, rows.map((row) => [row.name, row.address])])),
  exact: exact.map((row) => row.name),
  why: entries.slice(0, 1).flatMap((number) => search.why(index, asked, number)),
  near,
});
"""


def run(body: str, files: Mapping[str, bytes] | None = None, **asked: Any) -> Any:
    """What a piece of script prints as JSON; `search`, `words`, `asked`, `loaded` and `told` are there for it."""
    assert NODE is not None
    scripts = [script.read_text("utf-8") for script in SCRIPTS]
    given = {"scripts": scripts, "files": {name: raw.decode() for name, raw in (files or {}).items()}}
    program = f"{_AROUND}\n(async () => {{ {body} }})().then((found) => console.log(JSON.stringify(found)));"
    done = subprocess.run(
        [NODE, "-e", program], input=json.dumps({**given, **asked}), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found(files: Mapping[str, bytes], queries: Sequence[str]) -> dict[str, Any]:
    """For each query the ids of entries, the best first, the rows of the first, and the other pages by kind."""
    body = (
        "const all = Object.create(null); for (const each of asked.queries) all[each] = told(await search.find(each));"
    )
    answers: dict[str, Any] = run(f"{body} return all;", files, queries=queries)
    return answers
