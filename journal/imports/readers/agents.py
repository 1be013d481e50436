"""Names by which writing agents are known: what tells an agent from a person in a note."""

from __future__ import annotations

import re

# Names that people bear as well, such as Devin or Jules, are left out: nobody can tell.
_AGENTS = frozenset(
    {
        *("aider", "chatgpt", "claude", "claude code", "cline", "codex", "copilot", "cursor", "deepseek", "gemini"),
        *("github copilot", "gpt", "grok", "kimi", "openai codex", "openhands", "qwen", "roo code", "windsurf"),
    }
)
# What follows a name and leaves it the same agent: a version, a size, a place it runs in.
_EDITIONS = re.compile(
    r"(?:[\s_-]+(?:agent|bot|chat|cli|code|coder|flash|haiku|max|mini|nano|opus|pro|sonnet|turbo|v?\d[\w.]*))+$",
    re.IGNORECASE,
)


def is_agent(name: str) -> bool:
    """Whether a name is that of a known agent, its version left aside.

    Examples:
        >>> is_agent("Codex"), is_agent("GPT-4.1 mini"), is_agent("Claude Shannon"), is_agent("Ana")
        (True, True, False, False)
    """
    shown = " ".join(name.strip().lstrip("@").casefold().split())
    return shown in _AGENTS or _EDITIONS.sub("", shown) in _AGENTS
