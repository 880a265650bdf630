"""The checks on codes that a coder sees while coding, under the ids the scrubber has for them.

A check says nothing, yields findings, or was not made because a table is missing: then the table is
named once, and nothing of it reads as clean.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from coding.rules.checks import (
    drugs,
    dx_order,
    dx_patient,
    dx_validity,
    global_surgery,
    indicators,
    laboratory,
    modifiers,
    pairs,
    special,
    support,
    units,
    visits,
)
from coding.rules.code_facts import CodeFacts
from coding.rules.code_lists import COVERED_PAYERS
from coding.rules.coded_claim import CodedClaim
from coding.rules.diagnosis_edits import CODE_SET, GUIDELINES
from coding.rules.facts import Finding, Severity
from coding.rules.hits import CodeLook, Hit
from payers.rules.edit_tables import (
    COVERAGE_TABLES,
    PAIR_TABLES,
    UNIT_TABLES,
    Table,
    TableRelease,
)

BLOCKING: Severity = "blocking"
WARNING: Severity = "warning"
GAP: Severity = "gap"


class Need(NamedTuple):
    """A published table, or tables of which the setting has one, and for which charts it counts."""

    name: str
    tables: tuple[Table, ...]
    is_asked: Callable[[CodedClaim, CodeFacts], bool]

    def is_there(self, codes: CodeFacts) -> bool:
        """The code set of diagnoses is the one without a table of edits."""
        if not self.tables:
            return codes.diagnoses is not None
        return not codes.tables.releases.keys().isdisjoint(self.tables)

    def release(self, codes: CodeFacts) -> TableRelease | None:
        """The release that answered."""
        found = (codes.tables.releases.get(table) for table in self.tables)
        return next((release for release in found if release is not None), None)


def _has_lines(view: CodedClaim, codes: CodeFacts) -> bool:
    return bool(view.lines) and not view.is_inpatient


def _has_pairs(view: CodedClaim, codes: CodeFacts) -> bool:
    """Two procedures of the day, also on other charts."""
    days = {line.starts_on for line in view.lines}
    past = {each.procedure_code for each in codes.history or () if each.served_on in days}
    return len(view.codes | (past - {""})) > 1 and not view.is_inpatient and not view.is_supplier


def _has_level_two(view: CodedClaim, codes: CodeFacts) -> bool:
    return any(indicators.LEVEL_II.fullmatch(code) for code in view.codes)


def _is_covered_by_documents(view: CodedClaim, codes: CodeFacts) -> bool:
    return _has_lines(view, codes) and codes.payer_class in COVERED_PAYERS


def _is_professional(view: CodedClaim, codes: CodeFacts) -> bool:
    return bool(view.lines) and not view.is_institutional


DIAGNOSES = Need("ICD-10-CM", (), lambda view, codes: bool(view.diagnoses))
PAIRS = Need("NCCI pairs", PAIR_TABLES, _has_pairs)
UNITS = Need("Unit limits (MUE)", UNIT_TABLES, _has_lines)
ADD_ONS = Need("Add-on codes", (Table.ADD_ON,), _has_lines)
FEES = Need("Medicare fee schedule", (Table.FEES,), _is_professional)
HCPCS = Need("HCPCS Level II", (Table.HCPCS,), _has_level_two)
ARTICLES = Need("Coverage articles", COVERAGE_TABLES, _is_covered_by_documents)
NEEDS = (DIAGNOSES, PAIRS, UNITS, ADD_ONS, FEES, HCPCS, ARTICLES)


@dataclass(frozen=True, slots=True)
class ChartCheck:
    """One check. `is_open`: a person with the permission may let its findings stand."""

    code: str
    severity: Severity
    look: CodeLook
    source: str
    need: Need | None = None
    is_open: bool = False
    is_professional: bool = False

    def finding(self, hit: Hit, view: CodedClaim, codes: CodeFacts) -> Finding:
        diagnosis = hit.diagnosis
        severity: Severity = WARNING if hit.severity == WARNING else self.severity
        return Finding(
            self.code,
            severity,
            hit.message,
            self.source_of(hit, codes),
            hit.fix,
            hit.line,
            view.diagnoses.index(diagnosis) + 1 if diagnosis in view.diagnoses else None,
            self.is_open,
        )

    def source_of(self, hit: Hit, codes: CodeFacts) -> str:
        """The rule, and of a published table the release and since when it is in force."""
        release = self.need.release(codes) if self.need else None
        if self.need is None or release is None:
            return self.source
        since = hit.since or release.starts_on
        return (
            f"{self.source} · {self.need.name}, release {release.name}, "
            f"in force since {since:%m/%d/%Y}"
        )


def _plain(code: str, look: CodeLook, source: str, severity: Severity = BLOCKING) -> ChartCheck:
    """A check of modifiers: the change that settles it is certain, so it stands until made."""
    return ChartCheck(code, severity, look, source)


MCE = dx_patient.MCE
ORDER = f"{GUIDELINES} I.C.20.a.6"
OF_DIAGNOSES: tuple[ChartCheck, ...] = (
    ChartCheck("dx_not_valid", BLOCKING, dx_validity.look_validity, CODE_SET, DIAGNOSES),
    ChartCheck("dx_heading", BLOCKING, dx_validity.look_heading, CODE_SET, DIAGNOSES),
    ChartCheck(
        "dx_seventh_missing",
        BLOCKING,
        dx_validity.look_seventh_missing,
        f"{GUIDELINES} I.A.5",
        DIAGNOSES,
    ),
    ChartCheck(
        "dx_seventh_wrong",
        BLOCKING,
        dx_validity.look_seventh_wrong,
        f"{GUIDELINES} I.A.5",
        DIAGNOSES,
    ),
    ChartCheck(
        "dx_placeholder", BLOCKING, dx_validity.look_placeholder, f"{GUIDELINES} I.A.4", DIAGNOSES
    ),
    ChartCheck("external_cause_first", BLOCKING, dx_order.look_external_cause_first, ORDER),
    ChartCheck(
        "external_cause_pointed", WARNING, dx_order.look_external_cause_pointed, ORDER, is_open=True
    ),
    ChartCheck(
        "manifestation_first",
        BLOCKING,
        dx_order.look_manifestation_first,
        f"{GUIDELINES} I.A.13",
        DIAGNOSES,
    ),
    ChartCheck(
        "code_first", WARNING, dx_order.look_code_first, f"{GUIDELINES} I.A.13", DIAGNOSES, True
    ),
    ChartCheck(
        "code_first_order",
        WARNING,
        dx_order.look_code_first_order,
        f"{GUIDELINES} I.A.13",
        DIAGNOSES,
        True,
    ),
    ChartCheck(
        "dx_only_first",
        WARNING,
        dx_order.look_only_first,
        f"{GUIDELINES} I.C.21.c.16",
        is_open=True,
    ),
    ChartCheck(
        "dx_never_first",
        WARNING,
        dx_order.look_never_first,
        f"{GUIDELINES} I.B.14, I.C.1, I.C.15, I.C.21",
        is_open=True,
    ),
    ChartCheck(
        "excludes1", WARNING, dx_order.look_excludes1, f"{GUIDELINES} I.A.12.a", DIAGNOSES, True
    ),
    ChartCheck(
        "use_additional", GAP, dx_order.look_use_additional, f"{GUIDELINES} I.A.17", DIAGNOSES, True
    ),
    ChartCheck("side_open", GAP, dx_order.look_side_open, f"{GUIDELINES} I.B.13", DIAGNOSES, True),
    ChartCheck(
        "side_contradicts",
        BLOCKING,
        dx_order.look_side_contradicts,
        f"{GUIDELINES} I.B.13",
        DIAGNOSES,
        True,
    ),
    ChartCheck(
        "both_sides", WARNING, dx_order.look_both_sides, f"{GUIDELINES} I.B.13", DIAGNOSES, True
    ),
    *(
        ChartCheck(code, BLOCKING, look, MCE, is_open=True)
        for code, look in (
            ("age_newborn", dx_patient.look_newborn),
            ("age_child", dx_patient.look_child),
            ("age_maternity", dx_patient.look_maternity),
            ("age_adult", dx_patient.look_adult),
        )
    ),
    ChartCheck(
        "age_perinatal",
        WARNING,
        dx_patient.look_perinatal,
        f"{GUIDELINES} I.C.16.a",
        is_open=True,
    ),
    ChartCheck("sex_prompt", WARNING, dx_patient.look_sex, dx_patient.SEX_SOURCE, is_open=True),
)

SURGERY = global_surgery.SOURCE
OF_TABLES: tuple[ChartCheck, ...] = (
    ChartCheck("ncci_never", BLOCKING, pairs.look_never, pairs.MANUAL, PAIRS),
    ChartCheck("ncci_pair", BLOCKING, pairs.look_unmarked, pairs.MANUAL, PAIRS),
    ChartCheck("ncci_other_claim", BLOCKING, pairs.look_other_claims, pairs.MANUAL, PAIRS, True),
    ChartCheck("ncci_same_site", WARNING, pairs.look_same_site, pairs.MANUAL, PAIRS, True),
    ChartCheck("mue_line", BLOCKING, units.look_line, f"{units.MUE}, indicator 1", UNITS, True),
    ChartCheck("mue_day", BLOCKING, units.look_day_policy, f"{units.MUE}, indicator 2", UNITS),
    ChartCheck(
        "mue_day_records", WARNING, units.look_day_records, f"{units.MUE}, indicator 3", UNITS, True
    ),
    ChartCheck("mue_zero", BLOCKING, units.look_zero, f"{units.MUE}, value 0", UNITS),
    ChartCheck(
        "add_on_alone", BLOCKING, units.look_add_on, f"{units.ADD_ON}, type 1", ADD_ONS, True
    ),
    ChartCheck(
        "add_on_unlisted",
        WARNING,
        units.look_add_on_unlisted,
        f"{units.ADD_ON}, types 2 and 3",
        ADD_ONS,
        True,
    ),
    *(
        ChartCheck(code, severity, look, f"{SURGERY}.{section}", FEES, True, True)
        for code, severity, look, section in (
            ("global_visit", BLOCKING, global_surgery.look_visit_after, 2),
            ("global_same_day", BLOCKING, global_surgery.look_visit_same_day, 1),
            ("global_decision", WARNING, global_surgery.look_decision, 2),
            ("global_procedure", WARNING, global_surgery.look_procedure_after, 2),
            ("split_care", WARNING, global_surgery.look_split_care, 2),
        )
    ),
    ChartCheck("hcpcs_not_valid", BLOCKING, indicators.look_hcpcs, "HCPCS Level II release", HCPCS),
    *(
        ChartCheck(code, severity, look, f"{indicators.SOURCE}, {column}", FEES, is_open, True)
        for code, severity, look, column, is_open in (
            ("bilateral", BLOCKING, indicators.look_bilateral, "BILAT SURG", False),
            ("bilateral_units", BLOCKING, indicators.look_bilateral_units, "BILAT SURG", False),
            ("professional_part", BLOCKING, indicators.look_professional, "PCTC IND", False),
            ("technical_part", BLOCKING, indicators.look_technical, "PCTC IND", False),
            ("assistant", BLOCKING, indicators.look_assistant, "ASST SURG", True),
            ("assistant_records", WARNING, indicators.look_records, "ASST SURG", True),
            ("co_surgeon", BLOCKING, indicators.look_co_surgeon, "CO-SURG", True),
            ("team_surgery", BLOCKING, indicators.look_team, "TEAM SURG", True),
            ("status_invalid", BLOCKING, indicators.look_invalid, "STATUS I", False),
            ("status_bundled", WARNING, indicators.look_bundled, "STATUS B", True),
            ("status_noncovered", WARNING, indicators.look_noncovered, "STATUS N", True),
        )
    ),
    ChartCheck(
        "support_noncovered", BLOCKING, support.look_noncovered, support.SOURCE, ARTICLES, True
    ),
    ChartCheck("support", BLOCKING, support.look_unsupported, support.SOURCE, ARTICLES, True),
    ChartCheck("support_group", WARNING, support.look_groups, support.SOURCE, ARTICLES, True),
)

CPT, CHAPTER_12 = modifiers.CPT, modifiers.CHAPTER_12
OF_MODIFIERS: tuple[ChartCheck, ...] = (
    _plain("modifier_contradiction", modifiers.look_contradiction, CPT),
    _plain("modifier_sides", modifiers.look_sides, f"{CHAPTER_12} §40.7"),
    _plain("modifier_distinct", modifiers.look_distinct, "CMS MLN1783722"),
    _plain("modifier_24_place", modifiers.look_24_place, f"{CHAPTER_12} §40.2"),
    _plain("modifier_25_place", modifiers.look_25_place, f"{CHAPTER_12} §30.6.6"),
    _plain("modifier_57_place", modifiers.look_57_place, f"{CHAPTER_12} §30.6.6"),
    _plain("modifier_59_place", modifiers.look_59_place, "CMS MLN1783722"),
    _plain("modifier_76_place", modifiers.look_76_place, f"{CHAPTER_12} §40", WARNING),
    _plain("modifier_91_place", modifiers.look_91_place, "CMS IOM 100-04 ch. 16 §100.5.1"),
    _plain("modifier_surgeon_place", modifiers.look_surgeon_place, f"{CHAPTER_12} §40.2", WARNING),
    _plain("modifier_unknown", modifiers.look_unknown, CPT),
    _plain("modifier_order", modifiers.look_order, f"{CHAPTER_12} §20", WARNING),
    _plain("side_missing", modifiers.look_side_missing, f"{CHAPTER_12} §40.7", WARNING),
    _plain("modifier_51", modifiers.look_multiple, f"{CHAPTER_12} §40.6", WARNING),
    ChartCheck(
        "modifier_facility", WARNING, modifiers.look_facility_only, CPT, is_professional=True
    ),
)

PLACES, VISITS = visits.PLACES, visits.VISITS
OF_SERVICES: tuple[ChartCheck, ...] = (
    *(
        ChartCheck(code, severity, look, source, None, True, True)
        for code, severity, look, source in (
            ("new_patient", WARNING, visits.look_new_patient, f"{VISITS}.7"),
            ("second_visit", WARNING, visits.look_second_visit, f"{VISITS}.5"),
            ("visit_elsewhere", WARNING, visits.look_visit_elsewhere, f"{VISITS}.5"),
            ("visit_age", BLOCKING, visits.look_visit_age, "CARC 6"),
            ("visit_place", WARNING, visits.look_visit_place, PLACES),
            ("telehealth_place", WARNING, visits.look_telehealth_place, "CMS MLN901705"),
            ("telehealth_mark", WARNING, visits.look_telehealth_mark, "Payers' telehealth rules"),
            (
                "telehealth_ended",
                WARNING,
                visits.look_telehealth_ended,
                "Consolidated Appropriations Act, 2026",
            ),
            ("telehealth_gt", WARNING, visits.look_gt, "CMS change request 10152"),
            ("complexity_with_25", WARNING, visits.look_complexity, "CMS MLN13473"),
            ("ndc_missing", WARNING, drugs.look_ndc_missing, "Social Security Act §1927(a)(7)"),
            ("vaccine_alone", WARNING, drugs.look_vaccines, "CMS IOM 100-04 ch. 18 §10"),
            ("waived_test", WARNING, laboratory.look_qw, f"{laboratory.LABORATORY}.8"),
            ("waived_mark", WARNING, laboratory.look_qw_place, f"{laboratory.LABORATORY}.8"),
            ("anesthesia_modifier", WARNING, special.look_anesthesia_mark, special.ANESTHESIA),
            ("spinal_at", WARNING, special.look_spinal, "CMS IOM 100-02 ch. 15 §240.1.3"),
        )
    ),
    ChartCheck("visit_units", BLOCKING, visits.look_visit_units, VISITS),
    ChartCheck("ndc", BLOCKING, drugs.look_ndc, "TR3 005010X222, X223"),
    ChartCheck("drug_waste", WARNING, drugs.look_waste, "CMS IOM 100-04 ch. 17 §40", is_open=True),
    # A charge has no place for minutes yet, so that this can only be said; nobody lets it stand,
    # because the claim needs them.
    ChartCheck(
        "anesthesia_minutes",
        WARNING,
        special.look_minutes,
        "TR3 005010X222",
        is_professional=True,
    ),
    ChartCheck(
        "anesthesia_by",
        BLOCKING,
        special.look_anesthetist,
        f"{special.ANESTHESIA}.K",
        is_professional=True,
    ),
    ChartCheck("ambulance_way", WARNING, special.look_endpoints, "CMS IOM 100-04 ch. 15 §30"),
    ChartCheck(
        "therapy_discipline", BLOCKING, special.look_discipline, "CMS IOM 100-04 ch. 5 §20.1"
    ),
    ChartCheck("therapy_units", WARNING, special.look_timed, "CMS IOM 100-04 ch. 5 §20.2"),
)

CHART_CHECKS: tuple[ChartCheck, ...] = (*OF_DIAGNOSES, *OF_TABLES, *OF_MODIFIERS, *OF_SERVICES)
# Those whose findings a person may let stand, on the chart and so on the claim.
OVERRIDABLE = frozenset(check.code for check in CHART_CHECKS if check.is_open)


def findings(view: CodedClaim, codes: CodeFacts) -> Iterator[Finding]:
    """What the checks find, in their order; those that lack a table find nothing."""
    there = {need for need in NEEDS if need.is_there(codes)}
    for check in CHART_CHECKS:
        if check.is_professional and view.is_institutional:
            continue
        if check.need is None or check.need in there:
            for hit in check.look(view, codes):
                yield check.finding(hit, view, codes)


def not_checked(view: CodedClaim, codes: CodeFacts) -> list[str]:
    """One sentence for each table that this chart would have been checked against.

    And for a code that a table loaded in part only may or may not have.
    """
    missing = [
        f"{need.name}: not checked, no table loaded for {view.served_on:%m/%d/%Y}."
        for need in NEEDS
        if need.is_asked(view, codes) and not need.is_there(codes)
    ]
    doubt = indicators.doubt_hcpcs(view, codes) if HCPCS.is_there(codes) else ""
    return [*missing, doubt] if doubt else missing
