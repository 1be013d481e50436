"""What the site keeps between builds: believed only where it is whole, and for what it was made of."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from journal.document import store
from journal.document.mkdocs_yml import CONFIG_NAME
from journal.errors import JournalError
from journal.index import stamps
from journal.site.sheet import summed

if TYPE_CHECKING:
    from journal.config import Config


def made_by(config: Config) -> list[Any]:
    """The programme, and the settings of the journal and of the builder: of others, anything may come out another."""
    return [stamps.programme(), *(stamps.stamp(str(file)) for file in (config.source, config.root / CONFIG_NAME))]


def load(config: Config, name: str, of: Any) -> Any:
    """What was kept; None where there is nothing, where it is damaged, and where it was made of something else.

    Args:
        config: The journal.
        name: The file's name.
        of: What it must have been made of, in values that JSON gives back as they were.
    """
    try:
        head, _, payload = store.read(config.derived / name).raw.partition(b"\n")
        if _value(head) != {"of": _value(_json(of)), "sum": summed(payload)}:
            return None
        return _value(payload)
    except (JournalError, ValueError):
        return None


def keep(config: Config, name: str, of: Any, payload: Any) -> None:
    """Keep something; where the disk refuses, nothing is lost but time: nor is what was kept before believed then.

    Args:
        config: The journal.
        name: The file's name.
        of: What it is made of.
        payload: Plain values; named tuples become lists.
    """
    raw = _json(payload)
    head = _json({"of": of, "sum": summed(raw)})
    try:
        place = config.make_derived() / name
    except JournalError:
        return
    try:
        store.save(place, head + b"\n" + raw, inside=config.root, durable=False)
    except JournalError:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _json(values: Any) -> bytes:
    """Plain values as JSON; the names of files that are no UTF-8 are in it by their bytes."""
    import orjson

    try:
        return orjson.dumps(values, default=tuple)
    except TypeError:  # such a name; slow
        return json.dumps(values).encode()


def _value(raw: bytes) -> Any:
    import orjson

    try:
        return orjson.loads(raw)
    except ValueError:
        return json.loads(raw)
