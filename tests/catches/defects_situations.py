"""SNIP type 4: what one fact of the claim asks of another."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from rcm.x12.claim_837 import Attachment, ClaimDate
from rcm.x12.claim_837i import DatedCode, OccurrenceSpan
from rcm.x12.claim_837p import RareClaimFacts
from tests.catches.defects_balance import ALONE, COB
from tests.catches.known import Sample
from tests.catches.planting import (
    ANY,
    HOLDERS,
    INSTITUTIONAL,
    OUTPATIENT,
    PROFESSIONAL,
    RENDERED,
    STAYS,
    Defect,
    answer,
    billing,
    claim,
    facts,
    holder,
    home,
    line,
    more,
    other_payer,
    part,
    planted,
    served,
    street,
)


def dated(sample: Sample, *dates: ClaimDate) -> Sample:
    rare = sample.claim.rare or RareClaimFacts()
    return claim(sample, rare=replace(rare, dates=dates))


def first_of(sample: Sample) -> ClaimDate:
    return ClaimDate("435", sample.claim.lines[0].date_of_service)


def discharge_early(random: Random, sample: Sample) -> Sample:
    admitted = first_of(sample)
    return dated(sample, admitted, ClaimDate("096", admitted.on - timedelta(random.randint(1, 9))))


def admit_late(random: Random, sample: Sample) -> Sample:
    """The admission is after the surgery."""
    admitted = first_of(sample)
    return dated(sample, replace(admitted, on=admitted.on + timedelta(random.randint(1, 3))))


def attach(random: Random, sample: Sample) -> Sample:
    """Papers follow by fax, without a number to find them by."""
    rare = sample.claim.rare or RareClaimFacts()
    return claim(sample, rare=replace(rare, attachments=(Attachment("OZ", "FX"),)))


def repeat_number(random: Random, sample: Sample) -> Sample:
    number = sample.claim.lines[0].line_control_number
    return more(line(sample, 0), modifiers=("76",)) if not number else _with_number(sample, number)


def _with_number(sample: Sample, number: str) -> Sample:
    added = more(sample, modifiers=("76",))
    return line(added, len(added.claim.lines) - 1, line_control_number=number)


def outlive(random: Random, sample: Sample) -> Sample:
    day = sample.claim.lines[0].date_of_service
    return holder(sample, died_on=day - timedelta(random.randint(1, 20)))


def operate_late(random: Random, sample: Sample) -> Sample:
    day = sample.claim.statement_to + timedelta(random.randint(1, 3))
    return claim(sample, principal_procedure=DatedCode("0SRC0J9", day))


def reverse_span(random: Random, sample: Sample) -> Sample:
    day = sample.claim.statement_from
    return claim(sample, occurrence_spans=(OccurrenceSpan("74", day, day - timedelta(2)),))


def _stray(random: Random, sample: Sample) -> Sample:
    day = sample.claim.statement_to + timedelta(random.randint(1, 9))
    return line(sample, date_of_service=day)


SITUATIONS: tuple[Defect, ...] = (
    planted(4, "no_birth_date", HOLDERS, "birth_date", lambda r, s: holder(s, birth_date=None)),
    planted(4, "no_home", HOLDERS, "patient_address", lambda r, s: holder(s, address=None)),
    planted(4, "no_home_city", HOLDERS, "patient_address", lambda r, s: home(s, city="")),
    planted(
        4,
        "no_first_name",
        HOLDERS,
        "first_name",
        lambda r, s: holder(s, person=replace(s.claim.subscriber.person, first_name="")),
    ),
    planted(4, "no_member_id", HOLDERS, "member_id", lambda r, s: holder(s, member_id="")),
    planted(
        4, "dependent_missing", HOLDERS, "relationship", lambda r, s: holder(s, relationship="19")
    ),
    planted(
        4,
        "dependent_is_holder",
        ("child",),
        "relationship",
        lambda r, s: part(holder(s, relationship="18"), "patient", relationship="18"),
    ),
    planted(
        4,
        "billing_zip_short",
        ANY,
        "billing_zip",
        lambda r, s: street(s, zip_code=s.claim.billing_provider.address.zip_code[:5]),
    ),
    planted(
        4,
        "billing_po_box",
        ANY,
        "billing_street",
        lambda r, s: street(
            s,
            line_1=r.choice(
                (
                    "PO BOX 12",
                    "P.O. Box 99",
                    "Post Office Box 7",
                    "P O BOX 3",
                    "POB 41",
                    "PO Drawer 5",
                    "P. O. Box 8",
                    "Box 77",
                )
            ),
        ),
    ),
    planted(4, "no_billing_npi", ANY, "billing_npi", lambda r, s: billing(s, npi="")),
    planted(
        4,
        "no_rendering_npi",
        RENDERED,
        "provider_npi",
        lambda r, s: part(s, "rendering_provider", npi=""),
    ),
    planted(
        4,
        "no_facility",
        ("surgery", "anesthesia"),
        "facility",
        lambda r, s: claim(s, service_facility=None),
    ),
    planted(
        4,
        "facility_zip_short",
        ("surgery", "anesthesia"),
        "facility_zip",
        lambda r, s: part(
            s,
            "service_facility",
            address=replace(s.claim.service_facility.address, zip_code="60611"),
        ),
    ),
    planted(4, "no_admission_date", ("surgery",), "admission", lambda r, s: claim(s, rare=None)),
    planted(4, "discharge_first", ("surgery",), "discharge earlier_date", discharge_early),
    planted(4, "admission_late", ("surgery",), "earlier_date", admit_late),
    planted(4, "accident_without_date", ("accident",), "accident_date", lambda r, s: dated(s)),
    planted(
        4,
        "accident_without_state",
        ("accident",),
        "accident_state",
        lambda r, s: part(s, "rare", accident_state=""),
    ),
    planted(
        4,
        "accident_after_service",
        ("accident",),
        "earlier_date",
        lambda r, s: dated(s, ClaimDate("439", s.claim.lines[0].date_of_service + timedelta(1))),
    ),
    planted(
        4,
        "injury_without_cause",
        ("accident",),
        "accident_cause",
        lambda r, s: part(s, "rare", related_causes=()),
    ),
    planted(
        4,
        "replacement_unnumbered",
        ("replacement",),
        "frequency",
        lambda r, s: claim(s, payer_claim_control_number=""),
    ),
    planted(
        4,
        "original_numbered",
        ALONE,
        "frequency",
        lambda r, s: claim(s, payer_claim_control_number="ICN12345"),
    ),
    planted(4, "secondary_alone", COB, "rank_alone", lambda r, s: kept_alone(s)),
    planted(4, "rank_twice", COB, "rank_repeated", lambda r, s: other_payer(s, rank="S")),
    planted(4, "no_decision_day", COB, "cob_date", lambda r, s: answer(s, paid_on=None)),
    planted(
        4,
        "decision_first",
        COB,
        "cob_date_order",
        lambda r, s: answer(
            s, paid_on=s.claim.lines[0].date_of_service - timedelta(r.randint(1, 9))
        ),
    ),
    planted(4, "answer_of_nobody", COB, "cob_line_payer", lambda r, s: answer(s, payer_id="OTHER")),
    planted(4, "no_payer_paid", COB, "cob_paid", lambda r, s: other_payer(s, amount_paid=None)),
    planted(4, "papers_unnumbered", PROFESSIONAL, "attachment", attach),
    planted(4, "line_number_twice", ALONE, "line_numbers", repeat_number),
    planted(4, "pointer_to_nothing", PROFESSIONAL, "pointers", lambda r, s: line(s, pointers=(9,))),
    planted(4, "no_pointer", PROFESSIONAL, "pointers", lambda r, s: line(s, pointers=())),
    planted(4, "no_diagnosis", PROFESSIONAL, "diagnoses", lambda r, s: claim(s, diagnoses=())),
    planted(
        4,
        "thirteen_diagnoses",
        ("visit",),
        "diagnoses",
        lambda r, s: claim(s, diagnoses=tuple(f"M54{n:02}" for n in range(13))),
    ),
    planted(4, "no_units", ANY, "procedure revenue_units", lambda r, s: line(s, units=Decimal(0))),
    planted(
        4,
        "served_in_future",
        ALONE,
        "future_date",
        lambda r, s: served(
            s, (s.facts.today - s.claim.lines[0].date_of_service).days + r.randint(1, 40)
        ),
    ),
    planted(
        4,
        "dates_reversed",
        ALONE,
        "date_reversed",
        lambda r, s: line(s, date_of_service_end=s.claim.lines[0].date_of_service - timedelta(1)),
    ),
    planted(
        4,
        "born_after_service",
        HOLDERS[:-4],
        "birth_after_service birth_future",
        lambda r, s: holder(
            s, birth_date=s.claim.lines[0].date_of_service + timedelta(r.randint(1, 4))
        ),
    ),
    planted(4, "served_after_death", HOLDERS[:-4], "death", outlive),
    planted(
        4,
        "number_too_long",
        ANY,
        "control_number",
        lambda r, s: claim(s, patient_control_number="NO12345678901234567890"),
    ),
    planted(
        4,
        "drug_without_quantity",
        ("injection",),
        "ndc_quantity",
        lambda r, s: line(s, 2, drug=replace(s.claim.lines[2].drug, quantity=None)),
    ),
    planted(
        4,
        "drug_without_ndc",
        ("injection",),
        "ndc_missing",
        lambda r, s: line(
            facts(s, codes=replace(s.facts.codes, payer_class="medicaid")), 2, drug=None
        ),
    ),
    planted(
        4,
        "no_transport_record",
        ("ambulance",),
        "ambulance_record",
        lambda r, s: claim(s, rare=None),
    ),
    planted(
        4, "no_laboratory_number", ("tests",), "clia_missing", lambda r, s: claim(s, clia_number="")
    ),
    planted(4, "no_payer_id", ANY, "payer_id", lambda r, s: part(s, "payer", payer_id="")),
    planted(
        4,
        "no_attending",
        INSTITUTIONAL,
        "attending",
        lambda r, s: claim(s, attending_provider=None),
    ),
    planted(
        4,
        "no_operating",
        ("surgical_stay",),
        "operating",
        lambda r, s: claim(s, operating_provider=None),
    ),
    planted(
        4,
        "no_principal",
        INSTITUTIONAL,
        "principal",
        lambda r, s: part(s, "principal_diagnosis", code=""),
    ),
    planted(4, "no_admitting", STAYS, "admitting", lambda r, s: claim(s, admitting_diagnosis="")),
    planted(4, "no_admission", STAYS, "stay_admission", lambda r, s: claim(s, admission_on=None)),
    planted(
        4, "no_discharge_hour", STAYS, "discharge_time", lambda r, s: claim(s, discharge_time="")
    ),
    planted(4, "no_origin", STAYS, "origin", lambda r, s: claim(s, admission_source="")),
    planted(
        4,
        "no_present_on_admission",
        STAYS,
        "poa_missing present_missing",
        lambda r, s: part(s, "principal_diagnosis", present_on_admission=""),
    ),
    planted(
        4,
        "no_visit_reason",
        ("emergency",),
        "patient_reason_missing",
        lambda r, s: claim(s, patient_reasons=()),
    ),
    planted(4, "still_patient", STAYS, "interim", lambda r, s: claim(s, patient_status="30")),
    planted(4, "interim_gone", STAYS, "interim", lambda r, s: claim(s, type_of_bill="112")),
    planted(
        4,
        "statement_reversed",
        INSTITUTIONAL,
        "statement",
        lambda r, s: claim(s, statement_to=s.claim.statement_from - timedelta(1)),
    ),
    planted(
        4,
        "admission_after",
        STAYS,
        "admission_order",
        lambda r, s: claim(s, admission_on=s.claim.statement_to + timedelta(1)),
    ),
    planted(4, "line_outside", OUTPATIENT, "statement_line", _stray),
    planted(
        4, "line_without_day", ("series",), "line_day", lambda r, s: line(s, date_of_service=None)
    ),
    planted(4, "operation_outside", ("surgical_stay",), "procedure_date", operate_late),
    planted(4, "span_reversed", STAYS, "occurrence_span", reverse_span),
    planted(
        4,
        "no_outpatient_code",
        OUTPATIENT,
        "revenue_procedure",
        lambda r, s: line(s, procedure_code="", modifiers=()),
    ),
    planted(
        4,
        "room_of_outpatient",
        OUTPATIENT,
        "room_outpatient",
        lambda r, s: line(s, revenue_code="0120", procedure_code="", modifiers=(), unit_code="DA"),
    ),
)


def kept_alone(sample: Sample) -> Sample:
    lines = tuple(replace(each, adjudications=()) for each in sample.claim.lines)
    return claim(sample, other_payers=(), lines=lines)
