"""A visit too large for one claim: several claims, nothing lost and nothing billed twice."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.actions.attachments import NewFile, add_attachment
from billing.actions.claim_drafts import chart_queryset, compose_drafts
from billing.actions.claims import (
    draft_claim,
    draft_ready_claims,
    redraft_claim,
    redraft_stale_claims,
    scrub_claim,
)
from billing.actions.code_facts import Judged, code_facts_for
from billing.claim_attachments import carried_by
from billing.models import Claim, ClaimFinding
from billing.rules.claim_content import attachments_of, from_json, institutional_from_json
from coding.models import Charge, EncounterDiagnosis
from payers.table_lookup import forget_releases
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing.books import assert_ledger, book_of
from tests.billing.outgoing import coded_chart
from tests.billing.parting import (
    D,
    code_anew,
    counts,
    drafted,
    large_chart,
    parts_of,
    stay_of,
)


def test_a_chart_of_51_lines_becomes_two_claims(north: Practice) -> None:
    first, second = drafted(large_chart(north))
    number = first.patient_control_number.removesuffix("-1")
    assert second.patient_control_number == f"{number}-2"
    assert [(c.part, c.parts, c.status, c.was_clean) for c in (first, second)] == [
        (1, 2, "ready", True),
        (2, 2, "ready", True),
    ]
    assert (first.amount_billed, second.amount_billed) == (D("500.00"), D("10.00"))
    assert (first.lines.count(), second.lines.count()) == (50, 1)
    [line] = from_json(second.content).lines
    assert (line.position, line.procedure_code, line.pointers) == (1, "20051", (1,))
    assert line.line_control_number == f"{number}-2L1"
    assert second.lines.get().charge == Charge.objects.get(position=51)
    assert book_of(first) == {"revenue": D("-500.00"), "primary_receivable": D("500.00")}
    assert book_of(second) == {"revenue": D("-10.00"), "primary_receivable": D("10.00")}
    assert_ledger(north)


def test_fifty_lines_and_twelve_diagnoses_stay_one_claim(north: Practice) -> None:
    [claim] = drafted(large_chart(north, 50, 12))
    assert (claim.part, claim.parts) == (1, 1)
    assert "-" not in claim.patient_control_number


def test_thirteen_diagnoses_become_two_claims_and_none_is_lost(north: Practice) -> None:
    chart = large_chart(north, 4, 13)
    for position, pointers in ((1, [1, 2, 3, 4]), (2, [5, 6, 7, 8]), (3, [9, 10, 11, 12])):
        Charge.objects.filter(position=position).update(pointers=pointers)
    Charge.objects.filter(position=4).update(pointers=[13, 1])
    first, second = drafted(chart)
    one, two = from_json(first.content), from_json(second.content)
    assert [len(part.lines) for part in (one, two)] == [3, 1]
    assert set(one.diagnoses) | set(two.diagnoses) == {f"R{n:02d}" for n in range(1, 14)}
    assert len(one.diagnoses) == 12
    pointed = [two.diagnoses[pointer - 1] for pointer in two.lines[0].pointers]
    assert pointed == ["R13", "R01"]
    assert second.lines.get().pointers == list(two.lines[0].pointers)


def test_a_chart_that_cannot_be_split_is_held_whole_and_says_why(north: Practice) -> None:
    [claim] = drafted(large_chart(north, 1, 13))
    assert (claim.status, claim.part, claim.parts) == ("held", 1, 1)
    found = dict(claim.findings.values_list("code", "message"))
    assert found["unsplit"] == (
        "The claim is too large and cannot be split. There are more diagnoses than the lines can "
        "be divided among."
    )
    assert found["diagnoses"] == "13 diagnoses; a claim carries at most 12."
    assert book_of(claim) == {"revenue": D("-10.00"), "primary_receivable": D("10.00")}
    EncounterDiagnosis.objects.filter(position=13).delete()
    code_anew(claim.encounter)
    assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 1
    [claim] = parts_of(claim.encounter)
    assert claim.status == "ready"


def test_a_stay_of_1000_lines_becomes_two_institutional_claims(north: Practice) -> None:
    first, second = drafted(stay_of(north, 1_000))
    assert [(c.form, c.lines.count(), c.amount_billed) for c in (first, second)] == [
        ("institutional", 500, D("5000.00")),
        ("institutional", 500, D("5000.00")),
    ]
    assert "unsplit" not in set(ClaimFinding.objects.values_list("code", flat=True))
    content = institutional_from_json(second.content)
    assert content.lines[-1].line_control_number == f"{second.patient_control_number}L500"
    assert_ledger(north)


def test_a_long_stay_paid_by_its_drg_is_held_whole(north: Practice) -> None:
    [claim] = drafted(stay_of(north, 1_000, drg="287"))
    assert (claim.status, claim.lines.count()) == ("held", 1_000)
    assert claim.findings.get(code="unsplit").message == (
        "The claim is too large and cannot be split. A stay paid by its DRG is one claim and "
        "cannot be split."
    )


def statements_for(practice: Practice, charts: int) -> int:
    for _ in range(charts):
        large_chart(practice)
    forget_releases()
    with CaptureQueriesContext(connection) as captured:
        assert draft_ready_claims(practice.pk, today=make.TODAY) == charts
    return len(captured)


def test_splitting_costs_no_statement_more_for_ten_charts_than_for_one(north: Practice) -> None:
    assert statements_for(north, 1) == statements_for(north, 10)
    assert Claim.objects.filter(parts=2).count() == 22


def test_the_visit_is_billed_while_one_part_lives(north: Practice, ben: User) -> None:
    chart = large_chart(north)
    first = draft_claim(chart, by=ben, today=make.TODAY)
    assert (first.part, first.parts, first.status) == (1, 2, "draft")
    Claim.objects.filter(pk=first.pk).update(status="voided")
    before = counts()
    with pytest.raises(Refusal) as refused:
        draft_claim(chart, by=ben, today=make.TODAY)
    assert refused.value.message == f"Encounter {chart} has a claim already."
    assert draft_ready_claims(north.pk, today=make.TODAY) == 0
    assert counts() == before


def test_a_part_is_drafted_once(north: Practice) -> None:
    first, second = drafted(large_chart(north))
    with pytest.raises(IntegrityError, match="claim_original_once"), transaction.atomic():
        Claim.objects.filter(pk=second.pk).update(part=1)
    with pytest.raises(IntegrityError, match="claim_part_of_parts"), transaction.atomic():
        Claim.objects.filter(pk=second.pk).update(part=3)
    with pytest.raises(IntegrityError, match="claim_part_of_parts"), transaction.atomic():
        Claim.objects.filter(pk=first.pk).update(part=0)


def test_parts_are_no_duplicates_but_a_line_repeated_over_them_is_shown(north: Practice) -> None:
    chart = large_chart(north, 52)
    Charge.objects.filter(position__gte=51).update(procedure_code="20001")
    Charge.objects.filter(position=52).update(modifiers=["59"])
    first, second = drafted(chart)
    assert second.status == "ready"
    found = second.findings.values_list("code", "severity", "message", "line")
    told = f"Line 1 repeats a line of claim {first.patient_control_number}."
    assert [row for row in found if row[0] in ("same_line", "duplicate")] == [
        ("same_line", "warning", told, 1)
    ]
    again = scrub_claim(second, by=None, today=make.TODAY)
    assert [each.message for each in again if each.code == "same_line"] == [told]
    assert [each.code for each in scrub_claim(first, by=None, today=make.TODAY)] == []


def test_a_file_goes_with_the_part_it_was_added_to(north: Practice, ben: User) -> None:
    chart = large_chart(north)
    _, second = drafted(chart)
    file = NewFile("OZ", "BM", "note.txt", b"Seen twice.")
    row = add_attachment(second, file, by=ben, today=make.TODAY)
    first, second = parts_of(chart)
    assert (list(carried_by(first)), list(carried_by(second))) == ([], [row])
    scrub_claim(first, by=ben, today=make.TODAY)
    announced = [len(attachments_of(from_json(c.content))) for c in parts_of(chart)]
    assert announced == [0, 1]
    Charge.objects.filter(position=51).delete()
    whole = redraft_claim(first, by=ben, today=make.TODAY)
    assert list(carried_by(whole)) == [row]
    assert len(attachments_of(from_json(whole.content))) == 1


def test_pages_and_api_name_the_part_and_lead_to_the_others(
    north: Practice, ben_client: Client
) -> None:
    first, second = drafted(large_chart(north))
    page = ben_client.get(f"/claims/{first.pk}/").content.decode()
    assert "Part 1 of 2: the visit was too large for one claim." in page
    assert f'href="/claims/{second.pk}/">{second}</a> (part 2, ready)' in page
    assert "frequency 1, part 1 of 2" in page
    listed = ben_client.get("/claims/").content.decode()
    assert '<span class="dim">1 of 2</span>' in listed
    told = ben_client.get(f"/api/claims/{second.pk}/").json()
    assert (told["part"], told["parts"], told["encounter_id"]) == (2, 2, first.encounter_id)


def test_the_parts_of_a_visit_are_checked_together(north: Practice) -> None:
    chart = large_chart(north, 52)
    drafts = compose_drafts(chart_queryset().get(pk=chart.pk), "N1")
    judged = [Judged(draft.content, draft.encounter, "", part=draft.part) for draft in drafts]
    one, two = code_facts_for(north.pk, judged)
    assert [line.procedure_code for line in one.history or ()] == ["20051", "20052"]
    assert len(two.history or ()) == 50
    other = coded_chart(north, patient=chart.patient, number="OTHER")
    first, second = drafted(chart)
    stored = Judged(from_json(first.content), chart, "", first.pk, "P", 1)
    [again] = code_facts_for(north.pk, [stored])
    assert [(line.claim_number, line.procedure_code) for line in again.history or ()] == [
        (str(second), "20051"),
        (str(second), "20052"),
    ]
    of_other = compose_drafts(chart_queryset().get(pk=other.pk), "N2")[0].content
    [beside] = code_facts_for(north.pk, [Judged(of_other, other, "")])
    assert len(beside.history or ()) == 52
