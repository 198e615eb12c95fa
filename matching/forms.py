"""What is asked when a match moves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import JapaneseDateField, LongTextField, NamedErrorsMixin
from core.forms import TransitionForm
from matching.enums import DeclineReason


def _message():
    return LongTextField(
        label=_("メッセージ"),
        max_length=1000,
        help_text=_("どんな技術で役立てそうか、聞きたいことは何か。数行で構いません。"),
    )


class InterestForm(NamedErrorsMixin, forms.Form):
    """A partner's first words about a published need."""

    partner = forms.ModelChoiceField(label=_("どの組織として"), queryset=None, empty_label=None)
    message = _message()

    def __init__(self, *args, partners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners
        if len(partners) == 1:
            del self.fields["partner"]
        self.partners = partners

    def clean(self):
        """Who speaks for one organisation only is not asked which."""
        cleaned = super().clean()
        cleaned.setdefault("partner", self.partners[0] if len(self.partners) == 1 else None)
        return cleaned


class AnswerForm(TransitionForm):
    """The same words in answer to an introduction."""

    message = _message()


class IntroduceForm(TransitionForm):
    """What the office tells the partner about the need."""

    introduction = LongTextField(
        label=_("紹介文"),
        max_length=1000,
        help_text=_("なぜこの企業に紹介するのか、何を期待しているのか。"),
    )


class MeetingForm(TransitionForm):
    """When hospital and partner meet."""

    meeting_date = JapaneseDateField(
        label=_("面談日"), help_text=_("例: 2026/12/5、12月5日、令和8年12月5日")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("meeting_date", self.obj.meeting_date)


class DeclineForm(TransitionForm):
    """Why it does not go on."""

    decline_reason = forms.ChoiceField(
        label=_("理由"), choices=DeclineReason, widget=forms.RadioSelect
    )
    comment = LongTextField(label=_("ひとこと"), max_length=500, required=False)


class CloseForm(TransitionForm):
    """How it ended."""

    comment = LongTextField(label=_("ひとこと"), max_length=500, required=False)
