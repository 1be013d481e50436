"""The real SDK, in a process of its own, asks the test server over real HTTP."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journal.errors import SourceUnavailable
from journal.sources.wandb_api.client import Client, Page
from wandb_server import KEY, Faults, ServerRun, WandbServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 250
PAGE = 100
EVERYTHING = 10**9


def lab() -> list[ServerRun]:
    """A long run, and more runs than one page holds."""
    rows = [{"loss": 1 / (step + 1), "acc": math.nan if step == 3 else step / ROWS} for step in range(ROWS)]
    config = {"lr": 0.1, "deep": {"value": 2}}
    long = ServerRun("kp12ab", "lab", "notes", rows=rows, config=config, name="first", tags=["a"], notes="as it was")
    return [long, *(ServerRun(f"many{number:03}", "lab", "many") for number in range(120))]


@contextmanager
def asking(server: WandbServer, folder: Path, **settings: Any) -> Iterator[Client]:
    """A client of a server, started in an environment that has a key for it."""
    given = {"timeout": 5.0, "deadline": 60.0, "trusted": True, "host": None} | settings
    host = given.pop("host")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", server.environment(folder))
        client = Client(host, **given)
        try:
            yield client
        finally:
            client.close()


@pytest.fixture(scope="module")
def server() -> Iterator[WandbServer]:
    with WandbServer(lab(), entity="lab") as server:
        yield server


@pytest.fixture(scope="module")
def shared(server: WandbServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One client for most tests."""
    with asking(server, tmp_path_factory.mktemp("sdk")) as client:
        assert client.entity == "lab"
        yield client


@pytest.fixture
def client(shared: Client, server: WandbServer) -> Iterator[Client]:
    """The same, on a server where nothing goes wrong yet."""
    server.requests.clear()
    yield shared
    server.faults.clear()


def history(client: Client, **settings: Any) -> Iterator[Page]:
    given: dict[str, Any] = {"keys": None, "first": 0, "last": EVERYTHING, "page": PAGE} | settings
    return client.rows("lab", "notes", given.pop("run", "kp12ab"), **given)


def refusal(question: Callable[[], object]) -> str:
    """What is said of a question that cannot be answered: one line, without the key."""
    with pytest.raises(SourceUnavailable) as caught:
        question()
    assert caught.value.exit_code == 3
    text = str(caught.value)
    assert KEY not in text
    assert len(text.splitlines()) == 1
    return text


def test_the_client_knows_the_server_and_the_entity_of_the_sdk(client: Client, server: WandbServer) -> None:
    assert (client.host, client.entity) == (server.url, "lab")
    assert server.requests == []  # asked once, when it was first wanted


def test_a_run_comes_with_all_that_the_server_says_of_it_in_one_query(client: Client, server: WandbServer) -> None:
    (run,) = client.runs("lab", "notes", {"name": "kp12ab"})
    assert server.operations == ["Runs"]
    assert run["config"] == {"lr": 0.1, "deep": {"value": 2}}
    assert run["internal"]  # what the SDK's own object drops
    assert run["summary"]["loss"] == 1 / ROWS
    assert run["history_keys"]["lastStep"] == ROWS - 1
    expected = {"id": "kp12ab", "name": "first", "state": "finished", "tags": ["a"], "notes": "as it was", "rows": ROWS}
    assert {name: run[name] for name in expected} == expected


def test_more_runs_than_a_page_holds_all_come(client: Client, server: WandbServer) -> None:
    assert [run["id"] for run in client.runs("lab", "many", {})] == [f"many{number:03}" for number in range(120)]
    assert server.operations == ["Runs", "Runs"]


@pytest.mark.parametrize(("most", "queries"), [(1, 1), (100, 1), (101, 2)])
def test_no_more_runs_come_than_are_wanted(client: Client, server: WandbServer, most: int, queries: int) -> None:
    assert len(list(client.runs("lab", "many", {}, most=most, order="-created_at"))) == most
    assert server.operations == ["Runs"] * queries


def test_what_changed_meanwhile_is_seen_when_it_is_asked_again(client: Client, server: WandbServer) -> None:
    run = server.add(ServerRun("grows", "lab", "live", rows=[{"loss": 1.0}], state="running"))
    assert [found["rows"] for found in client.runs("lab", "live", {})] == [1]
    run.log({"loss": 0.5})
    assert [found["rows"] for found in client.runs("lab", "live", {})] == [2]
    pages = client.rows("lab", "live", "grows", keys=None, first=0, last=EVERYTHING, page=PAGE)
    assert [row["loss"] for page in pages for row in page.rows] == [1.0, 0.5]


def test_all_rows_come_in_pages_that_follow_one_another(client: Client) -> None:
    pages = list(history(client))
    assert [(page.first, page.stop, len(page.rows)) for page in pages] == [
        (0, 100, 100),
        (100, 200, 100),
        (200, 250, 50),
    ]
    rows = [row for page in pages for row in page.rows]
    assert [row["_step"] for row in rows] == list(range(ROWS))
    assert [row["loss"] for row in rows] == [1 / (step + 1) for step in range(ROWS)]
    assert math.isnan(float(rows[3]["acc"]))


def test_rows_begin_and_end_with_the_steps_that_were_asked_for(client: Client) -> None:
    pages = list(history(client, first=120, last=129, keys=["loss"]))
    assert [(page.first, page.stop) for page in pages] == [(120, 130)]
    assert [row["_step"] for row in pages[0].rows] == list(range(120, 130))
    assert "acc" not in pages[0].rows[0]


def test_steps_without_rows_belong_to_a_page_too(client: Client, server: WandbServer) -> None:
    rows = [{"_step": step, "loss": 0.5} for step in (0, 350)]
    server.add(ServerRun("gaps", "lab", "notes", rows=rows))
    pages = list(history(client, run="gaps"))
    assert [(page.first, page.stop, len(page.rows)) for page in pages] == [(0, 100, 1), (100, 351, 1)]
    assert [(page.first, page.stop, page.rows) for page in history(client, run="gaps", first=100, last=349)] == [
        (100, 350, [])
    ]


def test_whoever_stops_early_leaves_the_client_fit_for_use(client: Client, server: WandbServer) -> None:
    begun = history(client)
    assert next(begun).first == 0
    begun.close()  # type: ignore[attr-defined]
    assert [page.first for page in history(client)] == [0, 100, 200]
    assert server.operations.count("HistoryPage") <= 2 + 3  # one page more than was used, at most
    assert client._conversation._session is not None
    assert not client._conversation._session.come  # nor is that one kept
    assert not client._conversation._session.unwanted


def test_two_questions_at_once_do_not_get_each_others_answers(client: Client) -> None:
    rows, runs = history(client), client.runs("lab", "many", {})
    assert next(rows).first == 0
    assert next(runs)["id"] == "many000"
    assert [page.first for page in rows] == [100, 200]
    assert len(list(runs)) == 119


def test_threads_share_a_client(client: Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: sum(len(page.rows) for page in history(client)), range(4)))
    assert counts == [ROWS] * 4


def test_notes_are_written_and_nothing_else(client: Client, server: WandbServer) -> None:
    (run,) = client.runs("lab", "notes", {"name": "kp12ab"})
    server.changes.clear()
    client.set_notes(run["storage_id"], "see the entry\nof today")
    assert server.changes == [{"id": run["storage_id"], "notes": "see the entry\nof today"}]
    (run,) = client.runs("lab", "notes", {"name": "kp12ab"})
    assert (run["notes"], run["config"]["lr"]) == ("see the entry\nof today", 0.1)


def test_nothing_but_questions_goes_to_the_server(client: Client, server: WandbServer) -> None:
    list(client.runs("lab", "notes", {}))
    assert {*server.operations} == {"Runs"}  # no report of what the SDK does


def runs(client: Client, project: str = "notes", **filters: Any) -> list[dict[str, Any]]:
    return list(client.runs("lab", project, filters))


def nothing(_: Faults) -> None:
    """All is well with the server."""


def stick(faults: Faults) -> None:
    faults.stuck = True


PASSING: dict[str, tuple[Callable[[Faults], None], Callable[[Client], object]]] = {
    "has no project lab/nowhere": (nothing, lambda client: runs(client, "nowhere")),
    "has no project ../..": (nothing, lambda client: list(client.runs("..", "..", {}))),
    "has no run lab/notes/nobody": (nothing, lambda client: list(history(client, run="nobody"))),
    "refused the request: invalid filter: unknown field colour": (nothing, lambda client: runs(client, colour=1)),
    "does not let you see that (403)": (lambda faults: faults.status(403), lambda client: list(history(client))),
    "refused the request: no rights": (lambda faults: faults.errors("no rights"), runs),
    "refused the request: bad key …": (lambda faults: faults.errors(f"bad key {KEY}"), runs),
    "broke off in the middle": (lambda faults: faults.drop("HistoryPage"), lambda client: list(history(client))),
    "no W&B answer (correct": (lambda faults: faults.garbage("Runs"), runs),
    "answered with something that is no W&B answer": (stick, lambda client: runs(client, "many")),
}


@pytest.mark.parametrize("said", PASSING)
def test_what_fails_for_one_question_does_not_fail_for_the_next(client: Client, server: WandbServer, said: str) -> None:
    fault, question = PASSING[said]
    fault(server.faults)
    text = refusal(lambda: question(client))
    assert text.startswith(server.url)
    assert said in text
    server.faults.clear()
    assert len(runs(client, name="kp12ab")) == 1


def test_a_server_that_gives_one_page_of_runs_again_and_again_is_asked_twice(
    client: Client, server: WandbServer
) -> None:
    server.faults.stuck = True
    assert len(list(client.runs("lab", "many", {}, most=100))) == 100
    found = client.runs("lab", "many", {})
    assert [next(found)["id"] for _ in range(100)][99] == "many099"
    assert "no W&B answer" in refusal(lambda: next(found))
    assert server.operations == ["Runs"] * 3


def test_pages_before_a_failure_are_given(client: Client, server: WandbServer) -> None:
    asked = iter([False, True])
    server.faults.before = lambda name: (
        server.faults.drop("HistoryPage") if name == "HistoryPage" and next(asked, False) else None
    )
    pages = history(client)
    assert next(pages).stop == PAGE
    assert "broke off" in refusal(lambda: next(pages))


def hang(server: WandbServer, _: Client) -> None:
    server.faults.hang("Runs")


def hang_in_history(server: WandbServer, _: Client) -> None:
    server.faults.hang("HistoryPage")


def no_server(server: WandbServer, _: Client) -> None:
    server.stop()


def limit(server: WandbServer, _: Client) -> None:
    server.faults.status(429, retry_after=0)


def no_gateway(server: WandbServer, _: Client) -> None:
    server.faults.status(502)


def no_such_key(server: WandbServer, _: Client) -> None:
    server.keys.clear()


def no_service(_: WandbServer, client: Client) -> None:
    os.kill(started_by(client)[1], signal.SIGKILL)


def hang_of_the_service(_: WandbServer, client: Client) -> None:
    os.kill(started_by(client)[1], signal.SIGSTOP)


def no_child(_: WandbServer, client: Client) -> None:
    os.kill(started_by(client)[0], signal.SIGKILL)


Fault = Callable[[WandbServer, Client], None]
LASTING: dict[Fault, str] = {
    hang: "HOST did not answer within 1.2 s (raise `timeout` under [online] in the configuration, or wait: it may be",
    hang_in_history: "HOST did not answer within 1.2 s (raise `timeout`",
    hang_of_the_service: "HOST did not answer within 1.2 s (raise `timeout`",
    no_server: "HOST could not be reached: connection refused (",
    limit: "HOST takes no more requests for now (429) (try again later)",
    no_gateway: "HOST is down (502) (try again later)",
    no_such_key: "HOST does not accept the API key in WANDB_API_KEY (401) (correct it, or unset it and run `wandb ",
}
CRASHES: tuple[Fault, ...] = (no_service, no_child)


def fate(fault: Fault, server: WandbServer) -> list[tuple[str, float]]:
    """What a client says twice of a server on which something goes wrong, and after how many seconds."""
    client, told = Client(server.url, timeout=1.2 if "hang" in fault.__name__ else 5, deadline=60, trusted=True), []
    assert client.host == server.url
    client._conversation._opened()
    numbers = started_by(client)
    fault(server, client)
    for _ in range(2):
        begun = time.monotonic()
        text = refusal(lambda: (list(client.runs("lab", "notes", {})), list(history(client))))
        told.append((text.replace(server.url, "HOST"), time.monotonic() - begun))
    assert all(soon(partial(ended, number)) for number in numbers)
    client.close()
    return told


def recovery(fault: Fault, server: WandbServer) -> tuple[set[str], int, list[int]]:
    """What a client says when its SDK ends by itself, how many runs it is told of then, and what came of two histories.

    They had been begun before; the first question after the crash is another one.
    """
    client = Client(server.url, timeout=10, deadline=60, trusted=True)
    begun, came = [history(client), history(client)], []
    came += [next(pages).first for pages in begun]
    fault(server, client)
    told = {refusal(lambda: (list(client.runs("lab", "notes", {})), list(history(client))))}
    found = len(list(client.runs("lab", "notes", {})))
    for pages in begun:
        told.add(refusal(lambda pages=pages: came.extend(page.first for page in pages)))  # type: ignore[misc]
    client.close()
    return {text.replace(server.url, "HOST") for text in told}, found, came


def stumble(server: WandbServer) -> list[str]:
    """What is asked of a server that fails once."""
    server.faults.status(503, "Runs", times=1)
    client = Client(server.url, timeout=5, deadline=60, trusted=True)
    assert len(list(client.runs("lab", "notes", {}))) == 1
    client.close()
    return server.operations


@pytest.fixture(scope="module")
def fates(server: WandbServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of each fault, by its name: a server and a client for each, all at once."""
    told: dict[str, Future[Any]] = {}
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        pool = stack.enter_context(ThreadPoolExecutor(len(LASTING) + len(CRASHES) + 1))
        patch.setattr(os, "environ", server.environment(tmp_path_factory.mktemp("fates")))
        for fault in LASTING:
            its = stack.enter_context(WandbServer(lab()[:1], entity="lab"))
            told[fault.__name__] = pool.submit(fate, fault, its)
        for fault in CRASHES:
            its = stack.enter_context(WandbServer(lab()[:1], entity="lab"))
            told[fault.__name__] = pool.submit(recovery, fault, its)
        told["stumble"] = pool.submit(stumble, stack.enter_context(WandbServer(lab()[:1])))
        return {name: each.result() for name, each in told.items()}


@pytest.mark.parametrize("fault", CRASHES, ids=lambda fault: fault.__name__)
def test_after_a_crash_the_next_question_is_answered(fates: dict[str, Any], fault: Fault) -> None:
    assert fates[fault.__name__][:2] == ({"W&B's SDK ended before HOST had answered (run it again)"}, 1)


@pytest.mark.parametrize("fault", CRASHES, ids=lambda fault: fault.__name__)
def test_what_a_crash_breaks_off_is_never_taken_for_all_there_is(fates: dict[str, Any], fault: Fault) -> None:
    came = fates[fault.__name__][2]
    assert came[:2] == [0, 0]
    assert set(came[2:]) <= {100}  # a page that was on its way, and never the last one of the three


@pytest.mark.parametrize(("fault", "said"), LASTING.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_what_lasts_is_told_again_at_once(fates: dict[str, Any], fault: Fault, said: str) -> None:
    (first, _), (second, seconds) = fates[fault.__name__]
    assert first.startswith(said)
    assert second == first
    assert seconds < 0.1


def test_a_server_that_stumbles_is_asked_again(fates: dict[str, Any]) -> None:
    assert fates["stumble"] == ["Viewer", "Runs", "Runs"]


def test_what_the_sdk_wrote_last_is_there_for_whoever_looks_for_a_bug(server: WandbServer, tmp_path: Path) -> None:
    with asking(server, tmp_path) as client:
        (tmp_path / "wandb").mkdir()
        (tmp_path / "wandb" / "__init__.py").write_text(f"import os\nos.write(2, b'panic {KEY}')\nos._exit(3)")
        os.environ["PYTHONPATH"] = str(tmp_path)
        with pytest.raises(SourceUnavailable, match="ended before") as caught:
            _ = client.entity
    assert repr(caught.value.__cause__) == "LastWords('panic …')"


def test_an_sdk_that_never_starts_is_not_taken_for_a_server_that_hangs(
    monkeypatch: pytest.MonkeyPatch, server: WandbServer, tmp_path: Path
) -> None:
    monkeypatch.setattr("journal.sources.sdk_child.conversation._STARTING", 0.3)
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "__init__.py").write_text("import time\ntime.sleep(60)")
    with asking(server, tmp_path) as client:
        os.environ["PYTHONPATH"] = str(tmp_path)
        assert "W&B's SDK does not start: it took more than 0.3 s" in refusal(lambda: client.entity)


def test_a_process_that_cannot_be_started_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full"))
    client = Client("https://box", timeout=1, deadline=1, trusted=True)
    assert "no process could be started" in refusal(lambda: client.entity)


def started_by(client: Client) -> list[int]:
    """Numbers of the process that holds the SDK, and of its service."""
    session: Any = client._conversation._session
    return [session._process.pid, *session._service]


def ended(number: int) -> bool:
    """Whether a process is no more, or only waits for its parent to notice."""
    stat = Path(f"/proc/{number}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def soon(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    until = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < until:
        time.sleep(0.01)
    return met


def test_the_deadline_counts_all_answers_together_and_nothing_is_left(server: WandbServer, tmp_path: Path) -> None:
    with asking(server, tmp_path, deadline=1.3) as client:
        assert client.entity == "lab"
        numbers, folder = started_by(client), client._conversation._session._folder  # type: ignore[union-attr]
        server.faults.slow(0.6, "HistoryPage")
        assert "was waited for 1.3 s in all" in refusal(lambda: [list(history(client)) for _ in range(9)])
        server.faults.clear()
        assert len(numbers) == 2
        assert all(soon(partial(ended, number)) for number in numbers)
        assert not folder.exists()


def test_a_copy_of_the_process_asks_by_itself(client: Client, server: WandbServer, tmp_path: Path) -> None:
    begun = history(client)
    next(begun)
    copy = os.fork()
    if not copy:
        try:
            os.environ = server.environment(tmp_path)  # type: ignore[assignment]  # noqa: B003
            counted = sum(len(page.rows) for page in history(client))
            client.close()
            os._exit(counted)
        finally:
            os._exit(255)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == ROWS
    assert [page.first for page in begun] == [100, 200]


SDKS = {
    "raise ModuleNotFoundError('no wandb', name='wandb')": "W&B's SDK is not installed, so HOST could not be asked",
    "import yamls": "W&B's SDK does not start: No module named 'yamls'",
    "x = 1 / 0": "W&B's SDK does not start: division by zero",
    "__version__ = '0.28.2'": "W&B's SDK 0.28.2 is too old to ask a server; 0.31 is needed",
}


@pytest.mark.parametrize("source", SDKS)
def test_an_sdk_that_is_of_no_use_is_told_of(server: WandbServer, tmp_path: Path, source: str) -> None:
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "__init__.py").write_text(source)
    with asking(server, tmp_path, host=server.url) as client:
        os.environ["PYTHONPATH"] = str(tmp_path)
        text = refusal(lambda: client.entity)
    assert text.replace(server.url, "HOST") == f"{SDKS[source]} (run `pip install 'experiment-journal[wandb]'`)"


def test_without_a_key_it_is_said_how_to_set_one_up(server: WandbServer, tmp_path: Path) -> None:
    server.requests.clear()
    with asking(server, tmp_path) as client:
        del os.environ["WANDB_API_KEY"]
        text = refusal(lambda: client.entity)
    assert text == f"no API key is set up for {server.url} (run `wandb login --relogin --host={server.url}`)"
    assert server.requests == []


def test_an_address_that_is_none_is_told_of(server: WandbServer, tmp_path: Path) -> None:
    with asking(server, tmp_path, host="https://wandb.ai") as client:
        text = refusal(lambda: client.entity)
    assert text.startswith("https://wandb.ai is not the address of a W&B server: 'https://wandb.ai' is not a valid")


def test_keys_are_not_sent_to_a_server_that_is_not_the_users_own(
    monkeypatch: pytest.MonkeyPatch, server: WandbServer, tmp_path: Path
) -> None:
    monkeypatch.setattr("journal.sources.wandb_api.client.is_encrypted", lambda _: True)
    stranger = server.url.replace("127.0.0.1", "localhost")
    (tmp_path / "config_dir").mkdir()
    (tmp_path / "config_dir" / "settings").write_text(f"[default]\napi_key = {KEY}\nbase_url = {stranger}\n")
    netrc = tmp_path / "no-netrc"
    netrc.write_text(f"machine 127.0.0.1\n  login user\n  password {KEY}\ndefault login user password {KEY}\n")
    netrc.chmod(0o600)
    server.requests.clear()
    with asking(server, tmp_path, host=stranger, trusted=False) as client:
        text = refusal(lambda: list(client.runs("lab", "notes", {})))
    assert f"netrc has no key for it (if you trust that server, run `wandb login --relogin --host={stranger}`)" in text
    assert server.requests == []


def test_a_key_that_netrc_has_for_that_very_server_is_sent_but_never_in_clear(
    monkeypatch: pytest.MonkeyPatch, server: WandbServer, tmp_path: Path
) -> None:
    netrc = tmp_path / "no-netrc"
    netrc.write_text(f"machine {server.url.removeprefix('http://')}\n  login user\n  password {KEY}\n")
    netrc.chmod(0o600)
    with asking(server, tmp_path, host=server.url, trusted=False) as client:
        server.requests.clear()
        text = refusal(lambda: client.entity)  # over http, whoever is on the way could read it
        assert text.startswith(
            f"{server.url} is not the server of your own W&B settings, and what goes to it over http"
        )
        assert (client._conversation._session, server.requests) == (None, [])
    monkeypatch.setattr("journal.sources.wandb_api.client.is_encrypted", lambda _: True)
    with asking(server, tmp_path, host=server.url, trusted=False) as client:
        os.environ["WANDB_API_KEY"] = "other" * 8  # which the server would refuse
        assert client.entity == "lab"


PARENT = """
import sys
from journal.sources.wandb_api.client import Client
client = Client(None, timeout=30, deadline=60, trusted=True)
client.entity
session = client._conversation._session
print(session._process.pid, *session._service, session._folder, flush=True)
list(client.runs("lab", "notes", {}))
"""


def test_nothing_outlives_the_journal(client: Client, server: WandbServer, tmp_path: Path) -> None:
    server.faults.hang("Runs")
    environment = server.environment(tmp_path) | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ways = (signal.SIGKILL, signal.SIGINT)
    with ExitStack() as stack:
        begun = [stack.enter_context(_journal(environment)) for _ in ways]
        told = [str(parent.stdout and parent.stdout.readline()).split() for parent in begun]
        for parent, way in zip(begun, ways, strict=True):
            parent.send_signal(way)
    for *numbers, folder in told:
        assert len(numbers) == 2
        assert all(soon(partial(ended, int(number))) for number in numbers)
        assert soon(partial(_gone, Path(folder)))
    assert client.host == server.url  # while others live on


def _gone(folder: Path) -> bool:
    return not folder.exists()


def _journal(environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PARENT]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
