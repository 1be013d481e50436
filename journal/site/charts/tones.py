"""Colours and dashes of lines: one colour for the baseline alone, others that colour-blind people tell apart."""

from __future__ import annotations

LIGHT = ("#5b7083", "#b8470f", "#0b62a4", "#0a7a57", "#8f3f8f", "#866000", "#197d91", "#c0356b", "#4a4fb5")
"""On white: the baseline's, then those of other runs. The style sheet has the same, and others for dark pages."""

FAINT = ("#8494a2", "#cd7e57", "#5e97c3", "#4f9f86", "#b580b5", "#a98e4a", "#509cab", "#d47499", "#888bce")
"""The same, for the raw line behind a smoothed one: three to one against white, as lines must be."""

DASHES = ((), (7, 3), (2, 2.5), (9, 3, 2, 3), (4, 2))
"""Patterns of dashes; the first is a solid line."""
