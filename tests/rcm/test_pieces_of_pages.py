"""The words, numbers and marks that every page shares."""

import datetime
import gzip
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template import engines
from django.test import RequestFactory

from rcm.badges import STATUS_BADGES
from rcm.charts import Bar, Bars, draw_bars, draw_share, draw_sparkline
from rcm.gallery import PAGES, SampleForm, show_gallery
from rcm.static_files import join_stylesheets
from rcm.templatetags import rcm as tags


def render(source: str, **context: object) -> str:
    template = engines["django"].from_string(source)
    return template.render(context, RequestFactory().get("/claims/?status=open&sort=due&page=2"))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("-12"), "\u2212$12.00"),
        (0, "$0.00"),
        ("1234567.891", "$1,234,567.89"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_money_has_two_decimals_and_a_real_minus_sign(amount: object, shown: str) -> None:
    assert tags.money(amount) == shown


def test_cents_are_shown_as_dollars() -> None:
    assert tags.money_cents(-21840) == "\u2212$218.40"
    assert tags.money_cents(None) == "–"


def test_dashboards_shorten_money() -> None:
    shown = [tags.money_short(Decimal(number)) for number in (7900, 412800, -1200000)]
    assert shown == ["$7,900", "$412.8k", "\u2212$1.2M"]


def test_dates_are_written_the_american_way() -> None:
    day = datetime.date(2026, 3, 9)
    assert (tags.date_short(day), tags.date_day(day), tags.date_short(None)) == (
        "03/09/2026",
        "03/09",
        "–",
    )


def test_a_status_has_a_word_a_tone_and_an_icon() -> None:
    chip = tags.badge("partly_posted")
    assert chip.startswith('<span class="chip tone-amber"><svg')
    assert chip.endswith("Partly posted</span>")


def test_the_kind_decides_when_two_kinds_share_a_status() -> None:
    assert tags.badge("ready", "remittance").endswith("Balanced</span>")
    assert tags.badge("ready", "claim").endswith("Ready</span>")


def test_an_unknown_status_shows_its_own_name() -> None:
    assert tags.badge("never_seen") == '<span class="chip tone-gray">Never seen</span>'


def test_every_status_draws_its_icon() -> None:
    for key in STATUS_BADGES:
        kind, _, status = key.rpartition(".")
        assert "<svg" in tags.badge(status, kind), key


def test_a_deadline_turns_amber_at_14_days_and_red_at_7() -> None:
    tones = [re.findall("tone-([a-z]+)", tags.due(days)) for days in (15, 14, 8, 7, -3)]
    assert tones == [[], ["amber"], ["amber"], ["red"], ["red"]]
    assert tags.due(-3).endswith("3 d late</span>")


def test_a_name_cannot_bring_markup_along() -> None:
    assert "<b>" not in tags.avatar("<b>x</b> y")
    assert "<b>" not in tags.badge("x", word="<b>")


def test_a_field_ties_its_errors_to_its_control() -> None:
    form = SampleForm({"payer": "a", "amount": "twelve"})
    shown = render("{% field form.amount %}", form=form)
    assert 'aria-invalid="true"' in shown
    assert 'id="id_amount_error"' in shown
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in shown
    assert "Enter a number." in shown


def test_sorting_keeps_the_filters_and_leaves_the_page() -> None:
    shown = render('{% sort_header "Due" "due" %}')
    assert 'aria-sort="ascending"' in shown
    assert 'href="?status=open&amp;sort=-due"' in shown


def test_a_filter_can_be_dropped_from_the_address() -> None:
    assert render("{% query_url status=None page=None %}") == "?sort=due"


def test_a_share_never_grows_past_its_bar() -> None:
    drawn = draw_share([(80, "1"), (40, "red")], "meter")
    assert re.findall(r'width="([\d.]+)" height="5" class="fill-(?:1|red)"', drawn) == [
        "80.0",
        "20.0",
    ]


def test_a_trend_needs_two_points() -> None:
    assert draw_sparkline([5]) == ""
    assert draw_sparkline([1, 2]).count("<polyline") == 1


def test_a_column_with_a_link_says_what_it_shows() -> None:
    drawn = draw_bars(Bars("Payments", [Bar([1, 2], "Week 1: $3", "08/24", "/claims/")]))
    assert '<a href="/claims/" aria-label="Week 1: $3">' in drawn


@pytest.mark.parametrize("name", PAGES)
def test_the_gallery_page_is_light_and_has_no_inline_style_or_script(name: str) -> None:
    page = show_gallery(RequestFactory().get("/"), name).content
    assert b" style=" not in page
    assert re.search(rb"<script(?![^>]* src=)", page) is None
    assert len(gzip.compress(page)) < 15 * 1024


def test_the_stylesheet_is_one_file_under_12_kilobytes() -> None:
    source = StaticFilesStorage(location=str(Path(settings.BASE_DIR) / "static"))
    css = join_stylesheets(source)
    assert "@import" not in css
    assert "!important" not in css
    assert re.search(r"#[a-z][\w-]*\s*[{.:>]", css) is None
    assert len(gzip.compress(css.encode())) < 12 * 1024
