"""Forms of appeals: letter, sending, decision, log, files, templates."""

from typing import Any

from django import forms

from billing.forms_money import DollarField
from denials.forms import CAUSE_CHOICES
from denials.models import Appeal, AppealEntry
from denials.rules.appeals import ITEMS, LETTER, OF_PAYER
from denials.rules.deadlines import EXTERNAL_LEVEL
from payers.models import Payer
from rcm.models import Practice

FILE_ITEMS = [(key, label) for key, label in ITEMS.items() if key != LETTER]
LEVEL_CHOICES = [
    ("", "Every level"),
    *((str(level), f"Level {level}") for level in range(1, EXTERNAL_LEVEL)),
    (str(EXTERNAL_LEVEL), "External review"),
]
OUTCOMES = [(value, label) for value, label in Appeal.Outcome.choices if value in OF_PAYER]


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}), **options)


class LetterForm(forms.Form):
    """The letter with its merge fields, and the version it was loaded in."""

    body = forms.CharField(label="Letter", required=False, strip=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class SendingForm(forms.Form):
    """How it left."""

    how = forms.ChoiceField(label="Sent by", choices=Appeal.Way.choices)
    reference = forms.CharField(
        label="Tracking number",
        max_length=60,
        required=False,
        help_text="Of the post, fax, portal.",
    )
    follow_up_on = day_field("Ask again on", required=False, help_text="Empty: when it is due.")


class DecisionForm(forms.Form):
    """What the payer's notice says."""

    outcome = forms.ChoiceField(label="Decision", choices=OUTCOMES)
    decided_on = day_field("Date of the notice")
    amount = DollarField(label="Amount", required=False, help_text="Only for a part.")
    note = forms.CharField(label="Why", max_length=500, required=False)
    follow_up_on = day_field("Ask for payment on", required=False, help_text="Empty: in 30 days.")


class NoteForm(forms.Form):
    """Why an appeal is withdrawn."""

    note = forms.CharField(label="Reason", max_length=500)


class EntryForm(forms.Form):
    """A call, a proof of receipt or a note."""

    kind = forms.ChoiceField(label="What", choices=AppealEntry.Kind.choices)
    text = forms.CharField(label="Heard", max_length=500)
    reference = forms.CharField(label="Reference", max_length=60, required=False)
    follow_up_on = day_field("Ask again on", required=False)


class PartsForm(forms.Form):
    """Pages of the chart and items that go along."""

    documents = forms.TypedMultipleChoiceField(coerce=int, required=False)
    included = forms.MultipleChoiceField(choices=list(ITEMS.items()), required=False)

    def __init__(self, *args: Any, pages: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["documents"].choices = [(str(page), str(page)) for page in pages]


class LetGoForm(forms.Form):
    """Why a required item is not to be had; empty asks for it again."""

    item = forms.ChoiceField(choices=FILE_ITEMS)
    reason = forms.CharField(max_length=300, required=False)


class AppealFileForm(forms.Form):
    """A file, and what it is for."""

    item = forms.ChoiceField(label="For", choices=FILE_ITEMS)
    file = forms.FileField(label="File", allow_empty_file=True)


class AppealRequirementForm(forms.Form):
    """What a payer wants at a level, beside the usual."""

    # A whole row of the page each.
    wide_fields = ("items",)

    payer = forms.ModelChoiceField(Payer.objects.none(), empty_label="Choose a payer")
    level = forms.TypedChoiceField(choices=LEVEL_CHOICES[1:], coerce=int)
    items = forms.MultipleChoiceField(
        label="It wants as well",
        choices=FILE_ITEMS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: the usual.",
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["payer"].queryset = Payer.objects.filter(practice=practice).order_by("name", "pk")


class AppealTemplateForm(forms.Form):
    """A wording, whom it is for, and what must go with it."""

    # A whole row of the page each.
    wide_fields = ("body", "required")

    name = forms.CharField(max_length=60)
    payer = forms.ModelChoiceField(Payer.objects.none(), required=False, empty_label="Every payer")
    payer_class = forms.ChoiceField(
        label="Kind of payer",
        required=False,
        choices=[("", "Every kind"), *Payer.PayerClass.choices],
    )
    category = forms.ChoiceField(
        label="Cause", required=False, choices=[("", "Every cause"), *CAUSE_CHOICES]
    )
    level = forms.TypedChoiceField(
        choices=LEVEL_CHOICES, required=False, coerce=int, empty_value=None
    )
    required = forms.MultipleChoiceField(
        label="Must go with it",
        choices=FILE_ITEMS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: as the kind of appeal has it.",
    )
    body = forms.CharField(label="Letter", widget=forms.Textarea({"rows": 18}), max_length=20_000)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["payer"].queryset = Payer.objects.filter(practice=practice).order_by("name", "pk")
