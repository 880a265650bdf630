"""Messages become charts: once however often they come, complete or not at all, with the reason."""

from datetime import date

import pytest

from coding.actions import intake
from coding.models import Charge, Document, Encounter, IntakeMessage
from payers.models import Coverage
from rcm import access
from rcm.models import Event, Patient, Practice
from tests import make
from tests.coding import intaking as i


@pytest.fixture(autouse=True)
def cast(north: Practice) -> None:
    i.cast(north)


def counts() -> tuple[int, int, int, int]:
    """Patients, encounters, documents, coverages."""
    return (
        Patient.objects.count(),
        Encounter.objects.count(),
        Document.objects.count(),
        Coverage.objects.count(),
    )


def test_a_registration_and_its_note_make_a_chart_to_code(north: Practice) -> None:
    first = i.bring(north, i.sample("registration.hl7"))
    assert (first.state, first.error, first.warnings) == ("applied", "", [])
    encounter = Encounter.objects.get()
    assert (encounter.state, encounter.hold_reason) == ("held", "Waiting for its documents")
    second = i.bring(north, i.sample("note.hl7"))
    assert (second.state, second.error) == ("applied", "")
    encounter.refresh_from_db()
    assert encounter.number == f"V{encounter.pk}"
    assert (encounter.state, encounter.hold_reason) == ("new", "")
    assert encounter.date_of_service == date(2026, 11, 2)
    assert (encounter.visit_type, encounter.specialty) == ("Outpatient", "Primary care")
    assert encounter.provider.npi == "1098765435"
    patient = encounter.patient
    assert (patient.mrn, str(patient), patient.middle_name) == ("MRN1", "Ruiz, Ana", "Belén")
    assert (patient.address_line_2, patient.phone) == ("Apt 4", "2175550199")
    assert encounter.coverage is not None
    assert (encounter.coverage.member_id, encounter.coverage.group_number) == ("UC10000001", "GRP7")
    note = Document.objects.get()
    assert note.text == (
        "Established patient.\nEssential hypertension\nBP 150|90\nKnee pain & swelling."
    )
    assert (note.kind, note.title, note.signed_by) == (
        "progress_note",
        "Progress note",
        "Annika Lindqvist",
    )
    assert (note.external_id, note.version, note.superseded_at) == ("DOC1", 1, None)


def test_one_message_a_hundred_times_is_one_encounter(north: Practice) -> None:
    for _ in range(100):
        i.bring(north, i.adt())
    assert counts() == (1, 1, 0, 1)
    row = IntakeMessage.objects.get()
    assert (row.times_received, row.attempts, row.state) == (100, 1, "applied")


def test_a_copy_read_before_its_message_was_applied_does_not_apply_it_again(
    north: Practice,
) -> None:
    stale = i.receive(north, i.adt())
    i.work_off(north)
    intake.count_again(stale)
    assert (stale.state, stale.times_received) == ("applied", 2)
    row = IntakeMessage.objects.get()
    assert (row.state, row.times_received, row.attempts) == ("applied", 2, 1)


def test_the_same_message_framed_otherwise_is_the_same(north: Practice) -> None:
    plain = i.adt()
    for content in (plain, b"\x0b" + plain + b"\x1c\r", plain.replace(b"\r", b"\r\n")):
        i.bring(north, content)
    assert IntakeMessage.objects.count() == 1


def test_a_message_that_says_nothing_new_is_repeated(north: Practice) -> None:
    i.bring(north, i.adt())
    again = i.bring(north, i.adt(control="C2", at="20261102091500"))
    assert again.state == "repeated"
    assert counts() == (1, 1, 0, 1)


def test_other_people_of_one_number_are_never_merged(north: Practice) -> None:
    i.bring(north, i.adt())
    row = i.bring(north, i.adt(control="C2", first="Eva", born="19910203", at="20261103090000"))
    assert row.state == "failed"
    assert row.error_code == "person_differs"
    assert row.error == (
        "MRN MRN1 is Ana Ruiz born 01/02/1980; the message says Eva Ruiz born 02/03/1991."
    )
    assert row.place == "PID-5"
    assert counts() == (1, 1, 0, 1)
    assert Patient.objects.get().first_name == "Ana"


def test_a_twin_with_the_same_birth_date_is_somebody_else_even_in_an_update(
    north: Practice,
) -> None:
    i.bring(north, i.adt())
    row = i.bring(north, i.adt("A08", control="C2", first="Eva", at="20261103090000"))
    assert (row.state, row.error_code) == ("failed", "person_differs")


def test_an_update_may_correct_the_last_name_and_what_failed_before_it_follows(
    north: Practice,
) -> None:
    i.bring(north, i.adt())
    note = i.bring(north, i.mdm(last="Soto", at="20261104090000"))
    assert (note.state, note.error_code) == ("failed", "person_differs")
    i.bring(north, i.adt("A08", control="C2", last="Soto", at="20261103090000"))
    note.refresh_from_db()
    assert (note.state, note.error) == ("applied", "")
    assert Patient.objects.get().last_name == "Soto"
    assert Document.objects.count() == 1


def test_an_older_update_does_not_overwrite_a_newer_one(north: Practice) -> None:
    i.bring(north, i.adt(at="20261102090000"))
    moved = i.adt("A08", control="C3", at="20261105090000").replace(b"12 Elm", b"77 Oak")
    i.bring(north, moved)
    old = i.adt("A08", control="C2", at="20261104090000").replace(b"12 Elm", b"40 Pine")
    i.bring(north, old)
    assert Patient.objects.get().address_line_1 == "77 Oak Street"


def test_another_practice_has_its_own_patient_of_the_same_number(
    north: Practice, south: Practice
) -> None:
    access.open_walls([south.pk])
    theirs = make.patient(south, mrn="MRN1", last_name="Sutter")
    access.open_walls([north.pk])
    row = i.bring(north, i.adt())
    assert row.state == "applied"
    assert Encounter.objects.get().patient_id != theirs.pk
    access.open_walls([south.pk])
    assert Encounter.objects.count() == 0
    theirs.refresh_from_db()
    assert theirs.last_name == "Sutter"


def test_an_unknown_patient_told_incompletely_fails_with_what_is_missing(north: Practice) -> None:
    row = i.bring(north, i.adt(born="", first=""))
    assert row.state == "failed"
    assert row.error == (
        "Nobody here has MRN MRN1, and the message lacks the first name (PID-5.2), "
        "birth date (PID-7)."
    )
    assert counts() == (0, 0, 0, 0)


def test_a_note_before_its_visit_waits_and_is_filed_by_itself(north: Practice) -> None:
    early = i.bring(north, i.mdm().replace(b"1098765435", b""))
    assert (early.state, early.error_code) == ("waiting", "visit_unknown")
    assert early.advice == "It is tried again by itself when the visit arrives."
    assert counts() == (0, 0, 0, 0)
    i.bring(north, i.adt())
    early.refresh_from_db()
    assert early.state == "applied"
    assert Encounter.objects.get().state == "new"


def test_a_note_that_tells_the_whole_visit_makes_it(north: Practice) -> None:
    row = i.bring(north, i.mdm())
    assert row.state == "applied"
    i.bring(north, i.adt(at="20261102090000"))
    assert counts() == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("content", "code", "place", "words"),
    [
        (i.adt(rest=i.pv1(npi="1234567893")), "provider_unknown", "PV1-7", "NPI 1234567893"),
        (i.adt(rest=i.pv1("")), "visit_number_missing", "PV1-19", "no visit number"),
        (i.adt(rest=i.pv1(on="2026-11-02")), "day_wrong", "PV1-44", "no day"),
        (i.adt(born="19801302"), "day_wrong", "PID-7", "no day"),
        (i.adt(mrn=""), "mrn_missing", "PID-3", "no chart number"),
        (i.adt("A40", rest="MRG|MRN2\r"), "identity_change", "MRG-1", "MRN2 goes away"),
        (i.adt().replace(b"ADT^A04", b"ORU^R01"), "type_unknown", "MSH-9", "ORU^R01"),
        (i.mdm(text=""), "no_content", "OBX-5", "no text"),
        (i.mdm(number=""), "document_number_missing", "TXA-12", "no number"),
        (i.mdm("T10"), "document_parent_missing", "TXA-13", "replacement"),
        (i.dft(rest=i.charge("T1", "9921", "", "")), "code_wrong", "FT1-25 (1)", "CPT"),
        (b"hello\0world", "format_unknown", "", "no HL7 message"),
    ],
)
def test_what_cannot_be_used_says_why_and_where_and_writes_nothing(
    north: Practice, content: bytes, code: str, place: str, words: str
) -> None:
    row = i.bring(north, content)
    assert (row.state, row.error_code, row.place) == ("failed", code, place)
    assert words in row.error
    assert counts() == (0, 0, 0, 0)


def test_a_movement_nobody_codes_is_set_aside_with_a_note(north: Practice) -> None:
    row = i.bring(north, i.adt("A21"))
    assert (row.state, row.discard_reason) == (
        "discarded",
        "ADT^A21 says nothing this system keeps.",
    )


def test_a_visit_of_somebody_else_fails(north: Practice) -> None:
    i.bring(north, i.adt())
    row = i.bring(north, i.adt(control="C2", mrn="MRN2", last="Lee", first="Bo", born="19700101"))
    assert row.error == "Visit V100 belongs to MRN MRN1; the message names MRN MRN2."
    assert (Encounter.objects.count(), Patient.objects.count()) == (1, 1)


def test_a_late_addendum_does_not_move_the_visit_it_made(north: Practice) -> None:
    """TXA says when it was written; without PV1-44 the first document dates the visit."""
    bare = i.pv1(on="").encode()
    late = i.mdm("T06", "D2", "20261105100000", number="DOC2", parent="DOC1", text="Also: fever.")
    first = i.mdm().replace(i.pv1().encode(), bare)
    i.bring_all(north, [late.replace(i.pv1().encode(), bare), first])
    encounter = Encounter.objects.get()
    assert encounter.date_of_service == date(2026, 11, 2)
    i.bring(north, i.adt(rest=i.pv1(on="20261101083000")))
    encounter.refresh_from_db()
    assert encounter.date_of_service == date(2026, 11, 1)


def test_an_unknown_payer_is_a_warning_and_the_visit_stands(north: Practice) -> None:
    row = i.bring(north, i.adt(rest=i.pv1() + i.in1(payer="NOPE", name="Nobody Health")))
    assert row.state == "applied"
    assert row.warnings == [
        "IN1 (1): no payer Nobody Health is known; add the coverage by hand.",
    ]
    assert Encounter.objects.get().coverage is None


def test_a_cancelled_visit_is_held_and_comes_back_when_it_is_opened_again(north: Practice) -> None:
    i.bring_all(north, [i.adt(), i.mdm(), i.adt("A11", control="C2", at="20261102093000")])
    encounter = Encounter.objects.get()
    assert (encounter.state, encounter.hold_reason) == ("held", "The sender cancelled this visit")
    i.bring(north, i.adt(control="C3", at="20261102094000"))
    encounter.refresh_from_db()
    assert (encounter.state, encounter.hold_reason) == ("new", "")


def test_discharge_and_its_cancellation(north: Practice) -> None:
    i.bring_all(north, [i.adt(), i.adt("A03", control="C2", at="20261104090000")])
    visit = Encounter.objects.get().external_visit
    assert visit.discharged_on == date(2026, 11, 4)
    i.bring(north, i.adt("A13", control="C3", at="20261104100000"))
    visit.refresh_from_db()
    assert visit.discharged_on is None


def test_charges_are_proposed_on_the_chart_with_their_source(north: Practice) -> None:
    i.bring_all(north, [i.adt(), i.dft(), i.dft(control="F2", at="20261102111500")])
    charge = Charge.objects.get()
    assert (charge.procedure_code, charge.modifiers, charge.pointers) == ("99213", ["25"], [1])
    assert charge.source == "DFT^P03 of NORTH, T1"
    diagnosis = charge.encounter.diagnoses.get()
    assert (diagnosis.code, diagnosis.source) == ("I10", "DFT^P03 of NORTH")
    assert charge.encounter.state == "new"


def test_a_transaction_told_again_later_is_corrected_and_one_taken_off_stays_off(
    north: Practice,
) -> None:
    two = i.charge("T1", "99213", "25", "I10") + i.charge("T2", "20610", "RT", "I10")
    i.bring_all(north, [i.adt(), i.dft(rest=two)])
    Charge.objects.get(procedure_code="99213").delete()
    later = i.charge("T1", "99213", "25", "I10") + i.charge("T2", "20610", "LT", "I10", units="2")
    i.bring(north, i.dft(control="F2", at="20261102120000", rest=later))
    charge = Charge.objects.get()
    assert (charge.procedure_code, charge.modifiers, charge.units) == ("20610", ["LT"], 2)


def test_a_code_not_in_force_is_a_warning(north: Practice) -> None:
    row = i.bring(north, i.dft(rest=i.charge("T1", "99299", "", "Z999")))
    assert row.state == "applied"
    assert row.warnings == [
        "Z999 is not a complete diagnosis code in force that day.",
        "99299 is not a procedure code in force.",
    ]


def test_events_name_what_happened_and_no_patient(north: Practice) -> None:
    i.bring(north, i.adt())
    names = list(Event.objects.order_by("pk").values_list("name", flat=True))
    assert names == [
        "intake_message.received",
        "patient.registered",
        "encounter.received",
        "coverage.added",
        "intake_message.applied",
    ]
