"""The billers: what waits before a claim, claims that are held, denials, and what is sent."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from billing.actions import (
    claim_scrubs,
    group_fixes,
    rejections,
    review_decisions,
    submissions,
)
from billing.actions.patient_payments import Money, take_payment
from billing.models import ChargeReview, Claim, ClaimRule, PatientBalance, PatientPayment, Rejection
from billing.rules.findings import BLOCKING
from coding.models import Encounter
from denials.actions import denials
from denials.actions.write_offs import approve
from denials.models import Denial, WriteOffRequest
from denials.simulation.cast import Clinic
from denials.simulation.desk import save_number
from rcm import access
from rcm.errors import Refusal

# Of what a payer wants authorized it authorizes so much afterwards.
AUTHORIZED_AFTERWARDS = Decimal("0.50")
# Of patients who owe something so many pay in a month.
PAYING = Decimal("0.85")
# A claim that is turned away so often waits for somebody who knows more.
SENDINGS = 3
REASONS = {"authorization": "no_authorization", "coding": "documentation"}


class BillingOffice:
    """One practice's billers and managers where they act for them."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic

    def prepare(self) -> None:
        """Let pass or put right what waits in charge review, and what the checks hold."""
        with access.acting_in(self.clinic.practice.pk):
            waiting = ChargeReview.objects.filter(
                practice=self.clinic.practice, state=ChargeReview.State.WAITING
            )
            for review in waiting.order_by("pk"):
                self.decide(review)
            held = Claim.objects.filter(practice=self.clinic.practice, status=Claim.Status.HELD)
            for claim in held.select_related("encounter__coverage").order_by("pk"):
                self.free(claim)

    def decide(self, review: ChargeReview) -> None:
        """Authorizations are asked for late; everything else passes with a word."""
        if "authorization_missing" in review.codes:
            visit = Encounter.objects.get(pk=review.encounter_id)
            if self.ask_late(visit):
                return
        try:
            review_decisions.accept(review, note="Looked at.", by=self.clinic.biller)
        except Refusal:
            review_decisions.send_back(
                review, reason="It cannot be billed as it is.", by=self.clinic.biller
            )

    def free(self, claim: Claim) -> None:
        """Put a held claim right, or send it in spite with a reason."""
        waiting = claim.findings.filter(resolved_at=None, severity=BLOCKING)
        terms = ClaimRule.objects.filter(
            pk__in=[
                int(code.removeprefix("rule:"))
                for code in waiting.values_list("code", flat=True)
                if code.startswith("rule:")
            ]
        )
        if any("authorization is empty" in rule.terms for rule in terms):
            self.ask_late(claim.encounter)
            claim_scrubs.scrub_claim(claim, by=self.clinic.biller)
        for finding in list(waiting.order_by("pk")):
            finding.refresh_from_db()
            if finding.resolved_at is None:
                try:
                    group_fixes.override_finding(
                        finding, reason="Looked at: the note says so.", by=self.clinic.biller
                    )
                except Refusal:
                    # It has to be put right; the claim waits on its list.
                    continue

    def ask_late(self, visit: Encounter) -> bool:
        """Ask the payer after the visit; does it give a number? The visit names it then."""
        if visit.authorization_number or visit.coverage is None or not self.is_lucky():
            return bool(visit.authorization_number)
        codes = [charge.procedure_code for charge in visit.charges.all()]
        number = save_number(
            self.clinic, visit.coverage, codes, visit.date_of_service, visit.number
        )
        Encounter.objects.filter(pk=visit.pk).update(authorization_number=number)
        return True

    def is_lucky(self) -> bool:
        return Decimal(self.clinic.drawn.randrange(100)) / 100 < AUTHORIZED_AFTERWARDS

    def work_denials(self) -> None:
        """Every open denial, one case after the other, by its cause."""
        with access.acting_in(self.clinic.practice.pk):
            waiting = Denial.objects.filter(practice=self.clinic.practice, state=Denial.State.OPEN)
            for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
                denial = Denial.objects.select_related("claim__encounter__coverage").get(pk=pk)
                if denial.state == Denial.State.OPEN:
                    self.work(denial)
            requests = WriteOffRequest.objects.filter(
                practice=self.clinic.practice, state=WriteOffRequest.State.REQUESTED
            )
            for request in list(requests.order_by("pk")):
                approve(request, by=self.clinic.manager)

    def work(self, denial: Denial) -> None:
        biller = self.clinic.biller
        try:
            if denial.group == "PR":
                denials.bill_patient(denial, by=biller)
                return
            visit = denial.claim.encounter
            is_first = denial.category == "authorization" and denial.claim.replaces_id is None
            if is_first and self.ask_late(visit):
                denials.send_corrected(denial, by=biller)
                return
            reason = REASONS.get(denial.category, "not_covered")
            denials.write_off(denial, note="Nothing more to send.", by=biller, reason=reason)
        except Refusal:
            self.set_aside(denial)

    def set_aside(self, denial: Denial) -> None:
        """What cannot be done now comes back in two weeks; what was promised stays as it is."""
        until = timezone.localdate() + timedelta(days=14)
        try:
            denials.pend(denial, until=until, reason="Waits for the claim.", by=self.clinic.biller)
        except Refusal:
            return

    def work_rejections(self, put_right: Callable[[Encounter, str], bool]) -> None:
        """What payers turned away: coded as the note says where it was not, else sent again.

        After three sendings it stays on the list.
        """
        with access.acting_in(self.clinic.practice.pk):
            waiting = Rejection.objects.filter(
                practice=self.clinic.practice,
                resolved_at=None,
                claim__status=Claim.Status.REJECTED,
            )
            for rejection in list(waiting.select_related("claim__encounter").order_by("pk")):
                claim = rejection.claim
                if put_right(claim.encounter, rejection.message):
                    continue
                if claim.submissions.count() < SENDINGS:
                    rejections.send_again(
                        self.clinic.practice, [rejection.pk], by=self.clinic.biller
                    )

    def send(self) -> int:
        """Everything that is ready; how many claims."""
        with access.acting_in(self.clinic.practice.pk):
            batches = submissions.submit_ready(
                self.clinic.practice, by=self.clinic.biller, send_after=timezone.now()
            )
        return sum(batch.claims_count for batch in batches)

    def take_patient_money(self, today: date) -> None:
        """Most patients who owe something pay it by card, once a month."""
        with access.acting_in(self.clinic.practice.pk):
            owing = PatientBalance.objects.filter(practice=self.clinic.practice, due__gt=0)
            for row in list(owing.select_related("patient").order_by("patient_id")):
                drawn = Decimal(self.clinic.drawn.randrange(100)) / 100
                if drawn < PAYING:
                    take_payment(
                        row.patient,
                        Money(row.due, PatientPayment.Method.CARD, today, row.patient.mrn),
                        key=f"year-{row.patient_id}-{today:%Y%m%d}",
                        by=self.clinic.biller,
                    )
