"""The search's scripts: what the pages' script loads when somebody searches. They only hand over what they hold."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from journal.site.script_text import call
from journal.site.search import others, own, rows, shards
from journal.site.sheet import Sheet, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from journal.site.contents import Contents

FOLDER = "search"
ROWS = f"{FOLDER}/rows.js"
OTHERS = f"{FOLDER}/others.js"


def sheets(contents: Contents) -> Iterator[Sheet]:
    """The rows of entries and of other pages, and the word index in shards."""
    entries = [(each.path, each.page, each.sum, contents.replaced(each)) for each in contents.abstracts]
    runs = [(key, run.sum) for key, run in contents.runs.items()]
    made_of = Sheet("", (entries, runs, contents.site.folders), bytes).key
    pages = own.made_of(contents.config)
    yield Sheet(OTHERS, (made_of, pages), lambda: script("others", others.others(contents, own.pages(contents.config))))
    words = [each.words for each in contents.abstracts[::-1]]
    firsts = shards.starts(words)
    yield Sheet(ROWS, (made_of, firsts), lambda: script("rows", {**rows.rows(contents), "shards": firsts}))

    @cache
    def made() -> list[dict[str, str]]:
        return list(shards.shards(words, firsts))

    words_sum = summed("\0".join(words).encode("utf-8", "surrogatepass"))
    for number in range(len(firsts)):
        name = f"words-{number:02x}"
        yield Sheet(f"{FOLDER}/{name}.js", words_sum, partial(_shard, name, number, made))


def _shard(name: str, number: int, made: Callable[[], list[dict[str, str]]]) -> bytes:
    return script(name, made()[number])


def script(name: str, value: Any) -> bytes:
    """A script that hands over a value by its name."""
    return call("journal.search.take", name, value)
