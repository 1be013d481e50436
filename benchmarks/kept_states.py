"""What a reading finds when it begins: no cache, a warm one, or one of a log that has grown since."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

GROWTH = 0.01


def fresh_cache(folder: Path) -> Path:
    """An empty folder; those made before are removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Path(tempfile.mkdtemp(dir=folder))


def warm_cache(command: list[str], folder: Path) -> Path:
    """The cache that a worker leaves when it has read everything."""
    cache = fresh_cache(folder)
    subprocess.run([*command, "--cache", str(cache)], check=True, stdout=subprocess.DEVNULL)
    return cache


class GrownLog:
    """A log that grows by `GROWTH` again and again, with the cache of what it was before.

    Args:
        whole: The log as it is afterwards.
        folder: Where the growing one is kept.
        worker: The command that reads a log.
    """

    def __init__(self, whole: Path, folder: Path, worker: list[str]) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._worker = worker
        self._log, self._cache = folder / whole.name, folder / "cache"
        shutil.copyfile(whole, self._log)
        self._size = int(whole.stat().st_size / (1 + GROWTH))
        with self._log.open("rb") as file:
            file.seek(self._size)
            self._tail = file.read()
        os.truncate(self._log, self._size)
        self._before = warm_cache([*worker, str(self._log)], folder / "before")

    def command(self) -> list[str]:
        """Let it grow; what reads it then."""
        os.truncate(self._log, self._size)
        shutil.rmtree(self._cache, ignore_errors=True)
        shutil.copytree(self._before, self._cache)
        with self._log.open("ab") as file:
            file.write(self._tail)
        return [*self._worker, str(self._log), "--cache", str(self._cache)]
