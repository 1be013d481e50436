"""What a text can be found by: the rule that the pages' script follows too, for what is typed.

1. The text is folded: compatibility decomposition (NFKD), accents and points dropped, case folded, composed (NFKC).
2. It is cut into words of letters and digits. In scripts without blanks between words each character is one.
3. Two such characters side by side are a term as well, so that a query of two finds them only side by side.
4. A name (of a metric, a file, a run, a tag) is also a term as a whole, and so is what follows each of its slashes, if
   it holds several words and no blank: `debug/wmax_sat_frac` and `wmax_sat_frac` beside `debug`, `wmax`, `sat`, `frac`.
   Punctuation around it does not count.
5. A term is at most `LONGEST` characters; what is longer is cut off there.

A query finds every term that begins with one of its own. `60-search-words.js` holds the same rule for the browser, and
tests hold both to one table of examples.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from journal.index.words import cut, folded

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64
"""Characters of a term: a sum of 256 bits has as many hex digits."""

_AROUND = "/.,;:!?\"'`()[]{}<>-_"


def of(text: str) -> Iterator[str]:
    """The terms of a text, some of them several times.

    Examples:
        >>> list(of("Déjà vu: 注意力"))
        ['deja', 'vu', '注', '意', '力', '注意', '意力']
    """
    plain = folded(text)
    words = cut(plain)
    yield from (word[:LONGEST] for word in words)
    if not plain.isascii():
        yield from _pairs(plain, words)


def _pairs(plain: str, words: list[str]) -> Iterator[str]:
    """Every two characters of a dense script that stand side by side."""
    for pair in dict.fromkeys(pairwise(words)):
        if all(_is_dense(word) for word in pair) and "".join(pair) in plain:
            yield "".join(pair)


@cache
def _is_dense(word: str) -> bool:
    """Whether it is a character that is a word of its own, wherever it stands."""
    return len(word) == 1 and len(cut(word + word)) > 1


def of_name(name: str) -> Iterator[str]:
    """The terms of a name: those of its text, and itself.

    Examples:
        >>> sorted({*of_name("train/grad_norm")})
        ['grad', 'grad_norm', 'norm', 'train', 'train/grad_norm']
    """
    yield from of(name)
    if len(name.split()) != 1:
        return
    parts = folded(name).split("/")
    for start in range(len(parts)):
        whole = "/".join(parts[start:]).strip(_AROUND)
        if len(cut(whole)) > 1 and len(whole.split()) == 1:
            yield whole[:LONGEST]
