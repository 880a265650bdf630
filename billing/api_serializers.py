"""What claims, files, payments and moves look like in the API."""

from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.actions.postings import ClaimMove
from billing.models import (
    Adjustment,
    Batch,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    FileProblem,
    InterchangeFile,
    Posting,
    PostingRule,
    ProviderAdjustment,
    Remittance,
    RemittedClaim,
    RemittedLine,
    ServiceLine,
    Submission,
)
from billing.rules.next_party import Step
from payers.api import PayerShortSerializer
from rcm.api import PatientSerializer
from rcm.money import cents_text, from_cents


class ServiceLineSerializer(serializers.ModelSerializer[ServiceLine]):
    class Meta:
        model = ServiceLine
        fields: ClassVar[list[str]] = [
            *("id", "position", "line_control_number", "procedure_code", "label", "modifiers"),
            *("revenue_code", "units", "pointers", "date_of_service", "amount_billed"),
        ]


class FindingSerializer(serializers.ModelSerializer[ClaimFinding]):
    class Meta:
        model = ClaimFinding
        fields: ClassVar[list[str]] = [
            *("id", "code", "severity", "message", "element", "fix", "source"),
            *("found_at", "resolved_at"),
        ]


class AcknowledgmentSerializer(serializers.ModelSerializer[ClaimAcknowledgment]):
    class Meta:
        model = ClaimAcknowledgment
        fields: ClassVar[list[str]] = [
            *("id", "file_id", "action", "category", "status_code", "entity", "message"),
            *("payer_claim_control_number", "source_name", "is_rejection", "received_at"),
        ]


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    class Meta:
        model = Submission
        fields: ClassVar[list[str]] = ["id", "batch_id", "is_pulled_back", "created_at"]


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """`balances` names every account the claim touched and what stands on it.

    A visit too large for one claim has `parts`, each a claim with the same `encounter_id`.

    `next_step` says who is next to pay and how much; null until a payer has decided.
    """

    payer = PayerShortSerializer()
    balances = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields: ClassVar[list[str]] = [
            *("id", "patient_control_number", "payer_claim_control_number", "status"),
            *("form", "frequency", "rank", "part", "parts", "replaces_id", "encounter_id"),
            *("patient_id", "payer"),
            *("date_of_service", "amount_billed", "was_clean", "balances", "next_step"),
            *("created_at", "submitted_at", "accepted_at", "adjudicated_at"),
        ]

    def get_balances(self, claim: Claim) -> dict[str, str]:
        found: dict[str, Decimal] = self.context["view"].balances[claim.pk]
        return {account: f"{amount:.2f}" for account, amount in found.items()}

    def get_next_step(self, claim: Claim) -> dict[str, str | None] | None:
        step: Step | None = self.context["view"].steps.get(claim.pk)
        if step is None:
            return None
        return {
            "code": step.code,
            "amount": str(from_cents(step.amount)),
            "sentence": step.sentence,
            "ask_on": step.ask_on.isoformat() if step.ask_on else None,
        }


class ClaimDetailSerializer(ClaimSerializer):
    patient = PatientSerializer()
    lines = ServiceLineSerializer(many=True)
    findings = FindingSerializer(many=True)
    acknowledgments = AcknowledgmentSerializer(many=True)
    submissions = SubmissionSerializer(many=True)

    class Meta:
        model = Claim
        fields: ClassVar[list[str]] = [
            *ClaimSerializer.Meta.fields,
            *("patient", "lines", "findings", "acknowledgments", "submissions"),
        ]


class BatchSerializer(serializers.ModelSerializer[Batch]):
    payer = PayerShortSerializer()

    class Meta:
        model = Batch
        fields: ClassVar[list[str]] = [
            *("id", "state", "payer", "channel_id", "file_id", "interchange_control_number"),
            *("group_control_number", "claims_count", "amount_billed", "send_after", "sent_at"),
            *("interchange_code", "group_code", "acknowledged_at", "message", "created_at"),
        ]


class FileSerializer(serializers.ModelSerializer[InterchangeFile]):
    class Meta:
        model = InterchangeFile
        fields: ClassVar[list[str]] = [
            *("id", "direction", "channel_id", "name", "kind", "size", "sha256", "state"),
            *("note", "received_at", "read_at"),
        ]


class ProblemSerializer(serializers.ModelSerializer[FileProblem]):
    class Meta:
        model = FileProblem
        fields: ClassVar[list[str]] = [
            *("id", "code", "severity", "message", "segment_number", "byte_offset"),
            *("loop", "element"),
        ]


class FileDetailSerializer(FileSerializer):
    problems = ProblemSerializer(many=True)

    class Meta:
        model = InterchangeFile
        fields: ClassVar[list[str]] = [*FileSerializer.Meta.fields, "problems"]


class AdjustmentSerializer(serializers.ModelSerializer[Adjustment]):
    class Meta:
        model = Adjustment
        fields: ClassVar[list[str]] = ["id", "group", "reason", "amount", "quantity"]


class RemittedLineSerializer(serializers.ModelSerializer[RemittedLine]):
    adjustments = AdjustmentSerializer(many=True, source="line_adjustments")

    class Meta:
        model = RemittedLine
        fields: ClassVar[list[str]] = [
            *("id", "position", "procedure_code", "modifiers", "submitted_code"),
            *("amount_billed", "amount_allowed", "amount_paid", "units_paid"),
            *("line_control_number", "date_of_service", "remarks", "service_line_id"),
            "adjustments",
        ]


class RemittedClaimSerializer(serializers.ModelSerializer[RemittedClaim]):
    adjustments = AdjustmentSerializer(many=True, source="claim_adjustments")
    lines = RemittedLineSerializer(many=True)

    class Meta:
        model = RemittedClaim
        fields: ClassVar[list[str]] = [
            *("id", "remittance_id", "position", "patient_control_number", "status_code"),
            *("amount_billed", "amount_paid", "amount_patient", "payer_claim_control_number"),
            *("remarks", "claim_id", "match_method", "match_score", "state", "exception"),
            *("exception_code", "held_by_rule_id", "is_released", "is_reversal"),
            *("adjustments", "lines"),
        ]


class CandidateSerializer(serializers.Serializer[Any]):
    """A claim of ours the payer might mean, and how well it fits in percent."""

    id = serializers.IntegerField(source="claim.pk")
    patient_control_number = serializers.CharField(source="claim.patient_control_number")
    date_of_service = serializers.DateField(source="claim.date_of_service")
    amount_billed = serializers.DecimalField(12, 2, source="claim.amount_billed")
    score = serializers.IntegerField()


class RemittedClaimDetailSerializer(RemittedClaimSerializer):
    candidates = serializers.SerializerMethodField()

    class Meta:
        model = RemittedClaim
        fields: ClassVar[list[str]] = [
            *RemittedClaimSerializer.Meta.fields,
            *("patient_last_name", "patient_first_name", "member_id", "candidates"),
        ]

    @extend_schema_field(CandidateSerializer(many=True))
    def get_candidates(self, remitted: RemittedClaim) -> Any:
        """Best first; none for what is posted."""
        return CandidateSerializer(self.context["view"].candidates, many=True).data


class PlannedMoveSerializer(serializers.Serializer[Any]):
    """A move posting would make. `claim_id` is null for moves of the payment itself."""

    source = serializers.CharField(source="move.source")  # type: ignore[assignment]  # on the wire
    destination = serializers.CharField(source="move.destination")
    amount = serializers.SerializerMethodField()
    origin = serializers.CharField(source="move.origin")
    claim_id = serializers.IntegerField(allow_null=True)
    remitted_claim_id = serializers.IntegerField(allow_null=True)

    def get_amount(self, planned: ClaimMove) -> str:
        return cents_text(planned.move.amount)


class ProviderAdjustmentSerializer(serializers.ModelSerializer[ProviderAdjustment]):
    class Meta:
        model = ProviderAdjustment
        fields: ClassVar[list[str]] = [
            *("id", "position", "provider_identifier", "fiscal_period_end", "code"),
            *("reference", "amount"),
        ]


class RemittanceSerializer(serializers.ModelSerializer[Remittance]):
    payer = PayerShortSerializer()

    class Meta:
        model = Remittance
        fields: ClassVar[list[str]] = [
            *("id", "state", "payer", "payer_name", "payer_identifier", "trace_number"),
            *("method", "paid_on", "amount_paid", "amount_claims"),
            *("amount_provider_adjustments", "claims_count", "lines_count", "hold_code"),
            *("hold_message", "file_id", "recorded_at", "posted_at"),
        ]


class RemittanceDetailSerializer(RemittanceSerializer):
    provider_adjustments = ProviderAdjustmentSerializer(many=True)

    class Meta:
        model = Remittance
        fields: ClassVar[list[str]] = [
            *RemittanceSerializer.Meta.fields,
            *("differences", "provider_adjustments"),
        ]


class PostingSerializer(serializers.ModelSerializer[Posting]):
    class Meta:
        model = Posting
        fields: ClassVar[list[str]] = [
            *("id", "source", "destination", "amount", "claim_id", "service_line_id"),
            *("remittance_id", "remitted_claim_id", "remitted_line_id", "reverses_id"),
            *("origin", "posted_on", "created_at"),
        ]


class PostingRuleSerializer(serializers.ModelSerializer[PostingRule]):
    payer = PayerShortSerializer()

    class Meta:
        model = PostingRule
        fields: ClassVar[list[str]] = [
            *("id", "name", "payer", "scope", "group", "reason", "amount_from", "amount_to"),
            *("action", "team", "priority", "note", "is_active", "replaces_id"),
            *("created_by_id", "created_at", "approved_by_id", "approved_at", "retired_at"),
        ]
