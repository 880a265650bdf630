"""What a claim edit says, and the facts beyond the claim itself that the edits look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from billing.rules.claim_content import AnyClaim

BLOCKING = "blocking"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a claim edit. Blocking findings hold the claim, warnings only show.

    `element` is the place in the 837P (such as 2010AA NM109), `fix` what a person can do about it,
    `source` the rule it comes from.
    """

    code: str
    severity: str
    message: str
    element: str = ""
    fix: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the edits need besides the claim.

    `duplicates` maps a procedure code to the number of another claim that already bills it for the
    same patient, day and rendering provider.
    """

    today: date
    coverage_starts_on: date
    coverage_ends_on: date | None = None
    payer_name: str = "The payer"
    member_id_pattern: str = ""
    timely_filing_days: int = 365
    corrected_claim_days: int = 365
    takes_replacement_claims: bool = True
    duplicates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scrub:
    """One check: what every finding of it shares, and the function that yields the messages.

    `look` yields (message, element) pairs; an empty element stands for the check's own. It takes a
    claim of the kind its catalogue is about, professional or institutional.
    """

    code: str
    label: str
    severity: str
    element: str
    fix: str
    source: str
    look: Callable[[Any, ClaimFacts], Iterator[tuple[str, str]]]

    def findings(self, claim: AnyClaim, facts: ClaimFacts) -> Iterator[Finding]:
        """The findings of this check on one claim, in the order of the claim."""
        for message, element in self.look(claim, facts):
            yield Finding(
                self.code, self.severity, message, element or self.element, self.fix, self.source
            )
