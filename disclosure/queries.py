"""What a reader sees, what is still missing before it may go out, and how wide it goes."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core.templatetags.ui import jdate
from disclosure.access import reasons_for, tiers
from disclosure.enums import NoveltyAnswer, Tier
from disclosure.models import Publication, PublishedField
from needs.clearance import open_findings
from needs.enums import Audience

IDEA = "idea"
OWN_TEXTS = ("title", "summary", "wanted")
MEMBER = gettext_lazy("登録企業・支援機関として")

# The widest tier of a field that the proposer's wish on the sheet allows.
WISHED = {Audience.HOSPITAL: Tier.INTERNAL, Audience.MEMBERS: Tier.INTERNAL, Audience.NDA: Tier.NDA}


@dataclass(frozen=True, kw_only=True)
class View:
    """What one reader sees of a publication, and on what basis."""

    publication: Publication
    inside: bool
    tier: str
    basis: str
    fields: list[PublishedField]
    has_step: bool
    organisation: int | None = None

    @property
    def open_fields(self):
        """What every member reads."""
        return [field for field in self.fields if field.tier == Tier.MEMBERS]

    @property
    def secret_fields(self):
        """What an agreement opens."""
        return [field for field in self.fields if field.tier == Tier.NDA]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One condition of publishing: fulfilled, or what to do about it."""

    label: str
    done: bool
    message: str


def view_for(user, publication):
    """What this person sees. Insiders see everything; others what their organisation may read."""
    if user.has_perm("disclosure.view_inside_of_publication", publication):
        return _view(publication, inside=True)
    return view_as(publication, user.outside_organisations)


def view_as(publication, organisations: Collection[int]):
    """What somebody of one of ``organisations`` (ids) sees; the best reason among them counts."""
    for organisation in sorted(organisations):
        if reason := reasons_for([organisation], [publication]).get(publication.pk):
            return _view(publication, reason=reason, organisation=organisation)
    return _view(publication, organisation=min(organisations, default=None))


def view_with_agreement(publication):
    """What some company with an agreement would see; for looking before there is one."""
    return _view(publication, reason=str(Tier.NDA.label))


def _view(publication, *, inside=False, reason=None, organisation=None):
    allowed = tiers(inside=inside, reason=reason)
    written = [field for field in fields_of(publication) if field.text]
    # The ledger belongs to the hospital: its words do not follow the reader's language.
    with override("ja"):
        basis = str(reason or MEMBER)
    return View(
        publication=publication,
        inside=inside,
        tier=Tier.INTERNAL if inside else (Tier.NDA if reason else Tier.MEMBERS),
        basis=basis,
        fields=[field for field in written if field.tier in allowed],
        has_step=Tier.NDA not in allowed and any(field.tier == Tier.NDA for field in written),
        organisation=organisation,
    )


def fields_of(publication):
    """The fields of the sheet in their order, written or not."""
    return list(publication.fields.order_by("order", "pk"))


def grouped(fields):
    """(tier, its written fields), the widest first: what goes out to whom."""
    widest_first = [Tier.MEMBERS, Tier.NDA, Tier.INTERNAL]
    return [
        (tier, [field for field in fields if field.tier == tier and field.text])
        for tier in widest_first
    ]


def checks(publication, fields):
    """The gate: every condition of publishing, in the order in which the office meets them."""
    return [
        _consent(publication),
        _novelty(publication),
        _ip(publication, fields),
        _personal_data(publication, fields),
        _term(publication),
    ]


def missing(publication):
    """What to do before this may be published; empty when the gate is open."""
    return [each.message for each in checks(publication, fields_of(publication)) if not each.done]


def _consent(publication):
    if publication.has_consent:
        message = _("提案者が%(day)sに、この文に同意しました。") % {
            "day": jdate(publication.consented_at)
        }
    elif publication.consent_version:
        message = _("同意のあとで文が変わりました。もう一度、提案者に同意を求めてください。")
    else:
        message = _("提案者の同意がまだです。同意を求めて、返事を待ってください。")
    return Check(label=_("提案者の同意"), done=publication.has_consent, message=message)


def _novelty(publication):
    messages = {
        NoveltyAnswer.UNANSWERED: _(
            "「アイデアの扱い」が未回答です。「文と範囲を直す」を開いて選んでください。"
        ),
        NoveltyAnswer.NOT_CLEARED: _(
            "公開する文に、知財の確認が済んでいないアイデアがあります。アイデアを消すか、確認を済ませてください。"
        ),
        NoveltyAnswer.NO_IDEA: _("公開する文に、アイデアは含まれていません。"),
        NoveltyAnswer.CLEARED: _("アイデアを含みますが、知財の確認が済んでいると答えました。"),
    }
    done = publication.novelty in {NoveltyAnswer.NO_IDEA, NoveltyAnswer.CLEARED}
    return Check(label=_("アイデアの扱い"), done=done, message=messages[publication.novelty])


def asks_ip(publication, fields):
    """Whether an idea would go out, in a field or in the texts, without a recorded look at it."""
    return not publication.ip_confirmed_at and (
        idea_goes_out(fields)
        or publication.novelty in {NoveltyAnswer.CLEARED, NoveltyAnswer.NOT_CLEARED}
    )


def idea_goes_out(fields):
    """Whether anybody outside would read the field アイデア."""
    return any(
        field.code == IDEA and field.text and field.tier != Tier.INTERNAL for field in fields
    )


def _ip(publication, fields):
    done = not asks_ip(publication, fields)
    if publication.ip_confirmed_at:
        message = _("%(day)sに、知財の確認を記録しました。") % {
            "day": jdate(publication.ip_confirmed_at)
        }
    elif idea_goes_out(fields):
        message = _(
            "「アイデア」を院外に出すには、知財の確認の記録が必要です。記録するまでは「院内だけ」にしてください。"
        )
    elif not done:
        message = _(
            "アイデアを含むと答えたので、知財の確認の記録が必要です。「知財の確認を記録する」を押してください。"
        )
    else:
        message = _("アイデアは院外に出ないので、確認は要りません。")
    return Check(label=_("知財の確認"), done=done, message=message)


def personal_data(publication, fields):
    """What looks like personal information in the texts that would go out, without a reason yet."""
    texts = {name: getattr(publication, name) for name in OWN_TEXTS}
    labels = {name: str(publication._meta.get_field(name).verbose_name) for name in OWN_TEXTS}
    for field in fields:
        if field.tier != Tier.INTERNAL:
            texts[f"field.{field.code}"] = field.text
            labels[f"field.{field.code}"] = str(field.label)
    return open_findings(
        publication.need,
        {f"publication.{name}": text for name, text in texts.items()},
        {f"publication.{name}": label for name, label in labels.items()},
    )


def _personal_data(publication, fields):
    found = personal_data(publication, fields)
    if found:
        message = _(
            "公開する文に、個人情報かもしれないことば「%(words)s」があります。"
            "「文と範囲を直す」を開いて、書き換えるか、そのままでよい理由を書いてください。"
        ) % {"words": found[0].finding.text}
    else:
        message = _("個人情報のようなことばは、残っていません。")
    return Check(label=_("個人情報"), done=not found, message=message)


def _term(publication):
    if publication.has_run_out:
        message = _("公開の期限が過ぎています。「文と範囲を直す」で期限を直してください。")
    elif publication.open_until:
        message = _("%(day)sまで公開します。") % {"day": jdate(publication.open_until)}
    else:
        message = _("期限は決めていません。")
    return Check(label=_("公開の期限"), done=not publication.has_run_out, message=message)


def presentation_warning(publication):
    """What to think of before a conference; empty without one, or once IP is confirmed."""
    if not publication.presentation_date or publication.ip_confirmed_at:
        return ""
    return _(
        "%(day)sに発表の予定があります。特許を考えるなら、発表の2か月前までに知財担当へ相談が必要です。"
    ) % {"day": jdate(publication.presentation_date)}


def is_wider_than_wished(publication, fields):
    """Whether more people would read it than the proposer wished when handing the need in."""
    wish = publication.need.audience
    order = list(Tier)
    limit = order.index(WISHED[wish])
    beyond = any(order.index(Tier(field.tier)) > limit for field in fields if field.text)
    return wish == Audience.HOSPITAL or beyond
