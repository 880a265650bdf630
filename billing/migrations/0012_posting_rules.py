"""What posts by itself and what waits: rules that are never edited, and what they hold."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from rcm.walls import never_deleted, wall

RULES_STAY = migrations.RunSQL(
    sql="""
    CREATE FUNCTION refuse_edited_rule() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (to_jsonb(NEW) - '{is_active,retired_at,approved_by_id,approved_at}'::text[])
            <> (to_jsonb(OLD) - '{is_active,retired_at,approved_by_id,approved_at}'::text[])
            OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at)
        THEN
            RAISE EXCEPTION 'a posting rule is never edited; retire it and make a new one'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER never_edited BEFORE UPDATE ON billing_postingrule
        FOR EACH ROW EXECUTE FUNCTION refuse_edited_rule();
    """,
    reverse_sql="""
    DROP TRIGGER never_edited ON billing_postingrule;
    DROP FUNCTION refuse_edited_rule();
    """,
)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_offsets_and_refunds"),
        ("payers", "0003_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PostingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("adjustment", "An adjustment"),
                            ("zero_paid", "A claim paid nothing"),
                        ],
                        default="adjustment",
                        max_length=10,
                    ),
                ),
                ("group", models.CharField(blank=True, max_length=2)),
                ("reason", models.CharField(blank=True, max_length=5)),
                (
                    "amount_from",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
                ),
                (
                    "amount_to",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("post", "Post"),
                            ("hold", "Hold for review"),
                            ("transfer", "Transfer to the next party"),
                            ("write_off", "Write off"),
                            ("route", "Route to a team"),
                        ],
                        max_length=10,
                    ),
                ),
                ("team", models.CharField(blank=True, max_length=40)),
                ("priority", models.SmallIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posting_rules",
                        to="payers.payer",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rcm.practice",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="billing.postingrule",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="remittedclaim",
            name="held_by_rule",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="billing.postingrule",
            ),
        ),
        migrations.AddIndex(
            model_name="remittedclaim",
            index=models.Index(
                condition=models.Q(("held_by_rule__isnull", False)),
                fields=["held_by_rule"],
                name="remitted_claim_held_by",
            ),
        ),
        migrations.AddIndex(
            model_name="postingrule",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["practice"],
                name="posting_rule_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope__in", ["adjustment", "zero_paid"]),
                    ("action__in", ["post", "hold", "transfer", "write_off", "route"]),
                ),
                name="posting_rule_words_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_from__isnull", True), ("amount_from__gte", 0), _connector="OR"
                    ),
                    models.Q(("amount_to__isnull", True), ("amount_to__gte", 0), _connector="OR"),
                    models.Q(
                        ("amount_from__isnull", True),
                        ("amount_to__isnull", True),
                        ("amount_to__gte", models.F("amount_from")),
                        _connector="OR",
                    ),
                ),
                name="posting_rule_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "transfer"), _negated=True),
                    models.Q(("group", "PR"), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="posting_rule_transfers_pr",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "write_off"), _negated=True),
                    models.Q(
                        ("group__in", ["CO", "OA", "PI"]), models.Q(("reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="posting_rule_writes_off_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "write_off"), _negated=True),
                    ("is_active", False),
                    models.Q(
                        ("approved_by__isnull", False),
                        models.Q(("approved_by", models.F("created_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="posting_rule_write_off_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="posting_rule_approval_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope", "adjustment"), ("action__in", ["post", "hold"]), _connector="OR"
                ),
                name="posting_rule_scope_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "route"), models.Q(("team", ""), _negated=True)),
                    models.Q(models.Q(("action", "route"), _negated=True), ("team", "")),
                    _connector="OR",
                ),
                name="posting_rule_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="postingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retired_at__isnull", True), ("is_active", False), _connector="OR"
                ),
                name="posting_rule_retired_rests",
            ),
        ),
        *wall("billing_postingrule"),
        *never_deleted("billing_postingrule"),
        RULES_STAY,
    ]
