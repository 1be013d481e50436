"""Names and times in what a note says of those who looked again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from journal.imports.readers.agents import is_agent
from journal.imports.readers.interface import Confidence, Person
from journal.imports.readers.times import times
from journal.model.life import Kind

if TYPE_CHECKING:
    from journal.model.when import When

NAME = (
    r"(?P<name>@?[A-Z][\w'’.-]{0,40}\w(?!\w)(?:\s(?:[A-Z][\w'’-]{1,40}+|[A-Z]\.|\d[\d.]{0,20}+)){0,3}"
    r"|@[\w-]{1,60}+|[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))"
)
# Capitalised words that stand where a name could.
_NO_NAMES = frozenset(
    {
        *("a", "an", "all", "and", "another", "any", "appendix", "batch", "bug", "ci", "code", "correction"),
        *("data", "date", "design", "each", "early", "experiment", "eq", "equation", "extended", "external"),
        *("fact", "fig", "figure", "final", "first", "five", "four", "further", "gpu", "hand", "hpc", "i"),
        *("independent", "internal", "it", "later", "lemma", "literature", "manual", "me", "minor", "monte"),
        *("my", "note", "number", "numerical", "one", "our", "page", "peer", "phase", "post", "pr", "previous"),
        *("quick", "result", "results", "run", "second", "section", "see", "seed", "self", "several"),
        *("simulation", "six", "step", "student", "supplementary", "table", "team", "test", "tests", "the"),
        *("theorem", "third", "this", "three", "two", "typo", "unit", "units", "update", "us", "visual"),
        *("wandb", "we", "you", "your"),
        *("although", "anybody", "anyone", "as", "because", "but", "everybody", "everyone", "he", "if", "in", "maybe"),
        *("no", "nobody", "none", "nothing", "on", "once", "perhaps", "please", "she", "since", "somebody", "someone"),
        *("that", "they", "unless", "until", "when", "whether", "while", "who"),
    }
)
_MOST = 200  # characters that are looked at for names and times
_CAPITAL = re.compile(r"(?:[A-Z]['’]|Ma?c|D[eu])?[A-Z][a-z\u00df-\u024f'’]*(?:-[A-Z][a-z]+)?\.?")
# With one of these a Chinese name begins; any other word may stand where a name could.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付"
    "邹熊白孟秦邱侯江尹薛闫雷龙史陶贺顾毛郝龚邵万钱严赖洪武莫孔"
)


def date_in(text: str) -> When | None:
    """The first time in a text, if it can be read in one way only."""
    first = next(iter(times(text[:_MOST])), None)
    return first.when if first and first.confidence is Confidence.STATED else None


def person(name: str) -> Person:
    """Somebody by their name; an agent if it is known as one."""
    shown = name.strip()
    return Person(shown, Kind.AGENT if is_agent(shown) else None)


def reviewer_in(text: str) -> Person | None:
    """Who is named in a few words such as `Codex review`, `Ana, 2026-02-21` or `by Ana Lee`; None if nobody is."""
    rest = text[:_MOST]
    for told in reversed(times(rest)):
        rest = f"{rest[: told.start]},{rest[told.end :]}"
    rest = re.sub(
        r"(?:['’]s)?\s*\b(?:code\s+)?review\b|审阅|审核|复核|\b(?:by|from|per|on|after)\b|由|经",
        " ",
        rest,
        flags=re.IGNORECASE,
    )
    for part in re.split(r"[,，;；/]", rest):
        found = re.fullmatch(NAME, part.strip())
        if found and is_name(found["name"]):
            return person(found["name"])
    return None


def is_name(name: str) -> bool:
    """Whether a capitalised word can be somebody's name; `PyTorch`, `GPU` and `Table 2` are none."""
    first = name.lstrip("@").split()[0]
    if is_agent(name) or name.startswith("@"):
        return True
    if first.lower().strip(".") in _NO_NAMES or name.endswith(("'s", "’s")) or any(map(str.isdigit, name)):
        return False
    if is_chinese(first):
        return first[0] in _SURNAMES
    return _CAPITAL.fullmatch(first) is not None


def is_chinese(name: str) -> bool:
    """Whether a name is written in Chinese."""
    return "\u4e00" <= name[:1] <= "\u9fff"
