"""Forms of audits: what is drawn, how a line is judged, what is answered and decided."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from coding.actions.audits import AUDITING_ROLES
from coding.forms_quality import day_field, people_of
from coding.models import AuditLine, CodingAudit
from rcm.models import Practice, User


class AuditForm(forms.Form):
    """The plan of an audit."""

    wide_fields = ("numbers", "is_blind")

    name = forms.CharField(max_length=80, label="Name")
    auditor = forms.ModelChoiceField(User.objects.none(), label="Auditor")
    method = forms.ChoiceField(choices=CodingAudit.Method.choices, label="Sample")
    size = forms.IntegerField(
        min_value=1,
        max_value=500,
        initial=10,
        label="Charts",
        help_text="For new coders: charts a week and coder",
    )
    coded_from = day_field("Coded from")
    coded_to = day_field("Coded to")
    coder = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Only this coder", empty_label="Everybody"
    )
    target_percent = forms.DecimalField(
        min_value=0, max_value=100, max_digits=5, decimal_places=2, label="Target (%)"
    )
    seed = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        label="Seed",
        help_text="Empty: one is chosen and kept",
    )
    numbers = forms.CharField(
        required=False, max_length=2000, label="Chart numbers", help_text="For chosen charts"
    )
    is_blind = forms.BooleanField(
        required=False, label="Blind: the auditor codes first and sees the coder's codes then"
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        auditor: Any = self.fields["auditor"]
        auditor.queryset = people_of(practice, *AUDITING_ROLES)
        coder: Any = self.fields["coder"]
        coder.queryset = people_of(practice)

    def clean_numbers(self) -> list[str]:
        """Each number once, in the order typed."""
        words = self.cleaned_data["numbers"].replace(",", " ").split()
        return list(dict.fromkeys(word[:20] for word in words))


def first_plan(person: User) -> dict[str, Any]:
    """A new plan: the last thirty days, drawn by whoever opens the form."""
    today = timezone.localdate()
    return {
        "auditor": person.pk,
        "coded_from": today - timedelta(days=29),
        "coded_to": today,
        "name": f"Audit of {today:%B %Y}",
    }


class FindingForm(forms.Form):
    """What is right instead, why, how serious, and what it does to the claim."""

    auditor_value = forms.CharField(required=False, max_length=20, label="Right is")
    reason = forms.ChoiceField(
        choices=[("", "Choose…"), *AuditLine.Reason.choices[1:]], required=False, label="Reason"
    )
    severity = forms.ChoiceField(
        choices=[("", "Choose…"), *AuditLine.Severity.choices[1:]],
        required=False,
        label="Severity",
    )
    note = forms.CharField(required=False, max_length=300, label="Note")


class VerdictForm(FindingForm):
    """Disagreeing with one line; its fields are named apart from those of other lines."""

    effect = forms.ChoiceField(
        choices=[("", "As the codes say"), *AuditLine.Effect.choices],
        required=False,
        label="Effect",
    )

    def __init__(self, data: Any = None, *, line: AuditLine) -> None:
        self.line = line
        initial = {
            "auditor_value": line.shown_auditor,
            "reason": line.reason,
            "severity": line.severity,
            "effect": "" if line.effect == "none" else line.effect,
            "note": line.note,
        }
        super().__init__(data, initial=initial, auto_id=f"line-{line.pk}-%s")


class MissedForm(FindingForm):
    """A code the coder left out."""

    kind = forms.ChoiceField(choices=AuditLine.Kind.choices, label="Kind")
    position = forms.CharField(required=False, max_length=3, label="Letter or line")

    field_order = ("kind", "position", "auditor_value", "reason", "severity", "note")


class AnswerField:
    """The answer to one finding, in a form of all of them: names carry the line's id."""

    choices = (("accepted", "Accept"), ("disputed", "Dispute"))

    def __init__(self, line: AuditLine, data: Any = None) -> None:
        self.line = line
        self.name, self.words_name = f"answer-{line.pk}", f"words-{line.pk}"
        self.value = (data or {}).get(self.name, "")
        self.words = (data or {}).get(self.words_name, "")

    @property
    def pair(self) -> tuple[str, str]:
        return self.value, self.words


class DecisionField(AnswerField):
    """The decision on one dispute."""

    choices = (("stands", "The finding stands"), ("overturned", "The coder was right"))
