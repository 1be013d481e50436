from __future__ import annotations

import pytest

from journal.site.alone.alone import Alone


def told(html: str) -> str:
    alone = Alone({"#here": "#here", "b.md": "https://lab.example/b/"}.get, {"a.png": "data:image/png;base64,AA"}.get)
    alone.feed(html)
    alone.close()
    return "|".join([alone.text, *alone.notes])


@pytest.mark.parametrize(
    ("html", "after"),
    [
        ("<p>a &amp; b &#38; c</p>", "<p>a &amp; b &#38; c</p>"),
        ("x<script>alert('</p>')</script>y", "xy"),
        ("x<script src='https://evil.example/x.js'></script>y", "xy"),
        ("<object><object>in</object>side</object>y", "y"),
        ("<meta http-equiv=refresh content='0; url=https://evil.example'><base href='//evil.example/'>y", "y"),
        ("<noscript>shown</noscript><!-- gone -->", "shown"),
        ('<p onclick="x()" data-a="b" class="c">', '<p class="c">'),
        ('<video src="https://evil.example/v" poster="p">', "<video>"),
        ('<input type="checkbox" disabled checked>a', '<span role="img" aria-label="done">☑</span>a'),
        ("<pre>a</pre><table>", '<pre tabindex="0">a</pre><table tabindex="0">'),
        ('<table class="journal-table x">', '<table class="journal-table x">'),
        ('<svg><use href="https://evil.example/s#a"/><use href="#a"/></svg>', '<svg><use/><use href="#a"/></svg>'),
    ],
)
def test_nothing_that_runs_or_fetches_is_left(html: str, after: str) -> None:
    assert told(html) == after


@pytest.mark.parametrize(
    ("html", "after"),
    [
        ('<a class="x" href="#here">to</a>', '<a href="#here" class="x">to</a>'),
        ('<a href="b.md" target="_blank">to</a>', '<a href="https://lab.example/b/" rel="noopener noreferrer">to</a>'),
        ('<a href="unknown.md" id="i">to</a> on', '<span id="i">to</span> on'),
        ('<svg><a xlink:href="unknown.md"><path/></a></svg>', "<svg><g><path/></g></svg>"),
        ('<a id="place"></a>', '<span id="place"></span>'),
    ],
)
def test_a_link_leads_somewhere_or_is_text(html: str, after: str) -> None:
    assert told(html) == after


def test_a_picture_is_inside_or_told_in_words() -> None:
    assert told('<img src="a.png" alt="A">') == '<img alt="A" src="data:image/png;base64,AA">'
    assert told('<img src="https://evil.example/p.png" alt="a <b>">') == "<em>a &lt;b&gt; (not shown)</em>"


def test_evidence_stands_in_notes_that_are_open_and_other_folds_stay_where_they_are() -> None:
    fold = '<details class="journal-fold journal-evidence"><summary>s</summary><details>in</details></details>'
    mark = '<p class="journal-mark"><a id="journal-mark-1" href="#journal-note-1">Evidence: note 1</a></p>'
    note = '<details class="journal-fold journal-evidence" open><summary>s</summary><details>in</details></details>'
    assert told(f"a{fold}b<details>c</details>") == f"a{mark}b<details>c</details>|{note}"
