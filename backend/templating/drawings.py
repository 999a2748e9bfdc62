"""Drawings of a ceremony as SVG without styles: the guilloche rosette and the progress strip. Pure.

They help to recognise a ceremony; they prove nothing, the hash does.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

PETALS = ("off", "on", "new")
BARS = ("signed", "reading", "sent", "problem")
_SIZE = 600
_CENTRE = _SIZE / 2
_MANY, _FEW = 120, 20


def rosette(seed: str, petals: Sequence[str], nest: int = 4, kind: str = "") -> Markup:
    """Return the rosette of a ceremony: one petal per region (a fan under twenty), clockwise from the top.

    `seed` is the hex SHA-256 that shapes the curves; each petal is `off`, `on` (signed) or `new` (this one);
    `nest` is how many lines make a petal; `kind` modifies the CSS class (`paper`). Raises ValueError.
    """
    return _rosette(seed, tuple(petals), nest, kind)


@lru_cache(maxsize=64)
def _rosette(seed: str, petals: tuple[str, ...], nest: int, kind: str) -> Markup:
    if unknown := set(petals) - set(PETALS):
        raise ValueError(f"unknown petals: {sorted(unknown)}")
    # A handful of petals would be no rosette: each region of a small ceremony gets a fan of them.
    petals = tuple(petal for petal in petals for _ in range(max(1, -(-_FEW // max(len(petals), 1)))))
    count = max(len(petals), 3)
    shape = hashlib.sha256(seed.encode()).digest()
    nest = min(nest, 2) if count > _MANY else nest
    spread = (3.2 + shape[0] / 255 * 1.8) * math.pi / count
    curve = (0.58 + shape[1] / 255 * 0.2, (shape[2] / 255 - 0.5) * 0.1)
    drawn = []
    # signed petals lie over unsigned ones
    for state in PETALS:
        for index, petal in enumerate(petals):
            if petal == state:
                angle = 2 * math.pi * index / count - math.pi / 2
                lines = "".join(_petal(angle, 1 - 0.05 * k, spread * (1 - k / nest), curve) for k in range(nest))
                drawn.append(f'<path class="p {state}" d="{lines}"/>')
    rings = "".join(_ring(count, *ring) for ring in ((0.345, 0.022, 0.0), (0.345, 0.022, math.pi), (0.302, 0.014, 0.0)))
    name = f"rosette rosette--{kind}" if kind else "rosette"
    head = f'<svg class="{name}" viewBox="0 0 {_SIZE} {_SIZE}" aria-hidden="true" focusable="false">'
    return Markup(f"{head}{''.join(drawn)}{rings}</svg>")  # noqa: S704 because nothing in it comes from outside


def _point(radius: float, angle: float) -> str:
    return f"{_CENTRE + radius * math.cos(angle):.1f} {_CENTRE + radius * math.sin(angle):.1f}"


def _petal(angle: float, reach: float, width: float, curve: tuple[float, float]) -> str:
    """Return one line of a petal: two Bézier curves, pointed at the root and at the tip."""
    bulge, skew = curve
    inner, outer = 0.40 * _CENTRE, 0.97 * _CENTRE * reach
    length, wide = outer - inner, width * 1.34
    near, far = inner + 0.22 * length, inner + bulge * length
    root, tip = _point(inner, angle), _point(outer, angle)
    out = f"C{_point(near, angle - wide * 0.9 + skew)} {_point(far, angle - wide + skew)} {tip}"
    back = f"C{_point(far, angle + wide + skew)} {_point(near, angle + wide * 0.9 + skew)} {root}"
    return f"M{root}{out}{back}Z"


def _ring(count: int, radius: float, swing: float, phase: float) -> str:
    steps = min(count, _MANY) * 4
    waves = min(count, _MANY) // 2
    turns = (2 * math.pi * step / steps for step in range(steps))
    points = (_point(_CENTRE * (radius + swing * math.sin(waves * turn + phase)), turn) for turn in turns)
    return f'<path class="ring" d="M{"L".join(points)}Z"/>'


def strip(groups: Sequence[Sequence[str]], width: int = 960, height: int = 44, gap: int = 14) -> Markup:
    """Return the progress strip, one bar per region, in groups; raises ValueError for a bar that is not in BARS."""
    if unknown := {bar for group in groups for bar in group} - set(BARS):
        raise ValueError(f"unknown bars: {sorted(unknown)}")
    filled = [group for group in groups if group]
    bars = sum(len(group) for group in filled)
    step = (width - gap * (len(filled) - 1)) / bars if bars else 0.0
    drawn, x = [], 0.0
    for group in filled:
        for bar in group:
            drawn.append(
                f'<rect class="s-{bar}" x="{x + step * 0.17:.2f}" y="0" width="{step * 0.66:.2f}" height="{height}"/>'
            )
            x += step
        x += gap
    hidden = 'aria-hidden="true" focusable="false"'
    head = f'<svg class="strip" viewBox="0 0 {width} {height}" preserveAspectRatio="none" {hidden}>'
    return Markup(f"{head}{''.join(drawn)}</svg>")  # noqa: S704 because every part is a number or one of BARS
