"""What the buttons of a need ask before they act."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.fields import JapaneseDateField, LongTextField
from core.forms import TransitionForm
from needs.clearance import open_findings
from needs.clearance_forms import ClearedTransition
from needs.declining import ADVICE
from needs.enums import JOINABLE_STATES, DeclineReason
from needs.models import Need
from needs.promise import working_day_after
from needs.sections import askable
from taxonomy.models import Term

REPLY_WITHIN_WORKING_DAYS = 10
LONGEST_REPLY = timedelta(days=90)


class ToldForm(TransitionForm):
    """For moves that the people of the need hear of: the page to confirm names them.

    The office reads the need beside what it writes.
    """

    beside = "needs/beside.html"

    @property
    def audience_note(self):
        """Who gets a mail."""
        if self.obj is None:
            return ""
        names = dict.fromkeys(person.name for person in self.obj.everybody)
        return _("次の人に知らせます: %(names)s") % {"names": _("、").join(names)}


class TakeInForm(ClearedTransition, ToldForm):
    """The office sorts the need while taking it in."""

    category = forms.ModelChoiceField(
        Term.objects.of("need_category"),
        label=_("分野"),
        help_text=_("審査や企業との照合に使います。あとで決めてもかまいません。"),
        required=False,
        empty_label=_("選ばない"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.initial["category"] = self.obj.category_id
            # A need that was brought in may hold what nobody was asked about.
            self.open_findings = open_findings(self.obj)

    @property
    def fix_url(self):
        """Where the words can be corrected."""
        return reverse("needs:findings", args=[self.obj.public_id])

    def look(self, texts):
        """Not what is typed here, but the whole need; of several the list asks (needs.bulk)."""
        return open_findings(self.obj) if self.obj else []


class SendBackForm(ClearedTransition, ToldForm):
    """What the office wants to know."""

    checked = {"question": "question"}

    question = LongTextField(
        label=_("提案者への質問"),
        help_text=_("ひとつずつ、答えやすい聞き方で書いてください。"),
        max_length=1000,
    )
    asked_sections = forms.MultipleChoiceField(
        label=_("直してもらう項目"),
        help_text=_("選んだ項目だけが、提案者に開きます。選ばないと、すべての項目を直せます。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reply_due = JapaneseDateField(
        label=_("回答の期限"),
        help_text=_("期限の前に一度お知らせし、過ぎても回答がないときは予告してから終了します。"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.fields["asked_sections"].choices = askable(self.obj)
            self.initial["reply_due"] = working_day_after(
                self.obj.hospital_id, REPLY_WITHIN_WORKING_DAYS
            )

    def clean_reply_due(self):
        day = self.cleaned_data["reply_due"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST_REPLY:
            raise ValidationError(
                _("「回答の期限」は、あしたから%(days)d日以内の日付にしてください"),
                params={"days": LONGEST_REPLY.days},
            )
        return day


class StopClockForm(ClearedTransition, ToldForm):
    """Why the promised day does not count at the moment."""

    checked = {"clock_reason": "clock_reason"}

    clock_reason = LongTextField(
        label=_("止める理由"),
        help_text=_("提案者がそのまま読みます。何を、いつごろまで確かめるのかを書いてください。"),
        max_length=500,
    )


class ResubmitForm(ClearedTransition, TransitionForm):
    """The proposer's answer."""

    checked = {"answer": "answer"}

    answer = LongTextField(label=_("質問への回答"), max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            question = _("質問: %(question)s") % {"question": self.obj.question}
            self.fields["answer"].help_text = question

    def clean(self):
        if self.obj.missing:
            raise ValidationError(
                _("本文に、まだ入力されていない項目があります。本文を直してから提出してください。")
            )
        if open_findings(self.obj):
            raise ValidationError(
                _("個人情報かもしれないことばが残っています。内容の確認から進んでください。")
            )
        return super().clean()


def find_joinable(need, number):
    """Another need of this hospital that goes on, by its number. Raises ValidationError."""
    others = Need.objects.filter(hospital=need.hospital_id, state__in=JOINABLE_STATES)
    found = others.filter(number__iexact=number.strip()).exclude(pk=need.pk).first()
    if found is None:
        raise ValidationError(
            _(
                "「%(number)s」は見つかりません。審査中か、これから進むニーズの受付番号を入力してください"
            ),
            params={"number": number},
        )
    return found


class DeclineForm(ClearedTransition, ToldForm):
    """Why not, in a code for the statistics and in words for the proposer."""

    checked = {"explanation": "explanation"}

    decline_reason = forms.ChoiceField(
        label=_("理由"),
        help_text=_("理由ごとに、下の助言と次の一歩を提案者に見せます。"),
        widget=forms.RadioSelect(attrs={"class": "boxes"}),
    )
    earlier = forms.CharField(
        label=_("先に届いたニーズの受付番号"),
        help_text=_(
            "「同じニーズがすでにある」のときに入力します。提案者は、そのニーズに加われます。例: N-2026-0012"
        ),
        max_length=20,
        required=False,
    )
    explanation = LongTextField(
        label=_("提案者への説明"),
        help_text=_(
            "提案者がそのまま読みます。どこを検討したか、これから何ができるかを書いてください。"
        ),
        max_length=2000,
    )
    reasons = tuple(DeclineReason)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decline_reason"].choices = [
            (each.value, format_html("<strong>{}</strong>\n{}", each.label, ADVICE[each].text))
            for each in self.reasons
        ]

    def clean(self):
        cleaned = super().clean()
        number, cleaned["earlier"] = cleaned.get("earlier"), None
        if cleaned.get("decline_reason") != DeclineReason.DUPLICATE:
            return cleaned
        if not number:
            self.add_error("earlier", _("「先に届いたニーズの受付番号」を入力してください"))
            return cleaned
        try:
            cleaned["earlier"] = find_joinable(self.obj, number)
        except ValidationError as error:
            self.add_error("earlier", error)
        return cleaned
