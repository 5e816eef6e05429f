"""Plots as SVG, with nothing but the standard library: lines over two logarithmic axes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 420, 70, 44, 190, 56
_INK = "#767b85"
"""Is read on white and on black."""
_COLOURS = ("#2f7de1", "#0a9e8f", "#c2418c", "#e08a00", "#8a63d2", "#5b9a2f", "#d1495b")


@dataclass(frozen=True)
class Line:
    """One line.

    Args:
        name: in the legend.
        points: (x, y), all above 0, by x.
    """

    name: str
    points: list[tuple[float, float]]


def plot(title: str, across: str, up: str, lines: list[Line]) -> str:
    """The plot as the text of an SVG file."""
    every = [point for line in lines for point in line.points]
    xs, ys = [x for x, _ in every] or [1.0], [y for _, y in every] or [1.0]
    x_axis, y_axis = _Axis(min(xs), max(xs), _LEFT, _WIDTH - _RIGHT), _Axis(min(ys), max(ys), _HEIGHT - _BOTTOM, _TOP)
    parts = [_text(_LEFT, 22, title, size=15, bold=True)]
    for value in y_axis.ticks():
        y = y_axis.at(value)
        parts += [_rule(_LEFT, y, _WIDTH - _RIGHT, y), _text(_LEFT - 8, y + 4, _said(value), anchor="end")]
    for value in x_axis.ticks():
        x = x_axis.at(value)
        parts += [_rule(x, _TOP, x, _HEIGHT - _BOTTOM), _text(x, _HEIGHT - _BOTTOM + 18, _said(value), anchor="middle")]
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, across, anchor="middle"))
    parts.append(_text(_LEFT, 38, up, size=11))
    for number, line in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [(x_axis.at(x), y_axis.at(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}"/>' for x, y in places]
        y = _TOP + 14 + 22 * number
        parts.append(f'<rect x="{_WIDTH - _RIGHT + 16}" y="{y - 9}" width="12" height="12" rx="2" fill="{colour}"/>')
        parts.append(_text(_WIDTH - _RIGHT + 34, y + 1, line.name))
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif">\n{inside}\n</svg>\n'
    )


class _Axis:
    """A logarithmic axis from whole decade to whole decade."""

    def __init__(self, least: float, most: float, start: float, end: float) -> None:
        self._low, self._high = math.floor(math.log10(least)), math.ceil(math.log10(most))
        self._high = max(self._high, self._low + 1)
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """Where a value is drawn."""
        part = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + part * (self._end - self._start)

    def ticks(self) -> list[float]:
        """The decades."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def _said(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{_INK}" stroke-width="0.5" opacity="0.5"/>'


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{_INK}"{weight}>{escape(text)}</text>'
