"""Server-drawn SVG: shares, sparklines and stacked bars.

Only presentation attributes and class names are written, never style attributes, so a strict
content security policy holds. Numbers become pixels here; money shown as text is formatted
by the caller.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Number = int | float | Decimal


@dataclass(frozen=True)
class Bar:
    """One column: values bottom to top, a label under the axis, a link and its spoken text."""

    values: Sequence[Number]
    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bars:
    """A stacked column chart; ``line`` is an expected value per bar, ``ticks`` the axis texts."""

    title: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[Number, str]] = ()
    line: Sequence[Number] = ()
    peak: str = ""
    fills: Sequence[str] = field(default=("1", "2", "3", "4"))


def draw_share(parts: Iterable[tuple[Number, str]], css: str, label: str = "") -> SafeString:
    """A bar 100 units wide cut into ``parts`` (percent, fill name), track behind the rest."""
    rects = []
    left = 0.0
    for percent, fill in parts:
        width = max(0.0, min(100.0 - left, float(percent)))
        if width:
            rects.append((f"{left:.1f}", f"{width:.1f}", fill))
            left += width
    drawn = format_html_join("", '<rect x="{}" width="{}" height="5" class="fill-{}"/>', rects)
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')  # constant text
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 100 5" preserveAspectRatio="none" {}>'
        '<rect class="fill-track" width="100" height="5"/>{}</svg>',
        css,
        spoken,
        drawn,
    )


def draw_sparkline(
    values: Sequence[Number], target: Number | None = None, css: str = "sparkline"
) -> SafeString:
    """A line over equal steps with a soft area under it; ``target`` is a dashed level."""
    numbers = [float(value) for value in values]
    if len(numbers) < 2:
        return mark_safe("")  # too short to say anything
    levels = [*numbers, float(target)] if target is not None else numbers
    low, high = min(levels), max(levels)
    spread = (high - low) or 1.0

    def height(value: float) -> float:
        return round(25 - (value - low) / spread * 22, 1)

    step = 136 / (len(numbers) - 1)
    points = " ".join(f"{2 + i * step:.1f},{height(v)}" for i, v in enumerate(numbers))
    level = (
        format_html('<line x1="0" x2="140" y1="{0}" y2="{0}"/>', height(float(target)))
        if target is not None
        else ""
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 140 28" preserveAspectRatio="none" aria-hidden="true">'
        '<polygon points="2,28 {} 138,28"/>{}'
        '<polyline points="{}" vector-effect="non-scaling-stroke"/></svg>',
        css,
        points,
        level,
        points,
    )


_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 636.0, 16.0, 242.0


def draw_bars(chart: Bars) -> SafeString:
    """Columns of ``chart`` as links with a title each, in a 640 by 268 picture."""
    totals = [sum(float(value) for value in bar.values) for bar in chart.bars]
    ceiling = max([*totals, *map(float, chart.line), *(float(t) for t, _ in chart.ticks), 1.0])
    scale = (_BOTTOM - _TOP) / ceiling
    pitch = (_RIGHT - _LEFT) / max(1, len(chart.bars))
    grid = format_html_join(
        "",
        '<line class="chart-grid" x1="40" x2="636" y1="{0}" y2="{0}"/>'
        '<text x="33" y="{1}" text-anchor="end">{2}</text>',
        (
            (f"{_BOTTOM - float(v) * scale:.1f}", f"{_BOTTOM - float(v) * scale + 4:.1f}", text)
            for v, text in chart.ticks
        ),
    )
    columns = format_html_join(
        "",
        "{}",
        (
            (_draw_column(chart, bar, _LEFT + pitch * (i + 0.5), pitch * 0.54, scale),)
            for i, bar in enumerate(chart.bars)
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 640 268" role="group" aria-label="{}">{}{}{}{}</svg>',
        chart.title,
        grid,
        columns,
        _draw_line(chart.line, pitch, scale),
        _draw_peak(chart, totals, pitch, scale),
    )


def _draw_column(chart: Bars, bar: Bar, middle: float, width: float, scale: float) -> SafeString:
    """One stacked column around ``middle`` with its axis label and, when given, its link."""
    rects = []
    base = _BOTTOM
    for value, fill in zip(bar.values, chart.fills, strict=False):
        tall = float(value) * scale
        base -= tall
        rects.append(
            (f"{middle - width / 2:.1f}", f"{base:.1f}", f"{width:.1f}", f"{tall:.1f}", fill)
        )
        base -= 1.5
    drawn = format_html_join(
        "", '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5" class="fill-{}"/>', rects
    )
    column = format_html("<title>{}</title>{}", bar.text, drawn)
    if bar.url:
        column = format_html('<a href="{}" aria-label="{}">{}</a>', bar.url, bar.text, column)
    else:
        column = format_html('<g role="img" aria-label="{}">{}</g>', bar.text, column)
    label = (
        format_html(
            '<text x="{}" y="260" text-anchor="middle">{}</text>', f"{middle:.1f}", bar.label
        )
        if bar.label
        else ""
    )
    return format_html("{}{}", column, label)


def _draw_line(levels: Sequence[Number], pitch: float, scale: float) -> SafeString:
    """The dashed line of expected values through the middles of the columns."""
    if len(levels) < 2:
        return mark_safe("")  # nothing to connect
    points = " ".join(
        f"{_LEFT + pitch * (i + 0.5):.1f},{_BOTTOM - float(v) * scale:.1f}"
        for i, v in enumerate(levels)
    )
    return format_html('<polyline class="chart-line" points="{}"/>', points)


def _draw_peak(chart: Bars, totals: list[float], pitch: float, scale: float) -> SafeString:
    """The text over the last column."""
    if not (chart.peak and totals):
        return mark_safe("")  # no text asked for
    middle = _LEFT + pitch * (len(totals) - 0.5)
    return format_html(
        '<text class="chart-peak" x="{}" y="{}" text-anchor="middle">{}</text>',
        f"{middle:.1f}",
        f"{max(11.0, _BOTTOM - totals[-1] * scale - 9):.1f}",
        chart.peak,
    )
