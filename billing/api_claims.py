"""Verbs of the API on claims. Each needs an Idempotency-Key (rcm.api_base)."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import claim_rules
from billing.actions.claims import replace_claim, void_claim
from billing.actions.coded_anew import leave_as_sent
from billing.actions.secondary_claims import draft_next_claim
from billing.api_writes import ReasonInput
from billing.models import Claim, ClaimRule
from rcm import access
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

    @action(detail=True, methods=["post"], input_class=ReasonInput, url_path="left-as-sent")
    def left_as_sent(self, request: Request, pk: int) -> Response:
        """The chart was coded anew and the payer needs no correction; say why."""
        claim = self.get_object()
        leave_as_sent(claim, reason=self.read_input(request)["reason"], by=self.person)
        return self.answer_with(claim)

    @action(detail=True, methods=["post"], url_path="next-payer")
    def next_payer(self, request: Request, pk: int) -> Response:
        """Draft the claim to the next payer for what the earlier ones left."""
        return self.answer_with(draft_next_claim(self.get_object(), by=self.person))

    def answer_with(self, claim: Claim) -> Response:
        """The new claim with its balances."""
        self.read_balances([claim])  # type: ignore[attr-defined]  # of the view set that mixes this in
        return Response(self.get_serializer(claim).data)


class ClaimRuleSerializer(serializers.ModelSerializer[ClaimRule]):
    """A rule with what it would have done to past claims."""

    class Meta:
        model = ClaimRule
        fields = (
            *("id", "name", "version", "state", "terms", "action", "message", "set_field"),
            *("set_value", "starts_on", "ends_on", "replaces", "back_test", "enabled_at"),
            "retired_at",
        )


class ClaimRuleInput(serializers.Serializer[Any]):
    """A new rule, or with `replaces` the next version of one. `terms`: docs/claim-rules.md."""

    name = serializers.CharField(max_length=80)
    terms = serializers.CharField()
    action = serializers.ChoiceField(choices=ClaimRule.Action.choices)
    message = serializers.CharField(max_length=200)
    set_field = serializers.CharField(max_length=20, allow_blank=True, default="")
    set_value = serializers.CharField(max_length=80, allow_blank=True, default="")  # type: ignore[assignment]  # fields leave the class, its own method stays
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, default=None)
    replaces = serializers.IntegerField(allow_null=True, default=None)


class ClaimRuleViewSet(WritablePracticeViewSet):
    """Rules of the practice about its claims, newest first. None is enabled before it is tried."""

    capability = "billing.view"
    write = "billing.work"
    queryset = ClaimRule.objects.order_by("-id")
    serializer_class = ClaimRuleSerializer
    input_class = ClaimRuleInput

    def create(self, request: Request) -> Response:
        """A draft, tried on the claims of the last year."""
        given = self.read_input(request)
        number = given.pop("replaces")
        old = access.get(request, ClaimRule.objects.all(), number) if number else None
        rule = claim_rules.make_rule(self.practice, by=self.person, replaces=old, **given)
        claim_rules.try_rule(rule, by=self.person)
        return self.answer_with(rule, status=201)

    @action(detail=True, methods=["post"], input_class=None)
    def trial(self, request: Request, pk: int) -> Response:
        """Try it on past claims again."""
        rule = self.get_object()
        claim_rules.try_rule(rule, by=self.person)
        return self.answer_with(rule)

    @action(detail=True, methods=["post"], input_class=None)
    def enabling(self, request: Request, pk: int) -> Response:
        """Put a tried draft in force; the version before it retires."""
        return self.answer_with(claim_rules.enable_rule(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=None)
    def retirement(self, request: Request, pk: int) -> Response:
        """Out of force for good."""
        return self.answer_with(claim_rules.retire_rule(self.get_object(), by=self.person))

    def answer_with(self, rule: ClaimRule, status: int = 200) -> Response:
        """The rule as it is now."""
        rule.refresh_from_db()
        return Response(self.get_serializer(rule).data, status=status)
