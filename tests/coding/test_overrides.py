"""Findings a person lets stand."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coding.actions import codes, encounters
from coding.actions.overrides import override_finding, withdraw_override
from coding.chart_facts import chart_facts
from coding.models import ChartOverride, Encounter
from coding.rules.edits import blocking, check
from coding.rules.facts import Finding
from payers.actions.edit_tables import load_table
from payers.rules.edit_tables import Table
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.payers.edit_files import pair_files, pair_row, unit_file

HTMX = {"HX-Request": "true", "HX-Target": "codes"}
REASON = "Two lesions, see the note."


@pytest.fixture
def chart(north: Practice, ana: User, tmp_path: Path) -> Encounter:
    """17000 with two units, of which one a line is paid; the edit blocks and can be overridden."""
    load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "17000,1,1 Line Edit,x")])
    load_table(
        Table.PTP_PRACTITIONER,
        pair_files(tmp_path, pair_row("20610", "96372", "20200101", "*", "0")),
    )
    forget_releases()
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    for code in ("17000", "20610", "96372"):
        make.code("procedure", code, f"Service {code}")
    make.fees(north, c17000="100.00", c20610="100.00", c96372="20.00")
    patient = make.patient(north)
    payer = make.payer(north, payer_class="medicare")
    row = make.encounter(north, patient=patient, coverage=make.coverage(patient, payer=payer))
    codes.add_line(row, "i10 17000:a x2", by=ana)
    # Put down, so that anybody may take it.
    Encounter.objects.filter(pk=row.pk).update(locked_until=None, assigned_to=None)
    row.refresh_from_db()
    return row


def found(chart: Encounter, code: str = "mue_line") -> Finding:
    [finding] = [each for each in check(chart_facts(chart)) if each.code == code]
    return finding


def let_stand(chart: Encounter, by: User, **changes: object) -> ChartOverride:
    fields: dict[str, object] = {"reason": REASON, "by": by, "may_approve": True}
    return override_finding(chart, "mue_line:1:", **fields | changes)  # type: ignore[arg-type]  # keywords


def test_an_override_lets_the_finding_stand_with_its_reason(chart: Encounter, mia: User) -> None:
    assert blocking(check(chart_facts(chart))) == [found(chart)]
    row = let_stand(chart, mia)
    override = found(chart).override
    assert override is not None
    assert (override.reason, override.by, override.on) == (REASON, str(mia), row.created_at.date())
    assert blocking(check(chart_facts(chart))) == []
    assert (row.code, row.severity, row.created_by) == ("mue_line", "blocking", mia)
    assert row.message == "17000 on line 1: 2 units, 1 a line are paid."
    event = Event.objects.get(name="encounter.finding_overridden")
    assert (event.patient_id, event.created_by) == (chart.patient_id, mia)
    assert event.data == {"code": "mue_line", "reason": REASON}


def test_a_chart_with_an_overridden_edit_can_be_completed(chart: Encounter, mia: User) -> None:
    let_stand(chart, mia)
    encounters.finalize_encounter(chart, by=mia)
    chart.refresh_from_db()
    assert chart.state == "finalized"


def test_it_survives_other_changes_and_ends_with_its_own_facts(chart: Encounter, mia: User) -> None:
    let_stand(chart, mia)
    codes.add_line(chart, "20610-rt:a", by=mia)
    assert found(chart).override is not None
    first = chart.charges.get(position=1)
    codes.change_charge(first, by=mia, units=3)
    assert found(chart).override is None
    codes.change_charge(first, by=mia, units=2)
    assert found(chart).override is not None


def test_it_follows_its_line_to_another_place(chart: Encounter, mia: User) -> None:
    codes.add_line(chart, "17000-59:a x3", by=mia)
    override_finding(chart, "mue_line:2:", reason=REASON, by=mia, may_approve=True)
    codes.remove_charge(chart.charges.get(position=1), by=mia)
    moved = found(chart)
    assert (moved.line, moved.override is not None) == (1, True)


def test_only_a_manager_passes_what_blocks(chart: Encounter, ana: User) -> None:
    with pytest.raises(Refusal) as refused:
        let_stand(chart, ana, may_approve=False)
    assert (refused.value.code, refused.value.status) == ("not_allowed", 403)
    assert refused.value.message == "Only a manager lets a blocking edit stand."
    assert not ChartOverride.objects.exists()
    assert not Event.objects.filter(name="encounter.finding_overridden").exists()


def test_without_a_reason_nothing_is_written(chart: Encounter, mia: User) -> None:
    with pytest.raises(Refusal) as refused:
        let_stand(chart, mia, reason="  ")
    assert refused.value.fields == {"reason": "Say why it may stand."}
    assert not ChartOverride.objects.exists()


def test_what_is_certain_is_never_overridden(chart: Encounter, mia: User) -> None:
    codes.add_line(chart, "20610-rt:a 96372:a", by=mia)
    with pytest.raises(Refusal) as refused:
        override_finding(chart, "ncci_never:3:", reason=REASON, by=mia, may_approve=True)
    assert refused.value.message == "This edit cannot be overridden; correct the codes."
    assert not ChartOverride.objects.exists()


def test_missing_minutes_of_anesthesia_are_never_overridden(chart: Encounter, mia: User) -> None:
    make.code("procedure", "00400", "Anesthesia")
    codes.add_line(chart, "00400-aa:a", by=mia)
    finding = found(chart, "anesthesia_minutes")
    assert (finding.severity, finding.is_overridable) == ("warning", False)
    with pytest.raises(Refusal) as refused:
        override_finding(chart, finding.key, reason=REASON, by=mia, may_approve=True)
    assert refused.value.message == "This edit cannot be overridden; correct the codes."
    assert not ChartOverride.objects.exists()


def test_a_settled_finding_cannot_be_overridden(chart: Encounter, mia: User) -> None:
    with pytest.raises(Refusal) as refused:
        override_finding(chart, "excludes1::1", reason=REASON, by=mia, may_approve=True)
    assert (refused.value.code, refused.value.status) == ("finding_gone", 409)
    let_stand(chart, mia)
    with pytest.raises(Refusal) as again:
        let_stand(chart, mia)
    assert again.value.code == "finding_gone"
    assert ChartOverride.objects.count() == 1


def test_taken_back_the_finding_blocks_again(chart: Encounter, mia: User) -> None:
    row = let_stand(chart, mia)
    withdraw_override(chart, "mue_line:1:", by=mia)
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdrawn_at is not None) == (mia, True)
    assert found(chart).override is None
    assert Event.objects.get(name="encounter.override_withdrawn").data == {"code": "mue_line"}
    with pytest.raises(Refusal) as refused:
        withdraw_override(chart, "mue_line:1:", by=mia)
    assert (refused.value.code, refused.value.status) == ("override_gone", 409)
    let_stand(chart, mia)
    assert ChartOverride.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "constraint"),
    [("reason", "chart_override_has_reason"), ("withdrawn_by", "chart_override_withdrawn_by")],
)
def test_the_database_guards_reason_and_withdrawal(
    chart: Encounter, mia: User, field: str, constraint: str
) -> None:
    row = let_stand(chart, mia)
    value = "" if field == "reason" else mia
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ChartOverride.objects.filter(pk=row.pk).update(**{field: value})


def test_the_page_offers_the_override_and_shows_it(mia_client: Client, chart: Encounter) -> None:
    url = reverse("workspace", args=[chart.pk])
    page = mia_client.get(url).content.decode()
    assert "Why may it stand?" in page
    version = Encounter.objects.get(pk=chart.pk).version
    fields = {"key": "mue_line:1:", "reason": REASON, "version": version}
    part = mia_client.post(reverse("overrides", args=[chart.pk]), fields, headers=HTMX)
    text = part.content.decode()
    assert (
        f"Overridden by Mia Dunn on {chart.overrides.get().created_at:%m/%d/%Y}: {REASON}" in text
    )
    assert "1 overridden" in text
    fields["version"] = version + 1
    part = mia_client.post(reverse("override_removal", args=[chart.pk]), fields, headers=HTMX)
    assert "Overridden by" not in part.content.decode()


def test_a_coder_is_not_offered_what_only_a_manager_may(
    ana_client: Client, chart: Encounter
) -> None:
    page = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert "17000 on line 1: 2 units, 1 a line are paid." in page
    assert "Why may it stand?" not in page
    fields = {"key": "mue_line:1:", "reason": REASON, "version": chart.version}
    answer = ana_client.post(reverse("overrides", args=[chart.pk]), fields, headers=HTMX)
    assert answer.status_code == 403
    assert not ChartOverride.objects.exists()
