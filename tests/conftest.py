"""What all tests share: neutral surroundings, and where the real run folders lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no failure. In CI the same examples every time, so that a red run is about the change at hand;
# on a developer's machine new ones, so that rules go on being tried.
settings.register_profile("journal", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("journal")

pytest.register_assert_rewrite("journal.sources.contract")

RUNS = Path(__file__).parent / "fixtures" / "runs"


@pytest.fixture(autouse=True)
def _neutral_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's git, W&B or journal settings, nor the repository these tests lie in."""
    home = tmp_path_factory.mktemp("home")
    for name in ("WANDB_DIR", "WANDB_ENTITY", "WANDB_PROJECT", "WANDB_MODE", "SOURCE_DATE_EPOCH", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    # An unbuffered stream fails at another moment than the usual one.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
