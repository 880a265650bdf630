"""Forms of the verbs on open balances."""

from django import forms

from denials.rules.follow_up import OUTCOMES

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CallForm(forms.Form):
    """What a call brought, in one line."""

    outcome = forms.ChoiceField(choices=[(key, label) for key, (label, _) in OUTCOMES.items()])
    answered_by = forms.CharField(label="Who answered", max_length=80, required=False)
    reference = forms.CharField(label="Reference", max_length=50, required=False)
    promised_on = forms.DateField(label="Promised", widget=DAY, required=False)
    next_on = forms.DateField(label="Look again", widget=DAY, required=False)
    note = forms.CharField(max_length=300, required=False)


class SnoozeForm(forms.Form):
    """Until when it rests."""

    until = forms.DateField(widget=DAY)
    note = forms.CharField(max_length=300, required=False)


class EscalateForm(forms.Form):
    """What the lead should decide."""

    reason = forms.CharField(max_length=200)


class ReturnForm(forms.Form):
    """What the lead answers."""

    note = forms.CharField(max_length=300, required=False)


class OwnerForm(forms.Form):
    """Whose work it is; empty is nobody's."""

    person = forms.IntegerField(required=False, min_value=1)


class ChosenForm(forms.Form):
    """Ids of balances as the list shown named them: "7,9,12"."""

    chosen = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$")

    def clean_chosen(self) -> list[int]:
        return [int(text) for text in str(self.cleaned_data["chosen"]).split(",")]


class UndoForm(forms.Form):
    """Which act to take back."""

    act = forms.UUIDField()
