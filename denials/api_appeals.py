"""Appeals through the API: the same verbs as on the page, the packet, templates and rates."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from denials import appeal_page as page_of
from denials.actions import appeal_decisions, appeal_parts, appeals
from denials.actions import appeal_templates as templates
from denials.actions.appeal_decisions import Decision
from denials.actions.appeals import Sending
from denials.appeal_checklist import read_packet
from denials.appeal_packet import make_packet
from denials.forms_appeals import FILE_ITEMS, OUTCOMES
from denials.models import Appeal, AppealEntry, AppealTemplate, Denial
from denials.models.appeal_files import PACKET
from denials.rules.appeals import ITEMS
from payers.api import PayerShortSerializer
from payers.models import Payer
from rcm import access
from rcm.api_base import Filters, PracticeViewSet, WritablePracticeViewSet
from rcm.http import pdf_response

MOST_ID = 2**63 - 1


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    """One appeal of a denial's case at one level (6 is the external review)."""

    payer = PayerShortSerializer()
    claim_number = serializers.CharField(source="claim.patient_control_number")
    denials = serializers.SerializerMethodField()

    class Meta:
        model = Appeal
        fields: ClassVar[list[str]] = [
            *("id", "claim_id", "claim_number", "remitted_claim_id", "payer", "group", "reason"),
            *("category", "level", "kind", "state", "outcome", "amount", "amount_won", "deadline"),
            *("last_safe_day", "follows_id", "template_name", "version", "denials", "opened_at"),
            *("submitted_at", "submitted_how", "reference", "follow_up_on", "decided_on"),
            *("decision_note",),
        ]

    def get_denials(self, row: Appeal) -> list[int]:
        return sorted(line.denial_id for line in row.lines.all())


class AppealFilters(Filters):
    state = filters.ChoiceFilter(choices=Appeal.State.choices)
    outcome = filters.ChoiceFilter(choices=Appeal.Outcome.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    category = filters.CharFilter()
    level = filters.NumberFilter()
    claim = filters.NumberFilter(field_name="claim_id")
    denial = filters.NumberFilter(field_name="lines__denial")
    due_before = filters.DateFilter(field_name="last_safe_day", lookup_expr="lte")
    ask_before = filters.DateFilter(field_name="follow_up_on", lookup_expr="lte")


class DenialInput(serializers.Serializer[Any]):
    """The id of a denial: its case is appealed at the level that is open."""

    denial = serializers.IntegerField(min_value=1, max_value=MOST_ID)


class LetterInput(serializers.Serializer[Any]):
    """The letter with merge fields in braces, and the version it was read in."""

    body = serializers.CharField(max_length=20_000)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class SendingInput(serializers.Serializer[Any]):
    """How the packet left; without a day the payer is asked when its decision is due."""

    how = serializers.ChoiceField(choices=Appeal.Way.choices)
    reference = serializers.CharField(max_length=60, allow_blank=True, default="")
    follow_up_on = serializers.DateField(allow_null=True, default=None)


class DecisionInput(serializers.Serializer[Any]):
    """The payer's notice; `amount` only for a part."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    decided_on = serializers.DateField()
    amount = serializers.DecimalField(12, 2, min_value=0, allow_null=True, default=None)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    follow_up_on = serializers.DateField(allow_null=True, default=None)


class WithdrawalInput(serializers.Serializer[Any]):
    """Why it is given up."""

    note = serializers.CharField(max_length=500)


class EntryInput(serializers.Serializer[Any]):
    """A call, a proof of receipt or a note, and when to ask next."""

    kind = serializers.ChoiceField(choices=AppealEntry.Kind.choices)
    text = serializers.CharField(max_length=500)
    reference = serializers.CharField(max_length=60, allow_blank=True, default="")
    follow_up_on = serializers.DateField(allow_null=True, default=None)


class AppealPartsInput(serializers.Serializer[Any]):
    """Ids of pages of the chart, and items that are not required but go along."""

    documents = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID), default=list
    )
    included = serializers.MultipleChoiceField(choices=list(ITEMS.items()), default=set)


class LetGoInput(serializers.Serializer[Any]):
    """A required item that is not to be had, and why; an empty reason asks for it again."""

    item = serializers.ChoiceField(choices=FILE_ITEMS)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class AppealFileInput(serializers.Serializer[Any]):
    """A file as a form field, and the item of the checklist it is for."""

    item = serializers.ChoiceField(choices=FILE_ITEMS)
    file = serializers.FileField(allow_empty_file=True)


class AppealViewSet(WritablePracticeViewSet):
    """Appeals, the first to act on first. Retrieving one is recorded."""

    capability = "denials.view"
    write = "denials.work"
    queryset = (
        Appeal.objects.select_related("claim", "payer", "practice", "follows__payer")
        .prefetch_related("lines")
        .order_by("last_safe_day", "id")
    )
    serializer_class = AppealSerializer
    filterset_class = AppealFilters
    input_class = DenialInput
    viewed = "appeal.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.claim.patient_id)

    def answer_with(self, appeal: Appeal, status: int = 200) -> Response:
        shown = self.get_queryset().get(pk=appeal.pk)
        return Response(self.get_serializer(shown).data, status=status)

    def create(self, request: Request) -> Response:
        """Open a draft; when the denial's case has one, that one."""
        pk = self.read_input(request)["denial"]
        denial = access.get(request, Denial.objects.select_related("claim"), pk)
        return self.answer_with(appeals.open_appeal(denial, by=self.person), status=201)

    @action(detail=True, methods=["put"], input_class=LetterInput)
    def letter(self, request: Request, pk: int) -> Response:
        """Save the letter."""
        appeal, given = self.get_object(), self.read_input(request)
        return self.answer_with(appeals.write_letter(appeal, by=self.person, **given))

    @action(detail=True, filterset_class=None, pagination_class=None)
    def checklist(self, request: Request, pk: int) -> Response:
        """What the packet holds and lacks, and the fields of the letter without a fact."""
        appeal: Appeal = self.get_object()
        packet = read_packet(appeal, now=timezone.now())
        self.record_view(appeal)
        items = [
            {
                "item": item.row.kind,
                "is_required": item.row.is_required,
                "is_present": item.is_present,
                "is_missing": item.is_missing,
                "not_available": item.row.not_available,
                "files": [row.pk for row in item.files],
            }
            for item in packet.items
        ]
        return Response({"items": items, "empty_fields": list(packet.letter.missing)})

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, filterset_class=None)
    def packet(self, request: Request, pk: int) -> HttpResponse:
        """The packet as PDF: as it was sent, or as it would leave now."""
        appeal: Appeal = self.get_object()
        self.record_view(appeal)
        sent = appeal.files.filter(item=PACKET).first()
        now = timezone.now()
        content = (
            bytes(sent.content) if sent else make_packet(read_packet(appeal, now=now), now=now)
        )
        return pdf_response(content, f"appeal-{appeal.pk}.pdf")

    @action(detail=True, methods=["post"], input_class=AppealPartsInput)
    def parts(self, request: Request, pk: int) -> Response:
        """Choose pages of the chart and items that are not required."""
        appeal = self.get_object()
        appeal_parts.choose_parts(appeal, by=self.person, **self.read_input(request))
        return self.answer_with(appeal)

    @action(detail=True, methods=["post"], input_class=AppealFileInput)
    def files(self, request: Request, pk: int) -> Response:
        """Keep a file under an item of the checklist."""
        appeal, given = self.get_object(), self.read_input(request)
        upload = given["file"]
        content = appeal_parts.read_upload(upload)
        item, name = given["item"], upload.name or ""
        appeal_parts.add_file(appeal, item=item, name=name, content=content, by=self.person)
        return self.answer_with(appeal)

    @action(detail=True, methods=["post"], url_path="let-go", input_class=LetGoInput)
    def let_go(self, request: Request, pk: int) -> Response:
        """Do without a required item; managers only."""
        appeal = self.get_object()
        appeal_parts.let_go(appeal, by=self.person, **self.read_input(request))
        return self.answer_with(appeal)

    @action(detail=True, methods=["post"], input_class=None)
    def completion(self, request: Request, pk: int) -> Response:
        """The packet is complete; 422 says what is missing."""
        return self.answer_with(appeals.make_ready(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=SendingInput)
    def submission(self, request: Request, pk: int) -> Response:
        """The packet has left."""
        appeal, sending = self.get_object(), Sending(**self.read_input(request))
        return self.answer_with(appeals.submit(appeal, sending, by=self.person))

    @action(detail=True, methods=["post"], url_path="submission-undo", input_class=None)
    def submission_undo(self, request: Request, pk: int) -> Response:
        """It did not leave."""
        return self.answer_with(appeals.undo_submission(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=EntryInput)
    def entries(self, request: Request, pk: int) -> Response:
        """Log a call, a receipt or a note."""
        appeal = self.get_object()
        appeal_decisions.log(appeal, by=self.person, **self.read_input(request))
        return self.answer_with(appeal)

    @action(detail=True, methods=["post"], input_class=DecisionInput)
    def decision(self, request: Request, pk: int) -> Response:
        """The payer has decided."""
        appeal, decision = self.get_object(), Decision(**self.read_input(request))
        return self.answer_with(appeal_decisions.decide(appeal, decision, by=self.person))

    @action(detail=True, methods=["post"], url_path="decision-undo", input_class=None)
    def decision_undo(self, request: Request, pk: int) -> Response:
        """Take the decision, or the withdrawal, back."""
        return self.answer_with(appeal_decisions.undo_decision(self.get_object(), by=self.person))

    @action(detail=True, methods=["post"], input_class=WithdrawalInput)
    def withdrawal(self, request: Request, pk: int) -> Response:
        """Give it up."""
        appeal, given = self.get_object(), self.read_input(request)
        return self.answer_with(appeal_decisions.withdraw(appeal, by=self.person, **given))

    @action(detail=True, methods=["post"], url_path="next-level", input_class=None)
    def next_level(self, request: Request, pk: int) -> Response:
        """A draft of the level after a decision that did not give everything."""
        return self.answer_with(appeals.open_next(self.get_object(), by=self.person))


class AppealRateSerializer(serializers.Serializer[Any]):
    """`share` is null while fewer than 20 decisions are known; won means all or a part."""

    category = serializers.CharField()
    payer = serializers.CharField()
    won = serializers.IntegerField(source="rate.won")
    decided = serializers.IntegerField(source="rate.decided")
    share = serializers.DecimalField(5, 4, source="rate.share", allow_null=True)
    median_days = serializers.IntegerField(source="rate.days", allow_null=True)


class AppealRateViewSet(PracticeViewSet):
    """How often appeals won, by cause and payer, the most decided first."""

    capability = "denials.view"
    queryset: QuerySet[Any] = Appeal.objects.order_by("id")
    serializer_class = AppealRateSerializer
    pagination_class: Any = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = page_of.rates(request.practice.pk)  # type: ignore[attr-defined]  # set by the middleware
        return Response(self.get_serializer(rows, many=True).data)


class AppealTemplateSerializer(serializers.ModelSerializer[AppealTemplate]):
    """A version of a wording; `payer` null, empty texts and `level` null are any."""

    payer = PayerShortSerializer()
    required_items = serializers.ListField(child=serializers.CharField(), source="required")

    class Meta:
        model = AppealTemplate
        fields: ClassVar[list[str]] = [
            *("id", "name", "version", "payer", "payer_class", "category", "level", "body"),
            *("required_items", "made_by_id", "made_at", "retired_at"),
        ]


class AppealTemplateInput(serializers.Serializer[Any]):
    """A wording; the name of one in force makes its next version."""

    name = serializers.CharField(max_length=60)
    body = serializers.CharField(max_length=20_000)
    payer = serializers.IntegerField(min_value=1, max_value=MOST_ID, allow_null=True, default=None)
    payer_class = serializers.ChoiceField(
        choices=Payer.PayerClass.choices, allow_blank=True, default=""
    )
    category = serializers.CharField(max_length=40, allow_blank=True, default="")
    level = serializers.IntegerField(min_value=1, max_value=6, allow_null=True, default=None)
    required_items = serializers.MultipleChoiceField(choices=FILE_ITEMS, default=set)


class AppealTemplateFilters(Filters):
    is_retired = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)


class AppealTemplateViewSet(WritablePracticeViewSet):
    """The practice's own wording of appeals, newest first, retired versions included."""

    capability = "denials.view"
    write = "denials.approve"
    queryset = AppealTemplate.objects.select_related("payer").order_by("-id")
    serializer_class = AppealTemplateSerializer
    filterset_class = AppealTemplateFilters
    input_class = AppealTemplateInput

    def create(self, request: Request) -> Response:
        """Save a wording, or its next version."""
        given = self.read_input(request)
        if (pk := given["payer"]) is not None:
            given["payer"] = access.get(request, Payer.objects.all(), pk)
        given["required"] = given.pop("required_items")
        row = templates.save_template(self.practice, by=self.person, **given)
        row.refresh_from_db(fields=["made_at"])
        return Response(self.get_serializer(row).data, status=201)

    @action(detail=True, methods=["post"], input_class=None)
    def retirement(self, request: Request, pk: int) -> Response:
        """New letters begin without it."""
        row = self.get_object()
        templates.retire_template(row, by=self.person)
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)
