"""Everything that changes a publication, and the ledger of who read it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import Flow, WrongStateError, action_labels, lock
from disclosure import queries, rules
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.forms import AskConsentForm, PublishForm, ReasonForm
from disclosure.models import Publication, PublishedField, Reading
from disclosure.notifications import (
    ConsentAsked,
    ConsentGiven,
    ConsentRefused,
    PublicationOpened,
)
from needs.enums import CHOSEN_STATES, Audience
from notifications.actions import notify
from search import index as search

if TYPE_CHECKING:
    from collections.abc import Iterable

    from needs.models import Need

# The parts of the sheet that may go out, in the order of the page.
SHEET = (
    "problem",
    "background",
    "current_practice",
    "existing_products",
    "ideal_state",
    "desired_spec",
    "patients",
    "idea",
)
RELOAD = timedelta(minutes=10)

flow = Flow("disclosure.publication", record=record)
action_labels.update(
    {
        "disclosure.publication.start": _("公開の準備を始めた"),
        "disclosure.publication.edit": _("文と範囲を直した"),
        "disclosure.publication.confirm_ip": _("知財の確認を記録した"),
    }
)


class TextChangedError(Exception):
    """The answer is about a text that has changed since."""


class NotReadyError(WrongStateError):
    """A condition of publishing is missing; ``queries.missing`` says which."""


@transaction.atomic
def start(need: Need, /, *, by: Any) -> Publication:
    """Begin to prepare a chosen need for the outside; a second call finds the first one's.

    The sheet is copied, and nothing is wider than the proposer wished. Raises WrongStateError.
    """
    lock(need)
    if need.state not in CHOSEN_STATES:
        raise WrongStateError
    if found := Publication.objects.filter(need=need).first():
        return found
    publication = Publication.objects.create(
        need=need,
        hospital=need.hospital,
        title=need.title,
        summary=need.problem,
        category=need.category,
        updated_by=by,
    )
    wished = queries.WISHED[Audience(need.audience)]
    PublishedField.objects.bulk_create(
        PublishedField(
            publication=publication,
            code=code,
            text=getattr(need, code).strip(),
            tier=Tier.INTERNAL if code == queries.IDEA else wished,
            order=order,
        )
        for order, code in enumerate(SHEET)
    )
    search.keep(publication)
    record(publication, "start", by=by)
    return publication


@transaction.atomic
def edit(
    publication: Publication,
    /,
    *,
    by: Any,
    fields: dict[str, dict[str, str]] | None = None,
    technologies: Iterable[Any] | None = None,
    **details: Any,
) -> None:
    """Change the texts; ``fields`` maps the code of a field to its new text and tier.

    When what goes out changes, consent given before no longer counts and it is the office's turn
    again; when a text changes, the IP confirmation no longer counts. Raises WrongStateError while
    outsiders read it.
    """
    lock(publication)
    if not rules.is_editable(by, publication):
        raise WrongStateError
    outgoing, texts = _outgoing(publication), _texts(publication)
    for name, value in details.items():
        setattr(publication, name, value)
    if technologies is not None:
        publication.technologies.set(technologies)
    for code, values in (fields or {}).items():
        publication.fields.filter(code=code).update(**values)
    if _texts(publication) != texts:
        publication.ip_confirmed_at = publication.ip_confirmed_by = None
    changed = _outgoing(publication) != outgoing
    publication.text_version += changed
    publication.updated_by = by
    publication.save()
    record(publication, "edit", by=by, text_version=publication.text_version)
    if changed and publication.state != PublicationState.DRAFTING:
        revise(publication, by=by)


def _outgoing(publication: Publication) -> tuple[Any, ...]:
    """Everything that consent is about: each text that leaves the hospital, with its readers."""
    leaving = publication.fields.exclude(tier=Tier.INTERNAL).exclude(text="")
    return (
        publication.title,
        publication.summary,
        publication.wanted,
        list(leaving.order_by("code").values_list("code", "tier", "text")),
    )


def _texts(publication: Publication) -> tuple[Any, ...]:
    """Everything that the IP officer looked at, whoever may read it."""
    fields = publication.fields.order_by("code").values_list("code", "text")
    return (publication.title, publication.summary, publication.wanted, list(fields))


@flow.transition(
    source=[PublicationState.CONSENT_ASKED, PublicationState.PAUSED],
    target=PublicationState.DRAFTING,
    permission="disclosure.change_publication",
    label=_("文が変わり、作成中に戻った"),
    button=False,
)
def revise(publication: Publication, /, *, by: Any) -> None:
    """The text changed after consent was asked for: ask again before it goes out."""


@flow.transition(
    source=PublicationState.DRAFTING,
    target=PublicationState.CONSENT_ASKED,
    permission="disclosure.manage_publication",
    label=_("提案者に同意を求める"),
    done=_("提案者に同意を求めた"),
    form=AskConsentForm,
    note=_("提案者が、公開する文とその範囲を読んで、同意するか答えます。まだ院外には出ません。"),
)
def ask_consent(publication: Publication, /, *, by: Any, comment: str = "") -> None:
    """Show the proposer exactly what would go out."""
    publication.updated_by = by
    notify(ConsentAsked(publication=publication))


@flow.transition(
    source=PublicationState.CONSENT_ASKED,
    target=PublicationState.CONSENT_ASKED,
    permission="disclosure.consent_publication",
    label=_("公開に同意する"),
    done=_("公開に同意した"),
    button=False,
)
def give_consent(
    publication: Publication, /, *, by: Any, text_version: int, comment: str = ""
) -> None:
    """The proposer agrees to exactly this text. Raises TextChangedError."""
    if text_version != publication.text_version:
        raise TextChangedError
    publication.consent_version = text_version
    publication.consented_at = timezone.now()
    notify(ConsentGiven(publication=publication))


@flow.transition(
    source=PublicationState.CONSENT_ASKED,
    target=PublicationState.DRAFTING,
    permission="disclosure.consent_publication",
    label=_("公開に同意しない"),
    done=_("公開に同意しなかった"),
    button=False,
)
def refuse_consent(
    publication: Publication, /, *, by: Any, comment: str, text_version: int | None = None
) -> None:
    """The proposer wants something changed, or does not want it to go out; also a change of mind."""
    publication.consent_version = publication.consented_at = None
    notify(ConsentRefused(publication=publication))


@flow.transition(
    source=PublicationState.CONSENT_ASKED,
    target=PublicationState.PUBLISHED,
    permission="disclosure.manage_publication",
    label=_("公開する"),
    done=_("公開した"),
    form=PublishForm,
    note=_(
        "登録企業・支援機関のすべての担当者が、件名と概要を読めるようになります。ほかの項目は、決めた範囲の人だけが読めます。"
    ),
)
def publish(publication: Publication, /, *, by: Any, presentation_checked: bool = False) -> None:
    """Open it to the members. Raises NotReadyError."""
    _pass_gate(publication)
    publication.published_at = timezone.now()
    publication.updated_by = by
    notify(PublicationOpened(publication=publication))


@flow.transition(
    source=PublicationState.PAUSED,
    target=PublicationState.PUBLISHED,
    permission="disclosure.manage_publication",
    label=_("公開を再開する"),
    done=_("公開を再開した"),
    form=PublishForm,
    note=_("登録企業・支援機関のすべての担当者が、また読めるようになります。"),
)
def resume(publication: Publication, /, *, by: Any, presentation_checked: bool = False) -> None:
    """Open it again, through the same gate. Raises NotReadyError."""
    _pass_gate(publication)
    publication.updated_by = by


def _pass_gate(publication: Publication) -> None:
    if queries.missing(publication):
        raise NotReadyError


@flow.transition(
    source=PublicationState.PUBLISHED,
    target=PublicationState.PAUSED,
    permission="disclosure.manage_publication",
    label=_("公開を止める"),
    done=_("公開を止めた"),
    form=ReasonForm,
    note=_("登録企業・支援機関は、すぐに読めなくなります。あとで再開できます。"),
)
def pause(publication: Publication, /, *, by: Any, reason: str) -> None:
    """Take it off the catalogue at once, to change it or to think."""
    publication.updated_by = by


@flow.transition(
    source=[
        PublicationState.DRAFTING,
        PublicationState.CONSENT_ASKED,
        PublicationState.PUBLISHED,
        PublicationState.PAUSED,
    ],
    target=PublicationState.CLOSED,
    permission="disclosure.manage_publication",
    label=_("公開を終える"),
    done=_("公開を終えた"),
    form=ReasonForm,
    danger=True,
    note=_("院外からは読めなくなります。だれが読んだかの記録は残ります。"),
)
def close(publication: Publication, /, *, by: Any, reason: str) -> None:
    """Over. The ledger stays."""
    publication.updated_by = by


@flow.transition(
    source=PublicationState.CLOSED,
    target=PublicationState.DRAFTING,
    permission="disclosure.manage_publication",
    label=_("もう一度、公開の準備をする"),
    done=_("もう一度、公開の準備を始めた"),
    note=_("提案者の同意は、もう一度求めます。"),
)
def reopen(publication: Publication, /, *, by: Any) -> None:
    """A need that comes back; what was agreed to before is asked again."""
    publication.consent_version = publication.consented_at = None
    publication.updated_by = by


@transaction.atomic
def confirm_ip(publication: Publication, /, *, by: Any, comment: str, text_version: int) -> None:
    """Record that the patent question was looked at, for these texts.

    Raises TextChangedError or, while outsiders read it, WrongStateError.
    """
    lock(publication)
    if not rules.is_editable(by, publication):
        raise WrongStateError
    if text_version != publication.text_version:
        raise TextChangedError
    publication.ip_confirmed_at = timezone.now()
    publication.ip_confirmed_by = by
    if publication.novelty == NoveltyAnswer.NOT_CLEARED:
        publication.novelty = NoveltyAnswer.CLEARED
    publication.save()
    record(publication, "confirm_ip", by=by, comment=comment, text_version=text_version)


def record_reading(view: queries.View, *, by: Any) -> None:
    """Write the ledger: this outsider read this version, so far, for this reason.

    Every opening counts; only reloads within ten minutes do not. Insiders are not recorded.
    """
    if view.inside:
        return
    line = {
        "publication": view.publication,
        "user": by,
        "organisation_id": view.organisation,
        "text_version": view.publication.text_version,
        "tier": view.tier,
        "basis": view.basis,
    }
    if not Reading.objects.filter(**line, at__gt=timezone.now() - RELOAD).exists():
        Reading.objects.create(**line)
