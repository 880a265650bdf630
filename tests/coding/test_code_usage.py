"""The pick list knows which codes a practice uses, and forgets nobody's walls."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding import code_usage
from coding.code_usage import forget_usage, used_codes
from coding.models import Encounter
from rcm import access
from rcm.models import Practice
from tests import make

HTMX = {"HX-Request": "true"}


def coded_chart(practice: Practice, *diagnoses: str, days_ago: int = 1) -> Encounter:
    chart = make.encounter(practice)
    make.coded(chart, ("J3301", "8.00"), diagnoses=diagnoses)
    Encounter.objects.filter(pk=chart.pk).update(
        state="finalized", finalized_at=timezone.now() - timedelta(days=days_ago)
    )
    return chart


def test_codes_of_charts_coded_lately_are_the_practices_own(north: Practice) -> None:
    coded_chart(north, "M25562", "I10")
    coded_chart(north, "M17", days_ago=code_usage.DAYS + 1)
    make.coded(make.encounter(north), ("99213", "165.00"), diagnoses=("R05",))
    assert used_codes(north.pk) == {
        ("icd10cm", "M25562"),
        ("icd10cm", "I10"),
        ("procedure", "J3301"),
    }


def test_the_codes_used_most_are_kept(north: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    for diagnoses in (("I10", "M25562"), ("I10", "R05"), ("I10", "M25562")):
        coded_chart(north, *diagnoses)
    monkeypatch.setattr(code_usage, "MOST_CODES", 2)
    assert used_codes(north.pk) == {("icd10cm", "I10"), ("procedure", "J3301")}


def test_it_is_read_once_in_ten_minutes_and_practice(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded_chart(north, "I10")
    with CaptureQueriesContext(connection) as captured:
        first = used_codes(north.pk)
        again = used_codes(north.pk)
    assert (len(captured), again) == (1, first)
    coded_chart(north, "R05")
    assert ("icd10cm", "R05") not in used_codes(north.pk)
    monkeypatch.setattr(code_usage, "FRESH_SECONDS", -1.0)
    assert ("icd10cm", "R05") in used_codes(north.pk)


def test_one_practice_never_learns_what_another_uses(north: Practice, south: Practice) -> None:
    coded_chart(north, "M25562")
    access.open_walls([south.pk])
    assert used_codes(south.pk) == frozenset()
    access.open_walls([north.pk])
    assert ("icd10cm", "M25562") in used_codes(north.pk)
    assert used_codes(south.pk) == frozenset()
    forget_usage()
    access.open_walls([north.pk, south.pk])
    assert used_codes(south.pk) == frozenset()


@pytest.fixture
def knees(north: Practice, south: Practice) -> None:
    for code, side in (("M25561", "right knee"), ("M25562", "left knee"), ("M25569", "knee")):
        make.code("icd10cm", code, f"Pain in {side}")
    coded_chart(north, "M25562")


@pytest.mark.usefixtures("knees")
@pytest.mark.parametrize("address", ["/codes/?q={}", "/code-book/?q={}", "/api/codes/?q={}"])
@pytest.mark.parametrize("typed", ["m25", "pain"])
def test_every_search_puts_the_practices_own_codes_first(
    ana_client: Client, otto_client: Client, address: str, typed: str
) -> None:
    def order(client: Client) -> list[str]:
        page = client.get(address.format(typed)).content.decode()
        found = {code: page.find(code) for code in ("M25.561", "M25.562", "M25.569")}
        assert min(found.values()) > 0
        return sorted(found, key=lambda code: found[code])

    assert order(ana_client)[0] == "M25.562"
    assert order(otto_client)[0] != "M25.562"
    assert order(ana_client)[0] == "M25.562"


@pytest.mark.usefixtures("knees")
def test_words_typed_instead_of_codes_find_the_practices_own_first(
    ana_client: Client, north: Practice
) -> None:
    chart = make.encounter(north, number="words")
    answer = ana_client.post(
        f"/coding/{chart.pk}/codes/", {"text": "pain", "version": 1}, headers=HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.find("M25.562") < page.find("M25.569")
    assert page.find("M25.562") < page.find("M25.561")


def test_the_practices_own_codes_are_read_by_an_index_alone(north: Practice) -> None:
    with connection.cursor() as cursor:
        # A table of no rows is read whole; asked not to, PostgreSQL shows whether an index serves.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN " + code_usage.USED,
            [north.pk, timezone.now() - timedelta(days=180), 2000, 500],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    # On few rows another index of the practice's charts may seem as good to PostgreSQL.
    assert "Index Scan using" in plan or "Bitmap Index Scan" in plan
    assert "Seq Scan" not in plan
