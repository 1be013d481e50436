"""Colours and dashes of lines: one colour for the baseline alone, others that colour-blind people tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIGHT = ("#5b7083", "#b8470f", "#0b62a4", "#0a7a57", "#8f3f8f", "#866000", "#197d91", "#c0356b", "#4a4fb5")
"""On white: the baseline's, then those of other runs. The style sheet has the same, and those of dark pages."""

FAINT = ("#8494a2", "#cd7e57", "#5e97c3", "#4f9f86", "#b580b5", "#a98e4a", "#509cab", "#d47499", "#888bce")
"""The same, for the raw line behind a smoothed one: three to one against white, as lines must be."""

DARK = ("#9db1c4", "#ff9a62", "#62b5f5", "#45cf9f", "#df94dc", "#e0b548", "#5fd0e0", "#ff8fb0", "#a9acff")
"""On dark pages, in the same order as on white."""

DARK_FAINT = ("#667481", "#9c6549", "#45779f", "#337f69", "#8e6491", "#857039", "#3f7b86", "#9e6076", "#6a6e9f")

DASHES = ((), (7, 3), (2, 2.5), (9, 3, 2, 3), (4, 2))
"""Patterns of dashes; the first is a solid line."""

GROUND = "#1e2229"
"""What dark pictures are drawn on: about the page's own ground."""

_DARK = {
    "svg": "fill:#a9b3bf",
    ".b": f"fill:{GROUND}",
    ".i": "fill:#e3e7ec",
    ".g": "stroke:#333a45",
    ".e": "stroke:#55616f",
    ".a": "stroke:#6f7a87",
    ".w": "fill:#2a323d;stroke:#55616f",
}


def dark_style(tones: Iterable[int], *, faint: bool) -> str:
    """The colours of a picture where pages are dark, by the classes of what is drawn.

    A page's style sheet sets `color-scheme` on the picture, which chooses; of a picture alone, the system does.

    Args:
        tones: Those that the picture has: `s0` strokes, `f0` fills.
        faint: Whether there are raw lines behind smoothed ones: `r0`.
    """
    held = sorted(set(tones))
    own = [f".s{each}{{stroke:{DARK[each]}}}.f{each}{{fill:{DARK[each]}}}" for each in held]
    raw = [f".r{each}{{stroke:{DARK_FAINT[each]}}}" for each in held] if faint else []
    rules = [*(f"{name}{{{colours}}}" for name, colours in _DARK.items()), *own, *raw]
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"
