"""What all tests share: neutral surroundings, and where the real run folders lie."""

from __future__ import annotations

import importlib.metadata
import os
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from stopwatch import untraced

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mlflow_server import Mlflow, Serving, Written

# A slow machine is no failure. In CI the same examples every time, so that a red run is about the change at hand;
# on a developer's machine new ones, so that rules go on being tried.
settings.register_profile("journal", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("journal")

pytest.register_assert_rewrite("journal.sources.contract")

# What is installed stays the same while the tests run; every listing of runs asks for it, and each time it takes longer
# than the listing.
importlib.metadata.entry_points = cache(importlib.metadata.entry_points)  # type: ignore[assignment]

_HOMES = count()  # of this process; whoever lets pytest find the number has it look through all folders each time

RUNS = Path(__file__).parent / "fixtures" / "runs"


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks of these tests, and let no tracker's settings and keys of the user's through to any of them."""
    for name in [name for name in os.environ if name.startswith(("WANDB_", "MLFLOW_", "NETRC"))]:
        del os.environ[name]
    text = "untraced: does what other tests do too, hundreds of times; coverage need not follow it"
    config.addinivalue_line("markers", text)
    config.addinivalue_line("markers", "browser: drives Chromium; `make browser` runs these")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let a test that is marked so run without coverage, in half the time."""
    if item.get_closest_marker("untraced") is None:
        return (yield)
    with untraced():
        return (yield)


@pytest.fixture(autouse=True)
def _neutral_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's git, W&B or journal settings, nor the repository these tests lie in."""
    home = tmp_path_factory.mktemp(f"neutral-home-{next(_HOMES)}", numbered=False)
    for name in (
        "MLFLOW_TRACKING_URI",
        "TRACKIO_DIR",
        "WANDB_DIR",
        "WANDB_ENTITY",
        "WANDB_PROJECT",
        "WANDB_MODE",
        "SOURCE_DATE_EPOCH",
        "EDITOR",
        "VISUAL",
    ):
        monkeypatch.delenv(name, raising=False)
    # An unbuffered stream fails at another moment than the usual one.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    # Nothing here has to outlive a power cut, and each wait for the disk is longer than what is tested.
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file that was touched a moment ago be believed, so that no test has to wait."""
    monkeypatch.setattr("journal.index.stamps.SETTLED_NS", 0)


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mlflow]:
    """The real package, which writes once for all who test at once."""
    from mlflow_server import Mlflow

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    mlflow = Mlflow(shared / "mlflow-written", tmp_path_factory.mktemp("mlflow"))
    yield mlflow
    mlflow.end()


@pytest.fixture(scope="session")
def mlflow_written(mlflow: Mlflow) -> Written:
    """Runs in a database and in folders that the real package wrote, for reading alone."""
    return mlflow.written()


@pytest.fixture(scope="session")
def mlflow_served(mlflow: Mlflow) -> Serving:
    """An MLflow tracking server of these runs; whoever breaks it mends it."""
    return mlflow.serving()
