"""Endpoints of learning from denials. Verbs need an Idempotency-Key (rcm.api_base)."""

from typing import Any, ClassVar

import django_filters as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from denials.actions import change_alarms, learning
from denials.learning import DenialGroup, group_with, groups_of, rules_by_group
from denials.models import ChangeAlarm, Denial, LearnedRule
from denials.practice_days import practice_today
from rcm.api_base import Filters, WritablePracticeViewSet


class LearnedRuleSerializer(serializers.ModelSerializer[LearnedRule]):
    """A claim rule and the denials it was drafted from; `rule` is its id among claim rules."""

    class Meta:
        model = LearnedRule
        fields: ClassVar[list[str]] = [
            *("id", "rule", "payer", "category", "reason", "procedure_code", "claims", "amount"),
            *("denied_hit", "denied_of", "paid_hit", "paid_of", "drafted_at"),
        ]


class DenialGroupSerializer(serializers.Serializer[Any]):
    """Denials alike; `denial` is the newest of them, by which the group is named."""

    denial = serializers.IntegerField()
    payer = serializers.IntegerField()
    category = serializers.CharField()
    reason = serializers.CharField()
    procedure_code = serializers.CharField()
    claims = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    claims_last_90_days = serializers.IntegerField()
    claims_90_days_before = serializers.IntegerField()
    rule = serializers.IntegerField(allow_null=True)
    rule_state = serializers.CharField(allow_blank=True)


class DenialGroupViewSet(WritablePracticeViewSet):
    """Groups of denials worth a rule, most dollars first; one is named by any of its denials."""

    capability = "denials.view"
    write = "billing.work"
    queryset = Denial.objects.select_related("payer", "service_line")
    serializer_class = DenialGroupSerializer
    input_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        groups = groups_of(self.practice, practice_today(self.practice))
        page = self.paginate_queryset(groups)  # type: ignore[arg-type]  # a list has pages, too
        return self.get_paginated_response([self.shown(each) for each in page or []])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.shown(self.get_group()))

    @action(detail=True, methods=["post"])
    def draft(self, request: Request, pk: int) -> Response:
        """Draft a rule from the group and try it on past claims; a person publishes it."""
        today = practice_today(self.practice)
        made = learning.draft_from(self.practice, self.get_group(), by=self.person, today=today)
        return Response(LearnedRuleSerializer(made).data, status=201)

    def get_group(self) -> DenialGroup:
        """The group of the denial in the address."""
        return group_with(self.practice, self.get_object(), practice_today(self.practice))

    def shown(self, each: DenialGroup) -> Any:
        if not hasattr(self, "rules"):
            self.rules = rules_by_group(self.practice.pk)
        rule = self.rules.get(each.key)
        group = each.group
        row = {
            "denial": each.denial_id,
            "payer": each.payer_pk,
            "category": group.category,
            "reason": group.reason,
            "procedure_code": group.procedure_code,
            "claims": each.claims,
            "amount": each.amount,
            "claims_last_90_days": each.recent,
            "claims_90_days_before": each.before,
            "rule": rule.rule.pk if rule else None,
            "rule_state": rule.state if rule else "",
        }
        return DenialGroupSerializer(row).data


class ChangeAlarmSerializer(serializers.ModelSerializer[ChangeAlarm]):
    """A payer denies a procedure for a reason more often than before; counts are claims."""

    class Meta:
        model = ChangeAlarm
        fields: ClassVar[list[str]] = [
            *("id", "payer", "procedure_code", "reason", "state", "week", "weeks"),
            *("recent_claims", "recent_denied", "baseline_claims", "baseline_denied", "p_value"),
            *("note", "rule", "opened_at", "acknowledged_at", "ended_at"),
        ]


class ChangeAlarmFilters(Filters):
    state = filters.ChoiceFilter(choices=ChangeAlarm.State.choices)
    payer = filters.CharFilter(field_name="payer__payer_id")


class AlarmNoteInput(serializers.Serializer[Any]):
    """What is done about it."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class ChangeAlarmViewSet(WritablePracticeViewSet):
    """Alarms, newest first."""

    capability = "denials.view"
    write = "billing.work"
    queryset = ChangeAlarm.objects.order_by("-id")
    serializer_class = ChangeAlarmSerializer
    filterset_class = ChangeAlarmFilters

    @action(detail=True, methods=["post"], input_class=AlarmNoteInput)
    def acknowledgment(self, request: Request, pk: int) -> Response:
        """Somebody has seen it; say what is done about it."""
        note = self.read_input(request)["note"]
        return self.answer_with(
            change_alarms.acknowledge(self.get_object(), by=self.person, note=note)
        )

    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: int) -> Response:
        """Hold the claims not sent yet, by a rule that is tried and enabled."""
        alarm = self.get_object()
        change_alarms.hold_claims(alarm, by=self.person)
        return self.answer_with(alarm)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """It is over."""
        return self.answer_with(change_alarms.end_alarm(self.get_object(), by=self.person))

    def answer_with(self, alarm: ChangeAlarm) -> Response:
        """The alarm as it is now."""
        alarm.refresh_from_db()
        return Response(self.get_serializer(alarm).data)
