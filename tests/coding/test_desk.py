"""Bundles of codes, pages read, and what was coded for the patient before."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from coding.actions import bundles, codes, reading
from coding.desk import bundles_for, earlier_visits, entries_of, pages_read
from coding.models import CodeBundle, Document, Encounter
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def chart(north: Practice) -> Encounter:
    for code, label in (("I10", "Hypertension"), ("E119", "Diabetes"), ("M1711", "Knee")):
        make.code("icd10cm", code, label)
    for code in ("99213", "20610", "J3301"):
        make.code("procedure", code, f"Service {code}")
    return make.encounter(north)


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def codes_of(chart: Encounter) -> str:
    return entries_of(Encounter.objects.get(pk=chart.pk))


def test_a_chart_is_written_as_it_would_be_typed(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "e11.9 m17.11 99213-25:a 20610-rt:b j3301:b x4", by=ana)
    assert codes_of(chart) == "E11.9 M17.11 99213-25:A 20610-RT:B J3301:B x4"


def test_a_bundle_adds_all_its_codes(chart: Encounter, north: Practice, ana: User) -> None:
    bundle = bundles.save_bundle(
        north, name=" Knee  shot ", entries="m17.11 20610-rt:a j3301:a x4", by=ana
    )
    assert (bundle.name, bundle.owner) == ("Knee shot", ana)
    bundles.use_bundle(chart, bundle, by=ana)
    assert codes_of(chart) == "M17.11 20610-RT:A J3301:A x4"
    bundle.refresh_from_db()
    assert bundle.uses == 1


def test_pointers_of_a_bundle_follow_its_diagnoses(
    chart: Encounter, north: Practice, ana: User
) -> None:
    codes.add_line(chart, "i10 m17.11", by=ana)
    bundle = bundles.save_bundle(north, name="B", entries="e11.9 m17.11 99213:ab 20610:b", by=ana)
    bundles.use_bundle(chart, bundle, by=ana)
    assert codes_of(chart) == "I10 M17.11 E11.9 99213:CB 20610:B"


def test_a_bundle_that_is_all_there_changes_nothing(
    chart: Encounter, north: Practice, ana: User
) -> None:
    codes.add_line(chart, "i10", by=ana)
    bundle = bundles.save_bundle(north, name="B", entries="i10", by=ana)
    with pytest.raises(Refusal, match="Everything of “B” is on the chart already") as refused:
        bundles.use_bundle(chart, bundle, by=ana)
    assert (refused.value.status, codes_of(chart)) == (409, "I10")
    assert CodeBundle.objects.get().uses == 0


def test_a_bundle_with_a_code_out_of_force_adds_nothing(
    chart: Encounter, north: Practice, ana: User
) -> None:
    bundle = bundles.save_bundle(north, name="B", entries="i10 e78.5", by=ana)
    with pytest.raises(Refusal, match="E785 is not a code in force on the date of service"):
        bundles.use_bundle(chart, bundle, by=ana)
    assert codes_of(chart) == ""


@pytest.mark.parametrize(
    ("name", "entries", "message"),
    [
        ("", "i10", "Give it a name of at most 40 characters."),
        ("x" * 41, "i10", "Give it a name of at most 40 characters."),
        ("B", "", "Type a code, or words to search."),
        ("B", "knee pain", "“knee” is not a code. Pick one from the list."),
        ("B", "I10 " * 60, "A bundle holds at most 200 characters of codes."),
    ],
)
def test_a_bundle_that_says_nothing_is_not_kept(
    north: Practice, ana: User, name: str, entries: str, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        bundles.save_bundle(north, name=name, entries=entries, by=ana)
    assert refused.value.message == message
    assert not CodeBundle.objects.exists()


def test_the_same_name_replaces_the_codes(north: Practice, ana: User, bea: User) -> None:
    bundles.save_bundle(north, name="B", entries="i10", by=ana)
    bundles.save_bundle(north, name="B", entries="e11.9", by=ana)
    bundles.save_bundle(north, name="B", entries="m17.11", by=bea)
    assert list(bundles_for(north.pk, ana).values_list("entries", flat=True)) == ["e11.9"]


def test_shared_bundles_are_everybodys_and_own_ones_nobody_elses(
    north: Practice, ana: User, bea: User
) -> None:
    bundles.save_bundle(north, name="Hers", entries="i10", by=ana)
    bundles.save_bundle(north, name="Ours", entries="i10", by=ana, is_shared=True)
    assert [row.name for row in bundles_for(north.pk, bea)] == ["Ours"]
    assert [row.name for row in bundles_for(north.pk, ana)] == ["Hers", "Ours"]


def test_reading_a_page_is_ticked_once_and_taken_back(chart: Encounter, ana: User) -> None:
    page = Document.objects.filter(encounter=chart).first()
    assert page is not None
    reading.mark_read(page, by=ana)
    reading.mark_read(page, by=ana)
    assert pages_read([page.pk], ana) == {page.pk}
    assert Event.objects.filter(name="document.read").count() == 1
    reading.mark_unread(page, by=ana)
    assert pages_read([page.pk], ana) == set()


def test_earlier_visits_are_the_patients_own_newest_first(
    north: Practice, chart: Encounter
) -> None:
    def visit(days: int, **facts: object) -> Encounter:
        day = chart.date_of_service + timedelta(days)
        return make.encounter(north, date_of_service=day, **({"patient": chart.patient} | facts))

    old, recent = visit(-400), visit(-7)
    visit(7)
    visit(-1, patient=make.patient(north, mrn="OTHER"))
    assert earlier_visits(chart) == [recent, old]


def test_the_page_shows_what_was_coded_before(
    ana_client: Client, north: Practice, chart: Encounter, ana: User
) -> None:
    before = make.encounter(north, patient=chart.patient, date_of_service=date(2026, 1, 5))
    codes.add_line(before, "i10", by=ana)
    page = ana_client.get(reverse("earlier_visits", args=[chart.pk])).content.decode()
    assert "01/05/2026" in page
    assert "Hypertension" in page
    assert "Add I10 to this chart" in page
    part = ana_client.get(reverse("earlier_visits", args=[chart.pk]), headers=HTMX)
    assert part.content.decode().lstrip().startswith("<section")


def test_a_ticked_page_brings_the_next_unread_one(
    ana_client: Client, north: Practice, chart: Encounter, ana: User
) -> None:
    first = Document.objects.get(encounter=chart)
    second = Document.objects.create(
        practice=north, encounter=chart, title="Knee films", text="No fracture.", kind="imaging"
    )
    url = reverse("document_read", args=[chart.pk, first.pk])
    part = ana_client.post(url, headers=HTMX).content.decode()
    assert "1 of 2 read" in part
    assert "No fracture." in part
    answer = ana_client.post(reverse("document_read", args=[chart.pk, second.pk]), {"unread": "1"})
    assert answer["Location"] == f"{reverse('workspace', args=[chart.pk])}?document={second.pk}"


def test_a_bundle_is_kept_and_used_from_the_chart(
    ana_client: Client, north: Practice, chart: Encounter, ana: User
) -> None:
    codes.add_line(chart, "i10 99213:a", by=ana)
    url = reverse("chart_bundle", args=[chart.pk])
    assert ana_client.post(url, {"name": "BP visit"}, headers=HTMX).status_code == 200
    bundle = CodeBundle.objects.get()
    assert (bundle.name, bundle.entries) == ("BP visit", "I10 99213:A")
    other = make.encounter(north)
    answer = ana_client.post(
        reverse("chart_bundle", args=[other.pk]), {"bundle": bundle.pk}, headers=HTMX
    )
    assert answer.status_code == 200
    assert codes_of(other) == "I10 99213:A"


def test_the_bundles_page_keeps_and_removes(ana_client: Client, north: Practice) -> None:
    url = reverse("bundles")
    assert "No bundle yet" in ana_client.get(url).content.decode()
    wrong = ana_client.post(url, {"name": "Knee", "entries": "knee pain"})
    assert wrong.status_code == 422
    assert "“knee” is not a code" in wrong.content.decode()
    ana_client.post(url, {"name": "Knee", "entries": "m17.11 20610", "is_shared": "1"})
    bundle = CodeBundle.objects.get()
    assert bundle.owner is not None, "only a lead shares"
    ana_client.post(reverse("bundle_removal", args=[bundle.pk]))
    assert not CodeBundle.objects.exists()


def test_a_coder_does_not_remove_what_is_everybodys(
    ana_client: Client, north: Practice, ana: User
) -> None:
    bundle = bundles.save_bundle(north, name="Ours", entries="i10", by=ana, is_shared=True)
    answer = ana_client.post(reverse("bundle_removal", args=[bundle.pk]))
    assert answer.status_code == 403
    assert CodeBundle.objects.exists()


def test_nobody_uses_a_bundle_of_another_person(
    ana_client: Client, north: Practice, chart: Encounter, bea: User
) -> None:
    bundle = bundles.save_bundle(north, name="Hers", entries="i10", by=bea)
    answer = ana_client.post(reverse("chart_bundle", args=[chart.pk]), {"bundle": bundle.pk})
    assert answer.status_code == 404
    assert codes_of(chart) == ""
