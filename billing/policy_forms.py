"""The form of a posting rule; what the rules of such rules are, in words."""

from typing import Any

from django import forms

from billing.models import PostingRule
from payers.models import Payer
from rcm.models import Practice


def amount_field(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
    )


class PostingRuleForm(forms.Form):
    """What a rule is about and what it does. `terms` are the fields of the model."""

    name = forms.CharField(max_length=80, help_text="People see it on every claim it holds.")
    action = forms.ChoiceField(label="What to do", choices=PostingRule.Action.choices)
    scope = forms.ChoiceField(label="About", choices=PostingRule.Scope.choices)
    payer = forms.ModelChoiceField(
        Payer.objects.none(), required=False, empty_label="Any payer", label="Payer"
    )
    group = forms.ChoiceField(
        required=False,
        choices=[("", "Any group"), *((code, code) for code in ("CO", "PR", "OA", "PI"))],
    )
    reason = forms.CharField(
        max_length=5, required=False, label="Reason (CARC)", help_text="Empty: any reason."
    )
    amount_from = amount_field("Amount from")
    amount_to = amount_field("Amount to", "Both ends belong to it.")
    team = forms.CharField(max_length=40, required=False, help_text="Only to route.")
    priority = forms.IntegerField(
        initial=0,
        min_value=-100,
        max_value=100,
        help_text="Decides between rules that are equally specific.",
    )
    note = forms.CharField(max_length=300, required=False, help_text="Why this rule exists.")

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(practice=practice).order_by("name")
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """The same sense the database insists on, said beside the field."""
        terms = super().clean() or {}
        low, high = terms.get("amount_from"), terms.get("amount_to")
        if low is not None and high is not None and low > high:
            self.add_error("amount_to", "This is below the amount it starts from.")
        for name, message in complaints(terms):
            self.add_error(name, message)
        return terms


def complaints(terms: dict[str, Any]) -> list[tuple[str, str]]:
    """Field and sentence of everything a rule may not be."""
    action, group, reason = (terms.get(name, "") for name in ("action", "group", "reason"))
    found = []
    if action == "transfer" and group != "PR":
        found.append(("group", "Only what the payer left to the patient (PR) may be transferred."))
    if action == "write_off" and group not in ("CO", "OA", "PI"):
        found.append(("group", "Name CO, OA or PI: what the patient owes is not written off."))
    if action in ("transfer", "write_off") and not reason:
        found.append(("reason", "Name the reason: no rule takes any reason from the payer."))
    if terms.get("scope") == "zero_paid" and action not in ("post", "hold"):
        found.append(("scope", "A claim as a whole can only post or be held."))
    if action == "route" and not terms.get("team"):
        found.append(("team", "Name the team that works these denials."))
    if action != "route" and terms.get("team"):
        found.append(("team", "A team is only named to route."))
    return found
