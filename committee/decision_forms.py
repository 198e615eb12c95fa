"""What was decided about a case, and the letter that says so."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from committee.decision_kinds import kinds_of
from committee.enums import CHOSEN_OUTCOMES, Outcome
from committee.models import Decision, Letter
from core.fields import JapaneseDateField, LongTextField, NamedErrorsMixin
from core.forms import VersionedModelForm


class DecisionForm(NamedErrorsMixin, forms.ModelForm):
    """What was decided. ``seen`` is the decision the page showed: somebody may have been faster."""

    outcome = forms.ChoiceField(label=_("決定"), widget=forms.RadioSelect)
    correction = forms.CharField(
        label=_("訂正の理由"),
        help_text=_("前の決定を変える理由です。記録に残り、提案者には届きません。"),
        max_length=300,
    )
    next_date = JapaneseDateField(label=_("次の期限"), required=False, future=True)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["correction", "outcome", "reason", "advice", "next_person", "next_date"]

    class Meta:
        model = Decision
        fields = ["outcome", "reason", "advice", "next_person", "next_date"]
        field_classes = {"reason": LongTextField, "advice": LongTextField}
        widgets = {
            "reason": forms.Textarea(attrs={"rows": 4}),
            "advice": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "reason": _("採択のほかは必ず書いてください。手紙で提案者に届きます。"),
            "advice": _("手紙で提案者に届きます。"),
        }

    def __init__(self, *args, case, current, **kwargs):
        initial = {"seen": current.pk if current else None}
        if current:
            kept = ["outcome", "reason", "advice", "next_person", "next_date"]
            initial |= {name: getattr(current, name) for name in kept}
            if current.kind:
                initial["outcome"] = current.kind.public_id
        super().__init__(*args, initial=initial, **kwargs)
        self.case, self.current = case, current
        self.kinds = {each.public_id: each for each in kinds_of(case.round.hospital_id)}
        self.fields["outcome"].choices = [
            *Outcome.choices,
            *((slug, f"{each.label}\n{each.treated_as}") for slug, each in self.kinds.items()),
        ]
        self.stale = False
        if not current:
            del self.fields["correction"]

    def clean_outcome(self):
        """One of the four, or a kind of the hospital's own, which counts as one of them."""
        answer = self.cleaned_data["outcome"]
        self.instance.kind = self.kinds.get(answer)
        return self.instance.kind.outcome if self.instance.kind else answer

    def clean(self):
        cleaned = super().clean()
        outcome = cleaned.get("outcome")
        if outcome and outcome != Outcome.ACCEPTED and not cleaned.get("reason"):
            self.add_error("reason", _("「理由」を入力してください"))
        if outcome and outcome not in CHOSEN_OUTCOMES and self.case.awards.exists():
            self.add_error("outcome", _("この案件には表彰があります。先に表彰を取り消してください"))
        if cleaned.get("seen") != (self.current.pk if self.current else None):
            self._mark_stale()
        return cleaned

    def _mark_stale(self):
        self.stale = True
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = self.current.pk
        message = _(
            "%(name)sさんが先に決定を記録しました。下の「決定の記録」と見比べて、必要ならもう一度記録してください。"
        )
        raise ValidationError(message, code="stale", params={"name": self.current.decided_by.name})


class LetterForm(VersionedModelForm):
    """The office's own words."""

    class Meta:
        model = Letter
        fields = ["subject", "body"]
        field_classes = {"body": LongTextField}
        widgets = {"body": forms.Textarea(attrs={"rows": 24})}
