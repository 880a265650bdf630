"""What payers want in the packet of an appeal, through the API."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from denials.actions.appeal_requirements import LEVELS, set_items
from denials.forms_appeals import FILE_ITEMS
from denials.models import AppealRequirement
from payers.api import PayerShortSerializer
from payers.models import Payer
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet


class AppealRequirementSerializer(serializers.ModelSerializer[AppealRequirement]):
    """What a payer wants at a level of appeal beside the usual."""

    payer = PayerShortSerializer()

    class Meta:
        model = AppealRequirement
        fields: ClassVar[list[str]] = [
            *("id", "payer", "level", "items", "changed_by_id", "changed_at")
        ]


class AppealRequirementInput(serializers.Serializer[Any]):
    """All that is wanted from now on; no item leaves the usual."""

    payer = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    level = serializers.IntegerField(min_value=LEVELS[0], max_value=LEVELS[-1])
    items = serializers.MultipleChoiceField(choices=FILE_ITEMS)


class AppealRequirementFilters(Filters):
    payer = filters.CharFilter(field_name="payer__payer_id")
    level = filters.NumberFilter()


class AppealRequirementViewSet(WritablePracticeViewSet):
    """What payers want in a packet, by payer and level; where there is no row, the usual."""

    capability = "denials.view"
    write = "denials.approve"
    queryset = AppealRequirement.objects.select_related("payer").order_by("payer", "level")
    serializer_class = AppealRequirementSerializer
    filterset_class = AppealRequirementFilters
    input_class = AppealRequirementInput

    def create(self, request: Request) -> Response:
        """Set what a payer wants at a level. Of the usual there is no row: `id` is null."""
        given = self.read_input(request)
        payer = access.get(request, Payer.objects.all(), given["payer"])
        level = given["level"]
        set_items(payer, level=level, items=given["items"], by=self.person)
        row = self.get_queryset().filter(payer=payer, level=level).first()
        if row is None:
            shown = {"id": None, "payer": PayerShortSerializer(payer).data, "level": level}
            return Response(shown | {"items": [], "changed_by_id": None, "changed_at": None})
        return Response(self.get_serializer(row).data)
