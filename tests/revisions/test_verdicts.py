"""Whether a run and an entry's commits belong together, in a repository with every awkward history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from gitrepo import GitRepo
from journal.model.entry import CommitRef
from journal.model.revision import Code, CommitVerdict
from journal.revisions import Repository
from journal.revisions.verdicts import Judge

if TYPE_CHECKING:
    from pathlib import Path

    from journal.model.revision import Judgement

PROVEN, CONSISTENT, CONTRADICTED, UNKNOWN = CommitVerdict
DAY = datetime(2026, 3, 2, tzinfo=UTC)
ABSENT = "f" * 40


def at(hour: float) -> datetime:
    """So many hours into the day."""
    return DAY + timedelta(hours=hour)


class History(NamedTuple):
    """A repository, with its commits by the names that the tests give them."""

    repo: GitRepo
    shas: dict[str, str]

    def judge(self) -> Judge:
        return Judge(Repository(self.repo.root.resolve()))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """base 8:00, floor 10:00 (the change), later 12:00 on main; other lines of work beside it.

    `side` left base and was merged at 13:00; `pick` is a cherry-pick of floor on base; `before` is a commit and `after`
    what an amendment made of it; `gone` is on no branch; `undo` reverts floor at 15:00.
    """
    repo = GitRepo(tmp_path_factory.mktemp("awkward") / "repo").init()
    shas: dict[str, str] = {}

    def commit(name: str, path: str, text: str, hour: float) -> None:
        repo.write(path, text)
        shas[name] = repo.commit(f"Do {name}", date=at(hour).isoformat())

    commit("base", "model.py", "scale = 1\n", 8)
    repo.git("checkout", "-q", "-b", "side")
    commit("side", "side.py", "side = 1\n", 9)
    repo.git("checkout", "-q", "main")
    commit("floor", "model.py", "scale = 1\nfloor = 0.1\n", 10)
    repo.git("checkout", "-q", "-b", "pick", shas["base"])
    commit("aside", "aside.py", "aside = 1\n", 9.5)
    repo.git("cherry-pick", shas["floor"], date=at(11).isoformat())
    shas["pick"] = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "main")
    commit("later", "readme.md", "later\n", 12)
    repo.git("merge", "-q", "--no-ff", "-m", "Merge side", "side", date=at(13).isoformat())
    shas["merge"] = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "-b", "amended")
    commit("before", "head.py", "head = 1\n", 14)
    repo.git("commit", "-q", "--amend", "--no-edit", date=at(16).isoformat())
    shas["after"] = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "-q", "--detach", "main")
    commit("gone", "gone.py", "gone = 1\n", 14)
    repo.git("checkout", "-q", "main")
    repo.git("revert", "--no-edit", shas["floor"], date=at(15).isoformat())
    shas["undo"] = repo.git("rev-parse", "HEAD")
    return History(repo, shas)


def judged(history: History, commits: str, *, compared: bool = False, **code: Any) -> Judgement:
    """The judgement of a run of one part on commits, all by their names."""
    named = {name: history.shas.get(code[name], code[name]) for name in ("commit", "recorded") if code.get(name)}
    refs = [CommitRef(sha=history.shas.get(name, name)) for name in commits.split()]
    return history.judge().judge(refs, [Code(**{**code, **named})], compared=compared)


CLEAN = {"dirty": False, "untracked": (), "started": at(13.5), "captured": at(13.5) + timedelta(seconds=3)}

CASES: tuple[tuple[str, str, dict[str, Any], CommitVerdict, str], ...] = (
    ("it ran the commit, captured clean", "floor", {**CLEAN, "commit": "floor"}, PROVEN, "captured 3 s after"),
    ("it ran a child, captured clean", "floor", {**CLEAN, "commit": "later"}, PROVEN, "contains"),
    ("it ran a merge that brought it in", "side", {**CLEAN, "commit": "merge"}, PROVEN, "contains"),
    ("code was saved and no patch", "floor", {"commit": "floor", "dirty": False}, PROVEN, "code was saved"),
    ("nobody knows of the tree", "floor", {"commit": "floor", "started": at(11)}, CONSISTENT, "clean is not known"),
    (
        "uncommitted changes to other files",
        "floor",
        {"commit": "floor", "dirty": True, "changed": ("train.py",)},
        CONSISTENT,
        "uncommitted changes to train.py (none is changed by the commit)",
    ),
    (
        "uncommitted changes to the same file",
        "floor",
        {"commit": "floor", "dirty": True, "changed": ("model.py", "train.py")},
        CONSISTENT,
        "model.py is changed by the commit too",
    ),
    (
        "code that git does not know",
        "floor",
        {**CLEAN, "commit": "floor", "untracked": ("new.py",)},
        CONSISTENT,
        "but 1 file of code that git did not know may have taken part",
    ),
    (
        "captured long after the start",
        "floor",
        {"commit": "floor", "dirty": False, "started": at(11), "captured": at(14)},
        CONSISTENT,
        "captured only 3 h after",
    ),
    (
        "another commit captured than recorded",
        "floor",
        {**CLEAN, "commit": "later", "recorded": "floor"},
        CONSISTENT,
        "its tracker recorded",
    ),
    ("its commit is the parent", "floor", {"commit": "base", "dirty": False}, CONTRADICTED, "was made on top of it"),
    ("its commit is on another branch", "floor", {"commit": "side"}, CONTRADICTED, "on another line of work"),
    (
        "the parent, and nobody knows of the tree",
        "floor",
        {"commit": "base", "started": at(9)},
        CONTRADICTED,
        "no record speaks",
    ),
    (
        "the parent with uncommitted changes to the same file",
        "floor",
        {"commit": "base", "dirty": True, "changed": ("model.py",), "started": at(9)},
        UNKNOWN,
        "may hold it",
    ),
    ("a cherry-pick of it, captured clean", "floor", {**CLEAN, "commit": "pick"}, CONSISTENT, "just as that left them"),
    (
        "the commit before it was amended",
        "after",
        {"commit": "before", "dirty": False},
        CONSISTENT,
        "just as that left them",
    ),
    (
        "the amended one, of an entry with the former",
        "before",
        {**CLEAN, "commit": "after", "started": at(16.5), "captured": at(16.5)},
        CONSISTENT,
        "just as",
    ),
    ("a commit that no branch leads to", "gone", {"commit": "gone", "dirty": False}, PROVEN, "it ran"),
    ("no commit, before the next one", "floor", {"started": at(11.5)}, CONSISTENT, "1 h 30 min after"),
    ("no commit, after the next one", "floor", {"started": at(12.2)}, UNKNOWN, "was made in between"),
    ("no commit, older than the commit", "floor", {"started": at(9)}, CONTRADICTED, "1 h before"),
    ("no commit, within what clocks differ by", "floor", {"started": at(10) - timedelta(seconds=30)}, UNKNOWN, "form"),
    ("no commit, after the last of its branch", "undo", {"started": at(40)}, CONSISTENT, "before anything else"),
    ("no commit, between two forms of it", "after", {"started": at(15)}, UNKNOWN, "present form only 1 h"),
    ("neither commit nor start", "floor", {}, UNKNOWN, "recorded no commit"),
    ("a commit that is not here", "floor", {"commit": ABSENT, "started": at(11)}, UNKNOWN, "not in this repository"),
    ("a commit that is not here, and older", "floor", {"commit": ABSENT, "started": at(9)}, CONTRADICTED, "1 h before"),
    ("the entry's commit is not here", ABSENT, {"commit": "floor"}, UNKNOWN, "fffffff is not in this repository"),
    ("neither is here, and both are the same", ABSENT, {"commit": ABSENT, "dirty": False}, PROVEN, "it ran fffffff"),
    ("one of two commits is not here", f"floor {ABSENT}", {**CLEAN, "commit": "floor"}, CONSISTENT, "fffffff is not"),
    ("it has both commits", "floor later", {**CLEAN, "commit": "merge"}, PROVEN, "contains"),
    (
        "it has one commit, the other came later",
        "floor later",
        {"commit": "floor", "dirty": False, "started": at(11)},
        CONSISTENT,
        "was made after it started",
    ),
    (
        "it has one commit, and lacks one that was there",
        "floor side",
        {"commit": "floor", "started": at(11)},
        CONTRADICTED,
        "though it has",
    ),
    ("it ran what undid the change", "floor", {**CLEAN, "commit": "undo"}, CONTRADICTED, "which undoes"),
    (
        "its clock says it is older than its own commit",
        "floor",
        {"commit": "floor", "dirty": False, "started": at(7)},
        CONSISTENT,
        "by the clocks it started 3 h before its commit",
    ),
)


@pytest.mark.parametrize(
    ("commits", "code", "verdict", "reason"), [each[1:] for each in CASES], ids=[c[0] for c in CASES]
)
def test_each_awkward_pair_gets_the_right_verdict_with_its_reason(
    history: History, commits: str, code: dict[str, Any], verdict: CommitVerdict, reason: str
) -> None:
    found = judged(history, commits, **code)
    assert (found.verdict, reason in "; ".join(found.reasons)) == (verdict, True), found


BASELINES: tuple[tuple[str, str, dict[str, Any], CommitVerdict, str], ...] = (
    ("it lacks the change", "floor", {**CLEAN, "commit": "base"}, PROVEN, "which lacks"),
    ("it has the change as well", "floor", {**CLEAN, "commit": "later"}, PROVEN, "contains"),
    ("it has one of two", "floor side", {**CLEAN, "commit": "floor"}, PROVEN, "which lacks"),
    ("it is on another branch", "floor", {"commit": "side"}, CONSISTENT, "clean is not known"),
    ("no commit, and older", "floor", {"started": at(8.5)}, CONSISTENT, "before the change was made"),
    ("no commit, and later", "floor", {"started": at(11)}, UNKNOWN, "recorded no commit"),
    ("a commit that is not here", "floor", {"commit": ABSENT}, UNKNOWN, "not in this repository"),
)


@pytest.mark.parametrize(
    ("commits", "code", "verdict", "reason"), [each[1:] for each in BASELINES], ids=[each[0] for each in BASELINES]
)
def test_a_run_to_compare_with_need_not_have_the_change(
    history: History, commits: str, code: dict[str, Any], verdict: CommitVerdict, reason: str
) -> None:
    found = judged(history, commits, compared=True, **code)
    assert (found.verdict, reason in "; ".join(found.reasons)) == (verdict, True), found


def test_a_commit_that_became_another_one_counts_as_both(history: History) -> None:
    shas = history.shas
    ref = CommitRef(sha=shas["before"], became=shas["after"])
    for commit in (shas["before"], shas["after"]):
        found = history.judge().judge([ref], [Code(commit=commit, dirty=False)])
        assert found.verdict is PROVEN, found


def test_parts_that_say_the_same_are_told_once_and_others_by_their_number(history: History) -> None:
    refs = [CommitRef(sha=history.shas["floor"])]
    same, other = Code(commit=history.shas["floor"], dirty=False), Code(commit=history.shas["floor"])
    assert history.judge().judge(refs, [same, same]).reasons == history.judge().judge(refs, [same]).reasons
    mixed = history.judge().judge(refs, [same, other])
    assert mixed.verdict is CONSISTENT
    assert [reason.partition(":")[0] for reason in mixed.reasons[:2]] == ["part 2 of 2"] * 2


def test_an_uncommitted_change_that_was_captured_whole_is_proven(history: History) -> None:
    repo, shas = history
    patch = repo.git("diff", "--full-index", shas["base"], shas["floor"]).encode() + b"\n"
    told = {"commit": shas["base"], "dirty": True, "patch": patch, "started": at(9), "captured": at(9)}
    refs = [CommitRef(sha=shas["floor"])]
    assert history.judge().judge(refs, [Code(**told, untracked=())]).verdict is PROVEN
    assert history.judge().judge(refs, [Code(**told, untracked=("new.py",))]).verdict is CONSISTENT
    assert history.judge().judge(refs, [Code(**{**told, "captured": None})]).verdict is CONSISTENT
    repo.write("model.py", "scale = 1\n    floor = 0.1\n")
    other = repo.git("diff", "--full-index", shas["base"], "--", "model.py").encode() + b"\n"
    repo.git("checkout", "-q", "--", "model.py")
    found = history.judge().judge(refs, [Code(**{**told, "patch": other, "changed": ("model.py",)})])
    assert found.verdict is UNKNOWN, "it differs by blanks alone, and blanks matter"


def test_what_was_undone_and_done_again_stands(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.commit("Begin", date=at(8).isoformat())
    repo.write("model.py", "floor = 0.1\n")
    floor = repo.commit("Add a floor", date=at(9).isoformat())
    repo.git("revert", "--no-edit", floor, date=at(10).isoformat())
    undone = repo.git("rev-parse", "HEAD")
    repo.git("revert", "--no-edit", undone, date=at(11).isoformat())
    again = repo.git("rev-parse", "HEAD")
    judge = Judge(Repository(repo.root))
    found = [judge.judge([CommitRef(sha=floor)], [Code(commit=sha, dirty=False)]).verdict for sha in (undone, again)]
    assert found == [CONTRADICTED, PROVEN]
    repo.git("reset", "-q", "--hard", undone)
    repo.git("cherry-pick", floor, date=at(12).isoformat())
    picked = Code(commit=repo.git("rev-parse", "HEAD"), dirty=False)
    assert Judge(Repository(repo.root)).judge([CommitRef(sha=floor)], [picked]).verdict is PROVEN


def test_a_clone_that_is_too_shallow_to_tell_says_so(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("model.py", "one\n")
    repo.commit("One")
    repo.git("checkout", "-q", "-b", "work")
    repo.write("model.py", "two\n")
    work = repo.commit("Two")
    repo.git("checkout", "-q", "main")
    main = [repo.commit(name) for name in ("Three", "Four")][-1]
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.root}", str(clone))
    found = Judge(Repository(clone)).judge([CommitRef(sha=work)], [Code(commit=main, dirty=False)])
    assert (found.verdict, "too shallow" in found.reasons[0]) == (UNKNOWN, True)


def test_what_a_commit_can_be_found_again_by_is_told_of_those_that_are_here(history: History) -> None:
    shas = history.shas
    told = history.judge().describe(
        [CommitRef(sha=shas["floor"][:8]), CommitRef(sha=ABSENT), CommitRef(sha=shas["merge"])]
    )
    assert {name: (each.sha, each.subject, each.authored) for name, each in told.items()} == {
        shas["floor"][:8]: (shas["floor"], "Do floor", at(10)),
        shas["merge"]: (shas["merge"], "Merge side", at(13)),
    }
    by_git = history.repo.git("patch-id", "--stable", given=history.repo.git("show", shas["floor"]) + "\n")
    assert told[shas["floor"][:8]].patch == by_git.split()[0]
    assert told[shas["merge"]].patch is None


def test_to_be_prepared_for_many_pairs_changes_no_verdict(history: History) -> None:
    named = [(names.split(), {**told}) for _, names, told, _, _ in CASES]
    refs = [[CommitRef(sha=history.shas.get(name, name)) for name in names] for names, _ in named]
    code = [
        Code(**{**told, "commit": history.shas.get(told.get("commit", ""), told.get("commit"))}) for _, told in named
    ]
    prepared, alone = history.judge(), history.judge()
    prepared.expect(ref for each in refs for ref in each)
    pairs = list(zip(refs, code, strict=True))
    assert [prepared.judge(ref, [each]) for ref, each in pairs] == [alone.judge(ref, [each]) for ref, each in pairs]


def test_a_change_that_a_merge_did_not_keep_is_not_there(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.write("model.py", "scale = 1\n")
    repo.commit("Begin", date=at(8).isoformat())
    repo.git("checkout", "-q", "-b", "work")
    repo.write("model.py", "scale = 1\nfloor = 0.1\n")
    floor = repo.commit("Add a floor", date=at(9).isoformat())
    repo.git("checkout", "-q", "main")
    repo.write("other.py", "other\n")
    repo.commit("Go on", date=at(9.5).isoformat())
    repo.git("merge", "-q", "-s", "ours", "--no-edit", "work", date=at(10).isoformat())
    dropped = repo.git("rev-parse", "HEAD")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("merge", "-q", "--no-edit", "work", date=at(10).isoformat())
    kept = repo.git("rev-parse", "HEAD")
    judge = Judge(Repository(repo.root))
    judge.repository.ancestry.add([dropped])
    found = [judge.judge([CommitRef(sha=floor)], [Code(commit=sha, dirty=False)]) for sha in (dropped, kept)]
    assert [each.verdict for each in found] == [CONTRADICTED, PROVEN]
    assert found[0].reasons[0].endswith("but its files are as they were before that")


def test_a_merge_of_what_both_sides_had_done_keeps_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo").init()
    repo.commit("Begin", date=at(8).isoformat())
    repo.git("checkout", "-q", "-b", "work")
    repo.write("model.py", "floor = 0.1\n")
    floor = repo.commit("Add a floor", date=at(9).isoformat())
    repo.git("checkout", "-q", "main")
    repo.write("model.py", "floor = 0.1\n")
    repo.commit("Add the same floor", date=at(9.5).isoformat())
    repo.git("merge", "-q", "--no-edit", "work", date=at(10).isoformat())
    code = Code(commit=repo.git("rev-parse", "HEAD"), dirty=False)
    assert Judge(Repository(repo.root)).judge([CommitRef(sha=floor)], [code]).verdict is PROVEN


class Line(NamedTuple):
    """A line of work to which commits are added, an hour apart."""

    repo: GitRepo

    @classmethod
    def begin(cls, root: Path) -> Line:
        line = cls(GitRepo(root).init())
        line.commit({"model.py": "scale = 1\n", "train.py": "steps = 1\n"})
        return line

    def commit(self, files: dict[str, str | None], message: str = "Change it") -> str:
        for path, text in files.items():
            if text is None:
                self.repo.git("rm", "-q", path)
            else:
                self.repo.write(path, text)
        count = int(self.repo.git("rev-list", "--all", "--count"))
        return self.repo.commit(message, date=at(1 + count).isoformat())

    def verdict(self, *commits: str, run: str | None = None, **code: Any) -> Judgement:
        """The judgement of a clean run, by default at the head."""
        sha = run or self.repo.git("rev-parse", "HEAD")
        told = {"commit": sha, "dirty": False, "untracked": (), "started": at(40), "captured": at(40), **code}
        return Judge(Repository(self.repo.root)).judge([CommitRef(sha=each) for each in commits], [Code(**told)])


FLOOR = "scale = 1\nfloor = 0.1\n"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line.begin(tmp_path / "repo")


def test_a_change_that_somebody_took_back_by_hand_is_gone(line: Line) -> None:
    floor = line.commit({"model.py": FLOOR})
    line.commit({"model.py": "scale = 1\n"}, "Tidy up")
    assert line.verdict(floor).verdict is CONTRADICTED


def test_a_new_file_that_was_deleted_again_is_gone_and_one_that_was_renamed_is_not(line: Line) -> None:
    added = line.commit({"floor.py": "".join(f"floor_{number} = {number}\n" for number in range(20))})
    line.repo.git("mv", "floor.py", "bounds.py")
    line.commit({})
    assert line.verdict(added).verdict is PROVEN
    line.commit({"bounds.py": None})
    assert line.verdict(added).verdict is CONTRADICTED


def test_a_reverted_merge_takes_its_commits_with_it(line: Line) -> None:
    line.repo.git("checkout", "-q", "-b", "work")
    floor = line.commit({"model.py": FLOOR})
    line.repo.git("checkout", "-q", "main")
    line.commit({"other.py": "other\n"})
    line.repo.git("merge", "-q", "--no-ff", "--no-edit", "work", date=at(5).isoformat())
    assert line.verdict(floor).verdict is PROVEN
    line.repo.git("revert", "--no-edit", "-m", "1", "HEAD", date=at(6).isoformat())
    assert line.verdict(floor).verdict is CONTRADICTED


def test_of_a_change_of_which_a_part_was_taken_back_the_part_is_named(line: Line) -> None:
    both = line.commit({"model.py": FLOOR, "train.py": "steps = 2\n"})
    line.commit({"train.py": "steps = 1\n"}, f"Revert the steps\n\nThis reverts commit {both}.\n")
    found = line.verdict(both)
    assert (found.verdict, "as before it are train.py" in found.reasons[1]) == (CONSISTENT, True)


def test_what_says_that_it_undoes_a_change_is_doubted_where_the_files_went_on(line: Line) -> None:
    floor = line.commit({"model.py": FLOOR})
    line.commit({"model.py": "scale = 2\nfloors = 3\n"}, f"Rework\n\nThis reverts commit {floor}.\n")
    assert line.verdict(floor).verdict is UNKNOWN


def test_an_entry_about_a_change_and_its_revert_is_about_both(line: Line) -> None:
    floor = line.commit({"model.py": FLOOR})
    line.repo.git("revert", "--no-edit", floor, date=at(5).isoformat())
    undo = line.repo.git("rev-parse", "HEAD")
    assert line.verdict(floor, undo).verdict is PROVEN
    assert line.verdict(floor).reasons[0] == f"it ran {undo[:7]}, which undoes {floor[:7]}"


def test_a_run_before_a_squash_had_what_the_squash_has(line: Line) -> None:
    line.repo.git("checkout", "-q", "-b", "work")
    line.commit({"model.py": FLOOR})
    work = line.commit({"train.py": "steps = 2\n"})
    line.repo.git("checkout", "-q", "main")
    line.repo.git("merge", "-q", "--squash", "work")
    squash = line.commit({}, "Bound attention")
    found = line.verdict(squash, run=work)
    assert (found.verdict, "just as that left them" in found.reasons[0]) == (CONSISTENT, True)


def test_uncommitted_changes_that_take_the_change_back_contradict(line: Line) -> None:
    floor = line.commit({"model.py": FLOOR})
    line.repo.write("model.py", "scale = 1\n")
    patch = line.repo.git("diff", "--full-index", "HEAD").encode() + b"\n"
    found = line.verdict(floor, dirty=True, patch=patch, changed=("model.py",))
    assert found.verdict is CONTRADICTED


def test_a_new_file_that_was_there_before_it_was_committed_may_be_the_change(line: Line) -> None:
    before = line.repo.git("rev-parse", "HEAD")
    added = line.commit({"floor.py": "floor = 0.1\n"})
    found = line.verdict(added, run=before, untracked=("floor.py",), started=at(1.5), captured=at(1.5))
    assert (found.verdict, "may hold it" in found.reasons[0]) == (UNKNOWN, True)


def test_a_commit_that_was_not_there_yet_when_the_run_began_is_not_proven(line: Line) -> None:
    floor = line.commit({"model.py": FLOOR})
    found = line.verdict(floor, started=at(2) - timedelta(minutes=5), captured=at(2))
    assert (found.verdict, "5 min before its commit was made" in found.reasons[-1]) == (CONSISTENT, True)


def test_what_took_the_place_of_a_commit_with_another_change_is_not_proven(line: Line) -> None:
    new = line.commit({"model.py": FLOOR})
    code = [Code(commit=new, dirty=False)]
    judge = Judge(Repository(line.repo.root))
    assert judge.judge([CommitRef(sha=ABSENT, became=new)], code).verdict is CONSISTENT
    assert judge.judge([CommitRef(sha=new)], code).verdict is PROVEN


def test_the_very_commit_that_the_entry_names_needs_no_clone_but_a_few_digits_of_one_do(line: Line) -> None:
    here = line.repo.git("rev-parse", "HEAD")
    judge = Judge(Repository(line.repo.root))
    run = [Code(commit=ABSENT, dirty=False)]
    assert judge.judge([CommitRef(sha=ABSENT, became=here)], run).verdict is PROVEN
    assert judge.judge([CommitRef(sha=ABSENT[:5])], run).verdict is UNKNOWN
    assert judge.judge([CommitRef(sha=ABSENT[:9], origin="github.com/lab/other")], run).verdict is UNKNOWN


def test_a_clone_without_contents_still_knows_which_files_there_are(line: Line, tmp_path: Path) -> None:
    floor = line.commit({"model.py": FLOOR})
    line.repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    line.repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{line.repo.root}", str(clone))
    code = [Code(commit=floor, dirty=False)]
    found = [Judge(Repository(root)).judge([CommitRef(sha=floor)], code) for root in (clone, line.repo.root)]
    assert found[0] == found[1]
    assert found[0].verdict is PROVEN


def test_a_copy_of_the_process_asks_git_by_itself_and_leaves_the_first_one_talking(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, head = Repository(line.repo.root), line.repo.git("rev-parse", "HEAD")
    first = repository.blob(head, "model.py")
    with monkeypatch.context() as patch:
        patch.setattr("os.getpid", lambda: -1)
        assert repository.blob(head, "absent.py") is None
    assert [first, repository.blob(head, "train.py")] == line.repo.git(
        "rev-parse", "HEAD:model.py", "HEAD:train.py"
    ).split()
