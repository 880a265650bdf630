"""Plans and contracts through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from payers.actions import contracts as actions
from payers.models import Coverage, FeeSchedule, Payer, PayerContract, Plan
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan; null or empty is as the payer has it."""

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = [
            *("id", "payer", "name", "group_pattern", "filing_indicator", "timely_filing_days"),
            *("corrected_claim_days", "requires_referral", "starts_on", "ends_on"),
        ]


class DaysInput(serializers.Serializer[Any]):
    """Filing limits in calendar days, and the days they hold."""

    timely_filing_days = serializers.IntegerField(
        min_value=1, max_value=3650, allow_null=True, default=None
    )
    corrected_claim_days = serializers.IntegerField(
        min_value=1, max_value=3650, allow_null=True, default=None
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, default=None)


class PlanInput(DaysInput):
    """One plan of a payer, by the payer's id."""

    payer = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=60)
    group_pattern = serializers.CharField(max_length=60, allow_blank=True, default="")
    filing_indicator = serializers.CharField(max_length=2, allow_blank=True, default="")
    requires_referral = serializers.BooleanField(default=False)


class PlanCoverageInput(serializers.Serializer[Any]):
    """The id of a policy."""

    coverage = serializers.IntegerField(min_value=1)


class OfPayer(Filters):
    payer = filters.NumberFilter(field_name="payer_id")


class PlanViewSet(WritablePracticeViewSet):
    """Plans of payers."""

    capability = "billing.view"
    write = "billing.approve"
    queryset = Plan.objects.select_related("payer").order_by("id")
    serializer_class = PlanSerializer
    filterset_class = OfPayer
    input_class = PlanInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Add a plan."""
        return Response(self.get_serializer(self.write_terms(request, None)).data, status=201)

    @action(detail=True, methods=["post"], input_class=PlanInput)
    def terms(self, request: Request, pk: int) -> Response:
        """New terms; the payer stays."""
        return Response(self.get_serializer(self.write_terms(request, self.get_object())).data)

    @action(detail=True, methods=["post"], input_class=PlanCoverageInput)
    def coverages(self, request: Request, pk: int) -> Response:
        """Give a policy this plan; its group number must fit."""
        row, given = self.get_object(), self.read_input(request)
        rows = Coverage.objects.select_related("payer")
        actions.choose_plan(access.get(request, rows, given["coverage"]), row, by=self.person)
        return Response(self.get_serializer(row).data)

    def write_terms(self, request: Request, old: Plan | None) -> Plan:
        given = self.read_input(request)
        payer = access.get(request, Payer.objects.all(), given.pop("payer"))
        return actions.save_plan(old.payer if old else payer, by=self.person, old=old, **given)


class ContractSerializer(serializers.ModelSerializer[PayerContract]):
    """What a payer pays, for all of its plans when `plan` is null."""

    class Meta:
        model = PayerContract
        fields: ClassVar[list[str]] = [
            *("id", "payer", "plan", "name", "method", "schedule", "percent"),
            *("reduces_multiple", "reduces_bilateral", "pays_lesser", "timely_filing_days"),
            *("corrected_claim_days", "starts_on", "ends_on"),
        ]


class ContractInput(DaysInput):
    """One contract; a schedule or a percentage, as the method says. Ids of payer and plan."""

    payer = serializers.IntegerField(min_value=1)
    plan = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    name = serializers.CharField(max_length=60)
    method = serializers.ChoiceField(choices=PayerContract.Method.choices)
    schedule = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    percent = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=0, allow_null=True, default=None
    )
    reduces_multiple = serializers.BooleanField(default=True)
    reduces_bilateral = serializers.BooleanField(default=True)
    pays_lesser = serializers.BooleanField(default=True)


class ContractViewSet(WritablePracticeViewSet):
    """Contracts with payers."""

    capability = "billing.view"
    write = "billing.approve"
    queryset = PayerContract.objects.select_related("payer").order_by("id")
    serializer_class = ContractSerializer
    filterset_class = OfPayer
    input_class = ContractInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Add a contract; one of a payer and plan holds on a day."""
        return Response(self.get_serializer(self.write_terms(request, None)).data, status=201)

    @action(detail=True, methods=["post"], input_class=ContractInput)
    def terms(self, request: Request, pk: int) -> Response:
        """New terms; the payer stays."""
        return Response(self.get_serializer(self.write_terms(request, self.get_object())).data)

    def write_terms(self, request: Request, old: PayerContract | None) -> PayerContract:
        given = self.read_input(request)
        payer = access.get(request, Payer.objects.all(), given.pop("payer"))
        for name, rows in (("plan", Plan.objects.all()), ("schedule", FeeSchedule.objects.all())):
            if given[name] is not None:
                given[name] = access.get(request, rows, given[name])  # type: ignore[type-var]  # either
        return actions.save_contract(old.payer if old else payer, by=self.person, old=old, **given)
