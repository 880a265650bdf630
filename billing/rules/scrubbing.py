"""The catalogue of claim checks, and the one function that runs them.

Decides whether a claim may be sent: one blocking finding holds it. Each subject has a module with
a tuple SCRUBS; here they are only put in order.
"""

from collections.abc import Iterable
from hashlib import sha256

from billing.rules import (
    scrub_amounts,
    scrub_cob,
    scrub_code_sets,
    scrub_codes,
    scrub_coverage,
    scrub_dates,
    scrub_institutional,
    scrub_numbers,
    scrub_parties,
    scrub_people,
    scrub_revenue,
)
from billing.rules.findings import (
    BLOCKING,
    AnyClaim,
    ClaimFacts,
    ClaimForm,
    Finding,
    NotChecked,
    Scrub,
    Scrubbed,
    form_of,
)

SCRUBS: tuple[Scrub, ...] = (
    *scrub_parties.SCRUBS,
    *scrub_people.SCRUBS,
    *scrub_coverage.SCRUBS,
    *scrub_dates.SCRUBS,
    *scrub_codes.SCRUBS,
    *scrub_code_sets.SCRUBS,
    *scrub_amounts.SCRUBS,
    *scrub_numbers.SCRUBS,
    *scrub_cob.SCRUBS,
    *scrub_institutional.SCRUBS,
    *scrub_revenue.SCRUBS,
)
OF_FORM = {form: tuple(check for check in SCRUBS if form in check.forms) for form in ClaimForm}

# Findings that others leave on a claim, under names the worklist shows.
OUTSIDE_LABELS = {
    "gate": "File refused by the structure check",
    "interchange_rejected": "File rejected by the clearinghouse",
    "group_rejected": "File rejected for its form",
    "claim_rejected": "Rejected by the payer",
}
LABELS = {check.code: check.title for check in SCRUBS} | OUTSIDE_LABELS


def scrub(claim: AnyClaim, facts: ClaimFacts) -> Scrubbed:
    """What every check of the claim's form says, in catalogue order.

    `facts.today` is the day judged.
    """
    findings: list[Finding] = []
    not_checked: list[NotChecked] = []
    checks = OF_FORM[form_of(claim)]
    for check in checks:
        if check.missing is not None and (reason := check.missing(facts)):
            not_checked.append(NotChecked(check.code, reason))
        else:
            for hit in check.look(claim, facts):
                findings.append(check.finding(hit))
    return Scrubbed(tuple(findings), tuple(not_checked), len(checks))


def is_blocked(findings: Iterable[Finding]) -> bool:
    """One blocking finding is enough to hold the claim."""
    return any(finding.severity == BLOCKING for finding in findings)


def _version() -> str:
    """A hash of what the checks are: of their ids, severities, forms and sources, in order."""
    lines = (
        f"{check.code}|{check.severity}|{','.join(check.forms)}|{check.title}|{check.source}\n"
        for check in SCRUBS
    )
    return sha256("".join(lines).encode()).hexdigest()[:12]


CATALOGUE_VERSION = _version()
