"""The form of a claim rule, and of a fix for many claims at once."""

from typing import Any

from django import forms
from django.utils import timezone

from billing.models import ClaimRule
from billing.rules.practice_rules import FIXABLE, SET_FIELDS, NotARule, check_setting, read_blocks

NOTHING = [("", "Nothing")]


class ClaimRuleForm(forms.Form):
    """Fields of the model; conditions as text, one on each line."""

    name = forms.CharField(max_length=80, help_text="People see it on every claim it touches.")
    terms = forms.CharField(
        label="Conditions",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "code"}),
        help_text="One on each line; all of a block must hold. An empty line begins another block,"
        " and one block is enough.",
    )
    action = forms.ChoiceField(label="What to do", choices=ClaimRule.Action.choices)
    message = forms.CharField(
        max_length=200, help_text="What the biller reads, and what to do about it."
    )
    set_field = forms.ChoiceField(
        label="Set", required=False, choices=NOTHING + list(SET_FIELDS.items())
    )
    set_value = forms.CharField(label="To", max_length=80, required=False)
    starts_on = forms.DateField(
        label="Services from", initial=timezone.localdate, widget=forms.DateInput({"type": "date"})
    )
    ends_on = forms.DateField(
        label="Services to", required=False, widget=forms.DateInput({"type": "date"})
    )

    def clean_terms(self) -> str:
        text: str = self.cleaned_data["terms"]
        try:
            read_blocks(text)
        except NotARule as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("action") == ClaimRule.Action.SET:
            try:
                check_setting(given.get("set_field", ""), given.get("set_value", ""))
            except NotARule as error:
                self.add_error("set_value", str(error))
        elif given.get("set_field") or given.get("set_value"):
            self.add_error("set_field", "Only a rule that sets a field sets one.")
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "Before the first day.")
        return given


class GroupFixForm(forms.Form):
    """One value set on all claims of a group of the scrub worklist."""

    code = forms.CharField(max_length=40)
    set_field = forms.ChoiceField(label="Set", choices=list(FIXABLE.items()))
    set_value = forms.CharField(label="To", max_length=80)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            check_setting(given.get("set_field", ""), given.get("set_value", ""))
        except NotARule as error:
            self.add_error("set_value", str(error))
        return given
