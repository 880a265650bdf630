"""Good-faith estimates through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions.estimates import make_estimate
from billing.estimate_content import Planned
from billing.forms_estimates import PLACES
from billing.models import GoodFaithEstimate
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet
from rcm.models import Patient, Provider


class EstimateSerializer(serializers.ModelSerializer[GoodFaithEstimate]):
    """`lines` are service, units, charge and expected charge as they were printed."""

    lines = serializers.SerializerMethodField()

    class Meta:
        model = GoodFaithEstimate
        fields: ClassVar[list[str]] = [
            *("id", "patient_id", "planned_on", "provider_id", "coverage_id", "amount", "lines"),
            *("made_by_id", "made_at"),
        ]

    def get_lines(self, row: GoodFaithEstimate) -> list[list[str]]:
        return list(row.content["lines"])


class EstimateInput(serializers.Serializer[Any]):
    """What is planned; `services` are codes as they are typed, one on a line."""

    patient = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    provider = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    planned_on = serializers.DateField()
    services = serializers.CharField(max_length=2_000)
    diagnoses = serializers.CharField(max_length=200, allow_blank=True, default="")
    place_of_service = serializers.ChoiceField(choices=PLACES, default="11")
    is_self_pay = serializers.BooleanField(default=True)


class EstimateFilters(Filters):
    patient = filters.NumberFilter(field_name="patient_id")
    planned_on = filters.DateFilter()


class EstimateViewSet(WritablePracticeViewSet):
    """Good-faith estimates, newest first."""

    capability = "billing.view"
    write = "billing.work"
    queryset = GoodFaithEstimate.objects.order_by("-id")
    serializer_class = EstimateSerializer
    filterset_class = EstimateFilters
    input_class = EstimateInput
    answer_status = 201
    viewed = "estimate.viewed"

    def create(self, request: Request) -> Response:
        """Price what is planned and keep it; 404 for a patient or provider of nobody here."""
        given = self.read_input(request)
        patient = access.get(request, Patient.objects.select_related("practice"), given["patient"])  # type: ignore[arg-type]  # with what the middleware set
        provider = access.get(request, Provider.objects.all(), given["provider"])  # type: ignore[arg-type]  # with what the middleware set
        del given["patient"]
        plan = Planned(**given | {"provider": provider})
        made = make_estimate(patient, plan, by=self.person)
        return Response(self.get_serializer(made).data, status=201)
