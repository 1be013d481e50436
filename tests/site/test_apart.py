from pathlib import Path

import pytest
from site_journal import SiteJournal

from journal.site.apart import stand_apart

PLUGINS = "plugins:\n  - journal # brings the pages up to date when you run plain `mkdocs build` or `mkdocs serve`\n"


def asked(root: Path, old: str, new: str) -> bool:
    lab = SiteJournal(root)
    lab.with_mkdocs()
    text = (root / "mkdocs.yml").read_text()
    assert old in text
    lab.write("mkdocs.yml", text.replace(old, new))
    return stand_apart(lab.journal.config)


def test_the_site_of_a_new_journal_is_built_page_by_page(tmp_path: Path) -> None:
    assert asked(tmp_path, PLUGINS, PLUGINS)
    assert asked(tmp_path, PLUGINS, "plugins: []\n")
    assert asked(tmp_path, PLUGINS, "plugins:\n  - journal\n  - offline:\n      enabled: true\n")


@pytest.mark.parametrize(
    "plugins",
    [
        "",
        "plugins: search\n",
        "plugins:\n  - search\n",
        "plugins:\n  - journal\n  - tags:\n      tags_file: x.md\n",
        "plugins:\n  search: {}\n",
        "plugins:\n  - tags:\n",
        "plugins:\n",
        f"{PLUGINS}hooks: [a.py]\n",
        f"{PLUGINS}INHERIT: other.yml\n",
        "plugins: [\n",
    ],
)
def test_what_may_look_at_all_pages_asks_for_all_of_them(tmp_path: Path, plugins: str) -> None:
    assert not asked(tmp_path, PLUGINS, plugins)


@pytest.mark.parametrize("item", ["  - index.md\n", "  - Home:\n      - index.md\n", "  - Home: [index.md]\n"])
def test_a_page_that_the_navigation_names_by_its_own_title_is_read_for_it(tmp_path: Path, item: str) -> None:
    assert not asked(tmp_path, "  - Home: index.md\n", item)


def test_without_a_configuration_nothing_is_known(tmp_path: Path) -> None:
    assert not stand_apart(SiteJournal(tmp_path).journal.config)


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ("abbr", True),
        ("pymdownx.arithmatex", True),
        ("pymdownx.snippets", False),
        ("pymdownx.b64", False),
        ("of_our_own", False),
        ("pymdownx.snippets:\n      auto_append: [abbr.txt]", False),
    ],
)
def test_an_extension_that_may_read_other_files_asks_for_all_pages(
    tmp_path: Path, extension: str, expected: bool
) -> None:
    assert asked(tmp_path, "  - footnotes\n", f"  - footnotes\n  - {extension}\n") is expected
