"""The journal's main job on a small real experiment, from a training script to a published page.

Two versions of a toy training script are committed and trained, each logging to W&B offline: no account, no
network. The journal makes an entry from the second commit before its run: why, what is expected, and which numbers to
show. Once the run is there, it fills the tables from the two logs, scores the predictions, checks everything and builds
a site. Every command is printed before it runs, so that you can type it yourself.

Usage: python demo.py [FOLDER]      FOLDER becomes the scratch repository; build/demo by default
Needs: pip install "experiment-journal[site,wandb]" numpy
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
MARKER = ".experiment-journal-demo"  # stands in every folder that this script made, and may therefore wipe

GITIGNORE = f"""\
__pycache__/
wandb/
{MARKER}
"""

CONTEXT = """\
The first version gets stuck at half of the sites right. Its logits reach several hundred.
"""

NEXT = """\
- [ ] Mend the units of the keys themselves; the clamp only bounds what they do.
"""

WHY = """\
One key in ten has its coordinates in the wrong unit, so its logits are ten times too large and reach several
hundred. The softmax then lays nearly all its weight on one noisy vote. A clamp bounds what a single key can say,
so the votes of a site can be averaged again.
"""

EXPECTED = """\
predictions:
  - claim: hardly any site is saturated any more
    expect: mean(debug/attn/saturated_frac)[300..400]@clamp < 0.01
  - claim: the loss falls below half of what it was, 1.5
    expect: mean(train/loss)[300..400]@clamp < 0.75
"""

FOUND = """\
The clamp works. From step 300 to 400 the loss is [TBD](run:clamp "mean(train/loss)[300..400]") with it and
[TBD](run:no-clamp "mean(train/loss)[300..400]") without. At no step is more than a share of
[TBD](run:clamp "max(debug/attn/saturated_frac)[300..400]") of the sites saturated.
"""

PLOT = """\
<!-- journal:plot curves
metrics: [train/loss, debug/attn/saturated_frac]
runs: [no-clamp, clamp]
smooth: 0.8
-->
<!-- /journal:plot -->
"""

TABLE = """\
<!-- journal:table attention
metrics: [train/loss, debug/attn/logit_absmax, debug/attn/saturated_frac]
runs: [no-clamp, clamp]
stats: [mean]
window: 300..400
compare: {ratio: clamp/no-clamp}
-->
<!-- /journal:table -->
"""


class Shell:
    """Runs commands in the scratch repository, printing each one and what it says.

    Args:
        folder: Where the commands run.
        home: A throw-away folder for what the W&B SDK would keep in the user's home.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        # Nothing of the user's own git and W&B settings may leak in: a token, an entity, a signing key, a hook.
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "WANDB_"))}
        self.environment = clean | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "WANDB_CACHE_DIR": str(home),
            "WANDB_CONFIG_DIR": str(home),
            "WANDB_DATA_DIR": str(home),
            "WANDB_ERROR_REPORTING": "false",
            "WANDB_HOST": "demo",
            "WANDB_MODE": "offline",
            "WANDB_SILENT": "true",
            "WANDB_USERNAME": "demo",
        }

    def run(self, program: str, *arguments: str) -> str:
        """Print a command, run it, print its output as it comes, and give that output back."""
        print(f"\n$ {shlex.join([program, *arguments])}", flush=True)
        command = [_program(program), *arguments]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, encoding="utf-8"
        ) as child:
            lines = []
            for line in child.stdout or ():
                print(line, end="", flush=True)
                lines.append(line)
        if child.returncode:
            sys.exit(f"The demo stops: {program} ended with exit code {child.returncode}.")
        return "".join(lines).strip()


def _program(name: str) -> str:
    """Where a program is: this very Python, and what is installed beside it, before anything else on the PATH."""
    if name == "python":
        return sys.executable
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=os.pathsep.join([str(beside), os.environ.get("PATH", os.defpath)]))
    if found is None:
        sys.exit(f'The demo needs `{name}`. For `journal`: pip install "experiment-journal[site,wandb]" numpy')
    return found


def say(text: str) -> None:
    """A heading between the commands."""
    print(f"\n=== {text}", flush=True)


def fresh(folder: Path) -> None:
    """Make `folder` new and empty; a folder that this script did not make is left alone."""
    if (folder / MARKER).is_file():
        shutil.rmtree(folder)
    elif folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        sys.exit(f"{folder} is not empty and was not made by this demo; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


def start_repository(shell: Shell) -> None:
    """A git repository with the first version of the training script, and an author of its own."""
    for name in ("train.py", "config.yaml"):
        shutil.copyfile(HERE / name, shell.folder / name)
    (shell.folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    shell.run("git", "init", "--quiet", "--initial-branch=main")
    shell.run("git", "config", "user.name", "Demo Researcher")
    shell.run("git", "config", "user.email", "demo@example.org")
    shell.run("git", "add", ".")
    shell.run("git", "commit", "--quiet", "-m", "Train the attention toy")


def change(shell: Shell) -> str:
    """Commit the change that the entry will be about, and give its sha."""
    shell.run("git", "apply", os.path.relpath(HERE / "clamp.patch", shell.folder))
    shell.run("git", "diff", "--stat")
    shell.run("git", "commit", "--quiet", "--all", "-m", "Clamp attention logits to ±8")
    return shell.run("git", "rev-parse", "--short", "HEAD")


def commit(shell: Shell, message: str) -> None:
    """Commit entries, evidence and settings as they are."""
    shell.run("git", "add", ".")
    shell.run("git", "commit", "--quiet", "-m", message)


def train(shell: Shell, name: str) -> str:
    """Train once under a display name, and give the id that W&B made up for the run."""
    logs = "wandb/offline-run-*/run-*.wandb"
    before = set(shell.folder.glob(logs))
    shell.run("python", "train.py", name)
    (log,) = set(shell.folder.glob(logs)) - before
    print(f"{log.relative_to(shell.folder)}: {log.stat().st_size:,} bytes")
    return log.stem.removeprefix("run-")


def write_as_author(entry: Path) -> None:
    """Do the author's part of an entry: say why, what is expected, and which numbers to show. Shows what changed."""
    before = entry.read_text(encoding="utf-8")
    after = before.replace("\n---\n", f"\n{EXPECTED}---\n", 1)
    after = with_section(after, "Context", lambda _: CONTEXT)
    after = with_section(after, "Rationale", lambda _: WHY)
    after = with_section(after, "Results", lambda _: f"{TABLE}\n{PLOT}")
    after = with_section(after, "Next steps", lambda _: NEXT)
    entry.write_text(after, encoding="utf-8", newline="\n")
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=1, lineterm="")
    print("\n".join(changes), flush=True)


def with_section(text: str, heading: str, write: Callable[[str], str]) -> str:
    """`text` with the body of one section written anew from the old one."""
    pattern = rf"(?ms)^## {re.escape(heading)}\n(.*?)(?=^## |\Z)"
    text, found = re.subn(pattern, lambda match: f"## {heading}\n\n{write(match[1].strip())}\n", text)
    if found != 1:
        sys.exit(f"The demo stops: the entry has {found} sections named {heading}, not one.")
    return text


def page_of(entry: Path, site: Path) -> Path:
    """The entry's page on the built site, or else the site's first page."""
    pages = sorted(page for page in site.rglob("*.html") if entry.stem in page.relative_to(site).as_posix())
    return pages[0] if pages else site / "index.html"


def tell(shell: Shell) -> None:
    """The whole story, from the first commit to the page."""
    say("A repository with a training script; the first version trains badly")
    start_repository(shell)
    baseline = train(shell, "no-clamp")

    say("A change, committed: the commit is what the entry will be about")
    sha = change(shell)

    say("The journal: an entry from that commit, before its run. The baseline we name")
    shell.run("journal", "init")
    entry = shell.folder / shell.run("journal", "new", "--from-commit", sha, "--run", f"baseline:{baseline}")

    say("The author's part: the reason, what is expected, which numbers to show. The numbers are not the author's part")
    write_as_author(entry)
    commit(shell, "Say what the clamp should do")

    say("Now the run; it is told to the entry")
    time.sleep(1)  # git dates are whole seconds: who predicts and trains within one was not there first for certain
    run = train(shell, "clamp")
    shell.run("journal", "link", entry.stem, "--run", f"candidate:{run}")

    say("The journal: fill the tables from the two logs, score the predictions, check the promises")
    shell.run("journal", "fill-results")
    shell.run("journal", "check")

    say("The author concludes; the numbers in the text are filled too. Then the site")
    shell.run("journal", "update", entry.stem, FOUND, "--status", "concluded", "--outcome", "positive")
    shell.run("journal", "fill-results")
    commit(shell, "Conclude that the clamp works")
    shell.run("journal", "check")
    shell.run("journal", "build")
    print(f"\nThe entry:  {entry}")
    print(f"Its page:   {page_of(entry, shell.folder / 'site').as_uri()}")
    print(f"To serve:   cd {shlex.quote(str(shell.folder))} && {shlex.quote(_program('journal'))} serve")


def main() -> None:
    """Tell the story in a fresh folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    default = HERE.parent / "build" / "demo"
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="the scratch repository; build/demo")
    folder = parser.parse_args().folder.resolve()
    started = time.monotonic()
    fresh(folder)
    print(f"$ cd {shlex.quote(str(folder))}")
    with tempfile.TemporaryDirectory() as home:
        tell(Shell(folder, Path(home)))
    print(f"Time taken: {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
