"""Read endpoints for payers."""

from typing import ClassVar

import django_filters as filters
from rest_framework import serializers

from payers.models import Coverage, Payer
from rcm.api_base import Filters, PracticeViewSet


class PayerSerializer(serializers.ModelSerializer[Payer]):
    class Meta:
        model = Payer
        fields: ClassVar[list[str]] = [
            *("id", "name", "short_name", "payer_id", "payer_class", "filing_indicator"),
            *("timely_filing_days", "corrected_claim_days", "appeal_days"),
            "takes_replacement_claims",
        ]


class PayerShortSerializer(serializers.ModelSerializer[Payer]):
    """A payer inside another row."""

    class Meta:
        model = Payer
        fields: ClassVar[list[str]] = ["id", "short_name", "payer_id"]


class CoverageSerializer(serializers.ModelSerializer[Coverage]):
    payer = PayerShortSerializer()

    class Meta:
        model = Coverage
        fields: ClassVar[list[str]] = [
            *("id", "payer", "rank", "member_id", "group_number", "relationship"),
            *("starts_on", "ends_on"),
        ]


class PayerFilters(Filters):
    payer_id = filters.CharFilter()
    payer_class = filters.ChoiceFilter(choices=Payer.PayerClass.choices)


class PayerViewSet(PracticeViewSet):
    """Payers with their deadlines."""

    capability = "coding.view"
    queryset = Payer.objects.order_by("name", "id")
    serializer_class = PayerSerializer
    filterset_class = PayerFilters
