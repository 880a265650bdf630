"""What a coder writes into a query and a provider into an answer."""

from collections.abc import Sequence
from typing import Any

from django import forms

from coding.models import Encounter, QueryKind, QueryPurpose, QueryTemplate
from coding.rules.query_answers import LONGEST_TEXT
from coding.rules.query_templates import BUILT_IN, BY_KEY, Template
from coding.rules.query_wording import LONGEST_QUESTION, QueryDraft, offered
from rcm.models import Provider

OWN = "own:"


def lines_of(text: str) -> tuple[str, ...]:
    """One entry a line; blank lines are none."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def text_area(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attributes})


class WordingForm(forms.Form):
    """The wording of a query or a template: kind, title, question, options one a line."""

    kind = forms.ChoiceField(choices=QueryKind.choices, initial=QueryKind.OPEN)
    purpose = forms.ChoiceField(
        choices=[("", "–"), *QueryPurpose.choices],
        required=False,
        label="Purpose",
        help_text="Only for yes or no: new diagnoses are asked openly.",
    )
    title = forms.CharField(max_length=80)
    question = forms.CharField(max_length=LONGEST_QUESTION, widget=text_area(4))
    options = forms.CharField(
        required=False,
        max_length=1000,
        widget=text_area(3),
        help_text="One a line. “Other” and “Clinically undetermined” are always offered.",
    )

    def clean_options(self) -> tuple[str, ...]:
        options = lines_of(self.cleaned_data["options"])
        if any(len(option) > 120 for option in options):
            raise forms.ValidationError("An option has 120 characters at most.")
        return options

    def clean(self) -> dict[str, Any]:
        """A purpose belongs to yes or no; elsewhere it is forgotten."""
        given = dict(self.cleaned_data)
        if given.get("kind") != QueryKind.YES_NO:
            given["purpose"] = ""
        return given

    def draft(self, quotes: Sequence[str]) -> QueryDraft:
        """As it would be asked. Only after is_valid()."""
        given = self.cleaned_data
        return QueryDraft(
            kind=given["kind"],
            title=given["title"],
            question=given["question"],
            options=offered(given["kind"], given["options"]),
            quotes=tuple(quotes),
            purpose=given["purpose"],
        )


class ProviderField(forms.ModelChoiceField):
    """Providers of the practice, with a word about those who could not answer."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj) if obj.user_id else f"{obj} (no login)"


class QueryForm(WordingForm):
    """A query on one chart; `quotes` are words of its documents, one quote a line."""

    quotes = forms.CharField(
        required=False,
        max_length=4000,
        label="Quoted from the chart",
        widget=text_area(3, **{"data-quotes": ""}),
        help_text="One a line, in the words of the note.",
    )
    provider = ProviderField(Provider.objects.none(), label="To")
    due_on = forms.DateField(
        required=False,
        label="Answer by",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Three business days when left empty.",
    )
    template = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, chart: Encounter, **more: Any) -> None:
        more.setdefault("auto_id", "query-%s")
        super().__init__(*args, **more)
        providers = Provider.objects.filter(practice=chart.practice_id).order_by("last_name")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]  # model choice
        self.fields["question"].widget.attrs["autofocus"] = True

    def clean_quotes(self) -> tuple[str, ...]:
        return lines_of(self.cleaned_data["quotes"])


class TemplateForm(WordingForm):
    name = forms.CharField(max_length=60)
    field_order = ("name",)


class AnswerForm(forms.Form):
    """The option that was chosen, words, or both."""

    option = forms.CharField(required=False, max_length=120)
    text = forms.CharField(required=False, max_length=LONGEST_TEXT, widget=text_area(4))


def template_choices(own: Sequence[QueryTemplate]) -> list[tuple[str, str]]:
    """Keys and names: the practice's templates first."""
    mine = [(f"{OWN}{template.pk}", template.name) for template in own]
    return [*mine, *((template.key, template.name) for template in BUILT_IN)]


def find_template(key: str, own: Sequence[QueryTemplate]) -> QueryTemplate | Template | None:
    """The template of a key; None when there is none."""
    if key.startswith(OWN):
        return next((each for each in own if f"{OWN}{each.pk}" == key), None)
    return BY_KEY.get(key)


def wording_of(template: QueryTemplate | Template | None) -> dict[str, Any]:
    """The fields of the form as the template fills them; an open question without one."""
    if template is None:
        return {"kind": QueryKind.OPEN}
    return {
        "kind": template.kind,
        "purpose": template.purpose,
        "title": template.title,
        "question": template.question,
        "options": "\n".join(template.options),
    }
