from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import journal
from conftest import RUNS
from journal.model.capture import PATCH, Capture, Patch, SummedFile
from journal.model.change import KeyChange
from journal.model.comparison import Between, CodeDifference, CodeOfRun, Difference, MetricsOfTwo
from journal.model.evidence import (
    BlockEvidence,
    CallEvidence,
    CellEvidence,
    CellState,
    Evidence,
    GroupEvidence,
    PredictionEvidence,
    RunEvidence,
    SegmentEvidence,
    SignificanceEvidence,
    Verdict,
)
from journal.model.revision import CommitLine, FileChange
from journal.model.run import Origin, RunState
from journal.tables import digest, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOME = Path(__file__).parents[2]
SCHEMAS = HOME / "docs/schemas"
EVIDENCE = "evidence.schema.json"
DIGEST = "run-digest.schema.json"
CAPTURE = "capture.schema.json"
OWN = sorted(path for path in (HOME / "evidence").rglob("*.json") if record.RUNS not in path.parts)

ORIGIN = Origin(kind="wandb-log", path="a/run-a.wandb", bytes=1, sha256="0" * 64)


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / name).read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def full_evidence() -> Any:
    """Evidence as a file has it, with something of everything that there may be."""
    call = CallEvidence(
        expression="mean(loss)@a", run="a", metric="loss", statistic="mean", window="1..2", state=CellState.VALUE,
        steps="1..2", value=0.5, n=2, nonfinite=0, first_step=1, last_step=2,
    )  # fmt: skip
    cell = CellEvidence(
        **(call.model_dump() | {"run": None, "metric": None, "statistic": None, "window": None}),
        row="loss",
        column="seeds",
        group=GroupEvidence(n=2, std=0.5, low=0.0, high=1.0, interval="t interval"),
        test=SignificanceEvidence(name="Welch's t-test", p=0.5, n=4, paired=False),
        parts=(call,),
    )
    change = FileChange(path="b.py", old_path="a.py", added=1, removed=0)
    apart = Between(
        commits_one=0, commits_other=1, other=(CommitLine(sha="1" * 40, subject="b"),), files_changed=1, added=1,
        removed=0, files=(change,),
    )  # fmt: skip
    code = CodeOfRun(commit="1" * 40, earlier=("2" * 40,), dirty=True, changed=("b.py",), patch="ab", untracked=())
    differing = Difference(
        runs=("a", "a"), code=CodeDifference(one=code, other=code, between=apart),
        config=(KeyChange(key="lr", before="1", after="2"),), metrics=MetricsOfTwo(only_one=("x",)),
    )  # fmt: skip
    block = BlockEvidence(
        kind="table", spec={"metrics": ["loss"]}, sum="5f1c09ab", runs={"a": "0" * 64}, cells=(cell,),
        difference=differing,
    )  # fmt: skip
    prediction = PredictionEvidence(
        claim="less", expect="mean(loss)@a < 1", verdict=Verdict.CONFIRMED, value=0.5, threshold=1.0, parts=(call,)
    )
    segment = SegmentEvidence(origin=ORIGIN, kept=3)
    run = RunEvidence(id="a", state=RunState.FINISHED, rows=3, origin=ORIGIN, segments=(segment, segment))
    evidence = Evidence(
        entry="e", blocks={"t": block}, citations={"c": block}, predictions=(prediction,), runs={"a": run}
    )
    return json.loads(record.dump(evidence))


def full_digest() -> Any:
    (folder,) = RUNS.glob("sdk-*/wandb/*-nestd031")
    run = journal.open_run(folder)
    return json.loads(digest.dump(digest.digest(run, run.metric_names, 100_000)))


FULL: dict[str, Callable[[], Any]] = {EVIDENCE: full_evidence, DIGEST: full_digest}


def objects(value: Any) -> Iterator[Any]:
    """Every object that a schema describes field by field: those whose keys are not the author's."""
    if isinstance(value, dict):
        yield value
        for key, below in value.items():
            if key not in {"spec", "config", "summary", "environment"}:
                yield from objects(below)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def test_the_published_schemas_are_what_the_models_give(tmp_path: Path) -> None:
    # in a process of its own: descriptions are read while the models are made
    subprocess.run([sys.executable, str(SCHEMAS / "make_schemas.py"), str(tmp_path)], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == sorted([EVIDENCE, DIGEST, CAPTURE])
    assert {path.name: path.read_bytes() for path in SCHEMAS.glob("*.json")} == made, "run `make schemas`"


@pytest.mark.parametrize("name", [EVIDENCE, DIGEST, CAPTURE])
def test_a_schema_says_what_it_is_and_each_field_what_it_means(name: str) -> None:
    schema = json.loads((SCHEMAS / name).read_bytes())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["$id"], schema["type"]) == (name, "object")
    assert schema["title"] in {
        "Evidence of an entry",
        "Digest of a run",
        "What was captured of the code of a run",
    }
    models = [schema, *(model for model in schema["$defs"].values() if "properties" in model)]
    fields = [(key, field) for model in models for key, field in model["properties"].items()]
    assert [key for key, field in fields if not field.get("description")] == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_this_repositorys_own_evidence_is_valid(path: Path) -> None:
    evidence = Evidence.model_validate_json(path.read_bytes())
    assert list(validator(EVIDENCE).iter_errors(json.loads(record.dump(evidence)))) == []


@pytest.mark.parametrize("name", [EVIDENCE, DIGEST])
def test_a_file_with_everything_that_there_may_be_is_valid(name: str) -> None:
    assert list(validator(name).iter_errors(FULL[name]())) == []


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "branch": "main",
            "changed": ("a.py",),
            "patch": Patch(sha256="0" * 64, bytes=3, file=PATCH),
            "untracked": (SummedFile(path="b.py", sha256="1" * 64),),
            "command": ("python", "a.py"),
        },
    ],
)
def test_a_capture_is_valid_and_one_with_an_unknown_field_is_not(more: dict[str, Any]) -> None:
    made = Capture(at=datetime(2026, 2, 21, tzinfo=UTC), commit=None, dirty=bool(more), **more)
    written = json.loads(made.model_dump_json(indent=2))
    assert list(validator(CAPTURE).iter_errors(written)) == []
    assert not validator(CAPTURE).is_valid(written | {"surprise": 1})
    assert not validator(CAPTURE).is_valid(written | {"dirty": None})


def test_a_digest_without_numbers_is_valid() -> None:
    (folder,) = RUNS.glob("sdk-*/wandb/*-plain016")
    made = digest.digest(journal.open_run(folder), [], 100_000)
    assert made.metrics == {}
    assert list(validator(DIGEST).iter_errors(json.loads(digest.dump(made)))) == []


@pytest.mark.parametrize("name", [EVIDENCE, DIGEST])
def test_a_missing_field_is_refused(name: str) -> None:
    check = validator(name)
    required = json.loads((SCHEMAS / name).read_bytes())["required"]
    assert "schema_version" in required
    for field in required:
        lacking = FULL[name]()
        del lacking[field]
        with pytest.raises(ValidationError, match=f"'{field}' is a required property"):
            check.validate(lacking)


@pytest.mark.untraced
@pytest.mark.parametrize("name", [EVIDENCE, DIGEST])
def test_a_field_of_another_type_is_refused_wherever_it_stands(name: str) -> None:
    check, whole = validator(name), FULL[name]()
    tried = 0
    for place, found in enumerate(objects(whole)):
        for field in found:
            changed = copy.deepcopy(whole)
            list(objects(changed))[place][field] = None
            assert not check.is_valid(changed), (place, field)
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("name", [EVIDENCE, DIGEST])
def test_an_unknown_field_is_refused_wherever_it_stands(name: str) -> None:
    check, whole = validator(name), FULL[name]()
    for place, _ in enumerate(objects(whole)):
        changed = copy.deepcopy(whole)
        list(objects(changed))[place]["surprise"] = []
        assert not check.is_valid(changed), place


@pytest.mark.parametrize(
    ("field", "value"), [("schema_version", 2), ("state", "done"), ("rows", "many"), ("rows", 1.5)]
)
def test_a_value_that_is_not_one_of_those_allowed_is_refused(field: str, value: object) -> None:
    assert not validator(DIGEST).is_valid(full_digest() | {field: value})


def test_of_the_machine_a_digest_may_tell_nothing_else() -> None:
    check, whole = validator(DIGEST), full_digest()
    assert check.is_valid(whole | {"environment": {"gpu": "A100", "gpu_count": 8}})
    assert not check.is_valid(whole | {"environment": {"host": "lab"}})
