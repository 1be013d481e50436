"""What kind of file a path is: a note, a script, or one that a tool made and nobody reads."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_GENERATED = re.compile(
    r"(?:^|/)(?:"
    r"[^/]*\.lock|[^/]*[._-]lock\.(?:json|ya?ml|txt|toml)|(?:package-lock|npm-shrinkwrap|packages\.lock)\.json"
    r"|go\.sum|[^/]*\.min\.(?:js|css)|[^/]*\.(?:map|pyc|pyo)|[^/]*_pb2(?:_grpc)?\.pyi?|[^/]*\.pb\.go"
    r"|\.terraform\.lock\.hcl"
    r"|(?:node_modules|__pycache__|\.ipynb_checkpoints|[^/]+\.egg-info|lightning_logs|mlruns)/.*"
    r"|wandb/(?:(?:offline-)?run-|sweep-|latest-run|debug).*"
    r")",
    re.IGNORECASE,
)
_NOTES = frozenset({".md", ".markdown", ".mdx", ".rst"})
_SHELL = frozenset({".sh", ".bash", ".zsh", ".fish", ".sbatch", ".slurm", ".pbs", ".qsub", ".lsf", ".ps1", ".bat"})
_TESTS = re.compile(r"(?:^|/)(?:tests?/|test_[^/]*$|[^/]*_test\.py$|conftest\.py$)")
_MAIN = re.compile(rb"^if\s+__name__\s*==", re.MULTILINE)


def is_generated(path: str) -> bool:
    """Whether a tool made the file: a lock file, minified code, what a tracker or a package manager left.

    Examples:
        >>> is_generated("uv.lock"), is_generated("web/app.min.js"), is_generated("models/lock.py")
        (True, True, False)
    """
    return _GENERATED.search(path) is not None


def is_note(path: str) -> bool:
    """Whether the file is prose."""
    return PurePosixPath(path).suffix.lower() in _NOTES


def may_be_script(path: str) -> bool:
    """Whether its contents say if the file is one to be run; tests are run by something else."""
    return PurePosixPath(path).suffix.lower() in {".py", ""} and _TESTS.search(path) is None


def is_script(path: str, raw: bytes) -> bool:
    r"""Whether the file is meant to be run: a shell or batch script, or code that begins or ends as a programme does.

    Examples:
        >>> is_script("jobs/train.sbatch", b""), is_script("tool.py", b"if __name__ == '__main__':\n    main()\n")
        (True, True)
        >>> is_script("models/layers.py", b"class Layer: ...\n")
        False
    """
    if PurePosixPath(path).suffix.lower() in _SHELL:
        return True
    return may_be_script(path) and (raw.startswith(b"#!") or _MAIN.search(raw) is not None)
