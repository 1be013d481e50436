"""What two versions of something differ in: keys and their values, functions and classes."""

from __future__ import annotations

from enum import StrEnum

from journal.model.base import Frozen
from journal.model.revision import Change


class KeyChange(Frozen):
    """One setting that differs."""

    key: str
    """Dotted, as people write it: `experiment.wandb.name`, `layers[2].width`, `--lr`, `"odd key".x`.

    It is empty where a file is one short list or one value.
    """
    before: str | None = None
    """Its value as the file writes it, on one line, shortened; None where the key was not there."""
    after: str | None = None
    """The same of the later version; None where the key is gone."""


class NameKind(StrEnum):
    """What a name stands for."""

    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"
    CONSTANT = "constant"


class NameChange(Frozen):
    """One function, method, class or constant that was added, deleted or modified."""

    name: str
    """Dotted and qualified: `Model.forward`."""
    kind: NameKind
    """What it is."""
    change: Change
    """`added`, `deleted` or `modified`."""


class KeyChanges(Frozen):
    """The settings in which two versions of a file differ."""

    changes: tuple[KeyChange, ...] = ()
    """In the order of the earlier version; what is new stands behind, in its mapping."""
    unreadable: str | None = None
    """Why nobody can tell, as the end of a sentence that begins with the file: `is not YAML before the change`."""


class NameChanges(Frozen):
    """The functions and classes in which two versions of a file differ."""

    changes: tuple[NameChange, ...] = ()
    """In the order of the later version; what was deleted stands behind."""
    unreadable: str | None = None
    """Why nobody can tell, as in `KeyChanges`."""
