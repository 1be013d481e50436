from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from site_journal import SiteJournal

from journal.document import mkdocs_yml
from journal.document.mkdocs_yml import CONFIG_NAME
from journal.errors import SiteError
from journal.site.build import build
from journal.site.settings_check import check, questionable

if TYPE_CHECKING:
    from pathlib import Path

NEW = (resources.files("journal.authoring") / "skeleton" / "mkdocs.yml").read_text("utf-8").replace("{{ title }}", "x")
KEPT = [line for line in NEW.splitlines() if "# KEEP" in line and not line.startswith("docs_dir")]


def found(text: str) -> list[str]:
    return list(map(str, questionable(mkdocs_yml.parse(text))))


def test_nothing_is_wrong_with_the_file_of_a_new_journal() -> None:
    assert found(NEW) == []
    assert len(KEPT) == 7


@pytest.mark.parametrize("line", KEPT)
def test_each_line_to_keep_is_missed_and_told_how_to_add(line: str) -> None:
    (said,) = found(NEW.replace(f"{line}\n", ""))
    name = line.split("#", maxsplit=1)[0].strip()
    assert re.fullmatch(rf"mkdocs\.yml:\d+: .* \(add `{re.escape(name)}` below `\w+:`\)", said)


@pytest.mark.parametrize("asset", ["assets/journal.css", "assets/journal.js"])
def test_a_list_that_stands_empty_lacks_its_line(asset: str) -> None:
    key = "extra_css" if asset.endswith("css") else "extra_javascript"
    text = re.sub(rf"{key}:\n.*\n", f"{key}:\n", NEW)
    number = text.splitlines().index(f"{key}:") + 1
    (said,) = found(text)
    assert said.startswith(f"mkdocs.yml:{number}: `{key}` lacks a line")
    (said,) = found(text.replace(f"{key}:\n", ""))
    assert said.startswith(f"mkdocs.yml: `{key}` lacks a line")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("plugins:\n", "plugins:\n  - search\n", r"mkdocs.yml:\d+: .*second index.*remove `- search`"),
        ("plugins:\n", "plugins:\n  - search:\n      lang: de\n", r"mkdocs.yml:\d+: .*remove `- search`"),
        ("plugins:\n", "plugins:\n  - material/search\n", r"mkdocs.yml:\d+: .*remove `- material/search`"),
        ("plugins:\n", "plugins:\n  - offline\n", r"mkdocs.yml:\d+: .*unpkg.com.*remove `- offline`"),
        ("plugins:\n  - journal", "x:\n  - journal", r"mkdocs.yml: without `plugins` .*  - journal`"),
        ("plugins:\n  - journal", "plugins:\nx:\n  - journal", r"mkdocs.yml:\d+: without `plugins` .*  - journal`"),
        (
            "theme:\n",
            "extra:\n  polyfills:\n    - assets/iframe-worker.js\ntheme:\n",
            r"mkdocs.yml:\d+: .*older version",
        ),
    ],
)
def test_what_an_older_version_had_is_to_be_removed(old: str, new: str, said: str) -> None:
    (line,) = found(NEW.replace(old, new, 1))
    assert re.match(said, line)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("plugins:\n", "plugins:\n  - search:\n      enabled: false\n  - tags\n"),
        ("plugins:\n", "plugins:\n  - search:\n      enabled: !ENV [NOWHERE_SET, false]\n"),
        ("  - assets/journal.js", "  - path: assets/journal.js\n    defer: true"),
        ("  - tables", "  - markdown.extensions.tables"),
        ("  - attr_list # KEEP\n  - def_list # KEEP\n", "  - extra\n"),
        ("plugins:\n", "plugins: []\nx:\n"),
    ],
)
def test_the_same_in_other_words_is_fine(old: str, new: str) -> None:
    text = NEW.replace(old, new, 1)
    assert text != NEW
    assert found(text) == []


def test_what_another_file_may_hold_is_not_missed() -> None:
    assert found("INHERIT: base.yml\nsite_name: x\n") == []
    assert len(found("INHERIT: base.yml\nplugins: [search]\n")) == 1


def test_findings_are_warnings_of_a_build_and_fail_a_strict_one(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.write("entries/2026-02-21-a.md", b"---\ntitle: A\ncreated: 2026-02-21T09:00:00Z\n---\n\ncaf\xe9\n")
    lab.write(CONFIG_NAME, NEW.replace("  - assets/journal.js", "  - x.js").replace("plugins:", "plugins:\n  - search"))
    settings, search, encoding = build(lab.journal).warnings
    assert "add `- assets/journal.js` below" in settings
    assert "remove `- search`" in search
    assert encoding == "entries/2026-02-21-a.md:6: is not UTF-8 (save the file as UTF-8)"
    with pytest.raises(SiteError, match=r"extra_javascript.*\(and 1 more.*journal\.js"):
        build(lab.journal, strict=True)


def test_a_file_that_is_missing_or_broken_is_left_to_the_builder(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    assert check(lab.journal.config) == ()
    lab.write(CONFIG_NAME, "a: [")
    assert check(lab.journal.config) == ()
