"""Names that tell an agent from a person."""

from __future__ import annotations

import pytest

from journal.imports.readers.agents import is_agent


@pytest.mark.parametrize(
    "name", ["Codex", "claude", "@claude", "Claude Code", "Claude Opus 4.1", "GPT-5", "GPT-4.1 mini", "GitHub Copilot"]
)
def test_a_known_agent_is_one_in_any_version(name: str) -> None:
    assert is_agent(name)


@pytest.mark.parametrize("name", ["Ana", "Claude Shannon", "Claude Monet", "Devin", "Jules", "Codexa", "", "4.1"])
def test_what_may_be_a_person_is_no_agent(name: str) -> None:
    assert not is_agent(name)
