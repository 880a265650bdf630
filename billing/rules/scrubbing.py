"""The catalogue of claim checks, and the one function that runs them.

Decides whether a claim may be sent: one blocking finding holds it. Each subject has a module with
a tuple SCRUBS; here they are only put in order.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

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
from billing.rules.scrub_needs import Missing

SCRUBS: tuple[Scrub, ...] = (
    *scrub_parties.SCRUBS,
    *scrub_people.SCRUBS,
    *scrub_coverage.SCRUBS,
    *scrub_dates.SCRUBS,
    *scrub_codes.SCRUBS,
    *scrub_amounts.SCRUBS,
    *scrub_code_sets.SCRUBS,
    *scrub_numbers.SCRUBS,
    *scrub_cob.SCRUBS,
    *scrub_institutional.SCRUBS,
    *scrub_revenue.SCRUBS,
)
OF_FORM = {form: tuple(check for check in SCRUBS if form in check.forms) for form in ClaimForm}
# Many checks lack the same fact: each is asked about once per claim.
NEEDS = tuple({check.missing: None for check in SCRUBS if check.missing is not None})

# Findings that others leave on a claim, under names the worklist shows.
OUTSIDE_LABELS = {
    "gate": "File refused by the structure check",
    "interchange_rejected": "File rejected by the clearinghouse",
    "group_rejected": "File rejected for its form",
    "claim_rejected": "Rejected by the payer",
    "parts_changed": "Chart divides otherwise by now",
    "not_drafted": "Chart makes no claim by now",
}
LABELS = {check.code: check.title for check in SCRUBS} | OUTSIDE_LABELS


class _Work(NamedTuple):
    """One claim being judged. `reasons` says for each need what is missing, empty when nothing."""

    claim: AnyClaim
    facts: ClaimFacts
    reasons: Mapping[Missing | None, str]
    findings: list[Finding]
    not_checked: list[NotChecked]


def scrub(claim: AnyClaim, facts: ClaimFacts) -> Scrubbed:
    """What every check of the claim's form says, in catalogue order.

    `facts.today` is the day judged.
    """
    [scrubbed] = scrub_many([(claim, facts)])
    return scrubbed


def scrub_many(claims: Iterable[tuple[AnyClaim, ClaimFacts]]) -> list[Scrubbed]:
    """The same for many claims, in their order.

    One check looks at all claims before the next one does: its code and tables stay in the
    processor's cache, which saves a third of the time.
    """
    works = []
    for claim, facts in claims:
        reasons: dict[Missing | None, str] = {need: need(facts) for need in NEEDS}
        works.append(_Work(claim, facts, reasons | {None: ""}, [], []))
    for form, checks in OF_FORM.items():
        of_form = [work for work in works if form_of(work.claim) is form]
        for check in checks if of_form else ():
            _run(check, of_form)
    return [
        Scrubbed(tuple(work.findings), tuple(work.not_checked), len(OF_FORM[form_of(work.claim)]))
        for work in works
    ]


def _run(check: Scrub, works: Iterable[_Work]) -> None:
    need, look, doubt = check.missing, check.look, check.doubt
    for claim, facts, reasons, findings, not_checked in works:
        if reason := reasons[need]:
            not_checked.append(_not_checked(check.code, reason))
            continue
        found = [check.finding(hit) for hit in look(claim, facts)]
        findings += found
        if doubt is not None and not found and (reason := doubt(claim, facts)):
            not_checked.append(_not_checked(check.code, reason))


# The same few for every claim of a practice.
_not_checked = lru_cache(maxsize=1024)(NotChecked)


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
