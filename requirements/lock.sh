#!/bin/sh
# Resolve the lock files anew: hashed, for every supported Python and system, naming no package index.
set -eu
uv=$1
cd "$(dirname "$0")/.."
flags="--quiet --universal --python-version 3.11 --generate-hashes --no-header"
# shellcheck disable=SC2086
"$uv" pip compile $flags --extra all --output-file requirements/dev.txt pyproject.toml requirements/dev.in
# shellcheck disable=SC2086
"$uv" pip compile $flags --extra site --extra wandb --constraint requirements/dev.txt --output-file requirements/demo.txt pyproject.toml requirements/demo.in
# shellcheck disable=SC2086
"$uv" pip compile $flags --output-file requirements/peer.txt requirements/peer.in
# shellcheck disable=SC2086
"$uv" pip compile $flags --output-file requirements/zensical.txt requirements/zensical.in
