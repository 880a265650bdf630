"""Verbs of the API on claims. Each needs an Idempotency-Key (rcm.api_base)."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions.claims import replace_claim, void_claim
from billing.actions.secondary_claims import draft_next_claim
from billing.api_writes import ReasonInput
from billing.models import Claim
from rcm.api_base import WritablePracticeViewSet


class ClaimVerbs(WritablePracticeViewSet):
    """Drafting what follows a claim. The answer is the new claim, held or ready."""

    write = "billing.work"

    @action(detail=True, methods=["post"])
    def replacement(self, request: Request, pk: int) -> Response:
        """Draft the corrected claim (frequency 7) from the chart as it is coded now."""
        return self.answer_with(replace_claim(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=ReasonInput)
    def void(self, request: Request, pk: int) -> Response:
        """Draft the claim that takes this one back (frequency 8); say why."""
        reason = self.read_input(request)["reason"]
        return self.answer_with(void_claim(self.get_object(), reason=reason, by=self.person))

    @action(detail=True, methods=["post"], url_path="next-payer")
    def next_payer(self, request: Request, pk: int) -> Response:
        """Draft the claim to the next payer for what the earlier ones left."""
        return self.answer_with(draft_next_claim(self.get_object(), by=self.person))

    def answer_with(self, claim: Claim) -> Response:
        """The new claim with its balances."""
        self.read_balances([claim])  # type: ignore[attr-defined]  # of the view set that mixes this in
        return Response(self.get_serializer(claim).data)
