"""Template tags and filters of every page: money, dates, ages, status chips, icons, charts."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw_icon

from rcm.badges import STATUS_BADGES
from rcm.charts import Bars, draw_bars, draw_share, draw_sparkline

register = template.Library()

NOTHING = "–"
MINUS = "\u2212"

# Money, numbers, dates ------------------------------------------------------------------


def _as_decimal(amount: Any) -> Decimal | None:
    """None and the empty text are nothing; everything else must be a number."""
    return None if amount is None or amount == "" else Decimal(str(amount))


@register.filter
def money(amount: Any) -> str:
    """Dollars with two decimals: $1,234.50, minus sign for negatives, a dash for nothing."""
    number = _as_decimal(amount)
    if number is None:
        return NOTHING
    number = number.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    return f"{MINUS if number < 0 else ''}${abs(number):,.2f}"


@register.filter
def money_cents(cents: int | None) -> str:
    """The same for integer cents as rcm.x12 keeps them."""
    return NOTHING if cents is None else money(Decimal(cents) / 100)


@register.filter
def money_short(amount: Any) -> str:
    """For dashboards only: $412.8k, $1.2M; under ten thousand in whole dollars."""
    number = _as_decimal(amount)
    if number is None:
        return NOTHING
    sign, size = (MINUS if number < 0 else ""), abs(number)
    if size >= 1_000_000:
        return f"{sign}${size / 1_000_000:,.1f}M"
    if size >= 10_000:
        return f"{sign}${size / 1_000:,.1f}k"
    return f"{sign}${size:,.0f}"


@register.filter
def percent(ratio: Any, places: int = 1) -> str:
    """A share given as 0.068 shown as 6.8%."""
    number = _as_decimal(ratio)
    return NOTHING if number is None else f"{floatformat(number * 100, places)}%"


@register.filter
def count_of(number: int | None) -> str:
    """Whole numbers with thousands separators."""
    return NOTHING if number is None else f"{number:,}"


def _as_local(day: datetime.date | None) -> datetime.date | None:
    if isinstance(day, datetime.datetime) and timezone.is_aware(day):
        return timezone.localtime(day)
    return day


@register.filter
def date_short(day: datetime.date | None) -> str:
    """MM/DD/YYYY."""
    local = _as_local(day)
    return local.strftime("%m/%d/%Y") if local else NOTHING


@register.filter
def date_day(day: datetime.date | None) -> str:
    """MM/DD, for columns where the year is plain."""
    local = _as_local(day)
    return local.strftime("%m/%d") if local else NOTHING


@register.filter
def time_short(moment: datetime.datetime | None) -> str:
    """MM/DD/YYYY h:MM AM."""
    local = _as_local(moment)
    if not local:
        return NOTHING
    return f"{local.strftime('%m/%d/%Y')} {local.strftime('%I:%M %p').lstrip('0')}"


@register.filter
def age_days(days: int | None) -> str:
    """A number of days as "5 d"."""
    return NOTHING if days is None else f"{days:,} d"


@register.filter
def initials(name: str) -> str:
    """The first letters of the first two words of a name, commas ignored."""
    return "".join(word[0] for word in str(name).replace(",", " ").split()[:2]).upper()


# Small marks ------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _icon(name: str, css: str) -> SafeString:
    return SafeString(draw_icon(name, size=None, **{"class": css, "aria-hidden": "true"}))


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """A lucide icon, hidden from screen readers; ``css`` adds classes such as icon-small."""
    classes = css if css.startswith("icon") and css.split()[0] == "icon" else f"icon {css}"
    return _icon(str(name), str(classes))


@register.simple_tag
def badge(status: Any, kind: str = "", word: str = "") -> SafeString:
    """The chip of a status from STATUS_BADGES; an unknown status shows its own name in grey."""
    key = str(getattr(status, "value", status) or "")
    found = STATUS_BADGES.get(f"{kind}.{key}") or STATUS_BADGES.get(key)
    text, tone, name = found or (key.replace("_", " ").capitalize() or NOTHING, "gray", "")
    drawn = _icon(name, "icon") if name else ""
    return format_html('<span class="chip tone-{}">{}{}</span>', tone, drawn, word or text)


@register.simple_tag
def due(days: int | None) -> SafeString:
    """Days left to a deadline: red with a clock to 7 days, amber to 14, words when past."""
    if days is None:
        return format_html('<span class="dim">{}</span>', NOTHING)
    text = f"{-days} d late" if days < 0 else f"{days} d"
    if days > 14:
        return format_html('<span class="due">{}</span>', text)
    tone = "red" if days <= 7 else "amber"
    return format_html('<span class="due tone-{}">{}{}</span>', tone, _icon("clock", "icon"), text)


@register.simple_tag
def age(days: int | None, target: int = 0, is_late: bool = False) -> SafeString:
    """Days since something happened; past the target, or said to be late, red with a clock."""
    if days is None:
        return format_html('<span class="dim">{}</span>', NOTHING)
    if is_late or (target and days > target):
        clock = _icon("clock", "icon")
        return format_html('<span class="due tone-red">{}{} d</span>', clock, days)
    return format_html('<span class="due">{} d</span>', days)


_AVATAR_TONES = ("green", "blue", "violet", "gray")


@register.simple_tag
def avatar(name: str | None) -> SafeString:
    """A round of initials whose colour follows the name; a dash when nobody owns the row."""
    if not name:
        return format_html(
            '<span class="avatar avatar-none" title="Unassigned">{}'
            '<span class="visually-hidden"> unassigned</span></span>',
            NOTHING,
        )
    tone = _AVATAR_TONES[sum(map(ord, str(name))) % len(_AVATAR_TONES)]
    return format_html(
        '<span class="avatar tone-{}" title="{}">{}</span>', tone, name, initials(name)
    )


@register.simple_tag
def choice_button(
    name: str, value: str, current: Any, label: str, icon_name: str = ""
) -> SafeString:
    """A submit button of a small set; the one in force is pressed."""
    return format_html(
        '<button type="submit" class="button button-small" name="{}" value="{}"'
        ' aria-pressed="{}">{}{}</button>',
        name,
        value,
        "true" if str(current) == value else "false",
        _icon(icon_name, "icon icon-small") if icon_name else "",
        label,
    )


# Charts -----------------------------------------------------------------------------------


@register.simple_tag
def svg_sparkline(values: Sequence[Any], target: Any = None, css: str = "sparkline") -> SafeString:
    """A trend line; css "sparkline sparkline-small" for a table cell."""
    return draw_sparkline(values, target, css)


@register.simple_tag
def svg_bars(chart: Bars) -> SafeString:
    """A stacked column chart described by rcm.charts.Bars."""
    return draw_bars(chart)


@register.simple_tag
def svg_meter(
    share: Any, fill: str = "1", rest: str = "", css: str = "meter", label: str = ""
) -> SafeString:
    """``share`` in percent as a thin bar; ``rest`` colours what is left."""
    first = max(Decimal(0), min(Decimal(100), _as_decimal(share) or Decimal(0)))
    parts = [(first, fill)] + ([(100 - first, rest)] if rest else [])
    return draw_share(parts, css, label)


@register.simple_tag
def svg_age_bar(parts: Iterable[Any], label: str = "") -> SafeString:
    """Percents of five age buckets (youngest first) as one stacked bar."""
    fills = [(share, f"age-{step}") for step, share in enumerate(parts, start=1)]
    return draw_share(fills, "age-bar", label)


# Pieces with their own template -----------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """Label, control, help and errors of one form field."""
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "is_hidden": bound.is_hidden,
        "is_check": getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset,
        "is_group": widget.use_fieldset,
    }


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    icon_name: str, title: str, text: str = "", url: str = "", label: str = ""
) -> dict[str, str]:
    """Nothing to show: what would fill this place, and one action."""
    return {"icon_name": icon_name, "title": title, "text": text, "url": url, "label": label}


def _query_with(query: QueryDict, **changes: Any) -> str:
    """The current query string with some keys replaced; None drops the key."""
    kept = {key: values for key, values in query.lists() if key != "pane" and key not in changes}
    added = {key: value for key, value in changes.items() if value is not None}
    return f"?{urlencode(kept | added, doseq=True)}"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page, noun: str = "") -> dict[str, Any]:
    """First to last of total with previous and next, keeping filters and sort."""
    query = context["request"].GET
    return {
        "page": page,
        "noun": noun,
        "previous_url": _query_with(query, page=page.previous_page_number())
        if page.has_previous()
        else "",
        "next_url": _query_with(query, page=page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: template.Context, label: str, key: str, css: str = "", default: str = ""
) -> dict[str, Any]:
    """A table heading that sorts by a plain link: ?sort=key, then ?sort=-key."""
    query = context["request"].GET
    current = query.get("sort") or default
    is_up, is_down = current == key, current == f"-{key}"
    return {
        "label": label,
        "css": css,
        "url": _query_with(query, sort=f"-{key}" if is_up else key, page=None),
        "direction": "ascending" if is_up else "descending" if is_down else "",
    }


@register.simple_tag(takes_context=True)
def query_url(context: template.Context, **changes: Any) -> str:
    """The address of this list with some filters changed; an empty value drops the filter."""
    wanted = {key: (None if value in ("", None) else value) for key, value in changes.items()}
    return _query_with(context["request"].GET, **wanted)
