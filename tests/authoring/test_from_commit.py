from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.authoring import change_text, from_commit
from journal.authoring.net_changes import ChangedFile, NetChanges
from journal.changes.python import NOT_PARSED
from journal.document.document import parse
from journal.model.change import KeyChange, NameChange, NameKind
from journal.model.revision import Change, Commit, FileChange
from toys import Toys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from journal.revisions import Repository

Capsys = pytest.CaptureFixture[str]

TRAIN = """import torch


class Trainer:
    rate = 0.1

    def step(self):
        return 1

    def stop(self):
        return 2
"""
CONFIG = "experiment:\n  wandb:\n    name: slow\n  width: 64\n"


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toys:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1771671675")
    toys = Toys.begin(tmp_path / "lab", "sections = []\n")
    (toys.root / "entries").mkdir()
    toys.write("train.py", TRAIN)
    toys.write("config.yaml", CONFIG)
    toys.commit("Start")
    return toys


def change(toys: Toys, capsys: Capsys, *revisions: str) -> str:
    """What a new entry about commits says of the change."""
    asked = [word for revision in revisions for word in ("--from-commit", revision)]
    entry = toys.made(toys.call(capsys, "new", *asked))
    return next(section.text for section in entry.sections if section.heading == "Change")


def items(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r" *- ", line)]


def test_settings_are_told_as_keys_and_values_and_functions_by_their_names(toys: Toys, capsys: Capsys) -> None:
    toys.write("config.yaml", CONFIG.replace("slow", "fast").replace("  width: 64\n", "  depth: 3\n"))
    toys.write("train.py", TRAIN.replace("return 1", "return 3") + "\n    def log(self):\n        pass\n")
    toys.commit("Faster")
    assert items(change(toys, capsys, "HEAD")) == [
        "- `config.yaml`, +2 -2",
        "    - `experiment.wandb.name`: `slow` -> `fast`",
        "    - `experiment.width`: removed (was `64`)",
        "    - `experiment.depth`: `3` (new)",
        "- `train.py`, +4 -1: `Trainer.step`; new `Trainer.log`",
    ]


def test_notes_and_scripts_that_the_commit_adds_are_named_and_linked(toys: Toys, capsys: Capsys) -> None:
    toys.write("notes/why (1).md", "# Why\n")
    toys.write("jobs/train.sbatch", "srun true\n")
    toys.write("tool.py", "def main(): ...\n\n\nif __name__ == '__main__':\n    main()\n")
    toys.write("layers.py", "def layer(): ...\n")
    toys.commit("Notes")
    toys.git("rm", "-q", "jobs/train.sbatch")
    told = items(change(toys, capsys, "HEAD"))
    assert told == [
        "- `jobs/train.sbatch`, new script, +1",
        "- `layers.py`, new, +1: `layer`",
        "- [`notes/why (1).md`](../notes/why%20%281%29.md), new note, +1",
        "- [`tool.py`](../tool.py), new script, +5: `main`",
    ]
    for href in re.findall(r"\]\((.*?)\)", "\n".join(told)):
        assert (toys.root / "entries" / unquote(href)).is_file()


def test_a_commit_of_three_hundred_files_gives_a_short_page_with_a_true_count(toys: Toys, capsys: Capsys) -> None:
    for number in range(300):
        toys.write(f"data/part{number % 7}/{number}.txt", "x\n" * (number + 1))
    toys.write("docs/read.txt", "x\n")
    toys.write("config.yaml", CONFIG.replace("slow", "fast"))
    toys.commit("A lot")
    told = items(change(toys, capsys, "HEAD"))
    assert len(told) < 30
    assert "    - `experiment.wandb.name`: `slow` -> `fast`" in told  # what matters is not what is cut
    rest = re.search(r"- (\d+) more files, \+(\d+) -0: (\d+) in `data/`, 1 in `docs/`", told[-1])
    assert rest is not None
    listed = [line for line in told[:-1] if line.startswith("- ")]
    assert len(listed) + int(rest[1]) == 302
    assert int(rest[1]) == int(rest[3]) + 1
    added = sum(int(count) for line in listed for count in re.findall(r"\+(\d+)", line))
    assert added + int(rest[2]) == sum(range(301)) + 1 + 1


def test_lock_files_and_what_tools_made_are_summed_up_in_one_line(toys: Toys, capsys: Capsys) -> None:
    toys.write("uv.lock", "a\n" * 500)
    toys.write("web/package-lock.json", '{"a": 1}\n')
    toys.write("web/app.min.js", "x\n")
    toys.write("config.yaml", CONFIG.replace("64", "65"))
    toys.commit("Update")
    assert items(change(toys, capsys, "HEAD")) == [
        "- `config.yaml`, +1 -1",
        "    - `experiment.width`: `64` -> `65`",
        "- 3 generated or lock files, +502 -0: `uv.lock`, `web/app.min.js`, `web/package-lock.json`",
    ]


def test_a_merge_tells_what_it_brought_and_of_which_branch(toys: Toys, capsys: Capsys) -> None:
    toys.git("switch", "-qc", "wide/layers")
    toys.write("config.yaml", CONFIG.replace("64", "128"))
    one = toys.commit("Wider")
    toys.write("train.py", TRAIN + "# end\n")
    two = toys.commit("A comment")
    toys.git("switch", "-q", "main")
    toys.write("other.txt", "x\n")
    toys.commit("Meanwhile")
    toys.git("merge", "-q", "--no-ff", "-m", "Merge branch 'wide/layers'", "wide/layers")
    text = change(toys, capsys, "HEAD")
    assert "It merges 2 commits of wide/layers:" in text
    assert items(text) == [
        "- `config.yaml`, +1 -1",
        "    - `experiment.width`: `64` -> `128`",
        "- `train.py`, +1 -0",
        f"- {two[:7]} A comment",
        f"- {one[:7]} Wider",
    ]
    text = change(toys, capsys, "main^1..main")  # the merge does not count what its commits did once more
    assert "- `config.yaml`, +1 -1" in text


def test_no_secret_of_a_commit_comes_into_an_entry_and_a_changed_one_is_told(toys: Toys, capsys: Capsys) -> None:
    token, password, key = "ghp_" + "a1B2c3D4" * 5, "p4ssw0rd", "0a1b2c3d" * 5
    toys.write("keys.yaml", f"wandb_key: {key}\nurl: https://bob:old@host/x\nrate: 1\n")
    toys.commit("Before")
    toys.write("keys.yaml", f"wandb_key: {key[::-1]}\nurl: https://bob:{password}@host/x\nrate: 1\n")
    toys.write(f"{token}.md", "# A note\n")
    toys.commit(f"Push with {token}\n\nFrom https://bob:{password}@host and {token}.")
    said = toys.call(capsys, "new", "--from-commit", "HEAD", "--json")
    entry = said.json["entry"]
    assert entry["title"] == "Push with (hidden)"
    assert entry["id"] == "2026-02-21-push-with-hidden"
    text = toys.read(entry["id"])
    assert items(text)[1:5] == [
        "- `(hidden).md`, new note, +1",
        "- `keys.yaml`, +2 -2",
        "    - `wandb_key`: `(hidden)` changed",
        "    - `url`: `https://(hidden)@host/x` changed",
    ]
    assert "From https://(hidden)@host and (hidden)." in text
    assert not any(secret in text + said.out for secret in (token, password, key, key[::-1]))


def test_modes_ends_of_lines_and_what_cannot_be_read_are_told(toys: Toys, capsys: Capsys) -> None:
    for name, text in {"a.txt": "one\ntwo\n", "job.sh": "true\n" * 9, "old.sh": "false\n" * 9}.items():
        toys.write(name, text)
    toys.commit("Begin")
    toys.write("a.txt", "one\r\ntwo\r\n")
    toys.write("config.yaml", "experiment: {{ name }\n")
    toys.write("train.py", TRAIN + "print 'old'\n")
    toys.git("mv", "old.sh", "new.sh")
    for name in ("job.sh", "new.sh"):
        (toys.root / name).chmod(0o755)
    toys.commit("Odds and ends")
    assert items(change(toys, capsys, "HEAD")) == [
        "- `a.txt`, +2 -2, line endings only",
        "- `config.yaml`, +1 -4",
        "    - its settings cannot be read: it is not YAML after the change",
        "- `job.sh`, now executable",
        "- `new.sh` (was `old.sh`), now executable",
        "- `train.py`, +1 -0",
        f"    - its settings and functions cannot be read: it {NOT_PARSED} after the change",
    ]


def test_the_journals_own_files_are_counted(toys: Toys, capsys: Capsys) -> None:
    toys.write("journal.toml", (toys.root / "journal.toml").read_text() + "\n")
    toys.write("mkdocs.yml", "site_name: x\n")
    toys.write("entries/notes.md", "# No entry\n")
    toys.write("templates/mine.md", "{# Mine. #}\n")
    toys.write("entries.md", "# Beside it\n")
    toys.commit("Begin a journal")
    told = items(change(toys, capsys, "HEAD"))
    assert told[0].startswith("- [`entries.md`]")
    assert told[1:] == ["- and 4 files of the journal"]


@pytest.mark.parametrize(
    ("subject", "branch"),
    [
        ("Merge branch 'a/b' into main", " of a/b"),
        ("Merge remote-tracking branch 'origin/x'", " of origin/x"),
        ("Merge pull request #3 from lab/fix", " of lab/fix"),
        ("Merged in fix-it (pull request #3)", " of fix-it"),
        ("Merge both ways of loading", ""),
    ],
)
def test_the_branch_of_a_merge_is_taken_from_its_subject(toys: Toys, capsys: Capsys, subject: str, branch: str) -> None:
    toys.git("switch", "-qc", "side")
    toys.commit("Aside")
    toys.git("switch", "-q", "main")
    toys.git("merge", "-q", "--no-ff", "-m", subject, "side")
    assert f"It merges 1 commit{branch}:\n" in change(toys, capsys, "HEAD")


def test_a_merge_of_three_lines_tells_each(toys: Toys, capsys: Capsys) -> None:
    for name in ("one", "two"):
        toys.git("switch", "-qc", name, "main")
        toys.write(f"{name}.txt", "x\n")
        toys.commit(f"Add {name}")
    toys.git("switch", "-q", "main")
    toys.git("merge", "-q", "--no-ff", "-m", "Merge branches 'one' and 'two'", "one", "two")
    assert change(toys, capsys, "HEAD").count("It merges 1 commit:") == 2


def test_a_merged_pull_request_is_called_what_it_calls_itself(toys: Toys, capsys: Capsys) -> None:
    toys.commit("Merge pull request #7 from someone/branch\n\nClamp the scale\n")
    assert toys.made(toys.call(capsys, "new", "--from-commit", "HEAD")).title == "Clamp the scale"


def test_a_revert_says_which_entry_it_undoes_and_leaves_the_rest_to_the_author(toys: Toys, capsys: Capsys) -> None:
    toys.write("config.yaml", CONFIG.replace("64", "128"))
    sha = toys.commit("Wider *layers*")
    undone = toys.made(toys.call(capsys, "new", "--from-commit", "HEAD", "--no-follow"))
    toys.git("revert", "--no-edit", sha)
    said = toys.call(capsys, "new", "--from-commit", "HEAD", "--json")
    assert said.json["undoes"] == [{"sha": sha, "by": toys.git("rev-parse", "HEAD"), "entries": [undone.id]}]
    entry = parse((toys.root / said.json["entry"]["path"]).read_bytes(), "x.md").entry
    matter = entry.front_matter
    assert (matter.related, matter.follows, matter.invalidates, matter.supersedes) == (
        (undone.id,),
        (undone.id,),
        (),
        (),
    )
    text = toys.read(said.json["entry"]["id"])
    link = f"[Wider &#42;layers&#42;]({undone.id}.md)"
    assert f"It undoes commit {sha[:7]} (Wider &#42;layers&#42;), which {link} is about." in text
    assert f"undoes entry {undone.id}" in toys.call(capsys, "new", "--from-commit", "HEAD").err


def test_a_revert_of_what_nobody_wrote_about_says_just_that(toys: Toys, capsys: Capsys) -> None:
    toys.write("config.yaml", CONFIG.replace("64", "128"))
    sha = toys.commit("Wider")
    toys.git("revert", "--no-edit", sha)
    entry = toys.made(toys.call(capsys, "new", "--from-commit", "HEAD"))
    assert entry.front_matter.related == ()
    assert f"It undoes commit {sha[:7]} (Wider).\n" in toys.read(entry.id)
    toys.commit(f"Away\n\nThis reverts commit {'ab' * 20}.\n")
    assert "It undoes commit abababa.\n" in change(toys, capsys, "HEAD")


def test_first_commits_and_what_is_no_plain_file_are_told_as_such(toys: Toys, capsys: Capsys) -> None:
    toys.write("blob.bin", bytes(range(256)))
    toys.write("gone.txt", "a\nb\n")
    toys.write("plain.txt", "x\n")
    root = toys.commit("Files")
    toys.write("blob.bin", bytes(reversed(range(256))))
    (toys.root / "gone.txt").unlink()
    (toys.root / "plain.txt").unlink()
    (toys.root / "plain.txt").symlink_to("config.yaml")
    toys.git("update-index", "--add", "--cacheinfo", f"160000,{root},lib/other")
    toys.git("mv", "config.yaml", "settings.yaml")
    toys.git("add", "-A", "--", "blob.bin", "gone.txt", "plain.txt")
    toys.git("commit", "-qm", "All kinds")
    assert items(change(toys, capsys, "HEAD")) == [
        "- `blob.bin`, binary",
        "- `gone.txt`, deleted, -2",
        "- `lib/other`, submodule, new",
        "- `plain.txt`, another type of file, +1 -1",
        "- `settings.yaml` (was `config.yaml`)",
    ]
    first = items(change(toys, capsys, toys.git("rev-list", "--max-parents=0", "HEAD")))
    assert "- `train.py`, new, +11: `Trainer`" in first
    assert "- `config.yaml`, new, +4" in first
    toys.git("update-index", "--cacheinfo", f"160000,{toys.git('rev-parse', 'HEAD')},lib/other")
    toys.git("commit", "-qm", "Moved")
    assert items(change(toys, capsys, "HEAD")) == ["- `lib/other`, submodule at another commit"]


def test_a_commit_without_a_message_is_called_by_its_sha(toys: Toys, capsys: Capsys) -> None:
    toys.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    entry = toys.made(toys.call(capsys, "new", "--from-commit", "HEAD"))
    assert entry.title == f"Commit {toys.git('rev-parse', 'HEAD')[:7]}"
    assert toys.call(capsys, "check", "--strict").code == 0


def test_many_commits_are_told_together_from_first_to_last(toys: Toys, capsys: Capsys) -> None:
    start = toys.git("rev-parse", "HEAD")
    toys.write("passing.py", "def brief(): ...\n")
    for width in range(65, 95):
        toys.write("config.yaml", CONFIG.replace("64", str(width)))
        toys.write("train.py", TRAIN.replace("return 1", f"return {width}"))
        toys.commit(f"Width {width}")
    (toys.root / "passing.py").unlink()
    toys.git("mv", "train.py", "run.py")
    toys.commit("The last")
    entry = toys.made(toys.call(capsys, "new", "--from-commit", f"{start}.."))
    assert entry.title == "Width 65, and 30 more commits"
    assert len(entry.front_matter.commits) == 31
    text = toys.read(entry.id)
    assert "31 commits, 2026-02-21, by Ada Lovelace:" in text
    assert "- … 11 more commits …" in text
    assert "What they changed together:\n\n- `config.yaml`, +30 -30\n    - `experiment.width`: `64` -> `94`\n" in text
    assert "- `run.py` (was `train.py`), +30 -30: `Trainer.step`\n" in text
    assert "passing.py" not in text  # it came and went
    assert len(text.splitlines()) < 80


def test_a_few_commits_are_told_one_by_one_and_a_commit_named_twice_comes_once(toys: Toys, capsys: Capsys) -> None:
    for width in (65, 64):
        toys.write("config.yaml", CONFIG.replace("64", str(width)))
        toys.commit(f"Width {width}")
    toys.git("tag", "-am", "a tag", "v1")
    text = change(toys, capsys, "HEAD~2..HEAD", "v1", "HEAD~1")
    assert items(text) == [
        "- `config.yaml`, +1 -1",
        "    - `experiment.width`: `64` -> `65`",
        "- `config.yaml`, +1 -1",
        "    - `experiment.width`: `65` -> `64`",
    ]


def test_an_empty_range_is_an_error_that_says_where_to_look(toys: Toys, capsys: Capsys) -> None:
    toys.commit("Second")
    said = toys.call(capsys, "new", "--from-commit", "HEAD..HEAD~1")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: no commit is in 'HEAD..HEAD~1' (")


def test_a_commit_of_another_branch_is_told_from_a_detached_head_and_from_another_work_tree(
    toys: Toys, capsys: Capsys
) -> None:
    toys.git("switch", "-qc", "aside")
    toys.write("config.yaml", CONFIG.replace("64", "65"))
    sha = toys.commit("Aside")
    toys.git("switch", "-q", "--detach", "main")
    assert "`64` -> `65`" in change(toys, capsys, sha)
    toys.git("worktree", "add", "-q", "../second", "aside")
    second = Toys(toys.root.parent / "second")
    (second.root / "entries").mkdir(exist_ok=True)
    assert "`64` -> `65`" in change(second, capsys, "HEAD")


def test_in_a_journal_below_the_top_links_lead_to_the_files_of_the_repository(toys: Toys, capsys: Capsys) -> None:
    below = Toys(toys.root / "notes" / "journal")
    below.write("journal.toml", 'sections = []\nentries = "log/all"\n')
    (below.root / "log/all").mkdir(parents=True)
    toys.write("why.md", "Because.\n")
    toys.commit("Notes")
    said = below.call(capsys, "new", "--from-commit", "HEAD")
    assert said.out == "log/all/2026-02-21-notes.md\n"
    (href,) = re.findall(r"\]\((.*?why.md)\)", (below.root / said.out.strip()).read_text())
    assert (below.root / "log/all" / href).resolve() == toys.root / "why.md"


def test_where_a_shallow_clone_ends_one_line_says_what_to_run(toys: Toys, capsys: Capsys) -> None:
    toys.write("config.yaml", CONFIG.replace("64", "65"))
    toys.commit("Second")
    toys.commit("Third")
    url = toys.root.as_uri()
    toys.git("-c", "protocol.file.allow=always", "clone", "-q", "--depth", "2", url, str(toys.root.parent / "cut"))
    cut = Toys(toys.root.parent / "cut")
    (cut.root / "entries").mkdir(exist_ok=True)
    assert "- no files" in change(cut, capsys, "HEAD")
    said = cut.call(capsys, "new", "--from-commit", "HEAD~1")
    assert said.code == 3  # nobody could look
    (line,) = said.err.splitlines()
    assert "git fetch --unshallow" in line


def test_a_long_message_is_cut_with_a_true_count(toys: Toys, capsys: Capsys) -> None:
    sha = toys.commit("Long\n\n" + "\n".join(f"line {number}" for number in range(100)))
    text = change(toys, capsys, "HEAD")
    assert f"line 39\n```\n\n60 more lines of the message: `git show {sha[:7]}`.\n" in text


def test_a_sha_that_begins_like_another_is_written_whole() -> None:
    class Two:
        """A repository in which two commits begin alike."""

        def commits_known(self, shas: Iterable[str]) -> dict[str, str | None]:
            return {sha: None if sha.startswith("a") else "b" * 40 for sha in shas}

    commits = [
        Commit(sha=sha, subject="", body="", author="", authored=datetime(2026, 2, 21, tzinfo=UTC))
        for sha in ("a" * 40, "b" * 40)
    ]
    assert from_commit._shorts(cast("Repository", Two()), commits) == ("a" * 40, "b" * 7)


def test_json_tells_of_the_commits(toys: Toys, capsys: Capsys) -> None:
    said = toys.call(capsys, "new", "--from-commit", "HEAD", "--json").json
    assert said["commits"] == [
        {
            "sha": toys.git("rev-parse", "HEAD"),
            "subject": "Start",
            "author": "Ada Lovelace",
            "files": 4,
            "authored": "2026-02-21T19:01:15+08:00",
        }
    ]


def test_a_template_of_ones_own_may_use_what_differs(toys: Toys, capsys: Capsys) -> None:
    toys.write("config.yaml", CONFIG.replace("64", "65"))
    toys.commit("Wider")
    toys.write(
        "templates/own.md",
        "---\ntitle: {{ title | yaml }}\ncreated: {{ created }}\n---\n{% for file in changed %}\n"
        "{{ file.path }} {{ file.change }} {{ file.generated }}"
        "{% for each in file.settings %} {{ each.key }} {{ each.before }} {{ each.after }}{% endfor %}\n{% endfor %}",
    )
    entry = toys.made(toys.call(capsys, "new", "--from-commit", "HEAD", "--template", "own"))
    assert toys.read(entry.id).endswith("config.yaml modified False experiment.width 64 65")


HOSTILE = st.lists(
    st.sampled_from(
        [
            *("`", "``", "<b>", "</b>", "<!-- journal:table -->", "[x](javascript:1)", "![x](y)", "# x", "\n", "\n\n"),
            *(
                "- x",
                "    ",
                "|",
                "&lt;",
                "{{ 7 * 7 }}",
                "{% raw %}",
                "*x*",
                "__x__",
                "<script>",
                "\\",
                "~~~",
                ">",
                "---",
            ),
            *("\x1b[31m", "https://a.example", "@x", "a", "B", ".", "_", "[", "](", ")", "run:x", '"', "'", "\u202e"),
        ]
    ),
    max_size=8,
).map("".join)
NAMES = HOSTILE.filter(bool)


@pytest.mark.untraced
@settings(max_examples=100, deadline=None)
@given(st.tuples(NAMES, NAMES, NAMES, NAMES), st.tuples(HOSTILE, HOSTILE))
def test_no_text_of_a_commit_becomes_markup(names: tuple[str, ...], values: tuple[str, str]) -> None:
    path, old, key, name = names
    before, after = values
    changed = ChangedFile(
        FileChange(path=path, old_path=old, added=1, removed=1, change=Change.RENAMED),
        settings=(KeyChange(key=key, before=before, after=after), KeyChange(key=key, before=None, after=after)),
        names=(NameChange(name=name, kind=NameKind.FUNCTION, change=Change.MODIFIED),),
    )
    text = change_text.file_list(NetChanges((changed,)), lambda _: None)
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    found = {token.type for token in [*tokens, *inner]}
    lists = {f"{kind}_{side}" for kind in ("bullet_list", "list_item", "paragraph") for side in ("open", "close")}
    assert found <= lists | {"inline", "text", "text_special", "code_inline"}
    assert [token.type for token in tokens].count("list_item_open") == 3  # the file, and each setting
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)


@pytest.mark.untraced
@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_subject_becomes_markup(subject: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(f"- abc {change_text.prose(subject)} .")
    found = {child.type for token in tokens for child in token.children or ()}
    assert found <= {"text", "text_special"}
    assert [token.type for token in tokens].count("bullet_list_open") == 1


def test_a_value_that_looks_like_a_cited_number_is_none(toys: Toys, capsys: Capsys) -> None:
    cited = '[1](run:plain031 "last(loss)")'
    toys.write("config.yaml", CONFIG.replace("slow", f"'{cited}'"))
    toys.write(f"{cited}.txt", "x\n")
    toys.commit("Cite")
    entry = toys.made(toys.call(capsys, "new", "--from-commit", "HEAD"))
    assert f"-> `'{cited}'`" in toys.read(entry.id)
    assert entry.citations == ()


@pytest.mark.parametrize(
    "text", ["#!python x", ":::python x", " x", "x ", "a`b", "a|b", "a<b", "{{a}}", "a\\", "a$b", "x\ny"]
)
def test_what_a_dialect_could_take_for_more_is_no_code_span(text: str) -> None:
    assert "`" not in change_text.code(text)


def test_many_new_settings_are_counted_and_those_with_another_value_come_first(toys: Toys, capsys: Capsys) -> None:
    new = "".join(f"  new{number}: {number}\n" for number in range(20))
    toys.write("config.yaml", CONFIG.replace("64", "65") + new)
    toys.commit("Many")
    assert items(change(toys, capsys, "HEAD"))[1:] == [
        "    - `experiment.width`: `64` -> `65`",
        *(f"    - `experiment.new{number}`: `{number}` (new)" for number in range(5)),
        "    - 15 more settings",
    ]


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_what_stands_in_a_code_span_is_shown_as_it_is(text: str) -> None:
    told = change_text.code(text)
    if told.startswith("`"):
        (_, inline, _) = MarkdownIt("commonmark").parse(told)
        assert [(span.type, span.content) for span in inline.children or ()] == [("code_inline", text)]
    else:
        assert "`" not in told
