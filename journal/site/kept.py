"""What the site keeps between builds: believed only where it is whole, and for what it was made of."""

from __future__ import annotations

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
    import orjson

    try:
        head, _, payload = store.read(config.derived / name).raw.partition(b"\n")
        if orjson.loads(head) != {"of": orjson.loads(orjson.dumps(of)), "sum": summed(payload)}:
            return None
        return orjson.loads(payload)
    except (JournalError, ValueError):
        return None


def keep(config: Config, name: str, of: Any, payload: Any) -> None:
    """Keep something; where the disk refuses, nothing is lost but time.

    Args:
        config: The journal.
        name: The file's name.
        of: What it is made of.
        payload: Plain values; named tuples become lists.
    """
    import orjson

    try:
        raw = orjson.dumps(payload, default=tuple)
        head = orjson.dumps({"of": of, "sum": summed(raw)})
        store.save(config.make_derived() / name, head + b"\n" + raw, inside=config.root, durable=False)
    except (JournalError, TypeError):  # a name in it that is no text
        return
