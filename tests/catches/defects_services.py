"""SNIP type 6: what one line of service may say."""

from datetime import timedelta

from coding.rules.code_facts import PastLine
from tests.catches.known import SPECIALTY, Sample, with_codes, with_history
from tests.catches.planting import (
    Defect,
    claim,
    diagnosed,
    holder,
    kept,
    line,
    marked,
    more,
    planted,
    units,
)

VISITS = ("visit", "tests", "child")


def past(sample: Sample, code: str, days: int, *modifiers: str) -> Sample:
    """A line of ours on another claim, some days before."""
    on = sample.claim.lines[0].date_of_service - timedelta(days)
    npi = sample.claim.rendering_provider.npi
    return with_history(sample, [PastLine("NO9", code, on, npi, SPECIALTY, modifiers)])


def medicare(sample: Sample) -> Sample:
    """The payer is Medicare; its checks then look."""
    return with_codes(sample, payer_class="medicare")


def right(sample: Sample) -> bool:
    return sample.claim.lines[-1].modifiers == ("RT",) or "M1711" in sample.claim.diagnoses


SERVICES: tuple[Defect, ...] = (
    planted(
        6,
        "pair_never",
        ("tests",),
        "ncci_never",
        lambda r, s: more(s, procedure_code="80048", modifiers=()),
    ),
    planted(
        6,
        "pair_unmarked",
        ("therapy",),
        "ncci_pair",
        lambda r, s: more(s, procedure_code="97530", modifiers=("GP",)),
    ),
    planted(
        6, "pair_on_other_claim", ("therapy",), "ncci_other_claim", lambda r, s: past(s, "97530", 0)
    ),
    planted(
        6,
        "units_of_line",
        ("therapy",),
        "mue_line",
        lambda r, s: line(s, 1, units=units(r.randint(7, 20))),
    ),
    planted(
        6,
        "units_of_day",
        ("skin",),
        "mue_day",
        lambda r, s: line(s, 1, units=units(r.randint(14, 40))),
    ),
    planted(
        6,
        "units_on_records",
        ("tests",),
        "mue_day_records",
        lambda r, s: line(s, 1, units=units(r.randint(2, 9))),
    ),
    planted(6, "add_on_alone", ("skin",), "add_on_alone", lambda r, s: kept(s, 1)),
    planted(6, "add_on_of_vaccine", ("vaccines",), "add_on_alone", lambda r, s: kept(s, 0, 2, 3)),
    planted(
        6,
        "visit_in_period",
        ("visit",),
        "global_visit",
        lambda r, s: past(s, "27447", r.randint(1, 90)),
    ),
    planted(
        6,
        "visit_in_short_period",
        ("visit",),
        "global_visit",
        lambda r, s: past(s, "17000", r.randint(1, 10)),
    ),
    planted(
        6, "visit_on_procedure_day", ("injection",), "global_same_day", lambda r, s: marked(s, "")
    ),
    planted(
        6,
        "side_contradicts",
        ("injection", "surgery"),
        "side_contradicts",
        lambda r, s: diagnosed(s, "M1712" if right(s) else "M1711"),
    ),
    planted(
        6, "side_open", ("injection", "surgery"), "side_open", lambda r, s: diagnosed(s, "M1710")
    ),
    planted(6, "side_missing", ("injection",), "side_missing", lambda r, s: marked(s, "", 1)),
    planted(6, "two_sides", ("injection",), "modifier_sides", lambda r, s: marked(s, "RT LT", 1)),
    planted(6, "side_of_skin", ("skin",), "bilateral", lambda r, s: marked(s, "50")),
    planted(
        6, "modifier_25_on_procedure", ("skin",), "modifier_25_place", lambda r, s: marked(s, "25")
    ),
    planted(
        6,
        "modifier_57_on_procedure",
        ("surgery",),
        "modifier_57_place",
        lambda r, s: marked(s, f"57 {s.claim.lines[0].modifiers[0]}"),
    ),
    planted(6, "modifier_59_on_visit", VISITS, "modifier_59_place", lambda r, s: marked(s, "59")),
    planted(6, "modifier_26_on_visit", VISITS, "professional_part", lambda r, s: marked(s, "26")),
    planted(
        6,
        "modifiers_contradict",
        ("mammogram",),
        "modifier_contradiction",
        lambda r, s: marked(s, "26 TC"),
    ),
    planted(6, "assistant_unpaid", ("skin",), "assistant", lambda r, s: marked(s, "80")),
    planted(6, "team_unpaid", ("surgery",), "team_surgery", lambda r, s: marked(s, "66 RT")),
    planted(
        6, "no_discipline", ("therapy",), "therapy_discipline", lambda r, s: medicare(marked(s, ""))
    ),
    planted(
        6,
        "two_disciplines",
        ("therapy",),
        "modifier_contradiction",
        lambda r, s: marked(s, "GP GO"),
    ),
    planted(
        6,
        "visit_twice_on_line",
        ("visit", "child"),
        "visit_units",
        lambda r, s: line(s, units=units(r.randint(2, 9))),
    ),
    planted(
        6, "second_visit", ("visit",), "second_visit", lambda r, s: more(s, procedure_code="99212")
    ),
    planted(
        6,
        "new_patient_known",
        ("accident",),
        "new_patient",
        lambda r, s: past(s, "99213", r.randint(100, 1_000)),
    ),
    planted(6, "line_repeated", ("visit", "skin", "mammogram"), "same_line", lambda r, s: more(s)),
    planted(
        6,
        "office_visit_in_hospital",
        ("visit",),
        "visit_place facility",
        lambda r, s: claim(s, place_of_service="21"),
    ),
    planted(
        6,
        "emergency_visit_in_office",
        ("visit",),
        "visit_place",
        lambda r, s: line(s, procedure_code="99283"),
    ),
    planted(
        6,
        "telehealth_in_office",
        ("telehealth",),
        "telehealth_place",
        lambda r, s: claim(s, place_of_service="11"),
    ),
    planted(
        6,
        "telehealth_unmarked",
        ("telehealth",),
        "telehealth_mark",
        lambda r, s: marked(with_codes(s, payer_class="commercial"), ""),
    ),
    planted(
        6, "waived_unmarked", ("tests",), "waived_test", lambda r, s: medicare(marked(s, "", 2))
    ),
    planted(6, "waived_on_visit", VISITS, "waived_mark", lambda r, s: marked(s, "QW")),
    planted(
        6, "no_anesthetist", ("anesthesia",), "anesthesia_by", lambda r, s: medicare(marked(s, ""))
    ),
    planted(
        6,
        "anesthesia_in_units",
        ("anesthesia",),
        "anesthesia_minutes",
        lambda r, s: medicare(line(s, unit_code="UN")),
    ),
    planted(
        6,
        "anesthesia_of_days",
        ("anesthesia",),
        "anesthesia_time",
        lambda r, s: line(s, units=units(r.choice((1, 2_000, 1_500)))),
    ),
    planted(6, "spinal_unmarked", ("spinal",), "spinal_at", lambda r, s: marked(s, "")),
    planted(6, "no_way", ("ambulance",), "ambulance_way", lambda r, s: marked(s, "")),
    planted(
        6,
        "drug_waste_unsaid",
        ("injection",),
        "drug_waste",
        lambda r, s: medicare(marked(s, "", 2)),
    ),
    planted(
        6,
        "no_mammography_number",
        ("mammogram",),
        "mammography_number",
        lambda r, s: medicare(claim(s, rare=None)),
    ),
    planted(
        6, "newborn_diagnosis", ("visit",), "age_perinatal", lambda r, s: diagnosed(s, "P599 I10")
    ),
    planted(
        6,
        "pregnant_man",
        ("visit", "emergency"),
        "sex_prompt",
        lambda r, s: diagnosed(holder(s, sex="M"), "O0990 I10"),
    ),
    planted(
        6,
        "external_cause_first",
        ("accident",),
        "external_cause_first",
        lambda r, s: diagnosed(s, "V4352XA S52501A"),
    ),
    planted(
        6,
        "manifestation_first",
        ("visit", "stay"),
        "manifestation_first",
        lambda r, s: diagnosed(s, "F0280 I10"),
    ),
    planted(
        6,
        "diagnoses_exclude",
        ("visit", "stay"),
        "excludes1",
        lambda r, s: diagnosed(s, "E119 E109"),
    ),
    planted(
        6,
        "check_up_of_other_age",
        ("vaccines",),
        "visit_age",
        lambda r, s: line(s, procedure_code=r.choice(("99391", "99393", "99397", "99382"))),
    ),
    planted(
        6, "vaccine_without_giving", ("vaccines",), "vaccine_alone", lambda r, s: kept(s, 0, 3)
    ),
    planted(
        6, "giving_without_vaccine", ("vaccines",), "vaccine_alone", lambda r, s: kept(s, 0, 1)
    ),
)
