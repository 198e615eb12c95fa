"""What a member fills in about a case: points, words, or why she abstains."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from committee.enums import RoundState
from committee.models import Review
from core.fields import LongTextField, NamedErrorsMixin, name_required
from core.forms import AutosavedModelForm
from core.templatetags.ui import jdatetime

UNJUDGED = "none"


class ReviewForm(AutosavedModelForm):
    """A member's points and words. ``criteria`` are those that are asked about the case's need.

    ``complete`` insists on an answer to every criterion. ``refusal`` says why nothing can be
    saved, once the form has been checked.
    """

    refusal = ""

    class Meta:
        model = Review
        fields = ["note_to_committee", "note_to_proposer"]
        field_classes = dict.fromkeys(fields, LongTextField)
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, instance, criteria, complete=False, **kwargs):
        self.criteria = list(criteria)
        self.given = dict(instance.scores.values_list("criterion", "value")) if instance.pk else {}
        super().__init__(*args, instance=instance, **kwargs)
        for criterion in self.criteria:
            name = _name(criterion)
            self.fields[name] = _score_field(criterion, required=complete)
            if criterion.pk in self.given:
                self.initial[name] = str(self.given[criterion.pk] or UNJUDGED)
            self._current[name] = self.initial.get(name, "")
        name_required(self)

    def stored(self):
        """Words and points as they are stored now."""
        points = self.instance.scores.order_by("criterion") if self.instance.pk else None
        return {
            **super().stored(),
            "points": list(points.values_list("criterion", "value")) if points else [],
        }

    def rows(self):
        """(criterion, its bound field) for the page."""
        return [(criterion, self[_name(criterion)]) for criterion in self.criteria]

    def marks(self):
        """Criterion → points, or None for 「判断できない」; only what was answered."""
        return {
            criterion: None if answer == UNJUDGED else int(answer)
            for criterion in self.criteria
            if (answer := self.cleaned_data.get(_name(criterion)))
        }

    def changed_marks(self):
        """Of ``marks`` those that are new or different."""
        return {
            criterion: value
            for criterion, value in self.marks().items()
            if criterion.pk not in self.given or self.given[criterion.pk] != value
        }

    def clean(self):
        cleaned = super().clean()
        self.refusal = self._refusal()
        if self.refusal:
            raise ValidationError(self.refusal, code="closed")
        return cleaned

    def _refusal(self):
        round_ = self.instance.case.round
        if self.instance.abstained_at:
            return _(
                "この案件の審査は辞退しています。いまの入力は保存していません。採点するときは、先に辞退を取り消してください。"
            )
        if round_.state != RoundState.REVIEWING:
            return _(
                "採点は締め切られました。いまの入力は保存していません。必要なら写しをとり、事務局に知らせてください。"
            )
        reviewer = self.instance.reviewer
        if not round_.takes_scores_of(reviewer):
            return _(
                "採点の締切(%(deadline)s)を過ぎました。いまの入力は保存していません。必要なら写しをとり、事務局に知らせてください。"
            ) % {"deadline": jdatetime(round_.deadline_of(reviewer))}
        return ""


def _name(criterion):
    return f"score_{criterion.pk}"


def _score_field(criterion, *, required):
    points = [(str(mark), str(mark)) for mark in range(1, criterion.scale + 1)]
    unjudged = [(UNJUDGED, _("判断できない"))] if criterion.allows_na else []
    return forms.ChoiceField(
        label=criterion.label,
        choices=points + unjudged,
        widget=forms.RadioSelect,
        required=required,
    )


class AbstainForm(NamedErrorsMixin, forms.Form):
    """Why she leaves this case to the others."""

    reason = LongTextField(
        label=_("辞退の理由"),
        help_text=_("事務局と委員長が読みます。提案者には見えません。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
