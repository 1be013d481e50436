import pytest

from journal.cli.serve import Told
from journal.errors import EntryError, SiteError

BAD = EntryError("not YAML", path="entries/a.md", line=2)
OTHER = EntryError("not YAML", path="entries/a.md", line=3)
ODD = SiteError("lacks a line", path="mkdocs.yml", hint="add it")


def test_what_is_wrong_is_told_once_and_that_it_is_fine_again_too(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told()
    said = []
    for problems, warnings in (([], []), ([BAD], [ODD]), ([BAD], [ODD]), ([OTHER], []), ([], []), ([], [])):
        told(problems, warnings)
        said.append(capsys.readouterr().err.splitlines())
    assert said == [
        [],
        ["error: entries/a.md:2: not YAML", "warning: mkdocs.yml: lacks a line (add it)"],
        [],
        ["error: entries/a.md:3: not YAML", "fine again: mkdocs.yml"],
        ["fine again: entries/a.md"],
        [],
    ]
