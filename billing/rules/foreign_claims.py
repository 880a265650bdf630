"""What a file of somebody else's claims says about itself: services and numbers billed twice."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import date

from billing.rules.claim_views import patient_of
from billing.rules.findings import AnyClaim, ClaimFacts
from billing.rules.guide_codes import CORRECTIONS
from coding.rules.code_facts import NO_CODE_FACTS, CodeFacts
from rcm.x12.claim_837p import Claim

# Services and numbers remembered of one file; of a longer one the oldest are forgotten.
REMEMBERED = 400_000


class Memory(dict[int, str]):
    """The claim that had a key first. Keeps hashes, so that it holds no patient's name."""

    def seen(self, key: Hashable, claim: str) -> str:
        """Who had this key before, empty when nobody; then it is this claim's."""
        mark = hash(key)
        if before := self.get(mark, ""):
            return before
        if len(self) >= REMEMBERED:
            del self[next(iter(self))]
        self[mark] = claim
        return ""


class ForeignFile:
    """The claims of one file so far. Corrections and voids repeat what they correct."""

    def __init__(self, today: date) -> None:
        self.unknown = ClaimFacts(today=today)
        self.services = Memory()
        self.numbers = Memory()

    def facts_of(
        self, claim: AnyClaim, position: int, codes: CodeFacts = NO_CODE_FACTS
    ) -> ClaimFacts:
        """The facts of the next claim; `position` counts the claims of the file from 1."""
        payer = (claim.billing_provider.npi, claim.payer.payer_id, claim.subscriber.rank)
        number = claim.patient_control_number
        used_by, duplicates = "", {}
        if claim.frequency not in CORRECTIONS:
            used_by = self.numbers.seen((*payer, number), f"claim {position} of the file")
            if isinstance(claim, Claim):
                duplicates = self._duplicates(claim, payer, f"{number} ({position} of the file)")
        return replace(
            self.unknown,
            payer_name=claim.payer.name or "The payer",
            duplicates=duplicates,
            number_used_by=used_by,
            codes=codes,
        )

    def _duplicates(self, claim: Claim, payer: Hashable, me: str) -> dict[str, str]:
        """Services of this claim that an earlier one has, by procedure code."""
        who = patient_of(claim)
        patient = (claim.subscriber.member_id, who.person, who.birth_date)
        found = {}
        for line in claim.lines:
            provider = line.rendering_provider or claim.rendering_provider
            npi = provider.npi if provider else ""
            key = (payer, patient, npi, line.date_of_service, line.procedure_code, line.modifiers)
            before = self.services.seen(key, me)
            if before and before != me:
                found[line.procedure_code] = before
        return found
