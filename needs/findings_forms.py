"""The office answers for what nobody was asked about: a table that was brought in, older texts."""

from django import forms

from core.fields import LongTextField
from needs.clearance import TEXTS, open_findings
from needs.forms import LONG_TEXTS, SheetForm
from needs.models import Need


class FindingsForm(SheetForm):
    """The texts of a need with an open finding, to correct; or a reason for each."""

    class Meta:
        model = Need
        fields = []
        field_classes = dict.fromkeys(["problem", *LONG_TEXTS], LongTextField)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "problem" in self.fields:
            self.fields["problem"].required = True
        if not self.is_bound:
            self.open_findings = open_findings(self.instance)

    def look(self, texts):
        """Everything that would remain, also where only the proposer can correct it."""
        shown = {name: self.cleaned_data.get(name, "") for name in self._meta.fields}
        stored = open_findings(self.instance)
        elsewhere = [each for each in stored if each.finding.field not in self.fields]
        return open_findings(self.instance, shown) + elsewhere


def findings_form(need):
    """The form class for the texts of ``need`` that have an open finding now."""
    names = {each.finding.field for each in open_findings(need)}
    fields = [name for name in TEXTS if name in names]
    return forms.modelform_factory(Need, form=FindingsForm, fields=fields)
