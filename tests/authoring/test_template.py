from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.authoring.template import DEFAULT, Template, fenced, names, packaged, render, templates
from journal.config import Config, Settings
from journal.errors import TemplateError

BUILT_IN = ("debugging", "decision", "experiment", "negative", "results")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "templates").mkdir()
    return Config(tmp_path, Settings(), tmp_path / "journal.toml")


def template(config: Config, text: str, name: str = "own") -> None:
    (config.templates / f"{name}.md").write_bytes(text.encode())


@given(
    st.lists(st.sampled_from(["`", "```", "~~~", "text", "\n", " ", "    ", "<!-- journal:runs -->", "# x", ">"])).map(
        "".join
    )
)
def test_a_fenced_text_is_one_block_of_code_whatever_it_holds(text: str) -> None:
    (block,) = MarkdownIt("commonmark").parse(fenced(text))
    assert (block.type, block.content) == ("fence", f"{text}\n")


def test_the_journals_own_template_goes_before_the_packaged_one(config: Config) -> None:
    assert names(config) == BUILT_IN
    assert render(config, "experiment", CONTEXT).startswith("---\ntitle: T\n")
    template(config, "mine: {{ title }}", "experiment")
    template(config, "{{ title }}\n\n", "own")
    assert names(config) == tuple(sorted((*BUILT_IN, "own")))
    assert render(config, "experiment", CONTEXT) == "mine: T"
    assert render(config, "own", CONTEXT) == "T\n\n"


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_built_in_template_says_in_its_first_line_what_it_is_for(config: Config, name: str) -> None:
    (found,) = (each for each in templates(config) if each.name == name)
    assert found.path is None
    assert packaged()[name].startswith("{# " + found.description + " #}\n")
    assert found.description.endswith(".")


def test_the_default_template_is_listed_first_and_the_journals_own_by_their_files(config: Config) -> None:
    template(config, "{#- Short,\r\n  for a   day. -#}\n---\n", "daily")
    template(config, "--- {# no beginning #}\n", "results")
    found = templates(config)
    assert found[:2] == (
        Template(DEFAULT, "An experiment: what was changed and why, its runs, and what came of it."),
        Template("daily", "Short, for a day.", "templates/daily.md"),
    )
    assert found[-1] == Template("results", "", "templates/results.md")


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_templates_of_this_repository_are_the_built_in_ones(name: str) -> None:
    own = Path(__file__).parents[2] / "templates"
    assert {path.stem for path in own.iterdir()} == set(BUILT_IN)
    assert (own / f"{name}.md").read_text("utf-8") == packaged()[name]


CONTEXT: dict[str, object] = {
    "title": "T",
    "created": "2026-02-21T19:01:15+08:00",
    "template": "experiment",
    "status": "planned",
    "authors": [],
    "tags": [],
    "results_of": None,
    "predictions": [],
    "blocks": [],
    "follows": [],
    "related": [],
    "commits": [],
    "changed": [],
    "change": "",
    "runs": [],
    "metrics": [],
    "baseline": None,
    "candidate": None,
}


@pytest.mark.parametrize("name", ["nope", "", "../journal", "a/b", ".hidden", "/etc/passwd", "x" * 5000])
def test_a_name_that_is_no_template_is_an_error_that_lists_them(config: Config, name: str) -> None:
    (config.root / "journal.md").write_text("secret")
    template(config, "secret", ".hidden")
    with pytest.raises(TemplateError) as caught:
        render(config, name, CONTEXT)
    assert "experiment" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ok\n{% if %}\n", 2),
        ("{{ title\n", 1),
        ("a\nb\n{% endfor %}\n", 3),
        ("a\n\n{{ nobody }}\n", 3),
        ("{{ title }}\n{{ title.nothing.deeper }}\n", 2),
        ("\n\n\n{{ 1 / 0 }}", 4),
        ("{{ title + 1 }}", 1),
        ("\n{{ commits[3] }}", 2),
        ("\n{{ title | nosuchfilter }}", 2),
        ("\n{{ commits | yaml }}", 2),
        ("{% macro a() %}\n{{ a() }}{% endmacro %}\n{{ a() }}", 2),
        ("x\n{{ range(10 ** 9) | list }}", 2),
        ('x\n{% include "other" %}', 2),
        ('x\n{{ "%s %d" | format(title) }}', 2),
    ],
)
def test_a_template_that_fails_is_an_error_at_its_line(config: Config, text: str, line: int) -> None:
    template(config, text)
    with pytest.raises(TemplateError) as caught:
        render(config, "own", CONTEXT)
    assert caught.value.place == f"templates/own.md:{line}"
    assert caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ title.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ namespace.__init__ }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ '{a.__class__}'.format_map({'a': title}) }}",
        "{{ commits.append(1) }}",
        "{{ open('/etc/passwd') }}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(config: Config, text: str) -> None:
    template(config, text)
    try:
        shown = render(config, "own", CONTEXT)
    except TemplateError:
        return
    assert "class" not in shown
    assert "<" not in shown


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"caf\xe9"])
def test_a_template_that_is_not_utf8_is_an_error(config: Config, raw: bytes) -> None:
    (config.templates / "own.md").write_bytes(raw)
    with pytest.raises(TemplateError, match="cannot be read"):
        render(config, "own", CONTEXT)
