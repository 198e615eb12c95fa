"""What is asked for a finding of the office and for a comment."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.fields import LongTextField, ManyChoicesField, name_required
from needs import comments
from needs.clearance_forms import ClearanceMixin
from needs.enums import CommentAudience, EnrichmentKind, Regulation
from needs.models import Enrichment

WHO_READS = {
    CommentAudience.OFFICE: gettext_lazy("支援オフィスの人だけが読みます。"),
    CommentAudience.INTERNAL: gettext_lazy(
        "支援オフィス、部署長、病院長が読みます。提案者には見えません。"
    ),
    CommentAudience.PROPOSER: gettext_lazy("提案者と連名者も読みます。メールで知らせます。"),
}
# What somebody outside of the office reads there.
WITH_THE_OFFICE = gettext_lazy(
    "事務局、部署長、病院長と、提案者、連名者が読みます。事務局と、提案者、連名者にメールで知らせます。"
)


class EnrichmentForm(ClearanceMixin, forms.ModelForm):
    """One finding and where it comes from."""

    kind = forms.ChoiceField(
        label=gettext_lazy("種類"), choices=EnrichmentKind, widget=forms.RadioSelect
    )
    regulation = forms.ChoiceField(
        label=gettext_lazy("薬機法での見込み"),
        help_text=gettext_lazy(
            "「薬機法での見込み」を選んだときだけ答えます。見込みであり、判断ではありません。"
        ),
        choices=[("", gettext_lazy("選ばない")), *Regulation.choices],
        required=False,
    )
    text = LongTextField(label=gettext_lazy("内容"), max_length=2000)
    source_url = forms.URLField(
        label=gettext_lazy("出典のURL"), required=False, assume_scheme="https"
    )

    class Meta:
        model = Enrichment
        fields = ["kind", "regulation", "text", "source", "source_url"]
        help_texts = {
            "source": gettext_lazy("例: 厚生労働省 患者調査(2023年)、J-PlatPatの検索(2026年11月)")
        }

    checked = {"text": "enrichment", "source": "enrichment_source"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.need = self.instance.need
        name_required(self)

    def clean(self):
        cleaned = super().clean()
        is_regulation = cleaned.get("kind") == EnrichmentKind.REGULATION
        if is_regulation and not cleaned.get("regulation"):
            self.add_error("regulation", _("「薬機法での見込み」を選んでください"))
        if not is_regulation:
            cleaned["regulation"] = ""
        return cleaned


class CommentForm(ClearanceMixin, forms.Form):
    """A text, its circle, and who is named."""

    text = LongTextField(
        label=gettext_lazy("コメント"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("読む人"), widget=forms.RadioSelect(attrs={"class": "boxes"})
    )
    mentions = ManyChoicesField(
        User.objects.none(),
        label=gettext_lazy("知らせる人"),
        help_text=gettext_lazy("選んだ人にメールで知らせます。読める人だけを選べます。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    checked = {"text": "comment"}

    def __init__(self, *args, need, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.need = need
        mine = comments.circles(by, need)
        who_reads = WHO_READS
        if CommentAudience.OFFICE not in mine:
            who_reads = WHO_READS | {CommentAudience.PROPOSER: WITH_THE_OFFICE}
        self.fields["audience"].choices = [
            (each.value, format_html("<strong>{}</strong>\n{}", each.label, who_reads[each]))
            for each in mine
        ]
        self.initial.setdefault("audience", mine[0].value if mine else "")
        widest = mine[-1] if mine else CommentAudience.OFFICE
        everybody = comments.mentionable(need, widest, but=by) if mine else []
        self.fields["mentions"].queryset = User.objects.filter(
            pk__in=[each.pk for each in everybody]
        ).order_by("kana", "name", "pk")
        name_required(self)

    def clean(self):
        cleaned = super().clean()
        if "audience" in cleaned and "mentions" in cleaned:
            allowed = comments.mentionable(self.need, cleaned["audience"])
            outside = [each.name for each in cleaned["mentions"] if each not in allowed]
            if outside:
                message = _(
                    "%(names)sさんは、この範囲のコメントを読めません。選びなおしてください。"
                )
                params = {"names": _("、").join(outside)}
                self.add_error("mentions", forms.ValidationError(message, params=params))
        return cleaned
