"""Which claims of ours a person might mean for a remitted claim, best first."""

from typing import Any

from django.db.models import Q, QuerySet

from billing.models import Claim, RemittedClaim
from billing.rules.matching import CandidateFact, RemittedFact, best_candidates
from rcm.models import Practice
from rcm.money import to_cents


def candidates_for(remitted: RemittedClaim, practice: Practice) -> list[dict[str, Any]]:
    """Sent claims of the same patient, member or charge, best first."""
    line = remitted.lines.exclude(date_of_service=None).first()
    served_on = line.date_of_service if line else None
    told = RemittedFact(
        remitted.patient_last_name,
        remitted.patient_first_name,
        remitted.member_id,
        to_cents(remitted.amount_billed),
        served_on,
    )
    possible = possible_claims(remitted, practice)
    facts = [
        CandidateFact(
            claim.pk,
            claim.patient.last_name,
            claim.patient.first_name,
            claim.coverage.member_id,
            to_cents(claim.amount_billed),
            claim.date_of_service,
        )
        for claim in possible
    ]
    claims = {claim.pk: claim for claim in possible}
    found = best_candidates(told, facts)
    return [{"claim": claims[fact.id], "score": score} for fact, score in found]


def possible_claims(remitted: RemittedClaim, practice: Practice) -> QuerySet[Claim]:
    """Sent claims that share the member id or the name with what the payer says."""
    same_member = Q(coverage__member_id=remitted.member_id) if remitted.member_id else Q(pk=None)
    same_name = Q(patient__last_name__iexact=remitted.patient_last_name)
    return (
        Claim.objects.filter(same_member | same_name, practice=practice)
        .exclude(submitted_at=None)
        .select_related("patient", "coverage")
        .order_by("-date_of_service")[:50]
    )
