"""Remarks beside a need, each for a named circle; nobody outside it learns that they exist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import people
from audit.actions import record
from core.workflow import action_labels, lock
from needs.comments_notifications import CommentWritten
from needs.enums import CommentAudience, ParticipantKind
from needs.models import Comment
from needs.notifications import caretakers_of, writers_of
from notifications.actions import notify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from needs.models import Need

CO_SUBMITTER = ParticipantKind.CO_SUBMITTER
TAKEN_BACK_WITHIN = timedelta(minutes=15)
# Which sentence of needs.Need a reader of each circle has to fulfil.
READERS = {
    CommentAudience.OFFICE: "needs.comment_office_need",
    CommentAudience.INTERNAL: "needs.comment_inside_need",
    CommentAudience.PROPOSER: "needs.comment_need",
}

# The circle itself is not told: a proposer's timeline would say that others spoke of her need.
action_labels["needs.comment.take_back"] = _("コメントを取り消した")


def circles(user: Any, need: Need) -> list[CommentAudience]:
    """The circles that this person belongs to, the smallest first."""
    return [each for each in CommentAudience if user.has_perm(READERS[each], need)]


def comments_for(user: Any, need: Need) -> QuerySet[Comment]:
    """What she reads, oldest first."""
    rows = need.comments.filter(audience__in=circles(user, need))
    return rows.select_related("author").prefetch_related("mentions").order_by("at", "pk")


def mentionable(need: Need, audience: str, *, but: Any = None) -> list[User]:
    """Whom a comment in this circle may name: those who read it, by name; two queries.

    The rows of ``READERS``: who speaks for the need herself reads only what the proposer reads.
    """
    inside = [Role.OFFICE] if audience == CommentAudience.OFFICE else [Role.OFFICE, Role.DIRECTOR]
    wanted = Q(pk__in=people(*inside, at=need.hospital_id).order_by().values("pk"))
    if audience != CommentAudience.OFFICE and need.department:
        here = User.objects.filter(
            memberships__organisation=need.hospital_id, memberships__organisation__is_active=True
        )
        wanted |= Q(pk=need.department.head_id) & Q(pk__in=here.order_by().values("pk"))
    writers = {pk for pk, each in need.people.items() if each.kind == CO_SUBMITTER}
    own = {*need.people, need.proposer_id} - {need.entered_by_id}
    if audience == CommentAudience.PROPOSER:
        wanted |= Q(pk__in={need.proposer_id, *writers})
        own -= {need.proposer_id, *writers}
    everybody = User.objects.filter(wanted, is_active=True).exclude(pk__in=own)
    return [each for each in everybody.order_by("kana", "name", "pk") if each != but]


@transaction.atomic
def write(need: Need, /, *, text: str, audience: str, mentions: Iterable[User], by: Any) -> Comment:
    """Say something to a circle and tell those who are named.

    Where the proposer reads it, nobody is talked past: everybody who wrote the need is told, and
    the office, unless the word is its own. Raises PermissionDenied for a circle that the author is
    not in, or a name that does not read it.
    """
    lock(need)
    if audience not in circles(by, need):
        raise PermissionDenied
    named = list(mentions)
    allowed = {each.pk for each in mentionable(need, audience)}
    if any(each.pk not in allowed for each in named):
        raise PermissionDenied
    comment = Comment.objects.create(need=need, author=by, audience=audience, text=text)
    comment.mentions.set(named)
    notify(CommentWritten(need=need, comment=comment, readers=_told(need, comment, named, by)))
    return comment


def _told(need: Need, comment: Comment, named: list[User], by: Any) -> tuple[User, ...]:
    told = list(named)
    if comment.audience == CommentAudience.PROPOSER:
        told += writers_of(need)
        if CommentAudience.OFFICE not in circles(by, need):
            told += caretakers_of(need)
    return tuple({each.pk: each for each in told if each.pk != by.pk}.values())


def may_take_back(user: Any, comment: Comment) -> bool:
    """The author, for a quarter of an hour."""
    return (
        comment.author_id == user.pk
        and bool(comment.text)
        and timezone.now() - comment.at <= TAKEN_BACK_WITHIN
    )


@transaction.atomic
def take_back(comment: Comment, /, *, by: Any) -> None:
    """Empty the text; that there was a remark stays. Raises PermissionDenied when it is too late."""
    lock(comment)
    if not may_take_back(by, comment):
        raise PermissionDenied
    comment.text = ""
    comment.save(update_fields=["text"])
    comment.mentions.clear()
    record(comment, "take_back", by=by)
