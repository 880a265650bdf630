"""Credentials of the people who code, and what visits want, through the API."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions import credentials as actions
from coding.models import Credential, CredentialRequirement
from rcm import access
from rcm.api_base import Filters, PracticeViewSet, WritablePracticeViewSet
from rcm.models import Membership


class CredentialSerializer(serializers.ModelSerializer[Credential]):
    """A certificate of a person; null expiry: it does not expire."""

    person = serializers.EmailField(source="person.email")

    class Meta:
        model = Credential
        fields: ClassVar[list[str]] = [
            *("id", "person", "kind", "other_name", "number", "issued_on", "expires_on"),
            *("ceus_earned", "ceus_required"),
        ]


def hours() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, default=Decimal)


class CredentialFacts(serializers.Serializer[Any]):
    """What a certificate says, and continuing education in its present cycle."""

    kind = serializers.ChoiceField(choices=Credential.Kind.choices)
    other_name = serializers.CharField(max_length=40, allow_blank=True, default="")
    number = serializers.CharField(max_length=30)
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True, default=None)
    ceus_earned = hours()
    ceus_required = hours()


class CredentialInput(CredentialFacts):
    """A certificate; `membership` is the id of the person's membership in the practice."""

    membership = serializers.IntegerField(min_value=1)


class CredentialFilters(Filters):
    kind = filters.ChoiceFilter(choices=Credential.Kind.choices)
    person = filters.CharFilter(field_name="person__email")
    expires_before = filters.DateFilter(field_name="expires_on", lookup_expr="lte")


class CredentialViewSet(WritablePracticeViewSet):
    """Who holds what, the first to expire first."""

    capability = "quality.view"
    write = "quality.approve"
    queryset = Credential.objects.select_related("person").order_by("expires_on", "id")
    serializer_class = CredentialSerializer
    filterset_class = CredentialFilters
    input_class = CredentialInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Record a credential."""
        given = self.read_input(request)
        members = Membership.objects.select_related("user")
        person = access.get(request, members, given.pop("membership")).user
        row = actions.save_credential(self.practice, person, by=self.person, **given)
        return Response(self.get_serializer(row).data, status=201)

    @action(detail=True, methods=["post"], input_class=CredentialFacts, answer_status=200)
    def facts(self, request: Request, pk: int) -> Response:
        """Correct or renew it; the person stays."""
        old, given = self.get_object(), self.read_input(request)
        row = actions.save_credential(self.practice, old.person, by=self.person, old=old, **given)
        return Response(self.get_serializer(row).data)


class RequirementSerializer(serializers.ModelSerializer[CredentialRequirement]):
    """Visits that want any of some kinds; an empty field means every visit."""

    class Meta:
        model = CredentialRequirement
        fields: ClassVar[list[str]] = ["id", "care", "specialty", "visit_type", "kinds", "made_at"]


class CredentialRequirementViewSet(PracticeViewSet):
    """What visits want."""

    capability = "quality.view"
    queryset = CredentialRequirement.objects.order_by("id")
    serializer_class = RequirementSerializer
