"""What Ben does beside sending: he asks payers, and corrects what they turned away."""

from billing.actions.claim_scrubs import scrub_claim
from billing.actions.status_inquiries import ask_status
from billing.models import Claim
from denials.check.drive import Drive
from payers.actions.coverages import correct_member_id
from payers.actions.eligibility import ask_eligibility
from payers.models import Coverage, Rank
from rcm.models import Practice

# The number a payer does not know, and how it stands on the patient's card.
CARDS = {"SA700209433": "SA700209343"}


def ask_about_policies(drive: Drive) -> int:
    """Is every second policy in force, and what does it pay? How many were asked about."""
    asked = 0
    for practice in drive.each_practice():
        second = Coverage.objects.filter(practice=practice, rank=Rank.SECONDARY)
        for coverage in second.select_related("patient").order_by("pk"):
            ask_eligibility(coverage, for_day=drive.today, by=drive.ben)
            asked += 1
    return asked


def ask_about_claims(drive: Drive) -> int:
    """Of each practice one claim that was paid and one that was denied; how many."""
    asked = 0
    for practice in drive.each_practice():
        decided = Claim.objects.filter(practice=practice, status=Claim.Status.ADJUDICATED)
        paid = decided.filter(denials=None, remitted__amount_paid__gt=0).order_by("pk")[:1]
        denied = decided.exclude(denials=None).order_by("pk")[:1]
        for claim in (*paid, *denied):
            ask_status(claim, by=drive.ben)
            asked += 1
    return asked


def ask_about_rejected(drive: Drive) -> int:
    """The policies of claims the payer turned away: does it know the member? How many."""
    asked = set()
    for practice in drive.each_practice():
        for claim in rejected_claims(practice):
            if claim.coverage_id not in asked:
                ask_eligibility(claim.coverage, for_day=claim.date_of_service, by=drive.ben)
                asked.add(claim.coverage_id)
    return len(asked)


def correct_rejected(drive: Drive) -> int:
    """Ben looks at the cards, corrects the numbers, and checks the claims again.

    How many claims are ready to be sent as originals once more.
    """
    ready = 0
    for practice in drive.each_practice():
        for claim in rejected_claims(practice):
            coverage = Coverage.objects.get(pk=claim.coverage_id)
            if coverage.member_id in CARDS:
                correct_member_id(coverage, CARDS[coverage.member_id], by=drive.ben)
            scrub_claim(claim, by=drive.ben)
            claim.refresh_from_db()
            ready += claim.status == Claim.Status.READY
    return ready


def rejected_claims(practice: Practice) -> list[Claim]:
    """Those a payer turned away and nobody has sent again."""
    rows = Claim.objects.filter(practice=practice, status=Claim.Status.REJECTED)
    return list(rows.select_related("coverage__patient").order_by("pk"))
