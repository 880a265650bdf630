"""Read endpoints for practices, people and the record of what happened."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated

from rcm import access
from rcm.api_base import Filters, PracticeViewSet
from rcm.models import Event, Job, Membership, Patient, Practice, Provider


class PracticeSerializer(serializers.ModelSerializer[Practice]):
    """A practice the person works in."""

    role = serializers.SerializerMethodField()
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Practice
        fields: ClassVar[list[str]] = [
            *("id", "name", "initials", "npi", "taxonomy_code", "role", "is_current")
        ]

    def get_role(self, practice: Practice) -> str:
        """The person's role there; prefetched, one per person and practice."""
        return practice.mine[0].role  # type: ignore[attr-defined]  # prefetched

    def get_is_current(self, practice: Practice) -> bool:
        current = getattr(self.context["request"], "practice", None)
        return current is not None and current.pk == practice.pk


class ProviderSerializer(serializers.ModelSerializer[Provider]):
    class Meta:
        model = Provider
        fields: ClassVar[list[str]] = [
            *("id", "first_name", "last_name", "credential", "npi", "taxonomy_code")
        ]


class PatientSerializer(serializers.ModelSerializer[Patient]):
    class Meta:
        model = Patient
        fields: ClassVar[list[str]] = [
            *("id", "mrn", "last_name", "first_name", "middle_name", "birth_date", "sex")
        ]


class PatientDetailSerializer(serializers.ModelSerializer[Patient]):
    class Meta:
        model = Patient
        fields: ClassVar[list[str]] = [
            *PatientSerializer.Meta.fields,
            *("address_line_1", "address_line_2", "city", "state", "zip_code", "phone"),
        ]


class JobSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields: ClassVar[list[str]] = [
            *("id", "kind", "label", "state", "subject_type", "subject_id", "total"),
            *("completed", "failed", "message", "created_at", "started_at", "finished_at"),
            *("can_cancel", "cancel_requested_at"),
        ]


class EventSerializer(serializers.ModelSerializer[Event]):
    person = serializers.EmailField(source="created_by.email", default=None, read_only=True)

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = [
            *("id", "name", "subject_type", "subject_id", "patient_id", "data", "person"),
            *("created_at", "ip_address"),
        ]


class PatientFilters(Filters):
    mrn = filters.CharFilter()
    last_name = filters.CharFilter(lookup_expr="istartswith")
    birth_date = filters.DateFilter()


class JobFilters(Filters):
    state = filters.ChoiceFilter(choices=Job.State.choices)
    kind = filters.CharFilter()


class EventFilters(Filters):
    """`name` matches its start: ``claim.`` finds all of a claim's events."""

    name = filters.CharFilter(lookup_expr="startswith")
    subject_type = filters.CharFilter()
    subject_id = filters.NumberFilter()
    patient_id = filters.NumberFilter()
    person = filters.CharFilter(field_name="created_by__email")
    created_after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")


class MyPracticeViewSet(PracticeViewSet):
    """The practices you work in, whichever of them is chosen."""

    permission_classes: Any = [IsAuthenticated]
    queryset = Practice.objects.order_by("name")
    serializer_class = PracticeSerializer

    def get_queryset(self) -> QuerySet[Any]:
        if not self.request or not self.request.user.is_authenticated:
            return Practice.objects.none()
        mine = Membership.objects.filter(user=self.request.user)
        rows = access.practices_of(self.request.user)
        return rows.prefetch_related(Prefetch("memberships", mine, to_attr="mine"))


class PatientViewSet(PracticeViewSet):
    """Patients. Retrieving one is recorded."""

    capability = "coding.view"
    queryset = Patient.objects.order_by("last_name", "first_name", "id")
    serializer_class = PatientSerializer
    detail_serializer_class = PatientDetailSerializer
    filterset_class = PatientFilters
    viewed = "patient.viewed"
    listed = "patients.listed"

    def patient_of(self, row: Any) -> int | None:
        return int(row.pk)


class ProviderViewSet(PracticeViewSet):
    """Rendering providers."""

    capability = "coding.view"
    queryset = Provider.objects.order_by("last_name", "first_name", "id")
    serializer_class = ProviderSerializer


class JobViewSet(PracticeViewSet):
    """Long work, newest first."""

    capability = "billing.view"
    queryset = Job.objects.order_by("-id")
    serializer_class = JobSerializer
    filterset_class = JobFilters


class EventViewSet(PracticeViewSet):
    """The audit log, newest first."""

    capability = "audit.view"
    queryset = Event.objects.select_related("created_by").order_by("-id")
    serializer_class = EventSerializer
    filterset_class = EventFilters
