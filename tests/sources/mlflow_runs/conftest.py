"""One tracking server, with a database that the real package wrote, for all tests of MLflow's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlflow_server import Serving, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The server; whoever breaks it mends it."""
    with serving(tmp_path_factory.mktemp("mlflow")) as server:
        yield server
