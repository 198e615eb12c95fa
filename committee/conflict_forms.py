"""What chair or office say about a member's answer to the conflict question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import OUT_ANSWERS, ConflictAnswer, Verdict
from core.fields import LongTextField, NamedErrorsMixin

WORDS = {
    Verdict.KEEP: _("回答のとおりでよい\n確かめたことを記録します"),
    Verdict.RECUSE: _("審査から外す\n案件を閉じ、人数と平均から外します。本人に知らせます"),
    Verdict.ASK_AGAIN: _("もう一度答えてもらう\n答えるまで案件を閉じます。本人に知らせます"),
}
SAID_HERSELF = {ConflictAnswer.CONFLICT, ConflictAnswer.UNSURE}
# What makes sense for which answer; None stands for no answer yet.
VERDICTS = {
    None: [Verdict.RECUSE],
    ConflictAnswer.NONE: [Verdict.KEEP, Verdict.RECUSE, Verdict.ASK_AGAIN],
    ConflictAnswer.CONFLICT: [Verdict.KEEP, Verdict.ASK_AGAIN],
    ConflictAnswer.UNSURE: [Verdict.KEEP, Verdict.ASK_AGAIN],
    ConflictAnswer.RECUSED: [Verdict.ASK_AGAIN],
}


class PickForm(NamedErrorsMixin, forms.Form):
    """A member and a case about which nothing is listed: somebody knows of a conflict."""

    case = forms.ChoiceField(label=_("案件"))
    member = forms.ChoiceField(label=_("委員"))

    def __init__(self, *args, cases, people, **kwargs):
        super().__init__(*args, **kwargs)
        first = ("", _("選んでください"))
        self.fields["case"].choices = [
            first,
            *((each.public_id, f"{each.number} {each.title}") for each in cases),
        ]
        self.fields["member"].choices = [first, *((each.pk, each.name) for each in people)]


class SettleForm(NamedErrorsMixin, forms.Form):
    """The verdict, with its reason unless a member stays out as she said herself.

    Nothing is chosen beforehand. ``seen`` is the answer that the page showed.
    """

    verdict = forms.ChoiceField(label=_("確かめた結果"), widget=forms.RadioSelect)
    note = LongTextField(
        label=_("確かめたこと"),
        help_text=_("事務局と委員長・副委員長が読みます。本人と提案者には届きません。"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, answer, is_blind=False, **kwargs):
        super().__init__(*args, initial={"seen": answer or ""}, **kwargs)
        self.answer = answer
        if is_blind:
            self.fields["note"].help_text = _("事務局が読みます。本人と提案者には届きません。")
        self.fields["verdict"].choices = [(each, WORDS[each]) for each in VERDICTS[answer]]
        note = self.fields["note"]
        note.required = answer not in SAID_HERSELF
        if not note.required:
            note.help_text = _(
                "事務局と委員長・副委員長が読みます。もう一度答えてもらうときは、必ず書いてください。"
            )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen") != (self.answer or ""):
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.answer or ""
            self.add_error(
                None,
                _("見ているあいだに回答が変わりました。いまの回答を見て、もう一度選んでください。"),
            )
        stays_out = cleaned.get("verdict") == Verdict.KEEP and self.answer in OUT_ANSWERS
        lacks_note = not cleaned.get("note") and "note" not in self.errors
        if cleaned.get("verdict") and not stays_out and lacks_note:
            self.add_error("note", _("「確かめたこと」を入力してください"))
        return cleaned
