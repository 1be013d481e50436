"""Train a toy attention layer, and log every step to W&B.

The task. A query stands at one of six sites. Each site has a class that nobody sees, and eight keys that vote
for it; four votes in ten are random. To name the class of the query's site, the layer must find the keys of that
site by their geometry and average their votes.

The trap. One key in ten has its coordinates in ångström where nanometres were meant: ten times too long. A logit
is a product of coordinates, so such keys outshout the others. The softmax saturates: it lays nearly all its weight
on one key, one time in three a key of another site, and the layer repeats that key's noisy vote.

Usage: python train.py NAME_OF_THE_RUN
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import wandb
import yaml

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

CLASSES = 6
SITES = 6
KEYS_PER_SITE = 8
KEYS = SITES * KEYS_PER_SITE
COORDINATES = 24  # eight points in space, three coordinates each
JITTER = 0.4  # of a key around its site, in every coordinate; the sites themselves spread by 1
RANDOM_VOTES = 0.4
WRONG_UNIT = 0.1
ANGSTROM_PER_NANOMETRE = 10
SATURATED = 0.9  # of a query's weight on a single key


class Batch(NamedTuple):
    """What the layer sees (query, keys, votes), and what it should answer (labels)."""

    query: Floats  # (batch, COORDINATES)
    keys: Floats  # (batch, KEYS, COORDINATES)
    votes: Floats  # (batch, KEYS, CLASSES), one-hot
    labels: Ints  # (batch,)


def draw(rng: np.random.Generator, size: int) -> Batch:
    """A fresh batch: no query is ever seen twice, so there is nothing to learn by heart."""
    sites = rng.normal(size=(size, SITES, COORDINATES))
    classes = rng.integers(CLASSES, size=(size, SITES))
    keys = np.repeat(sites, KEYS_PER_SITE, axis=1) + JITTER * rng.normal(size=(size, KEYS, COORDINATES))
    keys[rng.random((size, KEYS)) < WRONG_UNIT] *= ANGSTROM_PER_NANOMETRE
    votes = np.repeat(classes, KEYS_PER_SITE, axis=1)
    votes = np.where(rng.random(votes.shape) < RANDOM_VOTES, rng.integers(CLASSES, size=votes.shape), votes)
    rows, target = np.arange(size), rng.integers(SITES, size=size)
    query = sites[rows, target] + JITTER * rng.normal(size=(size, COORDINATES))
    one_hot = np.eye(CLASSES, dtype=np.float32)[votes]
    return Batch(query.astype(np.float32), keys.astype(np.float32), one_hot, classes[rows, target])


def softmax(logits: Floats) -> Floats:
    """Softmax over the last axis."""
    powers: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


class Attention:
    """One attention head over geometry, with a linear readout; the gradients are written out by hand."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.geometry = 0.02 * np.eye(COORDINATES, dtype=np.float32)  # how coordinates of query and key are compared
        self.readout = 0.1 * rng.normal(size=(CLASSES, CLASSES)).astype(np.float32)

    def step(self, batch: Batch, learning_rate: float) -> dict[str, float]:
        """Learn from one batch, and say how it went."""
        rows = np.arange(len(batch.labels))
        logits = np.einsum("bc,bkc->bk", batch.query @ self.geometry, batch.keys)
        weights = softmax(logits)
        vote = np.einsum("bk,bkv->bv", weights, batch.votes)
        answer = softmax(vote @ self.readout)

        d_answer = answer.copy()
        d_answer[rows, batch.labels] -= 1
        d_answer /= len(rows)
        d_weights = np.einsum("bv,bkv->bk", d_answer @ self.readout.T, batch.votes)
        d_logits = weights * (d_weights - (weights * d_weights).sum(axis=-1, keepdims=True))
        d_geometry = batch.query.T @ np.einsum("bk,bkc->bc", d_logits, batch.keys)
        self.readout -= learning_rate * (vote.T @ d_answer)
        self.geometry -= learning_rate * d_geometry

        with np.errstate(divide="ignore", invalid="ignore"):
            # A weight that underflows to 0 makes 0 * log 0, which is NaN. It is logged as it comes.
            entropy = -(weights * np.log(weights)).sum(axis=-1)
        return {
            "train/loss": float(-np.log(answer[rows, batch.labels]).mean()),
            "train/acc": float((answer.argmax(axis=-1) == batch.labels).mean()),
            "debug/grad_norm": float(np.linalg.norm(d_geometry)),
            "debug/attn/logit_absmax": float(np.abs(logits).max()),
            "debug/attn/saturated_frac": float((weights.max(axis=-1) > SATURATED).mean()),
            "debug/attn/entropy": float(entropy.mean()),
        }


def main(name: str) -> None:
    """Train once, as config.yaml says, and log the run under `name`."""
    config: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("config.yaml").read_text(encoding="utf-8"))
    rng = np.random.default_rng(config["seed"])
    model = Attention(rng)
    with wandb.init(project="attention-toy", name=name, config=config) as run:
        for step in range(config["steps"]):
            measured = model.step(draw(rng, config["batch"]), config["learning_rate"])
            run.log(measured, step=step)
            if step % 100 == 0:
                print(f"step {step}: loss {measured['train/loss']:.3f}, accuracy {measured['train/acc']:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
