"""Charge review through the API: what waits, and the four things one can do about it."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import review_decisions as actions
from billing.actions.review_bulk import accept_many
from billing.actions.work_owners import assign_review
from billing.models import ChargeReview
from billing.rules.charge_review import LABELS
from payers.models import Authorization, Coverage
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet


class ChargeReviewSerializer(serializers.ModelSerializer[ChargeReview]):
    """A coded visit and why it waits, or what was decided; `line` 0 is the visit as a whole."""

    encounter = serializers.CharField(source="encounter.number")
    encounter_id = serializers.IntegerField()
    patient_id = serializers.IntegerField(source="encounter.patient_id")
    date_of_service = serializers.DateField(source="encounter.date_of_service")
    decided_by = serializers.StringRelatedField()  # type: ignore[var-annotated]  # untyped stub
    owner_id = serializers.IntegerField(source="work_owner.owner_id", default=None)

    class Meta:
        model = ChargeReview
        fields: ClassVar[list[str]] = [
            *("id", "encounter", "encounter_id", "patient_id", "date_of_service", "state"),
            *("codes", "reasons", "note", "opened_at", "decided_at", "decided_by"),
            "owner_id",
        ]


class ChargeReviewFilters(Filters):
    state = filters.ChoiceFilter(choices=ChargeReview.State.choices)
    reason = filters.ChoiceFilter(
        choices=list(LABELS.items()), field_name="codes", method="with_reason"
    )
    encounter = filters.CharFilter(field_name="encounter__number")
    patient = filters.NumberFilter(field_name="encounter__patient_id")

    def with_reason(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(codes__contains=[value])


class NoteInput(serializers.Serializer[Any]):
    """Why it is right as it is, or what the coder should look at."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class PriceInput(serializers.Serializer[Any]):
    """Dollars for one unit, from the visit's day on."""

    procedure_code = serializers.CharField(max_length=5)
    modifier = serializers.CharField(max_length=2, allow_blank=True, default="")
    amount = serializers.DecimalField(max_digits=10, decimal_places=2)


class CoverageInput(serializers.Serializer[Any]):
    """The id of one of the patient's policies."""

    coverage = serializers.IntegerField(min_value=1)


class AuthorizationNameInput(serializers.Serializer[Any]):
    """The id of an authorization of the patient with the visit's payer."""

    authorization = serializers.IntegerField(min_value=1)


class OwnerInput(serializers.Serializer[Any]):
    """The id of a person who works on billing here."""

    person = serializers.IntegerField(min_value=1)


class ManyInput(serializers.Serializer[Any]):
    """Ids of visits in review, and why they are right as they are."""

    reviews = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=5000)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class ChargeReviewViewSet(WritablePracticeViewSet):
    """Coded visits that wait for a person before they are billed, and those decided."""

    capability = "billing.view"
    write = "billing.work"
    queryset = ChargeReview.objects.select_related(
        "encounter", "decided_by", "work_owner"
    ).order_by("-id")
    serializer_class = ChargeReviewSerializer
    filterset_class = ChargeReviewFilters
    viewed = "charge_review.viewed"

    def patient_of(self, row: ChargeReview) -> int:
        return row.encounter.patient_id

    @action(detail=True, methods=["post"], input_class=NoteInput)
    def acceptance(self, request: Request, pk: int) -> Response:
        """Run every check again and draft the claim."""
        review, given = self.get_object(), self.read_input(request)
        actions.accept(review, note=given["note"], by=self.person)
        return self.answer_with(review)

    @action(detail=True, methods=["post"], input_class=NoteInput, url_path="return")
    def send_back(self, request: Request, pk: int) -> Response:
        """Back to the coder, with what to look at."""
        review, given = self.get_object(), self.read_input(request)
        actions.send_back(review, reason=given["note"], by=self.person)
        return self.answer_with(review)

    @action(detail=True, methods=["post"], input_class=PriceInput)
    def price(self, request: Request, pk: int) -> Response:
        """A price in the practice's own schedule; every visit that waited for it is cleared."""
        review, given = self.get_object(), self.read_input(request)
        code, modifier = given["procedure_code"].upper(), given["modifier"].upper()
        actions.add_price(review, code, modifier, given["amount"], by=self.person)
        return self.answer_with(review)

    @action(detail=True, methods=["post"], input_class=CoverageInput)
    def coverage(self, request: Request, pk: int) -> Response:
        """The policy that pays for the visit."""
        review, given = self.get_object(), self.read_input(request)
        coverage = access.get(request, Coverage.objects.all(), given["coverage"])
        actions.choose_coverage(review, coverage, by=self.person)
        return self.answer_with(review)

    @action(detail=True, methods=["post"], input_class=AuthorizationNameInput)
    def authorization(self, request: Request, pk: int) -> Response:
        """The authorization the visit names (REF G1)."""
        review, given = self.get_object(), self.read_input(request)
        rows = Authorization.objects.select_related("coverage")
        row = access.get(request, rows, given["authorization"])
        actions.name_authorization(review, row, by=self.person)
        return self.answer_with(review)

    @action(detail=True, methods=["post"], input_class=OwnerInput)
    def owner(self, request: Request, pk: int) -> Response:
        """Whose work it is."""
        review, given = self.get_object(), self.read_input(request)
        assign_review(review, to=given["person"], by=self.person)
        return self.answer_with(review)

    @action(detail=False, methods=["post"], input_class=ManyInput)
    def acceptances(self, request: Request) -> Response:
        """Accept many: every check runs again, what still fails is told and stays."""
        given = self.read_input(request)
        done = accept_many(self.practice.pk, given["reviews"], note=given["note"], by=self.person)
        left = [{"id": review.pk, "why": why} for review, why in done.left]
        return Response({"claims": done.claims, "left": left})

    def answer_with(self, review: ChargeReview) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=review.pk)).data)
