"""The catalogue of claim edits, and the one function that runs them.

Decides whether a claim may be sent: one blocking finding holds it. Refuses nothing else; code-set
edits (NCCI, units, age and sex) belong to the chart and ran before the charges were frozen.
"""

from billing.rules import scrub_institutional
from billing.rules import scrub_parties as parties
from billing.rules import scrub_services as services
from billing.rules.claim_content import AnyClaim
from billing.rules.findings import BLOCKING, WARNING, ClaimFacts, Finding, Scrub
from rcm.x12.claim_837i import InstitutionalClaim

_TR3 = "TR3 005010X222"
_SETUP = "Correct it in the practice's set-up, then check again."
_COVERAGE = "Correct the patient's coverage, then check again."
_PATIENT = "Correct the patient's record, then check again."
_CHART = "Send it back to the coder."

SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "npi", "NPI not valid", BLOCKING, "NM109", _SETUP, "CMS NPI check digit", parties.look_npis
    ),
    Scrub(
        "tax_id",
        "Tax id not nine digits",
        BLOCKING,
        "2010AA REF02",
        _SETUP,
        _TR3,
        parties.look_tax_id,
    ),
    Scrub(
        "taxonomy",
        "Taxonomy code not valid",
        BLOCKING,
        "2000A PRV03",
        _SETUP,
        _TR3,
        parties.look_taxonomies,
    ),
    Scrub(
        "billing_address",
        "Billing address",
        BLOCKING,
        "2010AA N3",
        _SETUP,
        _TR3,
        parties.look_billing_address,
    ),
    Scrub(
        "facility",
        "Place of service and facility",
        BLOCKING,
        "2310C",
        "Complete the location, then check again.",
        _TR3,
        parties.look_facility,
    ),
    Scrub(
        "member_id",
        "Member id",
        BLOCKING,
        "2010BA NM109",
        _COVERAGE,
        "Payer table",
        parties.look_member_id,
    ),
    Scrub(
        "payer_id",
        "Payer id missing",
        BLOCKING,
        "2010BB NM109",
        "Complete the payer, then check again.",
        _TR3,
        parties.look_payer_id,
    ),
    Scrub("patient", "Patient's data", BLOCKING, "2010BA", _PATIENT, _TR3, parties.look_patient),
    Scrub(
        "coverage_dates",
        "Not covered on the day",
        BLOCKING,
        "2300 DTP*472",
        _COVERAGE,
        "Coverage dates",
        parties.look_coverage_dates,
    ),
    Scrub(
        "future_date",
        "Date of service in the future",
        BLOCKING,
        "2400 DTP*472",
        _CHART,
        _TR3,
        services.look_future,
    ),
    Scrub(
        "filing_passed",
        "Filing limit passed",
        BLOCKING,
        "2400 DTP*472",
        "Ask the manager: write off, or appeal with proof of timely filing.",
        "Payer table",
        services.look_filing_passed,
    ),
    Scrub(
        "filing_soon",
        "Filing limit near",
        WARNING,
        "2400 DTP*472",
        "Send it today.",
        "Payer table",
        services.look_filing_soon,
    ),
    Scrub("diagnoses", "Diagnoses", BLOCKING, "2300 HI", _CHART, _TR3, services.look_diagnoses),
    Scrub(
        "pointers",
        "Diagnosis pointers",
        BLOCKING,
        "2400 SV107",
        _CHART,
        _TR3,
        services.look_pointers,
    ),
    Scrub(
        "line_count", "Number of lines", BLOCKING, "2400 LX", _CHART, _TR3, services.look_line_count
    ),
    Scrub(
        "procedure",
        "Procedure code or units",
        BLOCKING,
        "2400 SV101",
        _CHART,
        _TR3,
        services.look_procedures,
    ),
    Scrub("modifiers", "Modifiers", BLOCKING, "2400 SV101", _CHART, _TR3, services.look_modifiers),
    Scrub(
        "amount",
        "No price",
        BLOCKING,
        "2400 SV102",
        "Add the price to the fee schedule and code the chart again.",
        _TR3,
        services.look_amounts,
    ),
    Scrub(
        "total",
        "Claim total",
        BLOCKING,
        "2300 CLM02",
        "Draft the claim again from its chart.",
        _TR3,
        services.look_total,
    ),
    Scrub(
        "duplicate",
        "Already billed",
        BLOCKING,
        "2400 SV101",
        "Close one of the two, or have the coder add modifier 76 or 77.",
        "CARC 18",
        services.look_duplicates,
    ),
    Scrub(
        "same_line",
        "Line repeated",
        WARNING,
        "2400 SV101",
        "If it was done twice, have the coder add modifier 76.",
        "CARC 18",
        services.look_same_line,
    ),
    Scrub(
        "frequency",
        "Claim frequency",
        BLOCKING,
        "2300 REF*F8",
        "Wait for the payer's claim number, or send it as an original.",
        "X12 RFI 1538, 2110",
        services.look_frequency,
    ),
    Scrub(
        "replacement",
        "Replacement not taken",
        BLOCKING,
        "2300 CLM05-3",
        "Ask the payer for a reopening.",
        "Payer table",
        services.look_replacement,
    ),
    Scrub(
        "control_number",
        "Claim and line numbers",
        BLOCKING,
        "2300 CLM01",
        "Draft the claim again from its chart.",
        _TR3,
        services.look_control_numbers,
    ),
)

# Findings that others leave on a claim, under names the worklist shows.
OUTSIDE_LABELS = {
    "gate": "File refused by the structure check",
    "interchange_rejected": "File rejected by the clearinghouse",
    "group_rejected": "File rejected for its form",
    "claim_rejected": "Rejected by the payer",
}
LABELS = (
    {scrub.code: scrub.label for scrub in scrub_institutional.SCRUBS}
    | {scrub.code: scrub.label for scrub in SCRUBS}
    | OUTSIDE_LABELS
)


def scrub(claim: AnyClaim, facts: ClaimFacts) -> list[Finding]:
    """Every finding on one claim, in catalogue order. `facts.today` is the day judged."""
    if isinstance(claim, InstitutionalClaim):
        return scrub_institutional.scrub_institutional(claim, facts)
    return [finding for check in SCRUBS for finding in check.findings(claim, facts)]


def is_blocked(findings: list[Finding]) -> bool:
    """One blocking finding is enough to hold the claim."""
    return any(finding.severity == BLOCKING for finding in findings)
