"""What a claim check is, what it answers, and the facts beyond the claim that checks look at.

A check has three answers: it passes (says nothing), it fails (yields a Hit for each place), or it
cannot be made because a fact is missing (`Scrub.missing` says which). Unknown is never "passed".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from coding.rules.code_facts import NO_CODE_FACTS, CodeFacts
from coding.rules.hits import BLOCKING as BLOCKING
from coding.rules.hits import WARNING as WARNING
from coding.rules.hits import Hit as Hit
from coding.rules.hits import Look as Look
from payers.rules.edit_tables import Table
from rcm.x12.claim_837 import Person
from rcm.x12.claim_837i import RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.items import AnyClaim as AnyClaim

AnyLine = ServiceLine | RevenueLine


class ClaimForm(StrEnum):
    """The guide a claim follows: 837P or 837I."""

    PROFESSIONAL = "professional"
    INSTITUTIONAL = "institutional"


PROFESSIONAL = (ClaimForm.PROFESSIONAL,)
INSTITUTIONAL = (ClaimForm.INSTITUTIONAL,)
BOTH = (ClaimForm.PROFESSIONAL, ClaimForm.INSTITUTIONAL)


def form_of(claim: AnyClaim) -> ClaimForm:
    """Which guide this claim follows."""
    is_professional = isinstance(claim, Claim)
    return ClaimForm.PROFESSIONAL if is_professional else ClaimForm.INSTITUTIONAL


@dataclass(frozen=True, slots=True)
class Finding:
    """One failure of a check. Blocking findings hold the claim, warnings only show.

    `element` is the place in the 837 (such as 2010AA NM109), `line` the position of the service
    line, `fix` what a person can do about it, `source` the rule it comes from. `looked_at` is what
    a rule of the practice saw of the codes: who lets its finding stand lets that stand
    (coding.rules.overrides).
    """

    code: str
    severity: str
    message: str
    element: str = ""
    fix: str = ""
    source: str = ""
    line: int | None = None
    looked_at: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A check that could not be made, and the fact it lacks."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What all checks of the claim's form answered; a check named in neither list passed.

    `checks` is how many checks the form has.
    """

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    checks: int

    @property
    def failed_codes(self) -> list[str]:
        """The checks that failed, each once, in catalogue order."""
        return list(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def passed(self) -> int:
        """How many checks were made and found nothing."""
        return self.checks - len(self.failed_codes) - len(self.not_checked)


@dataclass(frozen=True, slots=True)
class EligibilityFacts:
    """What the payer last answered about the policy (271) for the day of service.

    `is_active` is EB01 1 against 6; `person`, `birth_date` and `member_id` are the payer's own
    spelling of the subscriber, None or empty where it gave none.
    """

    answered_on: date
    is_active: bool
    person: Person | None = None
    birth_date: date | None = None
    member_id: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizationFacts:
    """What is known of prior authorization for the procedures of one claim.

    `needed` are those of its procedures the payer wants authorized, `needs_referral` whether it
    wants a referral. The other fields describe the authorization on file under `number`, empty
    when there is none; empty `procedure_codes` means that it covers any; `units_left` is None when
    it has no limit.
    """

    needed: frozenset[str] = frozenset()
    needs_referral: bool = False
    number: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    procedure_codes: frozenset[str] = frozenset()
    units_left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the checks need besides the claim. None always means: nobody knows.

    `duplicates` maps a procedure code to the number of another claim that already bills it for the
    same patient, day and provider, `repeats` a line's position to the number of an earlier part of
    the visit with the very same line; `number_used_by` names another claim with this claim's
    number.
    `filing_from` is the day the filing limit counts from when it
    is not the first day of service (a secondary payer that counts from the primary's answer).
    """

    today: date
    coverage_starts_on: date | None = None
    coverage_ends_on: date | None = None
    payer_name: str = "The payer"
    member_id_pattern: str = ""
    timely_filing_days: int | None = None
    corrected_claim_days: int | None = None
    filing_from: date | None = None
    takes_replacement_claims: bool | None = None
    duplicates: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[int, str] = field(default_factory=dict)
    number_used_by: str = ""
    eligibility: EligibilityFacts | None = None
    authorization: AuthorizationFacts | None = None
    codes: CodeFacts = NO_CODE_FACTS


@dataclass(frozen=True, slots=True)
class Scrub:
    """One check: what every finding of it shares, and the function that looks.

    `code` is its stable id. `look` takes a claim of one of its `forms` and the facts, and yields a
    Hit for each failure. `missing` says why the check cannot be made, empty when it can; a check
    without it needs the claim alone. `tables` are the published tables it asks. `doubt` says what
    of a claim without a hit could not be judged by them, empty when all of it was.
    """

    code: str
    title: str
    severity: str
    element: str
    fix: str
    source: str
    look: Callable[[Any, ClaimFacts], Iterator[Hit]]
    forms: tuple[ClaimForm, ...] = BOTH
    missing: Callable[[ClaimFacts], str] | None = None
    tables: tuple[Table, ...] = ()
    doubt: Callable[[Any, ClaimFacts], str] | None = None

    def finding(self, hit: Hit) -> Finding:
        """The finding of one hit."""
        return Finding(
            self.code,
            hit.severity or self.severity,
            hit.message,
            hit.element or self.element,
            self.fix,
            self.source,
            hit.line,
        )
