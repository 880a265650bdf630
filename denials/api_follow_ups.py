"""Open insurance balances through the API: aging, the list, and every verb."""

from typing import Any, ClassVar

import django_filters as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from denials import follow_up_list as listing
from denials.actions import follow_up_undo
from denials.actions import follow_ups as actions
from denials.follow_up_aging import BY, matrix
from denials.models import FollowUp, FollowUpTouch
from denials.practice_days import practice_today
from denials.rules.aging import BUCKETS
from payers.api import PayerShortSerializer
from rcm import access
from rcm.api_base import Filters, WritablePracticeViewSet


class FollowUpTouchSerializer(serializers.ModelSerializer[FollowUpTouch]):
    """One act on a balance; `undone` when it was taken back."""

    undone = serializers.SerializerMethodField()

    class Meta:
        model = FollowUpTouch
        fields: ClassVar[list[str]] = [
            *("id", "act", "kind", "outcome", "answered_by", "reference", "promised_on"),
            *("next_on", "note", "amount", "created_by_id", "created_at", "undone"),
        ]

    def get_undone(self, row: FollowUpTouch) -> bool:
        return hasattr(row, "undone_by")


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    """What one insurer owes of one claim; `reason` says why it is due, `step` what is next."""

    payer = PayerShortSerializer()
    claim_number = serializers.CharField(source="claim.patient_control_number")
    last_touch = FollowUpTouchSerializer()
    denial_id = serializers.IntegerField(allow_null=True)
    days = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    step = serializers.SerializerMethodField()

    class Meta:
        model = FollowUp
        fields: ClassVar[list[str]] = [
            *("id", "claim_id", "claim_number", "account", "payer", "provider_id", "location_id"),
            *("date_of_service", "days", "balance", "owner_id", "next_on", "promised_on"),
            *("clock_on", "due_on", "reason", "step", "escalated_at", "escalated_by_id"),
            *("escalation_reason", "denial_id", "last_touch"),
        ]

    def line(self, row: FollowUp) -> listing.Row:
        return listing.shown(row, practice_today(row.practice))

    def get_days(self, row: FollowUp) -> int:
        return self.line(row).days

    def get_reason(self, row: FollowUp) -> str:
        return self.line(row).reason

    def get_step(self, row: FollowUp) -> str:
        return self.line(row).step


class CallInput(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=FollowUpTouch.OUTCOMES)
    answered_by = serializers.CharField(max_length=80, required=False)
    reference = serializers.CharField(max_length=50, required=False)
    promised_on = serializers.DateField(required=False)
    next_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=300, required=False)


class CallsInput(CallInput):
    """One call about the balances of `ids`, all of one payer."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=actions.MOST_AT_ONCE
    )


class OwnersInput(serializers.Serializer[Any]):
    """`owner` null is nobody."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=actions.MOST_AT_ONCE
    )
    owner = serializers.IntegerField(min_value=1, allow_null=True)


class SnoozeInput(serializers.Serializer[Any]):
    until = serializers.DateField()
    note = serializers.CharField(max_length=300, required=False)


class EscalationInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class ReturnInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, required=False)


class UndoInput(serializers.Serializer[Any]):
    act = serializers.UUIDField()


class FollowUpFilters(Filters):
    """As the list of the page: a view, who owes, where it arose, and an age."""

    view = filters.ChoiceFilter(choices=listing.VIEWS, method="keep_view")
    payer = filters.NumberFilter(field_name="payer_id")
    provider = filters.NumberFilter(field_name="provider_id")
    location = filters.NumberFilter(field_name="location_id")
    claim = filters.NumberFilter(field_name="claim_id")
    bucket = filters.ChoiceFilter(
        choices=[(bucket.key, bucket.label) for bucket in BUCKETS], method="keep_bucket"
    )

    def keep_view(self, rows: Any, name: str, value: str) -> Any:
        """The view as the person who asks sees it, without what is worked under Denials."""
        request: Any = self.request
        today = practice_today(request.practice)
        kept = listing.filtered(rows, {}, today)
        return listing.in_view(kept, value, today=today, user=request.user)

    def keep_bucket(self, rows: Any, name: str, value: str) -> Any:
        request: Any = self.request
        today = practice_today(request.practice)
        return listing.filtered(rows, {"bucket": value, "denied": "1"}, today)


@extend_schema(responses={200: {"type": "object"}})
class FollowUpViewSet(WritablePracticeViewSet):
    """Open insurance balances, first due first; those worked under Denials are among them.

    A verb answers with the `act`, which undo takes, and with how many balances it was about.
    """

    capability = "denials.view"
    write = "denials.work"
    queryset = (
        listing.with_facts(FollowUp.objects.filter(balance__gt=0))
        .select_related("practice", "last_touch__undone_by")
        .order_by("due_on", "id")
    )
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilters
    viewed = "follow_up.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.claim.patient_id)

    @extend_schema(responses=FollowUpSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(responses=FollowUpSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def done(self, done: actions.Done) -> Response:
        return Response(
            {"act": done.act, "rows": done.rows, "left": done.left, "next_on": done.next_on}
        )

    @action(detail=True, methods=["post"], input_class=CallInput, filterset_class=None)
    def call(self, request: Request, pk: int) -> Response:
        """Keep what a call brought; the balance rests until its next date."""
        call = actions.Call(**self.read_input(request))
        return self.done(actions.log_call(self.get_object(), call, by=self.person))

    @action(detail=True, methods=["post"], input_class=SnoozeInput, filterset_class=None)
    def snooze(self, request: Request, pk: int) -> Response:
        """Rest until a business day."""
        given = self.read_input(request)
        return self.done(actions.snooze(self.get_object(), by=self.person, **given))

    @action(detail=True, methods=["post"], filterset_class=None)
    def inquiry(self, request: Request, pk: int) -> Response:
        """Ask the payer for the claim's status (276)."""
        return self.done(actions.ask_payer(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=EscalationInput, filterset_class=None)
    def escalation(self, request: Request, pk: int) -> Response:
        """Hand it to the lead."""
        given = self.read_input(request)
        return self.done(actions.escalate(self.get_object(), by=self.person, **given))

    @action(
        detail=True,
        methods=["post"],
        input_class=ReturnInput,
        filterset_class=None,
        url_path="return",
        url_name="return",
    )
    def give_back(self, request: Request, pk: int) -> Response:
        """From the lead back to who escalated it."""
        lead = access.may(request, "denials.approve")  # type: ignore[arg-type]  # of a practice
        given = self.read_input(request)
        return self.done(
            actions.give_back(self.get_object(), by=self.person, is_lead=lead, **given)
        )

    @action(detail=False, methods=["post"], input_class=CallsInput, filterset_class=None)
    def calls(self, request: Request) -> Response:
        """One call about many claims of one payer, under one reference."""
        given = self.read_input(request)
        ids = given.pop("ids")
        call = actions.Call(**given)
        return self.done(actions.log_call_for_many(self.practice, ids, call, by=self.person))

    @action(detail=False, methods=["post"], input_class=OwnersInput, filterset_class=None)
    def owners(self, request: Request) -> Response:
        """Make one person, or nobody, the owner of balances."""
        given = self.read_input(request)
        done = actions.assign(self.practice, given["ids"], to=given["owner"], by=self.person)
        return self.done(done)

    @action(detail=False, methods=["post"], input_class=UndoInput, filterset_class=None)
    def undo(self, request: Request) -> Response:
        """Take back one's own act of the last day; of how many balances."""
        given = self.read_input(request)
        count = follow_up_undo.undo(self.practice, given["act"], by=self.person)
        return Response({"rows": count})

    @action(detail=True, filterset_class=None, pagination_class=None)
    def touches(self, request: Request, pk: int) -> Response:
        """Everything that was done on the balance, the newest first."""
        row = self.get_object()
        self.record_view(row)
        found = row.touches.select_related("undone_by").order_by("-pk")
        return Response(FollowUpTouchSerializer(found, many=True).data)

    @action(detail=False, filterset_class=None, pagination_class=None)
    def aging(self, request: Request) -> Response:
        """Dollars by age, by `by`: class, payer, provider or location."""
        found = matrix(self.practice, request.query_params, practice_today(self.practice))
        return Response({"by": BY[found.by][0], "rows": [aged(row) for row in found.lines]})


def aged(line: Any) -> dict[str, Any]:
    """One row of the matrix, amounts as texts."""
    buckets = zip(BUCKETS, line.cells, strict=True)
    return {
        "label": line.label,
        **{bucket.key: f"{cell.amount:.2f}" for bucket, cell in buckets},
        "total": f"{line.total.amount:.2f}",
        "credits": f"{line.credit:.2f}",
    }
