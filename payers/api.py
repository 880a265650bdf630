"""Read endpoints for payers."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from payers.models import Coverage, EditTableRelease, Payer
from rcm.api_base import Filters, Pages, PracticeViewSet, RoleAllows, explain


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


class EditTableReleaseSerializer(serializers.ModelSerializer[EditTableRelease]):
    class Meta:
        model = EditTableRelease
        fields: ClassVar[list[str]] = [
            *("id", "table", "name", "starts_on", "ends_on", "state", "row_count"),
            *("left_out_count", "is_partial", "checksum", "file_names", "loaded_at"),
        ]


class EditTableReleaseFilters(Filters):
    table = filters.ChoiceFilter(choices=EditTableRelease.Kind.choices)
    state = filters.ChoiceFilter(choices=EditTableRelease.State.choices)


class EditTableReleaseViewSet(ListModelMixin, GenericViewSet[EditTableRelease]):
    """Releases of the published edit tables, newest load first, replaced ones too.

    They are the same for every practice; which of a table is in use has the state `loaded`.
    """

    capability = "audit.view"
    permission_classes: Any = [RoleAllows]
    pagination_class = Pages
    queryset = EditTableRelease.objects.order_by("-id")
    serializer_class = EditTableReleaseSerializer
    filterset_class = EditTableReleaseFilters

    def get_exception_handler(self) -> Any:
        return explain
