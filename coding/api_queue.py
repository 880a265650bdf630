"""The work of coders through the API: the next chart, who has which, kept views and rules."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions import assignment_rules
from coding.actions.assignments import assign_charts, find_coder, take_over
from coding.actions.encounters import next_encounter
from coding.actions.saved_views import remove_view, save_view
from coding.api_stays import StayVerbs
from coding.forms_queue import BIGGEST_ID, list_query
from coding.models import AssignmentRule, Encounter, SavedView
from coding.saved_views import visible_views
from coding.work_mode import charts_to_work
from payers.models import Payer
from rcm import access
from rcm.api_base import WritablePracticeViewSet
from rcm.errors import Refusal
from rcm.models import Provider


def ids(most: int) -> serializers.ListField:
    child = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    return serializers.ListField(child=child, min_length=1, max_length=most)


class ChartStateSerializer(serializers.ModelSerializer[Encounter]):
    """Who a chart belongs to and who has it open."""

    class Meta:
        model = Encounter
        fields: ClassVar[list[str]] = [
            *("id", "number", "state", "owner_id", "assigned_to_id", "locked_until", "version"),
        ]


class NextInput(serializers.Serializer[Any]):
    """A list of the queue as its address names it ("view=late&specialty=Cardiology"), or none."""

    query = serializers.CharField(max_length=300, allow_blank=True, default="")


class AssignInput(serializers.Serializer[Any]):
    """Ids of charts, and the coder they go to; null takes them back to nobody."""

    encounters = ids(5_000)
    coder = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, allow_null=True)


class AssignedSerializer(serializers.Serializer[Any]):
    """How many changed hands, and how many want a credential the coder lacks."""

    charts = serializers.IntegerField()
    left = serializers.IntegerField()


class QueueVerbs(StayVerbs):
    """The queue's verbs on charts."""

    @action(
        detail=False,
        methods=["post"],
        url_path="next",
        input_class=NextInput,
        serializer_class=ChartStateSerializer,
        filterset_class=None,
        pagination_class=None,
    )
    def next_chart(self, request: Request) -> Response:
        """Lock the next chart, of one list or in the standard order; 409 when none is left.

        What is on hold or coded is no list to work through: then the standard order, too.
        """
        query = self.read_input(request)["query"]
        within = charts_to_work(self.practice, self.person, query)
        chart = next_encounter(self.practice, by=self.person, within=within)
        if chart is None:
            raise Refusal("nothing_left", "No chart of this list is left.", status=409)
        return Response(self.get_serializer(chart).data)

    @action(
        detail=False,
        methods=["post"],
        url_path="assign",
        input_class=AssignInput,
        serializer_class=AssignedSerializer,
        filterset_class=None,
        pagination_class=None,
    )
    def assign(self, request: Request) -> Response:
        """Give open charts to a coder, or to nobody. For leads."""
        access.require(request, "coding.assign")
        given = self.read_input(request)
        coder = given["coder"]
        to = find_coder(self.practice.pk, coder) if coder else None
        done = assign_charts(self.practice, given["encounters"], to, by=self.person)
        return Response({"charts": done.charts, "left": done.left})

    @action(
        detail=True,
        methods=["post"],
        url_path="take-over",
        serializer_class=ChartStateSerializer,
        filterset_class=None,
        pagination_class=None,
    )
    def take_over(self, request: Request, pk: int) -> Response:
        """Out of another coder's hands into one's own."""
        chart = self.get_object()
        take_over(chart, by=self.person)
        return Response(self.get_serializer(chart).data)


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields: ClassVar[list[str]] = ["id", "name", "query", "is_shared", "owner_id"]


class SavedViewInput(serializers.Serializer[Any]):
    """`query` is the address of the list; the same name again changes the view."""

    name = serializers.CharField(max_length=40)
    query = serializers.CharField(max_length=300)
    is_shared = serializers.BooleanField(default=False)


class SavedViewViewSet(WritablePracticeViewSet):
    """Lists of the coder queue under a name: one's own and shared ones."""

    capability = "coding.view"
    write = "coding.view"
    queryset = SavedView.objects.order_by("name", "id")
    serializer_class = SavedViewSerializer
    input_class = SavedViewInput
    answer_status = 201

    def get_queryset(self) -> Any:
        return super().get_queryset() & visible_views(self.practice, self.person)

    def create(self, request: Request) -> Response:
        """Keep a list; filters it does not know are left out."""
        given = self.read_input(request)
        query = list_query(SavedView(query=given["query"]).filters)
        view = save_view(
            self.practice, given["name"], query, is_shared=given["is_shared"], by=self.person
        )
        return Response(self.get_serializer(view).data, status=201)

    @action(detail=True, methods=["post"], input_class=None, answer_status=200)
    def removal(self, request: Request, pk: int) -> Response:
        """The name goes, no chart does; the answer is what was removed."""
        view, is_lead = self.get_object(), access.may(request, "coding.assign")
        removed = self.get_serializer(view).data
        remove_view(view, by=self.person, is_lead=is_lead)
        return Response(removed)


class AssignmentRuleSerializer(serializers.ModelSerializer[AssignmentRule]):
    class Meta:
        model = AssignmentRule
        fields: ClassVar[list[str]] = [
            *("id", "name", "position", "is_active", "specialty", "visit_type", "provider_id"),
            *("payer_id", "payer_class", "coders"),
        ]


class AssignmentRuleInput(serializers.Serializer[Any]):
    """What is left out fits every chart. `coders` are ids of people who code here."""

    name = serializers.CharField(max_length=60)
    is_active = serializers.BooleanField(default=True)
    specialty = serializers.CharField(max_length=40, allow_blank=True, default="")
    visit_type = serializers.CharField(max_length=40, allow_blank=True, default="")
    provider = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, default=None)
    payer = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, default=None)
    payer_class = serializers.ChoiceField(
        choices=Payer.PayerClass.choices, allow_blank=True, default=""
    )
    coders = ids(200)


class OrderInput(serializers.Serializer[Any]):
    """The ids of all rules in their new order."""

    rules = ids(1_000)


class AssignmentRuleViewSet(WritablePracticeViewSet):
    """Rules that give charts to coders, in their order."""

    capability = "coding.assign"
    write = "coding.assign"
    queryset = AssignmentRule.objects.order_by("position")
    serializer_class = AssignmentRuleSerializer
    input_class = AssignmentRuleInput

    def create(self, request: Request) -> Response:
        """A new rule, the last one."""
        return self.keep(AssignmentRule(practice=self.practice), request, 201)

    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: int) -> Response:
        """The rule as a whole; its place stays."""
        return self.keep(self.get_object(), request, 200)

    @action(detail=True, methods=["post"], input_class=None)
    def removal(self, request: Request, pk: int) -> Response:
        """Charts it gave stay with their coders; the answer is what was removed."""
        rule = self.get_object()
        removed = self.get_serializer(rule).data
        assignment_rules.remove_rule(rule, by=self.person)
        return Response(removed)

    @action(detail=False, methods=["post"], input_class=OrderInput)
    def order(self, request: Request) -> Response:
        """Put all rules in this order."""
        rules = self.read_input(request)["rules"]
        assignment_rules.order_rules(self.practice, rules, by=self.person)
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    def keep(self, rule: AssignmentRule, request: Request, status: int) -> Response:
        given = self.read_input(request)
        for name, rows in (("provider", Provider.objects), ("payer", Payer.objects)):
            pk = given[name]
            given[name] = access.get(request, rows.all(), pk) if pk else None
        for name, value in given.items():
            setattr(rule, name, value)
        assignment_rules.save_rule(rule, by=self.person)
        return Response(self.get_serializer(rule).data, status=status)
