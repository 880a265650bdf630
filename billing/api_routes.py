"""How payers are reached, through the API: channels, routes with enrolment, re-routes."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.actions import reroutes as actions
from billing.models import Reroute, RerouteMove
from billing.route_page import report_of, waiting_reasons
from payers.actions.routes import set_route
from payers.models import Channel, Payer, PayerRoute, Transaction
from rcm import access
from rcm.api_base import Filters, PracticeViewSet, WritablePracticeViewSet


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A clearinghouse; its address and secret are not told."""

    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = [
            *("id", "name", "submitter_id", "receiver_id", "receiver_name"),
            *("is_test", "is_active", "is_default"),
        ]


class ChannelViewSet(PracticeViewSet):
    """Clearinghouses of the practice."""

    capability = "billing.view"
    queryset = Channel.objects.order_by("id")
    serializer_class = ChannelSerializer


class PayerRouteSerializer(serializers.ModelSerializer[PayerRoute]):
    """The payer's id on one channel for one transaction, and where enrolment stands."""

    class Meta:
        model = PayerRoute
        fields: ClassVar[list[str]] = [
            *("id", "payer", "channel", "transaction", "payer_identifier", "enrolment"),
            *("requested_on", "decided_on", "note", "is_active"),
        ]


class RouteInput(serializers.Serializer[Any]):
    """Ids of payer and channel; `on` is the day of the request or of the answer."""

    payer = serializers.IntegerField(min_value=1)
    channel = serializers.IntegerField(min_value=1)
    transaction = serializers.ChoiceField(choices=Transaction.choices)
    payer_identifier = serializers.CharField(max_length=20)
    enrolment = serializers.ChoiceField(choices=PayerRoute.Enrolment.choices)
    on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class RouteFilters(Filters):
    payer = filters.NumberFilter(field_name="payer_id")
    channel = filters.NumberFilter(field_name="channel_id")
    transaction = filters.ChoiceFilter(choices=Transaction.choices)
    enrolment = filters.ChoiceFilter(choices=PayerRoute.Enrolment.choices)
    is_active = filters.BooleanFilter()


class PayerRouteViewSet(WritablePracticeViewSet):
    """Ways to payers; at most one of a payer and transaction is active."""

    capability = "billing.view"
    write = "billing.work"
    queryset = PayerRoute.objects.order_by("id")
    serializer_class = PayerRouteSerializer
    filterset_class = RouteFilters
    input_class = RouteInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Say a payer's id and enrolment on a channel; a later word replaces the former."""
        given = self.read_input(request)
        payer = access.get(request, Payer.objects.all(), given.pop("payer"))
        channel = access.get(request, Channel.objects.all(), given.pop("channel"))
        row = set_route(payer, channel, given.pop("transaction"), by=self.person, **given)
        return Response(self.get_serializer(row).data, status=201)

    @action(detail=False, pagination_class=None, filterset_class=None)
    def waiting(self, request: Request) -> Response:
        """Why ready claims cannot be sent now, one sentence per reason."""
        return Response({"reasons": waiting_reasons(self.practice)})


class RerouteMoveSerializer(serializers.ModelSerializer[RerouteMove]):
    class Meta:
        model = RerouteMove
        fields: ClassVar[list[str]] = ["payer", "transaction", "old_route", "new_route"]


class RerouteSerializer(serializers.ModelSerializer[Reroute]):
    """`batches` were taken out of the old outbox; `awaited` of those in flight are unanswered."""

    moves = RerouteMoveSerializer(many=True)
    awaited = serializers.SerializerMethodField()

    class Meta:
        model = Reroute
        fields: ClassVar[list[str]] = [
            *("id", "from_channel", "to_channel", "reason", "moves", "batches", "in_flight"),
            *("awaited", "claims_count", "is_default_moved", "made_at", "undone_at"),
        ]

    def get_awaited(self, row: Reroute) -> int:
        return int(report_of(row)["awaited"])


class RerouteInput(serializers.Serializer[Any]):
    """Ids of the two channels; without a payer all are meant."""

    from_channel = serializers.IntegerField(min_value=1)
    to_channel = serializers.IntegerField(min_value=1)
    payer = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class RerouteViewSet(WritablePracticeViewSet):
    """Transactions moved from one clearinghouse to another."""

    capability = "billing.view"
    write = "billing.work"
    queryset = (
        Reroute.objects.select_related("from_channel").prefetch_related("moves").order_by("-id")
    )
    serializer_class = RerouteSerializer
    input_class = RerouteInput
    answer_status = 201

    def create(self, request: Request) -> Response:
        """Move what can be moved, and what waits in the old outbox with it."""
        given = self.read_input(request)
        old, new = (
            access.get(request, Channel.objects.select_related("practice"), given[name])
            for name in ("from_channel", "to_channel")
        )
        payer = given["payer"]
        payers = [access.get(request, Payer.objects.all(), payer)] if payer else None
        row = actions.reroute(old, new, payers=payers, reason=given["reason"], by=self.person)
        return Response(self.get_serializer(row).data, status=201)

    @action(detail=True, methods=["post"], input_class=None)
    def undo(self, request: Request, pk: int) -> Response:
        """The routes as they were; what left over the new channel meanwhile stays there."""
        row = actions.undo_reroute(self.get_object(), by=self.person)
        return Response(self.get_serializer(row).data)
