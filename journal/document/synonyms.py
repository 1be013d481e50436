"""What headings mean: which of the journal's own sections a heading of any author's stands for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from journal.config import DEFAULT_SECTIONS

CONTEXT, CHANGE, RATIONALE, RUNS, RESULTS, NEXT_STEPS = DEFAULT_SECTIONS

_PHRASES = {
    CONTEXT: """
        context; background; motivation; problem; problem statement; problem description; problem identified; issue;
        introduction; intro; goal; goals; objective; objectives; aim; aims; purpose; question; research question;
        symptom; symptoms; starting point
        背景; 动机; 问题; 目标; 目的; 现状; 引言; 简介; 上下文; 症状; 现象; 问题描述; 问题背景; 研究背景;
        背景介绍; 实验背景; 实验目的
        """,
    CHANGE: """
        change; changes; code change; code changes; changes made; what changed; what i changed; what we changed;
        what was changed; proposed change; proposed changes; fix; fixes; fix applied; fixes applied;
        all fixes applied;
        bug fix; bug fixes; solution; solutions; solution applied; method; methods; approach; implementation;
        modification; modifications; patch
        改动; 修改; 变更; 更改; 变化; 方法; 方案; 做法; 修复; 实现; 改进; 解决方案; 解决方法; 修复方案;
        代码改动; 代码修改; 改动内容; 修改内容
        """,
    RATIONALE: """
        rationale; logic; hypothesis; hypotheses; why; reason; reasons; reasoning; justification; theory; intuition;
        why it works; why it should work; why this works; why this should work; why this makes sense
        原因; 理由; 假设; 依据; 原理; 思路; 逻辑; 为什么; 理论依据; 原因分析; 设计思路
        """,
    RUNS: """
        runs; run; runs compared; compared runs; comparison; compare; runs and comparison; how to run; how to compare;
        how to run and compare; how to reproduce; reproduction; setup; set-up; experiment setup; experimental setup;
        experiment settings; experimental settings; training setup; run configuration; baselines
        运行; 对比; 比较; 对照; 设置; 复现; 实验设置; 实验配置; 对比实验; 实验对比; 运行对比; 运行配置;
        运行方式; 运行方法; 如何运行; 如何对比; 如何复现
        """,
    RESULTS: """
        result; results; key result; key results; main result; main results; final result; final results;
        experimental results; observed results; test results; finding; findings; key finding; key findings;
        main findings; outcome;
        outcomes; observation; observations; conclusion; conclusions; discussion; interpretation; evaluation;
        takeaways;
        key takeaways
        结果; 结论; 发现; 观察; 讨论; 实验结果; 主要结果; 关键结果; 最终结果; 主要发现; 结果分析; 实验结论; 评估结果
        """,
    NEXT_STEPS: """
        next; next step; next steps; todo; todos; to do; to-do; to-dos; todo list; to-do list; future work;
        future steps; follow-up; follow-ups; follow up; follow-up work; followup; followups; what next; what's next;
        next action; next actions; next experiments; action items; remaining work; remaining steps; open tasks
        后续; 下一步; 待办; 待做; 接下来; 未来工作; 后续工作; 后续计划; 后续步骤; 后续实验; 下一步计划;
        下一步工作; 下步计划; 待办事项; 待办清单; 行动项
        """,
}
_MEANING = {
    phrase.strip(): section
    for section, phrases in _PHRASES.items()
    for phrase in re.split(r"[;\n]", phrases)
    if phrase.strip()
}

_LONGEST = 200
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[a-zA-Z\uff21-\uff3a\uff41-\uff5a{_HAN}]")
_MARKS = re.compile(r"[*_`~#\[\]|]+")
_ASIDE = re.compile(r"\([^()]*\)")
_REST = re.compile(r"\s*(?::|;|\s[-\u2013\u2014]+\s).*", re.DOTALL)
_NUMBERED = re.compile(r"^(?:第?[一二三四五六七八九十百\d]+(?:[、.)节章]|部分|(?=\s))\s*)+")
_AND = re.compile(r"\s*(?:/|&|\+|,|、|\band\b|与|和|及)\s*")
_NEXT = re.compile(r"next(?: [a-z-]+)? steps?(?: (?:to|for) .+)?")
_ARTICLES = frozenset({"the", "our", "my"})


def canonical(heading: str) -> str | None:
    """The section of `DEFAULT_SECTIONS` that a heading stands for; None where that is not sure.

    Numbers, emphasis, pictures and what stands in parentheses or behind a colon do not count.

    Examples:
        >>> canonical("3. **What changed**"), canonical("Key result: it converges"), canonical("二、实验结果")
        ('Change', 'Results', 'Results')
        >>> canonical("Changes and results") is None
        True
    """
    return _meaning(heading[:_LONGEST])


@lru_cache(maxsize=4096)
def _meaning(heading: str) -> str | None:
    words = _words(heading)
    known = _MEANING.get(words)
    if known is not None:
        return known
    if _NEXT.fullmatch(words):
        return NEXT_STEPS
    meant = {_MEANING.get(_words(part)) for part in _AND.split(words)}
    return meant.pop() if len(meant) == 1 else None


def _words(heading: str) -> str:
    """A heading's own words in small letters, with one blank between."""
    # A picture whose encoding was broken looks like letters, but has neither ASCII ones nor Chinese. It goes first:
    # the normal form of such letters can be ASCII.
    bare = _MARKS.sub("", heading).split()
    text = " ".join(word for word in bare if _WORD.search(word) or not any(map(str.isalpha, word)))
    text = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'").strip()
    text = _REST.sub("", _ASIDE.sub(" ", _NUMBERED.sub("", text, count=1)).strip()).strip(" .!?:")
    words = [word for word in text.split() if _WORD.search(word) or word in "/&+,"]
    while words and words[0] in _ARTICLES:
        del words[0]
    return " ".join(words)
