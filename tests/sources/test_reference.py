import pytest

from journal.model.run import RunHead
from journal.sources.reference import Address, Project, answering, is_url, looks_like_path, parse_address, with_id

LAB = Address("lab", "toy", "abc")


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("lab/toy/abc", LAB),
        ("lab/toy/runs/abc", LAB),
        ("lab/toy/runs/abc/overview", LAB),
        ("toy/abc", Address(None, "toy", "abc")),
        ("wandb.ai/lab/toy/runs/abc", LAB),
        ("https://wandb.ai/lab/toy/runs/abc", LAB),
        ("https://wandb.ai/lab/toy/runs/abc/", LAB),
        ("https://wandb.ai/lab/toy/runs/abc?nw=nwuserx", LAB),
        ("https://wandb.ai/lab/toy/runs/abc/files/output.log?workspace=user-x#L1", LAB),
        ("https://forge.coreweave.com/wandb/lab/toy/runs/abc/logs", LAB),
        ("http://localhost:8080/lab/toy/runs/abc", LAB),
        ("https://wandb.ai/my%20lab/t%C3%B6y/runs/a%20b%25", Address("my lab", "töy", "a b%")),
        ("https://wandb.ai/runs/toy/runs/abc", Address("runs", "toy", "abc")),
        ("lab/toy/a%20b", Address("lab", "toy", "a%20b")),
        ("lab/toy:abc", LAB),
        ("wandb.ai/lab/toy/runs/abc?nw=x#L1", LAB),
        ("lab/toy/runs/abc?nw=x", LAB),
        ("https://wandb.ai/lab/toy/runs/abc#L1", LAB),
        ("http://user@127.0.0.1:8080/wandb/lab/toy/runs/abc/workspace", LAB),
        ("https://wandb.ai/lab/toy/runs/k%C3%A4se%201-2/files/run", Address("lab", "toy", "käse 1-2")),
    ],
)
def test_an_address_is_understood_in_all_its_forms(reference: str, address: Address) -> None:
    assert parse_address(reference) == address


@pytest.mark.parametrize(
    "reference",
    [
        "abc",
        "",
        "/lab/toy/abc",
        "lab//abc",
        "lab/toy/",
        "a/b/c/d",
        "https://wandb.ai/lab/toy",
        "https://wandb.ai/lab/toy/runs",
        "https://wandb.ai/lab/toy/sweeps/abc",
        "https://wandb.ai/toy/runs/abc",
        "https://",
        "https://[wandb/lab/toy/runs/abc",
        "https://wandb.ai/lab/toy/workspace?nw=x",
        "lab/toy:",
        "lab/:abc",
    ],
)
def test_what_is_no_address_is_none(reference: str) -> None:
    assert parse_address(reference) is None


@pytest.mark.parametrize(
    "reference",
    [
        "/data/run",
        "./run",
        "../run",
        "~/run",
        "run.wandb",
        "deep/run-abc.wandb",
        "offline-run-20260101_120000-abc",
        "wandb/run-20260101_120000-a-b-1/",
        "C:\\runs\\x",
    ],
)
def test_some_references_can_only_be_paths(reference: str) -> None:
    assert looks_like_path(reference)


@pytest.mark.parametrize("reference", ["abc", "lab/toy/abc", "run-abc", "https://host/a/b/runs/c.wandb", "a.b"])
def test_other_references_are_not_taken_for_paths(reference: str) -> None:
    assert not looks_like_path(reference)


def test_a_url_is_told_by_its_scheme() -> None:
    assert is_url("https://wandb.ai/x")
    assert not is_url("lab/toy/abc")


def head(entity: str | None, project: str | None) -> RunHead:
    return RunHead(id="abc", entity=entity, project=project, place="here")


def test_an_offline_run_fits_an_address_whose_entity_it_never_recorded() -> None:
    assert LAB.fits(head(None, "toy"))
    assert not LAB.is_exactly(head(None, "toy"))
    assert LAB.is_exactly(head("lab", "toy"))


@pytest.mark.parametrize(("entity", "project"), [("other", "toy"), ("lab", "other"), (None, "other")])
def test_a_run_of_another_project_does_not_fit(entity: str | None, project: str) -> None:
    assert not LAB.fits(head(entity, project))


def test_an_address_without_an_entity_is_exact_in_any() -> None:
    assert Address(None, "toy", "abc").is_exactly(head("lab", "toy"))
    assert not Address(None, "toy", "other").fits(head("lab", "toy"))


def answered(text: str, heads: list[RunHead]) -> list[str]:
    return [each.place for each in answering(text, heads)]


def test_what_is_found_by_id_is_what_is_found_by_looking_at_every_run() -> None:
    heads = [
        RunHead(id="abc", entity="lab", project="toy", place="1"),
        RunHead(id="abc", entity="lab", project="other", place="2"),
        RunHead(id="abc", project="toy", place="3"),
        RunHead(id="lab/toy/abc", place="4"),
        RunHead(id="abcd", name="abc", place="5"),
    ]
    by_id: dict[str, list[RunHead]] = {}
    for each in heads:
        by_id.setdefault(each.id, []).append(each)
    for text in ("abc", "lab/toy/abc", "toy/abc", "lab/other/abc", "lab:abc", "https://x/lab/toy/runs/abc", "abcd"):
        assert [each.place for each in with_id(text, by_id)] == answered(text, heads), text
    assert with_id("abc?", by_id) == []


def test_a_run_is_at_home_for_certain_or_perhaps_or_not() -> None:
    home = Project("lab", "toy")
    assert [home.records(each) for each in (head("lab", "toy"), head(None, "toy"), head("x", "toy"))] == [
        True,
        False,
        False,
    ]
    assert [home.allows(each) for each in (head("lab", "toy"), head(None, "toy"), head("x", "toy"))] == [
        True,
        True,
        False,
    ]
    assert not Project(None, None).records(head("lab", "toy"))
