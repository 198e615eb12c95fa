"""What people fill in about a contract: begin, edit, file, note, and the questions of steps."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.queries import people
from contracts import kinds, readiness
from contracts.enums import NoteAudience, Side
from contracts.models import Contract, Note
from contracts.slots import newest_text, versions_in
from core.fields import JapaneseDateField, LongTextField, NamedErrorsMixin
from core.forms import TransitionForm, VersionedModelForm
from documents.fields import CheckedFileField

TERMS_HELP = _("院内だけに見えます。相手方に示す条件は、契約書案の書類に書いてください。")


def partner_audience(contract):
    """「株式会社○○の2名に見えます」: said beside every button that sends something out."""
    count = people(Role.PARTNER, at=contract.partner_id).count()
    return gettext("%(partner)sの%(count)s名に見えます") % {
        "partner": contract.partner,
        "count": count,
    }


def hospital_audience(contract):
    """Who reads what the other side writes."""
    return gettext("%(hospital)sの担当者に見えます") % {"hospital": contract.hospital}


def refuse_backward(form):
    """The last day must not lie before the first."""
    first, last = form.cleaned_data.get("starts_on"), form.cleaned_data.get("ends_on")
    if first and last and last < first:
        form.add_error("ends_on", _("「満了日」は「発効日」と同じか、後の日付にしてください"))


class NewContractForm(NamedErrorsMixin, forms.ModelForm):
    """Begin a contract for a match."""

    starts_on = JapaneseDateField(label=_("発効日(予定)"), required=False)
    ends_on = JapaneseDateField(label=_("満了日(予定)"), required=False)

    class Meta:
        model = Contract
        fields = ["kind", "title", "terms", "starts_on", "ends_on"]
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"title": _("相手方にも見えます。"), "terms": TERMS_HELP}

    def __init__(self, *args, match, **kwargs):
        super().__init__(*args, **kwargs)
        self.match = match
        self.fields["kind"].choices = [
            (slug, f"{label}\n{kinds.registry[slug].purpose}") for slug, label in kinds.choices()
        ]

    def clean(self):
        cleaned = super().clean()
        refuse_backward(self)
        if kind := cleaned.get("kind"):
            for problem in readiness.before_drafting(self.match, kind):
                self.add_error(None, problem)
        return cleaned


class ContractForm(VersionedModelForm):
    """Edit; once the text has left the office only the place of the original is open."""

    starts_on = JapaneseDateField(label=_("発効日(予定)"), required=False)
    ends_on = JapaneseDateField(label=_("満了日(予定)"), required=False)

    class Meta:
        model = Contract
        fields = ["title", "terms", "starts_on", "ends_on", "original_kept_at"]
        help_texts = {
            "title": _("相手方にも見えます。"),
            "terms": TERMS_HELP,
            "original_kept_at": _("例: 総務課の契約書棚 2026-014。院内だけに見えます。"),
        }

    FROZEN = ("title", "terms", "starts_on", "ends_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.text_is_open:
            for name in self.FROZEN:
                del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        refuse_backward(self)
        return cleaned


class UploadForm(NamedErrorsMixin, forms.Form):
    """A new version of one document, with a word on what has changed."""

    upload = CheckedFileField(label=_("ファイル"))
    comment = LongTextField(
        label=_("変えたところ"),
        required=False,
        max_length=1000,
        help_text=_("院内メモとして残ります。相手方には見えません。"),
    )


class NoteForm(NamedErrorsMixin, forms.ModelForm):
    """A line of the negotiation log. The pressed button must say the same as the radio."""

    text = LongTextField(label=_("内容"), max_length=2000)
    pressed = forms.ChoiceField(choices=NoteAudience, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Note
        fields = ["audience", "text"]
        widgets = {"audience": forms.RadioSelect}

    def clean(self):
        cleaned = super().clean()
        chosen, pressed = cleaned.get("audience"), cleaned.get("pressed")
        if chosen and pressed and chosen != pressed:
            message = _("「見える人」とボタンが違います。だれに見せるかを、もう一度選んでください")
            self.add_error("audience", message)
        return cleaned


class PartnerNoteForm(NamedErrorsMixin, forms.ModelForm):
    """What the other side writes is always read by both."""

    text = LongTextField(label=_("内容"), max_length=2000)

    class Meta:
        model = Note
        fields = ["text"]


class ReviewForm(TransitionForm):
    """No question; but there must be something to read."""

    def clean(self):
        if problems := readiness.before_review(self.obj):
            raise ValidationError(problems)
        return super().clean()


class SendForm(TransitionForm):
    """Send the draft out."""

    comment = LongTextField(label=_("相手方へのひとこと"), required=False, max_length=1000)

    @property
    def audience_note(self):
        """Which file goes out and who will read it."""
        audience = partner_audience(self.obj)
        version = newest_text(versions_in(self.obj))
        if version is None:
            return audience
        return gettext("「%(file)s」が%(audience)s") % {"file": version.name, "audience": audience}

    def clean(self):
        if problems := readiness.before_sending(self.obj):
            raise ValidationError(problems)
        return super().clean()


class ReturnForm(TransitionForm):
    """The other side wants changes."""

    comment = LongTextField(label=_("直してほしいところ"), max_length=2000)
    upload = CheckedFileField(label=_("修正した契約書案"), required=False)

    @property
    def audience_note(self):
        """Who will read it."""
        return hospital_audience(self.obj)


class AgreeForm(TransitionForm):
    """The other side agrees."""

    comment = LongTextField(label=_("ひとこと"), required=False, max_length=1000)

    @property
    def audience_note(self):
        """What happens next."""
        return gettext("%(hospital)sの決裁に進みます。以後、契約書案は変わりません。") % {
            "hospital": self.obj.hospital
        }


class RecordAgreementForm(TransitionForm):
    """The office heard it by mail or telephone."""

    comment = LongTextField(
        label=_("いつ、だれから、どのように聞いたか"),
        max_length=1000,
        help_text=_("院内だけに見えます。"),
    )


class ApproveForm(TransitionForm):
    """One step of the decision."""

    comment = LongTextField(
        label=_("コメント"), required=False, max_length=1000, help_text=_("院内だけに見えます。")
    )


class InternalReasonForm(TransitionForm):
    """Why it goes back, for colleagues."""

    comment = LongTextField(label=_("理由"), max_length=1000, help_text=_("院内だけに見えます。"))


class SharedReasonForm(TransitionForm):
    """Why it ends, for both sides."""

    reason = LongTextField(label=_("理由"), max_length=1000)

    @property
    def audience_note(self):
        """Who will read it."""
        if self.obj.shared_at is None:
            return gettext("理由は院内だけに見えます。")
        return gettext("理由は%(partner)s。") % {"partner": partner_audience(self.obj)}


class SignatureForm(TransitionForm):
    """Who signed for which side, and when."""

    side = forms.ChoiceField(label=_("署名した側"), widget=forms.RadioSelect)
    signer = forms.CharField(
        label=_("署名者"), max_length=80, help_text=_("役職と氏名。例: 病院長 見本 花子")
    )
    signed_on = JapaneseDateField(label=_("署名日"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = {Side.HOSPITAL: self.obj.hospital.name, Side.PARTNER: self.obj.partner.name}
        sides = sides_to_sign(self.obj, self.by)
        self.fields["side"].choices = [(side.value, names[side]) for side in sides]
        self.initial = {
            "side": sides[0] if len(sides) == 1 else None,
            "signed_on": timezone.localdate(),
            **self.initial,
        }

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("「署名日」は今日までの日付にしてください"))
        return day


def sides_to_sign(contract, by):
    """The sides whose signature ``by`` may record now: the office both, the partner its own."""
    if by.has_perm("contracts.manage_contract", contract):
        return contract.unsigned_sides
    return [side for side in contract.unsigned_sides if side == Side.PARTNER]


class ActivateForm(TransitionForm):
    """From when until when it is in force; asks for a reason when no NDA stands behind it."""

    starts_on = JapaneseDateField(label=_("発効日"))
    ends_on = JapaneseDateField(label=_("満了日"), help_text=_("この日までが契約の期間です。"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = self.obj.starts_on or timezone.localdate()
        last = self.obj.ends_on or first + timedelta(days=self.obj.spec.term_days - 1)
        self.initial = {"starts_on": first, "ends_on": last, **self.initial}
        self.lacks_secrecy = readiness.lacks_secrecy(self.obj)
        if self.lacks_secrecy:
            needed = kinds.registry[self.obj.spec.needs_in_force].label
            self.fields["exception"] = LongTextField(
                label=gettext("有効な%(kind)sがないまま進める理由") % {"kind": needed},
                required=False,
                max_length=1000,
                help_text=_("院内だけに見えます。"),
            )

    @property
    def audience_note(self):
        """Who hears of it."""
        return gettext("%(partner)s。ニーズの提案者にも、契約が始まったことを知らせます。") % {
            "partner": partner_audience(self.obj)
        }

    def clean(self):
        cleaned = super().clean()
        refuse_backward(self)
        last = cleaned.get("ends_on")
        if last and last < timezone.localdate():
            self.add_error("ends_on", _("「満了日」は今日か、今日より後の日付にしてください"))
        for problem in readiness.before_activation(self.obj):
            self.add_error(None, problem)
        if self.lacks_secrecy and not cleaned.get("exception"):
            needed = kinds.registry[self.obj.spec.needs_in_force].label
            text = _(
                "有効な%(kind)sがありません。先に締結するか、ないまま進める理由を書いてください"
            )
            self.add_error("exception", text % {"kind": needed})
        return cleaned
