"""Needs that belong together: the same worry twice, two worries in one, or related ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from core.workflow import WrongStateError, action_labels, lock
from needs.actions import answered, flow, hand_in
from needs.enums import JOINABLE_STATES, NeedState, ParticipantKind, RelationKind
from needs.merging_notifications import NeedAbsorbed, NeedMerged, NeedSplit
from needs.models import Need, Participant, Relation
from needs.screening_forms import ToldForm, find_joinable
from needs.similar import similar_needs, text_of
from notifications.actions import notify

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

SUGGESTED = 5
COPIED_ON_SPLIT = [
    *("department", "specialty", "category", "place", "frequency", "impacts", "audience"),
    *("no_patient_data", "users", "patients", "source", "entered_by", "question_set"),
]

action_labels.update(
    {
        "needs.need.absorb": _("同じ困りごとのニーズを統合した"),
        "needs.need.split_off": _("別のニーズに分けた"),
        "needs.need.relate": _("関連するニーズを加えた"),
        "needs.need.unrelate": _("関連するニーズを外した"),
    }
)


class MergeForm(ToldForm):
    """Into which need; near ones are offered, any other is named by its number."""

    into = forms.ChoiceField(
        label=_("統合先"), widget=forms.RadioSelect(attrs={"class": "boxes"}), required=False
    )
    number = forms.CharField(
        label=_("ほかのニーズの受付番号"),
        help_text=_("上にないときに入力します。例: N-2026-0012"),
        max_length=20,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            near = similar_needs(
                text_of(self.obj), self.obj.hospital_id, but=self.obj, limit=SUGGESTED
            )
            self.fields["into"].choices = [(each.number, str(each)) for each in near]
            if not near:
                del self.fields["into"]
                number = self.fields["number"]
                number.label, number.required = _("統合先の受付番号"), True
                number.help_text = _("例: N-2026-0012")
                number.error_messages["required"] = _("「統合先の受付番号」を入力してください")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number = cleaned.get("number") or cleaned.get("into")
        if not number:
            if "into" in self.fields:
                self.add_error("number", _("統合先を選ぶか、受付番号を入力してください"))
            return cleaned
        try:
            return {"into": find_joinable(self.obj, number)}
        except ValidationError as error:
            self.add_error("number", error)
            return cleaned


@flow.transition(
    source=[NeedState.SUBMITTED, NeedState.SCREENING],
    target=NeedState.MERGED,
    permission="needs.screen_need",
    label=_("同じニーズに統合する"),
    done=_("同じ困りごとのニーズに統合した"),
    form=MergeForm,
    note=_(
        "このニーズの人は全員、統合先に加わり、統合先のお知らせを受け取ります。統合先の提案者と連名者にも知らせます。本文と経過は、このページに残ります。"
    ),
    also=("into",),
)
def merge(need: Need, /, *, by: Any, into: Need) -> None:
    """Go on in ``into``: everybody of this need follows it from now on.

    Raises WrongStateError when ``into`` itself no longer goes on.
    """
    if into.state not in JOINABLE_STATES:
        raise WrongStateError
    answered(need)
    need.merged_into = into
    need.updated_by = by
    known = {into.proposer_id, *into.people}
    people = tuple(_join(into, each, by) for each in _people(need))
    into.__dict__.pop("people", None)
    record(into, "absorb", by=by, merged=need)
    notify(NeedMerged(need=into, merged=need, people=people))
    if new := {each.pk for each in people} - known:
        told = {by.pk, *(each.pk for each in people)}
        authors = tuple(each for each in into.authors if each.pk not in told)
        notify(NeedAbsorbed(need=into, merged=need, people=authors, total=len(new)))


def _people(need: Need) -> list[tuple[User, dict[str, Any]]]:
    """Each person with the evidence she gave."""
    own = {"place": need.place, "frequency": need.frequency, "note": ""}
    proposer = [] if need.proposer_id == need.entered_by_id else [(need.proposer, own)]
    rows = need.participants.select_related("user")
    return proposer + [
        (each.user, {"place": each.place, "frequency": each.frequency, "note": each.note})
        for each in rows
    ]


def _join(into: Need, person: tuple[User, dict[str, Any]], by: Any) -> User:
    """The proposer of both needs only hears of it."""
    user, evidence = person
    if user.pk == into.proposer_id:
        return user
    Participant.objects.get_or_create(
        need=into,
        user=user,
        defaults={"kind": ParticipantKind.JOINED, "added_by": by, **evidence},
    )
    return user


@transaction.atomic
def split(need: Need, /, *, title: str, problem: str, by: Any) -> Need:
    """Make a need of its own out of a second worry; the same people stand behind both.

    Raises WrongStateError when the need has left the office's hands.
    """
    lock(need)
    if need.state != NeedState.SCREENING:
        raise WrongStateError
    copied = {name: getattr(need, name) for name in COPIED_ON_SPLIT}
    new = Need(
        hospital=need.hospital,
        proposer=need.proposer,
        updated_by=by,
        state=NeedState.SCREENING,
        title=title,
        problem=problem,
        **copied,
    )
    hand_in(new)
    # The first answer was given to the need that this one comes from; the yearly figure counts
    # it there (NeedQuerySet.promised).
    new.submitted_at, new.answered_on = need.submitted_at, need.answered_on
    new.answered_late, new.answer_due = need.answered_late, need.answer_due
    new.save()
    for each in need.participants.all():
        each.pk, each.public_id, each.need = None, Participant().public_id, new
        each.save(force_insert=True)
    # What somebody answered for stands in both.
    for cleared in need.clearances.all():
        cleared.pk, cleared.need = None, new
        cleared.save(force_insert=True)
    Relation.objects.create(need=need, other=new, kind=RelationKind.SPLIT, by=by)
    record(need, "split_off", by=by, other=new)
    record(new, "split_off", by=by, other=need)
    notify(NeedSplit(need=new, origin=need))
    return new


@transaction.atomic
def relate(need: Need, /, *, other: Need, note: str, by: Any) -> Relation:
    """Say that two needs belong together; a second time changes nothing."""
    lock(need, other)
    found = (
        relations_of(need).filter(kind=RelationKind.RELATED).filter(Q(need=other) | Q(other=other))
    )
    if first := found.first():
        return first
    relation = Relation.objects.create(
        need=need, other=other, kind=RelationKind.RELATED, note=note, by=by
    )
    record(need, "relate", by=by, other=other)
    record(other, "relate", by=by, other=need)
    return relation


@transaction.atomic
def unrelate(relation: Relation, /, *, by: Any) -> None:
    """Take a relation back; a split stays."""
    need, other = relation.need, relation.other
    relation.delete()
    record(need, "unrelate", by=by, other=other)
    record(other, "unrelate", by=by, other=need)


def relations_of(need: Need) -> QuerySet[Relation]:
    """In both directions; what was found to be another matter is none."""
    rows = Relation.objects.filter(Q(need=need) | Q(other=need))
    rows = rows.exclude(kind=RelationKind.DIFFERENT)
    return rows.select_related("need", "other").order_by("at", "pk")
