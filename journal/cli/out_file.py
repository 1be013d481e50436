"""A file that a verb writes where the user asks for it."""

from pathlib import Path

from journal.cli.output import say
from journal.config import Config
from journal.errors import NotWritable


def write(output: Path, raw: bytes, config: Config) -> None:
    """Write a file, but none that the journal would take for an entry or for evidence.

    Args:
        output: Where; a file that stands there is replaced.
        raw: What shall stand in it.
        config: The journal.

    Raises:
        NotWritable: It would stand among entries or evidence, there is no such folder, or the disk refuses.
    """
    from journal.document import store

    path, real = output.absolute(), output.resolve()
    as_entry = real.is_relative_to(config.entries.resolve()) and real.suffix == ".md"
    if as_entry or real.is_relative_to(config.evidence.resolve()):
        said = f"would stand among the journal's {'entries' if as_entry else 'evidence'}"
        raise NotWritable(said, path=path, hint="choose another name or folder")
    if not real.parent.is_dir():
        raise NotWritable("the folder for it is not there", path=path, hint="make the folder first")
    store.save(path, raw, inside=Path(path.anchor))
    say(f"wrote {output}")
