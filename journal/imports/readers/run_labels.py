"""What a note calls a run where it names it: its label and its part in the comparison."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from journal.imports.readers.mentions import column_cue
from journal.imports.readers.outline import plain
from journal.model.entry import Role

if TYPE_CHECKING:
    from journal.imports.readers.mentions import Mention

_ROLES = {
    Role.BASELINE: r"\bbaseline\b|\bbase\s?line\b|基线",
    Role.CANDIDATE: r"\bcandidate\b|候选",
    Role.REFERENCE: r"\breference\b|参考|参照",
}
_ANY_ROLE = "|".join(_ROLES.values())
# Words that set something against the role that stands behind them, or take something from it.
_RELATIVE = re.compile(
    r"\b(?:vs\.?|versus|than|to|over|against|from|without|with|not|no|non|beyond|between|since|after|before|of|on)\b"
    r"|[-‑]\s*$|\bnon-|[+/&,，、]|比|对比|相比|不|非|无",
    re.IGNORECASE,
)
_CUES = (
    r"\bw&b\b|\bwandb\b|\bweights\s*(?:&|and)\s*biases\b|\bruns?\b|\bids?\b|\blinks?\b|\burls?\b|\bdir(?:ectory)?\b"
    r"|\bfolder\b|\bpath\b|运行|实验|编号|链接"
)
_PLAIN = re.compile(rf"{_CUES}|{_ANY_ROLE}|\b(?:the|our|a|an|local|example|is|of)\b|[^\w\u4e00-\u9fff]", re.IGNORECASE)
_CUE = re.compile(_CUES, re.IGNORECASE)
_APPOSED = re.compile(rf"(?:{_ANY_ROLE})\s*(?:{_CUES}|[(（\s])*\s*$", re.IGNORECASE)
_IN_BRACKETS = re.compile(
    rf"^[`*_\s]*[(（]\s*(?P<words>(?:[\w-]+\s+){{0,3}}?(?:{_ANY_ROLE}))(?:\s+run)?\s*(?:[)）]|[,;，；])", re.IGNORECASE
)
_IS_ROLE = re.compile(
    rf"^[`*_\s]*(?:\bis\b|\bas\b|=|是|—|–|为)\s*(?:the|our|a|this)?\s*(?P<words>{_ANY_ROLE})(?![\w-])", re.IGNORECASE
)
_HEAD = re.compile(r"^(?P<label>[^`|]{1,80}?)\s*(?:[:：=]|->|→|—|–)\s*[`*_\[(（<\"']*$")
_NAME = re.compile(
    r"`(?P<label>[^`\s]{9,60})`[*_\s]*[(（](?:(?:w&b|wandb)[\w\s]*[:：]?\s*)?[`*_\s]*$", re.IGNORECASE
)  # in front of an id in brackets
_NAME_COLUMN = re.compile(
    r"(?:run|name|run name|label|model|variant|method|experiment|config(?:uration)?|setting|setup|arm|"
    r"名称|名字|模型|实验|运行|方法|配置|说明)",
    re.IGNORECASE,
)
_ROLE_COLUMN = re.compile(r"roles?|角色|作用", re.IGNORECASE)
_LONGEST_LABEL = 60
_LONGEST_REST = 200


class Naming(NamedTuple):
    """What one mention of a run says of it."""

    role: Role | None = None
    label: str | None = None


def naming(mention: Mention) -> Naming:
    """What a mention says of its run; nothing where it says nothing plainly."""
    if mention.block.column:
        return _by_row(mention) if fills(mention) else Naming(_near(mention))
    named = _NAME.search(mention.before)
    if named:
        return Naming(_role(named["label"]), named["label"])
    head = _head(mention)
    if head is None:
        return Naming(_near(mention))
    label = head if _has_words(head) and (not _CUE.search(head.replace("_", " ")) or _role(head)) else None
    role = _near(mention) or (_role(head) if _alone(mention) else None) or _of_parent(mention)
    return Naming(role, label if label and _alone(mention) and len(label) <= _LONGEST_LABEL else None)


def heads(mention: Mention) -> bool:
    """Whether a word opens its item, or follows its label there."""
    before = plain(mention.head).strip(" [(`*_")
    return not before or _head(mention) is not None


def fills(mention: Mention) -> bool:
    """Whether a word fills its cell, alone or with its like."""
    rest = _besides_ids(mention.block.text)
    return len(rest) <= _LONGEST_REST and not rest.replace(mention.text, "")


@lru_cache(maxsize=256)  # asked for every word of a cell
def _besides_ids(text: str) -> str:
    return re.sub(r"`[^`]*`|\b[a-z0-9]{8}\b|https?://\S+|[\s,;/、*_()\[\]<>]|\band\b", "", text)


def _has_words(text: str) -> bool:
    """Whether a label says more than cues and roles do, and more than a date."""
    return any(map(str.isalpha, _PLAIN.sub("", text.replace("_", " "))))


def _by_row(mention: Mention) -> Naming:
    """The label from the column of names, the role from it or from a column of roles."""
    row = {name: text for name, text in mention.block.row.items() if name != mention.block.column}
    named = [text for name, text in row.items() if _NAME_COLUMN.fullmatch(name)]
    first = next(iter(mention.block.row.items()))
    if not named and first[0] != mention.block.column and column_cue(first[0]) == "none":
        named = [first[1]]
    label = next((text for text in named if _has_words(text)), None)
    said = [*(text for name, text in row.items() if _ROLE_COLUMN.fullmatch(name)), *named]
    role = next(filter(None, map(_role, said)), None)
    return (
        Naming(role, label or next((text for text in named if _role(text)), None))
        if len(label or "") <= _LONGEST_LABEL
        else Naming(role)
    )


def _head(mention: Mention) -> str | None:
    """The label in front of a word: `LABEL: word` at the beginning of a line."""
    found = _HEAD.match(mention.head)
    return plain(found["label"]).strip(" *_:：") or None if found else None


def _alone(mention: Mention) -> bool:
    """Whether no other word between ticks stands on the line that a label might be meant for."""
    return not re.match(r"[`*_\s]*(?:,|、|and\b|&|/|vs\b|和|与|或|or\b)\s*[`*_]*\w", mention.after)


def _near(mention: Mention) -> Role | None:
    """The role in the words right before or behind: "the baseline run `x`", "`x` (baseline)", "`x` is the baseline"."""
    behind = _IN_BRACKETS.match(mention.after) or _IS_ROLE.match(mention.after)
    if behind and not _RELATIVE.search(re.sub(_ANY_ROLE, "", behind["words"], flags=re.IGNORECASE)):
        return _role(behind["words"])
    before = (
        re.split(r"[.;:!?。；：！？]", plain(mention.before))[-1]
        if not mention.before.rstrip().endswith((":", "："))
        else ""
    )
    apposed = _APPOSED.search(before)
    if (
        apposed is None
        or not _alone(mention)
        or re.search(r"(?:\bnot|\bno|\bnon-?)\s+(?:the\s+|a\s+)?$|[-+]$", before[: apposed.start()], re.IGNORECASE)
    ):
        return None
    return _role(apposed[0])


def _of_parent(mention: Mention) -> Role | None:
    """The role in the label of the item around: `- Baseline: …` over `- W&B run: x`."""
    parent = next(iter(mention.block.parents), "") if mention.block.is_item or mention.block.depth else ""
    found = re.match(r"([^:：]{1,40})(?:[:：]|$)", parent)
    return _role(found[1]) if found else None


def _role(words: str) -> Role | None:
    """The role that words give to what they name; none if they name two, or only speak of one."""
    found = [role for role, pattern in _ROLES.items() if re.search(pattern, words, re.IGNORECASE)]
    return found[0] if len(found) == 1 and not _RELATIVE.search(words) else None
