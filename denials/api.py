"""Read endpoints for denials."""

from typing import Any, ClassVar

import django_filters as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from denials.appeal_facts import opening_of
from denials.forms_worklist import SORTS
from denials.models import AppealLevel, AppealTerms, CauseOverride, Denial, DenialDeadline
from denials.practice_days import practice_today
from denials.queries import ORDERS
from denials.rules.verbs import Verdict, first_no, verdicts, workable
from denials.verb_facts import gather
from payers.api import PayerShortSerializer
from rcm.api_base import Filters, PracticeViewSet


class DenialDeadlineSerializer(serializers.ModelSerializer[DenialDeadline]):
    """One remedy of a denial: the rule's day, and the last business day on or before it."""

    class Meta:
        model = DenialDeadline
        fields: ClassVar[list[str]] = [
            *("id", "denial_id", "remedy", "starts_on", "days", "day_kind", "deadline"),
            *("last_safe_day", "source", "confidence", "met_at", "missed_at"),
        ]


class DenialSerializer(serializers.ModelSerializer[Denial]):
    payer = PayerShortSerializer()
    claim_number = serializers.CharField(source="claim.patient_control_number")

    class Meta:
        model = Denial
        fields: ClassVar[list[str]] = [
            *("id", "state", "claim_id", "claim_number", "service_line_id", "remitted_claim_id"),
            *("remitted_line_id", "payer", "group", "reason", "remarks", "amount", "category"),
            *("owner_queue", "assigned_to_id", "why", "case", "denied_on", "due_on"),
            *("pended_until", "pend_reason"),
            *("coder_task_id", "corrected_claim_id", "resolution", "resolution_note"),
            *("worth", "worth_verb", "opened_at", "resolved_at"),
        ]


class VerbSerializer(serializers.Serializer[Any]):
    """One verb: may it be done, and why not or what to know before."""

    is_allowed = serializers.BooleanField()
    why = serializers.CharField()
    code = serializers.CharField()


class DenialDetailSerializer(DenialSerializer):
    """With every verb (`verbs`), by name."""

    verbs = serializers.SerializerMethodField()

    class Meta(DenialSerializer.Meta):
        fields: ClassVar[list[str]] = [*DenialSerializer.Meta.fields, "verbs"]

    @extend_schema_field(serializers.DictField(child=VerbSerializer()))
    def get_verbs(self, row: Denial) -> dict[str, Any]:
        [case] = gather(row.practice, [row.pk], by=self.context["request"].user)
        found = opening_of(row, practice_today(row.practice))
        level = Verdict(found.window is not None, found.reason, "no_open_level")
        answers = verdicts(case.facts) | {"appeal": first_no(workable(case.facts), level)}
        return {verb: VerbSerializer(answer).data for verb, answer in answers.items()}


class DenialFilters(Filters):
    state = filters.ChoiceFilter(choices=Denial.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")
    category = filters.CharFilter()
    owner_queue = filters.CharFilter()
    reason = filters.CharFilter()
    claim = filters.NumberFilter(field_name="claim_id")
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lte")
    sort = filters.ChoiceFilter(
        choices=[(name, name) for name in SORTS],
        method="put_in_order",
        help_text="best: most dollars a minute first, as of the last night.",
    )
    denied_after = filters.DateFilter(field_name="denied_on", lookup_expr="gte")

    def put_in_order(self, rows: Any, name: str, value: str) -> Any:
        return rows.order_by(*ORDERS[value])


class DenialViewSet(PracticeViewSet):
    """Denials, next deadline first. Retrieving one is recorded."""

    capability = "denials.view"
    queryset = Denial.objects.select_related("payer", "claim").order_by("due_on", "id")
    serializer_class = DenialSerializer
    detail_serializer_class = DenialDetailSerializer
    filterset_class = DenialFilters
    viewed = "denial.viewed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.claim.patient_id)


class DenialDeadlineFilters(Filters):
    denial = filters.NumberFilter(field_name="denial_id")
    remedy = filters.ChoiceFilter(choices=DenialDeadline.Remedy.choices)
    safe_until = filters.DateFilter(field_name="last_safe_day", lookup_expr="lte")
    is_running = filters.BooleanFilter(method="keep_running")

    def keep_running(self, rows: Any, name: str, value: bool) -> Any:
        """Neither used nor missed yet, on a denial that is not resolved; or the others."""
        running = {"met_at": None, "missed_at": None}
        open_rows = rows.filter(**running).exclude(denial__state=Denial.State.RESOLVED)
        return open_rows if value else rows.exclude(pk__in=open_rows.values("pk"))


class DenialDeadlineViewSet(PracticeViewSet):
    """Deadlines of denials, soonest last safe day first."""

    capability = "denials.view"
    queryset = DenialDeadline.objects.order_by("last_safe_day", "id")
    serializer_class = DenialDeadlineSerializer
    filterset_class = DenialDeadlineFilters


class AppealLevelSerializer(serializers.ModelSerializer[AppealLevel]):
    """The window of one level; 6 is the external review."""

    class Meta:
        model = AppealLevel
        fields: ClassVar[list[str]] = ["level", "days", "day_kind", "presumed_receipt_days"]


class AppealTermsSerializer(serializers.ModelSerializer[AppealTerms]):
    """A payer's own windows, for all of its plans when `plan` is null."""

    payer = PayerShortSerializer()
    levels = AppealLevelSerializer(many=True)

    class Meta:
        model = AppealTerms
        fields: ClassVar[list[str]] = [
            *("id", "payer", "plan", "starts_on", "ends_on", "corrected_claim_days", "levels"),
            "note",
        ]


class AppealTermsFilters(Filters):
    payer = filters.CharFilter(field_name="payer__payer_id")


class AppealTermsViewSet(PracticeViewSet):
    """What payers say of corrections and appeals."""

    capability = "denials.view"
    queryset = AppealTerms.objects.select_related("payer").prefetch_related("levels").order_by("id")
    serializer_class = AppealTermsSerializer
    filterset_class = AppealTermsFilters


class CauseOverrideSerializer(serializers.ModelSerializer[CauseOverride]):
    """`payer` null is every payer; an empty group or remark is any."""

    payer = PayerShortSerializer()

    class Meta:
        model = CauseOverride
        fields: ClassVar[list[str]] = [
            *("id", "payer", "group", "reason", "remark", "category", "owner_queue"),
            *("note", "created_by_id", "created_at", "ended_by_id", "ended_at"),
        ]


class CauseOverrideFilters(Filters):
    payer = filters.CharFilter(field_name="payer__payer_id")
    reason = filters.CharFilter()
    category = filters.CharFilter()
    is_ended = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", exclude=True)


class CauseOverrideViewSet(PracticeViewSet):
    """What codes mean to the practice, newest first; ended ones included."""

    capability = "denials.view"
    queryset = CauseOverride.objects.select_related("payer").order_by("-id")
    serializer_class = CauseOverrideSerializer
    filterset_class = CauseOverrideFilters
