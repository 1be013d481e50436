from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from site_journal import SiteJournal

from journal.site import running
from journal.site.laid import folder_of
from journal.site.mkdocs_plugin import DONE, JournalPlugin

if TYPE_CHECKING:
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteJournal:
    monkeypatch.delenv(DONE, raising=False)
    found = SiteJournal(tmp_path)
    found.entry("2026-02-21-a")
    found.write("mkdocs.yml", "site_name: x\ndocs_dir: .journal/docs\ntheme: mkdocs\nplugins: [journal]\n")
    folder_of(found.journal.config).mkdir(parents=True)
    return found


def configured(own: SiteJournal) -> tuple[MkDocsConfig, JournalPlugin]:
    config = load_config(str(own.root / "mkdocs.yml"))
    plugin = config.plugins["journal"]
    assert isinstance(plugin, JournalPlugin)
    return config, plugin


def test_plain_mkdocs_has_the_pages_before_it_lists_its_files(own: SiteJournal) -> None:
    config, _ = configured(own)
    config.plugins.on_config(config)
    assert (own.root / ".journal/docs/entries/2026-02-21-a.md").is_file()


def test_it_does_nothing_where_the_journal_made_the_pages(own: SiteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DONE, "1")
    config, plugin = configured(own)
    config.plugins.on_config(config)
    assert not list((own.root / ".journal/docs").iterdir())
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, root=str(own.root))
    plugin.on_serve(server, config=config, builder=None)
    server.server_close()
    assert server._watched_paths == {}


def test_the_journal_says_that_it_made_the_pages() -> None:
    assert running.environment()[DONE]


def test_an_entry_that_is_left_out_is_a_warning(own: SiteJournal, caplog: pytest.LogCaptureFixture) -> None:
    own.write("entries/2026-02-22-b.md", "no front matter\n")
    config, plugin = configured(own)
    with caplog.at_level(logging.WARNING):
        plugin.on_config(config)
    assert "entries/2026-02-22-b.md" in caplog.text


def test_pages_elsewhere_and_no_journal_stop_the_build(own: SiteJournal) -> None:
    config, plugin = configured(own)
    config.docs_dir = str(own.root)
    with pytest.raises(PluginError, match="docs_dir must be"):
        plugin.on_config(config)
    (own.root / "journal.toml").unlink()
    with pytest.raises(PluginError, match="journal init"):
        plugin.on_config(config)


def test_the_server_watches_entries_and_evidence_but_not_what_is_generated(own: SiteJournal) -> None:
    config, plugin = configured(own)
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, root=str(own.root))
    server.watch(config.docs_dir)
    plugin.on_serve(server, config=config, builder=None)
    server.server_close()
    assert sorted(server._watched_paths) == [str(own.root / "entries"), str(own.root / "journal.toml")]
