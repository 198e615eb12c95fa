"""What is asked around a publication."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from core.fields import JapaneseDateField, LongTextField, ManyChoicesField, NamedErrorsMixin
from core.forms import TransitionForm, VersionedModelForm
from disclosure import queries
from disclosure.enums import NoveltyAnswer, Tier
from disclosure.models import Publication
from taxonomy.models import Term

AS_MEMBER = "member"
AS_NDA = "nda"


class PublicationForm(VersionedModelForm):
    """The outgoing texts, and for each field of the sheet its text and who may read it.

    ``sheet`` are the publication's fields; they become ``text_<code>`` and ``tier_<code>``.
    """

    novelty = forms.ChoiceField(
        label=gettext_lazy("公開する文に、解決の案(アイデア)は含まれますか"),
        help_text=gettext_lazy(
            "解決の案を公開すると、あとで特許を取れなくなることがあります。迷うときは「確認が済んでいない」を選び、知財担当に相談してください。"
        ),
        choices=[choice for choice in NoveltyAnswer.choices if choice[0]],
        required=False,
        widget=forms.RadioSelect,
    )
    presentation_date = JapaneseDateField(
        label=gettext_lazy("学会などでの発表予定日"), required=False
    )
    open_until = JapaneseDateField(
        label=gettext_lazy("公開の期限"),
        help_text=gettext_lazy("この日の終わりまで読めます。空欄なら、止めるまで公開します。"),
        required=False,
        future=True,
    )

    class Meta:
        model = Publication
        fields = [
            "title",
            "summary",
            "wanted",
            "category",
            "device_class",
            "technologies",
            "novelty",
            "presentation_date",
            "open_until",
        ]
        field_classes = {
            "summary": LongTextField,
            "wanted": LongTextField,
            "technologies": ManyChoicesField,
        }
        labels = {"device_class": gettext_lazy("医療機器の分類(参考)")}
        help_texts = {
            "title": gettext_lazy("企業が一覧で最初に読む文です。"),
            "summary": gettext_lazy(
                "困りごとが伝わるように書きます。患者さんや職員が分かる内容と、解決の案は書きません。"
            ),
            "wanted": gettext_lazy("探している技術や、企業と一緒にしたいことを書きます。"),
            "device_class": gettext_lazy(
                "公開のときの見込みです。決まっていなければ空欄にします。"
            ),
            "technologies": gettext_lazy("いくつでも選べます。"),
        }
        widgets = {"technologies": forms.CheckboxSelectMultiple(attrs={"class": "tiles"})}

    def __init__(self, *args, sheet, **kwargs):
        self.sheet = sheet
        self.base_fields = {**self.base_fields, **_sheet_fields(sheet)}
        initial = {f"text_{field.code}": field.text for field in sheet}
        initial |= {f"tier_{field.code}": field.tier for field in sheet}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["category"].queryset = Term.objects.of("need_category")
        self.fields["device_class"].queryset = Term.objects.of("device_class")
        for name in ("category", "device_class"):
            self.fields[name].empty_label = _("選んでいません")
        self.fields["technologies"].queryset = Term.objects.of("technology")

    @property
    def rows(self):
        """Field by field: its name, its text and who may read it."""
        return [
            (field.label, self[f"text_{field.code}"], self[f"tier_{field.code}"])
            for field in self.sheet
        ]

    @property
    def chosen_technologies(self):
        """The labels ticked now."""
        return [box.choice_label for box in self["technologies"] if box.data["selected"]]

    def changes(self):
        """What a valid form says, as the arguments of ``actions.edit``."""
        details = {name: self.cleaned_data[name] for name in self.Meta.fields}
        fields = {
            field.code: {
                "text": self.cleaned_data[f"text_{field.code}"],
                "tier": self.cleaned_data[f"tier_{field.code}"],
            }
            for field in self.sheet
        }
        return {"fields": fields, **details}


def _sheet_fields(sheet):
    made = {}
    for field in sheet:
        made[f"text_{field.code}"] = LongTextField(
            label=field.label,
            max_length=2000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        made[f"tier_{field.code}"] = forms.ChoiceField(
            label=_("「%(field)s」を読める人") % {"field": field.label},
            choices=Tier,
            widget=forms.RadioSelect,
        )
    return made


class AskConsentForm(TransitionForm):
    """A word to the proposer, who is named beside the button."""

    comment = LongTextField(
        label=gettext_lazy("提案者への一言"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["comment"].help_text = _(
            "%(name)sさんに、確認のお願いがメールで届きます。一言は、画面で読めます。"
        ) % {"name": self.obj.need.proposer.name}


class ReasonForm(TransitionForm):
    """Why; it stays in the timeline."""

    reason = LongTextField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PublishForm(TransitionForm):
    """The gate: says each missing point; asks to confirm a conference that is near."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if warning := queries.presentation_warning(self.obj):
            self.fields["presentation_checked"] = forms.BooleanField(
                label=_("発表の予定を確かめました"),
                help_text=warning,
                error_messages={"required": _("発表の予定を確かめて、チェックを入れてください。")},
            )

    def clean(self):
        for message in queries.missing(self.obj):
            self.add_error(None, message)
        return super().clean()


class SeenTextForm(NamedErrorsMixin, forms.Form):
    """An answer about a text: it counts only for the version that the page showed."""

    text_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, publication, **kwargs):
        self.publication = publication
        super().__init__(*args, initial={"text_version": publication.text_version}, **kwargs)
        self.stale = False

    def clean_text_version(self):
        seen = self.cleaned_data["text_version"]
        if seen != self.publication.text_version:
            self.stale = True
            # The page now shows the new text, so the next answer is about that one.
            self.data = {**self.data.dict(), "text_version": self.publication.text_version}
            raise forms.ValidationError(
                _("開いたあとで文が変わりました。新しい文を読んで、もう一度答えてください。")
            )
        return seen


class ConsentForm(SeenTextForm):
    """The proposer's yes or no to a text."""

    AGREE = "agree"
    REFUSE = "refuse"

    answer = forms.ChoiceField(
        label=gettext_lazy("答え"),
        choices=[(AGREE, gettext_lazy("同意する")), (REFUSE, gettext_lazy("同意しない"))],
        widget=forms.HiddenInput,
    )
    comment = LongTextField(
        label=gettext_lazy("事務局へのコメント"),
        help_text=gettext_lazy("同意しないときは、直してほしいところを書いてください。"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == self.REFUSE and not cleaned.get("comment"):
            self.add_error("comment", _("同意しない理由か、直してほしいところを書いてください。"))
        return cleaned


class ConfirmIpForm(SeenTextForm):
    """Who looked at the patent question, and how."""

    comment = LongTextField(
        label=gettext_lazy("だれが、どのように確認したか"),
        help_text=gettext_lazy("例: 知財担当の○○が先行技術を調べ、出願しないと決めた。"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PreviewForm(forms.Form):
    """Through whose eyes to look."""

    # "as" is a word of Python, so the field is named otherwise.
    eyes = forms.ChoiceField(
        label=gettext_lazy("だれの目で見ますか"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select w-auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        partners = Organisation.objects.outside().order_by("name", "pk")
        self.fields["eyes"].choices = [
            (AS_MEMBER, _("契約のない登録企業・支援機関")),
            (AS_NDA, _("秘密保持契約を結んだ企業")),
            *((partner.public_id, partner.name) for partner in partners),
        ]
