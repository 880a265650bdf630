"""Authorizations through the API: what is approved, used and left, and what payers want."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import authorizations as actions
from billing.authorizations import quantities_used
from payers.models import Authorization, AuthorizationRule, Coverage, Payer
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.models import Provider


class AuthorizationListSerializer(serializers.ListSerializer[Authorization]):
    """Reads what is used of a page of authorizations at once."""

    used: dict[int, Decimal] | None = None

    def to_representation(self, data: Any) -> Any:
        rows = list(data)
        self.used = used_of(rows)
        return super().to_representation(rows)


def used_of(rows: list[Authorization]) -> dict[int, Decimal]:
    return quantities_used(rows[0].practice_id, rows) if rows else {}


class AuthorizationSerializer(serializers.ModelSerializer[Authorization]):
    """`used` is counted from the coded visits that name it; units or visits, as `counts` says."""

    used = serializers.SerializerMethodField()

    class Meta:
        model = Authorization
        list_serializer_class = AuthorizationListSerializer
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "coverage", "number", "state", "counts", "quantity", "used"),
            *("codes", "starts_on", "ends_on", "provider", "note"),
        ]

    def get_used(self, row: Authorization) -> str:
        known = getattr(self.parent, "used", None)
        found: dict[int, Decimal] = used_of([row]) if known is None else known
        return f"{found[row.pk]:.2f}"


class AuthorizationInput(serializers.Serializer[Any]):
    """Ids of a policy and, if it is bound to one, a provider. `codes`: "97110-97140 97530"."""

    coverage = serializers.IntegerField(min_value=1)
    number = serializers.CharField(max_length=30, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=Authorization.State.choices, default="approved")
    counts = serializers.ChoiceField(choices=Authorization.Counts.choices, default="units")
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)
    codes = serializers.CharField(max_length=300, allow_blank=True, default="")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    provider = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class AuthorizationFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    coverage = filters.NumberFilter(field_name="coverage_id")
    number = filters.CharFilter()
    state = filters.ChoiceFilter(choices=Authorization.State.choices)
    ends_before = filters.DateFilter(field_name="ends_on", lookup_expr="lt")


class AuthorizationViewSet(WritablePracticeViewSet):
    """What payers approved beforehand, with what is used of it."""

    capability = "billing.view"
    write = "billing.work"
    queryset = Authorization.objects.select_related("coverage").order_by("-id")
    serializer_class = AuthorizationSerializer
    filterset_class = AuthorizationFilters
    input_class = AuthorizationInput
    viewed = "authorization.viewed"
    listed = "authorizations.listed"
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Add one; visits that waited for it are billed."""
        return Response(self.get_serializer(self.write_terms(request, None)).data, status=201)

    @action(detail=True, methods=["post"], input_class=AuthorizationInput)
    def terms(self, request: Request, pk: int) -> Response:
        """New terms of this one; its policy stays."""
        return Response(self.get_serializer(self.write_terms(request, self.get_object())).data)

    def write_terms(self, request: Request, old: Authorization | None) -> Authorization:
        given = self.read_input(request)
        coverage = access.get(request, Coverage.objects.all(), given.pop("coverage"))
        provider = given.pop("provider")
        if provider is not None:
            provider = access.get(request, Provider.objects.all(), provider)
        row, _ = actions.save_authorization(
            coverage, by=self.person, old=old, provider=provider, **given
        )
        return row


class AuthorizationRuleSerializer(serializers.ModelSerializer[AuthorizationRule]):
    """Codes of a payer that need an authorization, both ends belong to the range."""

    class Meta:
        model = AuthorizationRule
        fields: ClassVar[list[str]] = [
            *("id", "payer", "first_code", "last_code", "starts_on", "ends_on", "note"),
        ]


class AuthorizationRuleInput(serializers.Serializer[Any]):
    """The id of a payer, codes and ranges, and the first day."""

    payer = serializers.IntegerField(min_value=1)
    codes = serializers.CharField(max_length=300)
    starts_on = serializers.DateField()
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class LastDayInput(serializers.Serializer[Any]):
    """The last day the payer wants it."""

    ends_on = serializers.DateField()


class AuthorizationRuleViewSet(WritablePracticeViewSet):
    """What payers want authorized."""

    capability = "billing.view"
    write = "billing.work"
    queryset = AuthorizationRule.objects.select_related("payer").order_by("id")
    serializer_class = AuthorizationRuleSerializer
    input_class = AuthorizationRuleInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """One rule per range that is not wanted already."""
        given = self.read_input(request)
        payer = access.get(request, Payer.objects.all(), given.pop("payer"))
        made = actions.add_rule(payer, given.pop("codes"), by=self.person, **given)
        return Response(self.get_serializer(made, many=True).data, status=201)

    @action(detail=True, methods=["post"], input_class=LastDayInput)
    def end(self, request: Request, pk: int) -> Response:
        """The payer wants it no longer after this day."""
        rule, given = self.get_object(), self.read_input(request)
        actions.end_rule(rule, on=given["ends_on"], by=self.person)
        return Response(self.get_serializer(rule).data)
