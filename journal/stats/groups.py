"""Groups of runs: how they scatter around their mean, and whether two of them differ.

Means, standard deviations and differences are computed exactly and rounded once, so they do not depend on the order of
the runs. Intervals and tests are SciPy's.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite, sqrt
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

from journal.model.evidence import GroupEvidence, SignificanceEvidence
from journal.model.table import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

Runs = Mapping[Any, float] | Sequence[float]
"""One value for each run of a group: by what pairs it with a run of the other group, or merely listed."""

PAIRED = "paired t-test"
WELCH = "Welch's t-test"

RESAMPLES = 9999
FEWEST = 5
"""Runs that a bootstrap needs at least."""
_SEED = 0
_AT_ONCE = 1_000_000
"""How many numbers of the resamples are in memory at a time."""
_TIED = 12
"""Decimals in which two resamples must agree to be tied; the values reach from -1 to 1."""


def spread(values: Sequence[float], interval: Interval | None, confidence: float) -> tuple[float, GroupEvidence]:
    """The mean over the runs of a group, and how they scatter around it.

    Args:
        values: One finite value for each run, at least one, in any order.
        interval: How to make an interval around the mean; None for none.
        confidence: Confidence of that interval, in percent, between 0 and 100.

    Returns:
        The mean, and the number of runs with the sample's standard deviation and the interval, in the values' own
        unit. One run has neither. Runs that are all equal have no interval: nothing tells how far others would be.
        Neither is there where no float is large enough to hold it; nor one by a bootstrap of fewer than `FEWEST` runs,
        which could be little else than the lowest and the highest of them: that is told in its place.
    """
    centre, std = mean(map(float, values)), _std(values)
    if interval is None or not std:
        return centre, GroupEvidence(n=len(values), std=std)
    words = f"{confidence:.15g}% {_WORDS[interval]} interval"
    if interval is Interval.BOOTSTRAP and len(values) < FEWEST:
        return centre, GroupEvidence(n=len(values), std=std, interval=f"no {words} of fewer than {FEWEST} runs")
    found = _INTERVALS[interval](values, confidence / 100)
    if found is None or not all(map(isfinite, found)):
        return centre, GroupEvidence(n=len(values), std=std)
    return centre, GroupEvidence(n=len(values), std=std, low=found[0], high=found[1], interval=words)


def significance(left: Runs, right: Runs) -> tuple[float | None, SignificanceEvidence]:
    """The difference between the means of two groups of runs, and a two-sided test of it.

    Runs are paired if both groups are mappings with the same keys, two at least. In every other case they are taken as
    independent: give a sequence where the runs of a group cannot be paired.

    Args:
        left: Finite values of the one group.
        right: Finite values of the other.

    Returns:
        The mean of the left less the mean of the right, None where a group is empty or no float holds it; and the
        test. Its p-value is None where SciPy has none that it does not warn about: with fewer than two runs in a group,
        or where those of a group (of paired runs, the differences) scatter by no more than rounding errors.
    """
    if isinstance(left, Mapping) and isinstance(right, Mapping) and left.keys() == right.keys() and len(left) > 1:
        differences = sorted(Fraction(left[key]) - Fraction(right[key]) for key in left)
        found = SignificanceEvidence(name=PAIRED, p=_paired(differences), n=len(differences), paired=True)
        return _float(mean(differences)), found
    one, other = (sorted(_values(runs)) for runs in (left, right))
    found = SignificanceEvidence(name=WELCH, p=_welch(one, other), n=len(one) + len(other), paired=False)
    return (_float(mean(one) - mean(other)) if one and other else None), found


def _values(runs: Runs) -> list[Fraction]:
    return [Fraction(value) for value in (runs.values() if isinstance(runs, Mapping) else runs)]


def _float(exact: Fraction) -> float | None:
    try:
        return float(exact)
    except OverflowError:
        return None


def _std(values: Sequence[float]) -> float | None:
    """The sample's standard deviation; None for one value, or where it is beyond floats."""
    try:
        return stdev(map(float, values)) if len(values) > 1 else None
    except OverflowError:
        return None


def _unit(values: Sequence[Fraction], centre: Fraction) -> tuple[list[float], Fraction]:
    """Values on a scale from -1 to 1 around a centre, and that scale: no square overflows or vanishes there."""
    scale = max((abs(value - centre) for value in values), default=Fraction(0)) or Fraction(1)
    return [float((value - centre) / scale) for value in values], scale


# --- intervals --------------------------------------------------------------------------------------------------------


def _students(values: Sequence[float], level: float) -> tuple[float, float]:
    from scipy import stats

    centre = mean(map(float, values))
    half = float(stats.t.isf((1 - level) / 2, len(values) - 1)) * stdev(map(float, values)) / sqrt(len(values))
    return centre - half, centre + half


def _bootstrap(values: Sequence[float], level: float) -> tuple[float, float] | None:
    """Bias-corrected and accelerated, from the values in order, so that the same runs always give the same digits."""
    import numpy as np
    from scipy import stats

    exact = sorted(map(Fraction, values))
    centre = mean(exact)
    units, scale = _unit(exact, centre)

    def mean_of(sample: NDArray[np.float64], axis: int) -> Any:
        # Few runs have many resamples with one mean; rounding errors must not tell which of them are below it.
        return np.round(np.mean(sample, axis=axis), _TIED)

    found = _without_warning(
        lambda: (
            stats.bootstrap(
                (units,),
                mean_of,
                vectorized=True,
                n_resamples=RESAMPLES,
                batch=max(1, _AT_ONCE // len(units)),
                confidence_level=level,
                method="BCa",
                rng=np.random.default_rng(_SEED),
            ).confidence_interval
        )
    )
    if found is None or not (isfinite(found.low) and isfinite(found.high)):
        return None
    low, high = (centre + scale * Fraction(float(end)) for end in (found.low, found.high))
    return float(max(low, exact[0])), float(min(high, exact[-1]))  # what was rounded may lie a little outside


_INTERVALS: dict[Interval, Callable[[Sequence[float], float], tuple[float, float] | None]] = {
    Interval.T: _students,
    Interval.BOOTSTRAP: _bootstrap,
}
_WORDS = {Interval.T: "t", Interval.BOOTSTRAP: "BCa bootstrap"}


# --- tests ------------------------------------------------------------------------------------------------------------


def _paired(differences: Sequence[Fraction]) -> float | None:
    """The paired t-test is the test of the exact differences against zero: `ttest_rel` would round them first."""
    from scipy import stats

    units, _ = _unit(differences, Fraction(0))
    return _p(lambda: stats.ttest_1samp(units, 0.0))


def _welch(left: Sequence[Fraction], right: Sequence[Fraction]) -> float | None:
    from scipy import stats

    if not left or not right:
        return None
    units, _ = _unit([*left, *right], mean([*left, *right]))
    return _p(lambda: stats.ttest_ind(units[: len(left)], units[len(left) :], equal_var=False))


def _p(test: Callable[[], Any]) -> float | None:
    found = _without_warning(test)
    if found is None or not isfinite(found.statistic) or not isfinite(found.pvalue):
        return None
    return float(found.pvalue)


def _without_warning(ask: Callable[[], Any]) -> Any:
    """What SciPy finds; None where it warns that the values are too few, or too much alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            return ask()
        except RuntimeWarning:
            return None
