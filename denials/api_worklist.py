"""The worklist through the API: groups, one verb for many denials, write-offs to approve."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from denials.actions import bulk as bulks
from denials.actions import bulk_undo, write_offs
from denials.models import Denial, DenialBulk, WriteOffLimit, WriteOffRequest
from denials.practice_days import practice_today
from denials.queries import matching, worklist
from denials.rules.bulk import VERB_LABELS
from denials.views.bulk import go_on
from denials.worklist_page import groups_of
from rcm import access
from rcm.api_base import Filters, PracticeViewSet, WritablePracticeViewSet

LIST_HELP = "Filters as in the address of the worklist, like state, payer, category, amount_from."


class GroupSerializer(serializers.Serializer[Any]):
    """Denials of one cause, payer and code: how many, how much."""

    category = serializers.CharField()
    cause = serializers.CharField()
    payer = serializers.CharField()
    payer_name = serializers.CharField()
    group = serializers.CharField()
    reason = serializers.CharField()
    code = serializers.CharField()
    count = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)


class DenialGroupViewSet(PracticeViewSet):
    """Groups of the worklist, the most dollars first; the worklist's own filters narrow them."""

    capability = "denials.view"
    queryset = Denial.objects.all()
    serializer_class = GroupSerializer
    pagination_class: Any = None
    filterset_class: Any = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        practice = request.practice  # type: ignore[attr-defined]  # set by the middleware
        today = practice_today(practice)
        rows = matching(self.get_queryset(), request.query_params.dict(), today, request.user)  # type: ignore[arg-type]  # signed in
        return Response(self.get_serializer(groups_of(rows), many=True).data)


class BulkInput(serializers.Serializer[Any]):
    """A verb with what it needs, for `denials` or for all that match `list`.

    With `dry_run` nothing is done: the answer says what would be.
    """

    verb = serializers.ChoiceField(choices=list(VERB_LABELS.items()))
    denials = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=bulks.MOST, required=False
    )
    list = serializers.DictField(
        child=serializers.CharField(max_length=80), required=False, help_text=LIST_HELP
    )
    dry_run = serializers.BooleanField(default=True)
    until = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    person = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    category = serializers.CharField(max_length=40, required=False)
    owner_queue = serializers.CharField(max_length=40, required=False)


class BulkSerializer(serializers.ModelSerializer[DenialBulk]):
    """What was planned (`plan`) and what was done: denials and dollars per outcome."""

    result = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    class Meta:
        model = DenialBulk
        fields: ClassVar[list[str]] = [
            *("id", "verb", "values", "state", "plan", "made_by_id", "made_at", "confirmed_at"),
            *("finished_at", "undone_by_id", "undone_at", "result", "left"),
        ]

    def get_result(self, row: DenialBulk) -> dict[str, dict[str, str]]:
        found = bulks.result_of(row)
        return {
            name: {"denials": str(count), "amount": str(amount)}
            for name, (count, amount) in found.items()
        }

    def get_left(self, row: DenialBulk) -> list[dict[str, Any]]:
        """Denials that stayed as they were, or could not be taken back, and why; 500 at most."""
        rows = row.items.exclude(why="", undo_why="").order_by("pk")[:500]
        return [{"denial": each.denial_id, "why": each.undo_why or each.why} for each in rows]


class DenialBulkViewSet(WritablePracticeViewSet):
    """One verb for many denials: planned, done, and undone within a day."""

    capability = "denials.view"
    write = "denials.work"
    queryset = DenialBulk.objects.select_related("practice", "made_by", "undone_by").order_by("-id")
    serializer_class = BulkSerializer
    input_class = BulkInput

    def create(self, request: Request) -> Response:
        """List what would happen; without `dry_run` do it."""
        given = self.read_input(request)
        ids = given.get("denials")
        if ids is None:
            rows = access.in_practice(request, Denial.objects.all())
            today = practice_today(self.practice)
            found = worklist(rows, given.get("list", {}), today, self.person)
            ids = list(found.values_list("pk", flat=True)[: bulks.MOST])
        row = bulks.plan(self.practice, given["verb"], ids, given, by=self.person)
        if not given["dry_run"]:
            self.begin(row)
        return self.answer_with(row)

    @action(detail=True, methods=["post"], input_class=None)
    def confirmation(self, request: Request, pk: int) -> Response:
        """Do what was planned, once."""
        row = self.get_object()
        self.begin(row)
        return self.answer_with(row)

    @action(detail=True, methods=["post"], input_class=None)
    def undo(self, request: Request, pk: int) -> Response:
        """Take back what nobody has touched since."""
        row = self.get_object()
        if bulk_undo.begin_undo(row, by=self.person):
            row.refresh_from_db()
            go_on(row, bulk_undo.undo)
        return self.answer_with(row)

    def begin(self, row: DenialBulk) -> None:
        if bulks.confirm(row, by=self.person):
            row.refresh_from_db()
            go_on(row, bulks.run)

    def answer_with(self, row: DenialBulk) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


class WriteOffRequestSerializer(serializers.ModelSerializer[WriteOffRequest]):
    """`denials` are the lines it is about."""

    denials = serializers.SerializerMethodField()

    class Meta:
        model = WriteOffRequest
        fields: ClassVar[list[str]] = [
            *("id", "state", "amount", "reason", "note", "needs_approval", "requested_by_id"),
            *("requested_at", "decided_by_id", "decided_at", "decision_note", "denials"),
        ]

    def get_denials(self, row: WriteOffRequest) -> list[int]:
        return [line.denial_id for line in row.lines.all()]


class WriteOffRequestFilters(Filters):
    state = filters.ChoiceFilter(choices=WriteOffRequest.State.choices)
    reason = filters.CharFilter()


class WriteOffNoteInput(serializers.Serializer[Any]):
    """Why; a refusal needs it."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class WriteOffRequestViewSet(WritablePracticeViewSet):
    """Write-offs of denials, newest first; those above a limit wait for a second person."""

    capability = "denials.view"
    write = "denials.work"
    queryset = WriteOffRequest.objects.prefetch_related("lines").order_by("-id")
    serializer_class = WriteOffRequestSerializer
    filterset_class = WriteOffRequestFilters

    @action(detail=True, methods=["post"], input_class=WriteOffNoteInput)
    def approval(self, request: Request, pk: int) -> Response:
        """A second person lets the money go."""
        row, note = self.get_object(), self.read_input(request)["note"]
        return self.answer_with(write_offs.approve(row, by=self.person, note=note))

    @action(detail=True, methods=["post"], input_class=WriteOffNoteInput)
    def decline(self, request: Request, pk: int) -> Response:
        """A second person says no, with a note."""
        row, note = self.get_object(), self.read_input(request)["note"]
        return self.answer_with(write_offs.decline(row, by=self.person, note=note))

    @action(detail=True, methods=["post"])
    def withdrawal(self, request: Request, pk: int) -> Response:
        """Whoever asked asks no more."""
        return self.answer_with(write_offs.withdraw(self.get_object(), by=self.person))

    def answer_with(self, row: WriteOffRequest) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


class WriteOffLimitSerializer(serializers.ModelSerializer[WriteOffLimit]):
    class Meta:
        model = WriteOffLimit
        fields: ClassVar[list[str]] = ["id", "role", "amount"]


class WriteOffLimitViewSet(PracticeViewSet):
    """The limits a practice has set; other roles have the defaults (docs/denials.md)."""

    capability = "denials.view"
    queryset = WriteOffLimit.objects.order_by("id")
    serializer_class = WriteOffLimitSerializer
