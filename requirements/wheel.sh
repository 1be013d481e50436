#!/bin/sh
# Build the wheel, install it alone in a clean environment, and run the demo from there.
set -eu
python=$1
cd "$(dirname "$0")/.."
rm -rf build/wheel
mkdir -p build/wheel
"$python" -m build --no-isolation --wheel --outdir build/wheel . >build/wheel/build.log 2>&1 || { cat build/wheel/build.log; exit 1; }
"$python" -m venv build/wheel/venv
clean=build/wheel/venv/bin/python
"$clean" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
"$clean" -m pip install --quiet --disable-pip-version-check --no-deps build/wheel/*.whl
"$clean" -m pip check
"$clean" -P - <<'PY'
import pathlib

import journal

assert "site-packages" in pathlib.Path(journal.__file__).parts, journal.__file__
assert (pathlib.Path(journal.__file__).parent / "py.typed").is_file()
print(f"journal {journal.__version__} from the wheel")
PY
"$clean" -P - <<'PY'
import pathlib
import sys

sys.modules["wandb"] = None  # an import of it fails from here on

import journal

(folder,) = pathlib.Path("tests/fixtures/runs/sdk-0.31.0/wandb").glob("*-plain031")
opened = journal.open_run(str(folder))
assert opened.run.rows > 0, opened.problems
assert opened.history().height > 0
print(f"{opened.run.rows} rows of the run {opened.run.id}, read without wandb")
PY
"$clean" demo/demo.py build/wheel/demo
