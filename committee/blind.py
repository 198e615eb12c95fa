"""Blind review: what the committee reads of a case whose proposer is not to be known.

``shown`` is the one way in which pages, files and minutes of the committee get the words of a
need; ``photos_of``, ``extra_rows_of`` and ``title_of`` belong to it. In a blind round they give
what the office has checked and nothing else, to everybody alike: a projector does not know who
looks at it, and the office reads the original on the need's own page.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import record
from committee.models import Case, Redaction
from core.workflow import WrongStateError, action_labels, lock
from documents import actions as documents
from documents.pictures import cover_boxes
from documents.queries import documents_of
from needs.answers import rows, texts_of
from needs.clearance import TEXTS
from needs.models import Need
from needs.personal_data import findings
from needs.photos import SLOT as PHOTO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from committee.blind_forms import RedactionForm
    from committee.models import Round
    from documents.models import Document, Version
    from documents.pictures import Box
    from needs.sheet import SheetRow

action_labels.update(
    {
        "committee.case.redact": gettext_lazy("委員に見せる内容を確かめた"),
        "committee.case.show_photo": gettext_lazy("委員に見せる写真を加えた"),
        "committee.case.hide_photo": gettext_lazy("委員に見せる写真を外した"),
    }
)
SLOT = "blind-photo"
MASK = "■■"
SHORTEST_NAME = 2  # a name of one character stands in too many other words
# Chosen from lists that are the same in every ward.
CHOSEN = [
    *("get_place_display", "get_frequency_display", "impact_labels"),
    *("safety_review", "get_safety_review_display", "ip_status", "get_ip_status_display"),
]


class Blinded:
    """A need without its people, with the attributes that the committee's templates ask for.

    Only what is set here can be shown: department, specialty and proposer are not.
    """

    is_blinded = True

    def __init__(self, case: Case) -> None:
        need, texts = case.need, texts_for(case)
        self.number = need.number
        self.category = need.category
        for name in TEXTS:
            setattr(self, name, texts.get(name, ""))
        self.title = title_of(case, case.round)
        for name in CHOSEN:
            value = getattr(need, name)
            setattr(self, name, value() if callable(value) else value)


def texts_for(case: Case) -> dict[str, str]:
    """The checked texts by field; ``case`` has its ``redaction`` loaded."""
    redaction = getattr(case, "redaction", None)
    return redaction.texts if redaction else {}


def shown(case: Case) -> Need | Blinded:
    """The need of ``case`` as the committee's pages may show it."""
    return Blinded(case) if case.round.hides_people else case.need


def title_of(case: Case, round_: Round) -> str:
    """The title as the committee's pages may show it; of ``case`` no more than its need's title."""
    if not round_.hides_people:
        return str(case.need.title)
    return texts_for(case).get("title") or _("(件名は非表示)")


def photos_of(case: Case) -> Iterable[Document]:
    """The photos beside the text; two queries."""
    if case.round.hides_people:
        return copies_of(case)
    return documents_of(case.need, slot=PHOTO)  # type: ignore[no-any-return]


def copies_of(case: Case) -> Iterable[Document]:
    """The photos that a blind round shows; two queries."""
    return documents_of(case, slot=SLOT)  # type: ignore[no-any-return]


def extra_rows_of(case: Case) -> list[SheetRow]:
    """The answers to the hospital's own questions; files only where nobody is hidden."""
    found = rows(case.need)
    if not case.round.hides_people:
        return found
    checked, written = texts_for(case), texts_of(case.need)
    return [
        each._replace(value=checked.get(each.name, "")) if each.name in written else each
        for each in found
        if not each.file
    ]


# What the office prepares


def originals(need: Need) -> dict[str, str]:
    """Every text of the need that is not empty, by field."""
    own = {name: getattr(need, name) for name in TEXTS}
    return {name: text for name, text in {**own, **texts_of(need)}.items() if text}


def basis_of(need: Need) -> str:
    """A fingerprint of the texts: another one means that they have to be looked at again."""
    told = json.dumps(originals(need), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def names_in(need: Need) -> list[str]:
    """The names by which people who know the house would know the proposer; the longest first."""
    people = [need.proposer, *(each.user for each in need.participants.select_related("user"))]
    found = {part for person in people for part in _parts(person.name) | {person.kana}}
    if need.department:
        found.add(need.department.name)
    return sorted(
        (each for each in found if len(each) >= SHORTEST_NAME), key=lambda each: (-len(each), each)
    )


def _parts(name: str) -> set[str]:
    return {name, "".join(name.split()), *name.split()}


def suspects(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where ``text`` may say who it is, from left to right, without overlap: names, and personal data."""
    spans = [(each.start, each.end) for each in findings("", text)]
    spans += [span for name in names for span in _places(text, name)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    at = text.find(name)
    while at >= 0:
        yield at, at + len(name)
        at = text.find(name, at + len(name))


def pieces(text: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """``text`` cut where it may say who it is: (piece, whether it does)."""
    found, last = [], 0
    for start, end in suspects(text, names):
        found += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [each for each in [*found, (text[last:], False)] if each[0]]


def proposed(text: str, names: Iterable[str]) -> str:
    """``text`` with what may say who it is painted over, for a person to look at."""
    return "".join(MASK if is_found else piece for piece, is_found in pieces(text, names))


def state_of(case: Case) -> str:
    """``checked``; ``changed`` when the need's words are others now; or ``""``."""
    redaction = getattr(case, "redaction", None)
    if redaction is None or redaction.checked_at is None:
        return ""
    return "checked" if redaction.basis == basis_of(case.need) else "changed"


def not_ready(round_: Round) -> list[str]:
    """Why a blind round cannot begin: somebody has to look at every case. Fixed queries."""
    if not round_.is_blind:
        return []
    cases = (
        round_.cases.select_related("need", "redaction")
        .prefetch_related("need__extra_answers__question")
        .order_by("order", "pk")
    )
    numbers = [case.number for case in cases if state_of(case) != "checked"]
    if not numbers:
        return []
    return [
        _(
            "匿名審査で委員に見せる内容を、まだ確かめていない案件があります。"
            "「匿名審査の準備」で確かめてください: %(numbers)s"
        )
        % {"numbers": _("、").join(numbers)}
    ]


@transaction.atomic
def check(form: RedactionForm, *, by: Any) -> Redaction:
    """Keep what the committee shall read of a case. The caller has locked the round."""
    redaction: Redaction = form.instance
    redaction.basis = basis_of(redaction.case.need)
    redaction.checked_by, redaction.checked_at = by, timezone.now()
    form.save(by=by)
    record(redaction.case, "redact", by=by, fields=form.changed_data)
    return redaction


@transaction.atomic
def show_photo(case: Case, photo: Document, boxes: Iterable[Box], *, by: Any) -> Version:
    """Show the committee a copy of a photo, ``boxes`` painted over; an earlier copy is destroyed.

    Raises WrongStateError when the photo was taken off meanwhile.
    """
    lock(case.round)
    original = photo.versions.order_by("-number").first()
    if photo.removed_at is not None or original is None:
        raise WrongStateError
    redaction = _locked(case)
    _drop(redaction, [_copy_made_from(redaction, photo)], by=by)
    copy = documents.attach(
        target=case,
        slot=SLOT,
        upload=cover_boxes(original, boxes),
        by=by,
        view_permission="committee.name_case",
        change_permission="committee.redact_case",
        named=photo.title.rpartition(".")[0],
    )
    redaction.photos[copy.document.public_id] = original.public_id
    redaction.save(update_fields=["photos"])
    record(case, "show_photo", by=by, title=photo.title)
    return copy


@transaction.atomic
def hide_photo(case: Case, photo: Document, *, by: Any) -> None:
    """Destroy the copy of a photo; a second time changes nothing."""
    lock(case.round)
    redaction = _locked(case)
    if copy := _copy_made_from(redaction, photo):
        _drop(redaction, [copy], by=by)
        record(case, "hide_photo", by=by, title=photo.title)


def _locked(case: Case) -> Redaction:
    Redaction.objects.get_or_create(case=case)
    return Redaction.objects.select_for_update(no_key=True).get(case=case)


def _copy_made_from(redaction: Redaction, photo: Document) -> str:
    """The public id of the copy of ``photo``, or nothing."""
    versions = set(photo.versions.values_list("public_id", flat=True))
    return next((copy for copy, made in redaction.photos.items() if made in versions), "")


def _drop(redaction: Redaction, copies: Iterable[str], *, by: Any) -> None:
    for copy in filter(None, copies):
        redaction.photos.pop(copy, None)
        for document in documents_of(redaction.case, slot=SLOT).filter(public_id=copy):  # type: ignore[attr-defined]
            documents.remove(document, by=by)
    redaction.save(update_fields=["photos"])


def photo_destroyed(*, instance: Version, **_signal: Any) -> None:
    """A photo was taken off or painted over: what it showed is in no copy either."""
    target = instance.document.target
    if instance.document.slot != PHOTO or not isinstance(target, Need):
        return
    for redaction in Redaction.objects.filter(case__need=target).exclude(photos={}):
        copies = [copy for copy, made in redaction.photos.items() if made == instance.public_id]
        _drop(redaction, copies, by=None)
