"""What a payer said is never changed or deleted; matches, states and exceptions move on."""

from django.db import migrations

from rcm.walls import never_changed, never_deleted


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_deposits")]

    operations = [
        *never_changed(
            "billing_remittedclaim",
            *("id", "practice_id", "remittance_id", "position", "patient_control_number"),
            *("status_code", "amount_billed", "amount_paid", "amount_patient"),
            *("filing_indicator", "payer_claim_control_number", "patient_last_name"),
            *("patient_first_name", "member_id", "remarks", "details"),
        ),
        *never_changed(
            "billing_remittedline",
            *("id", "practice_id", "remittance_id", "remitted_claim_id", "position"),
            *("qualifier", "procedure_code", "modifiers", "submitted_code", "revenue_code"),
            *("amount_billed", "amount_paid", "amount_allowed", "units_paid"),
            *("line_control_number", "date_of_service", "remarks", "details"),
        ),
        *never_changed(
            "billing_adjustment",
            *("id", "practice_id", "remittance_id", "remitted_claim_id", "remitted_line_id"),
            *("position", "group", "reason", "amount", "quantity"),
        ),
        *never_changed(
            "billing_provideradjustment",
            *("id", "practice_id", "remittance_id", "position", "provider_identifier"),
            *("fiscal_period_end", "code", "reference", "amount"),
        ),
        *never_deleted("billing_adjustment", "billing_provideradjustment"),
    ]
