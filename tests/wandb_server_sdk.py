"""The real SDK in a process of its own, asked one expression after the other: starting it takes longer than asking."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_LOOP = """
import json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import wandb
known = {"wandb": wandb}
known["known"] = known
def tell(line):
    try:
        told = {"value": eval(json.loads(line), known)}
    except Exception as error:
        told = {"kind": type(error).__name__, "message": str(error)}
    print(json.dumps(told, default=repr), file=answers, flush=True)
tell('"known.setdefault(\\\\"api\\\\", wandb.Api(timeout=10))"')
for line in sys.stdin:
    tell(line)
"""


class SdkError(Exception):
    """What the SDK raised: the name of its class, and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class RealSdk:
    """A child that has imported `wandb` and made an `api`.

    Args:
        environment: The child's variables.

    Raises:
        SdkError: There is no server, or it does not take the key.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        command = [sys.executable, "-c", _LOOP]
        self._child = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            self._read()
        except SdkError:
            self._child.communicate()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.communicate()

    def ask(self, expression: str) -> Any:
        """The value of an expression about `api` and `wandb`, as JSON.

        Raises:
            SdkError: The SDK raised something.
        """
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(expression) + "\n")
        self._child.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise SdkError("ended", "the SDK's process has ended")
        told: dict[str, Any] = json.loads(line)
        if "kind" in told:
            raise SdkError(told["kind"], told["message"])
        return told["value"]
