"""SNIP type 7: what the payer knows of the policy, and asks."""

from dataclasses import replace
from datetime import timedelta

from tests.catches.defects_services import medicare
from tests.catches.planting import (
    ANY,
    HOLDERS,
    PROFESSIONAL,
    RENDERED,
    Defect,
    authorized,
    claim,
    diagnosed,
    facts,
    holder,
    line,
    part,
    planted,
    swapped,
    told,
    units,
    wrong_digit,
)

PAYERS: tuple[Defect, ...] = (
    planted(
        7,
        "member_id_short",
        ANY,
        "member_id_form",
        lambda r, s: holder(s, member_id=s.claim.subscriber.member_id[:-1]),
    ),
    planted(
        7,
        "member_id_blank",
        ANY,
        "member_id_form",
        lambda r, s: holder(
            s, member_id=f"{s.claim.subscriber.member_id[:4]} {s.claim.subscriber.member_id[4:]}"
        ),
    ),
    planted(
        7,
        "member_id_other",
        ANY,
        "eligibility_member_id",
        lambda r, s: holder(
            s,
            member_id=s.claim.subscriber.member_id[:-1]
            + wrong_digit(r, "0" + s.claim.subscriber.member_id[-1])[-1],
        ),
    ),
    planted(
        7,
        "member_id_swapped",
        ("visit", "child"),
        "eligibility_member_id",
        lambda r, s: holder(
            s,
            member_id=s.claim.subscriber.member_id[:2]
            + swapped(r, s.claim.subscriber.member_id[2:]),
        ),
    ),
    planted(
        7,
        "medicare_number",
        ("spinal",),
        "mbi",
        lambda r, s: holder(facts(s, member_id_pattern=""), member_id=f"{r.randrange(10**9):09}A"),
    ),
    planted(
        7,
        "member_id_unknown",
        HOLDERS,
        "member_id_stand_in",
        lambda r, s: holder(
            facts(s, member_id_pattern="", eligibility=None),
            member_id=r.choice(("UNKNOWN", "PENDING", "NONE", "NA", "0", "000000000", "SELFPAY")),
        ),
    ),
    planted(
        7,
        "not_covered_yet",
        ANY,
        "coverage_dates",
        lambda r, s: facts(s, coverage_starts_on=s.facts.today),
    ),
    planted(
        7,
        "coverage_ended",
        PROFESSIONAL,
        "coverage_dates",
        lambda r, s: facts(
            s, coverage_ends_on=s.claim.lines[0].date_of_service - timedelta(r.randint(1, 60))
        ),
    ),
    planted(7, "policy_inactive", ANY, "eligibility", lambda r, s: told(s, is_active=False)),
    planted(
        7,
        "birth_date_swapped",
        HOLDERS,
        "eligibility_birth",
        lambda r, s: holder(
            s, birth_date=s.claim.subscriber.birth_date + timedelta(r.choice((1, 30, 365, -9)))
        ),
    ),
    planted(
        7,
        "name_misspelt",
        ANY,
        "eligibility_name",
        lambda r, s: holder(s, person=replace(s.claim.subscriber.person, last_name="Okafro")),
    ),
    planted(
        7,
        "nickname",
        ANY,
        "eligibility_name",
        lambda r, s: holder(s, person=replace(s.claim.subscriber.person, first_name="Bob")),
    ),
    planted(
        7,
        "name_with_digit",
        ANY,
        "name_digits",
        lambda r, s: (
            holder(s, person=replace(s.claim.subscriber.person, last_name="Okaf0r"))
            if s.claim.subscriber.relationship == "18"
            else part(s, "patient", person=replace(s.claim.patient.person, last_name="Okaf0r"))
        ),
    ),
    planted(
        7,
        "name_with_delimiter",
        HOLDERS,
        "name_characters",
        lambda r, s: holder(
            s, person=replace(s.claim.subscriber.person, last_name=r.choice(("Oka*for", "O~Neil")))
        ),
    ),
    planted(
        7,
        "not_authorized",
        ("surgery",),
        "authorization",
        lambda r, s: claim(s, authorization_number=""),
    ),
    planted(
        7,
        "authorization_other",
        ("surgery",),
        "authorization_number",
        lambda r, s: claim(s, authorization_number="A999999X"),
    ),
    planted(
        7,
        "authorization_stand_in",
        RENDERED,
        "number_stand_in",
        lambda r, s: claim(
            facts(s, authorization=None),
            authorization_number=r.choice(("PENDING", "NONE", "N/A", "TBD", "NOT REQUIRED", "0")),
        ),
    ),
    planted(
        7,
        "authorization_expired",
        ("surgery",),
        "authorization_dates",
        lambda r, s: authorized(
            s, ends_on=s.claim.lines[0].date_of_service - timedelta(r.randint(1, 30))
        ),
    ),
    planted(
        7,
        "authorization_early",
        ("surgery",),
        "authorization_dates",
        lambda r, s: authorized(
            s, starts_on=s.claim.lines[0].date_of_service + timedelta(r.randint(1, 30))
        ),
    ),
    planted(
        7,
        "authorization_of_other_code",
        ("surgery",),
        "authorization_code",
        lambda r, s: authorized(s, procedure_codes=frozenset({"27130"})),
    ),
    planted(
        7,
        "authorization_used",
        ("surgery",),
        "authorization_units",
        lambda r, s: authorized(s, units_left=units(0)),
    ),
    planted(
        7, "no_referral", RENDERED, "referral", lambda r, s: authorized(s, needs_referral=True)
    ),
    planted(
        7,
        "filed_late",
        tuple(p for p in PROFESSIONAL if p != "replacement"),
        "filing_passed",
        lambda r, s: facts(
            s, today=s.claim.lines[0].date_of_service + timedelta(r.randint(366, 500))
        ),
    ),
    planted(
        7,
        "filed_late_institutional",
        ("stay", "emergency"),
        "filing_passed",
        lambda r, s: facts(s, today=s.claim.statement_to + timedelta(r.randint(366, 500))),
    ),
    planted(
        7,
        "billed_before",
        RENDERED,
        "duplicate",
        lambda r, s: facts(s, duplicates={s.claim.lines[0].procedure_code: "NO4711"}),
    ),
    planted(
        7, "number_used", ANY, "number_repeated", lambda r, s: facts(s, number_used_by="claim 4711")
    ),
    planted(
        7,
        "replacement_not_taken",
        ("replacement",),
        "replacement",
        lambda r, s: facts(s, takes_replacement_claims=False),
    ),
    planted(
        7,
        "replacement_at_medicare",
        ("replacement",),
        "medicare_replacement",
        lambda r, s: holder(s, filing_indicator="MB"),
    ),
    planted(
        7,
        "medicare_second",
        ("spinal",),
        "insurance_type rank_alone",
        lambda r, s: holder(s, rank="S"),
    ),
    planted(
        7,
        "diagnosis_unsupporting",
        ("tests",),
        "support",
        lambda r, s: medicare(line(s, 2, pointers=(1,))),
    ),
    planted(
        7,
        "diagnosis_not_covered",
        ("tests",),
        "support_noncovered",
        lambda r, s: medicare(diagnosed(s, "I10 Z7689")),
    ),
    planted(
        7,
        "year_mistyped",
        ("visit",),
        "date_old",
        lambda r, s: line(
            s, date_of_service=s.claim.lines[0].date_of_service.replace(year=2012, day=1)
        ),
    ),
)
