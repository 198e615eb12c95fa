"""Needs and partners as the arithmetic of ``matching.scoring`` wants them, in bulk."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation
from matching import scoring
from matching.models import Match, Requirement
from partners.models import Licence, Profile
from taxonomy.models import Term, TermKind

CANDIDATES_MAX = 2000
TOLD_APART = [TermKind.TECHNOLOGY, TermKind.NEED_CATEGORY, TermKind.LICENCE, TermKind.PREFECTURE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One partner beside one need: what speaks for it, and what to mind."""

    profile_id: str
    organisation_id: int
    name: str
    tagline: str
    prefecture: str
    reasons: list[scoring.Reason]
    warnings: list[str]
    score: int
    match: Any = None


def need_profile(publication):
    """What ``publication`` asks for, in at most three queries."""
    required = Requirement.objects.filter(device_class=publication.device_class_id)
    return scoring.NeedProfile(
        technologies=frozenset(str(term) for term in publication.technologies.all()),
        category=str(publication.category or ""),
        device_class=str(publication.device_class or ""),
        licences=frozenset(str(row.licence) for row in required.select_related("licence")),
        prefecture=str(publication.hospital.prefecture or ""),
        words=scoring.words(f"{publication.title} {publication.summary} {publication.wanted}"),
    )


def candidates(publication, need=None):
    """Every listed partner beside this publication, the best first; a fixed number of queries.

    ``need`` is its ``need_profile``, for a page that shows both.
    """
    need = need or need_profile(publication)
    matches = {match.partner_id: match for match in publication.matches.all()}
    rows = [
        _candidate(need, row, partner, matches.get(row["organisation_id"]))
        for row, partner in _partners(_listed())
    ]
    return sorted(rows, key=lambda row: (-row.score, row.name, row.organisation_id))


def reasons_for(publication, organisation):
    """What speaks for one partner; empty for one that hospitals do not see."""
    need = need_profile(publication)
    for _row, partner in _partners(_listed().filter(organisation=organisation)):
        return scoring.reasons(need, partner)
    return []


def introducible():
    """The organisations that offices may introduce."""
    return Organisation.objects.outside().filter(profile__is_listed=True)


def shared_match(publication, user):
    """The match of this publication that ``user`` may know of as its partner, or None."""
    return (
        Match.objects.visible_to(user)
        .filter(publication=publication, partner__in=user.outside_organisations)
        .order_by("pk")
        .first()
    )


def changed_partners(since):
    """(organisation id, PartnerProfile) of listed partners who came or changed since then."""
    fresh = _listed().filter(updated_at__gte=since)
    return [(row["organisation_id"], partner) for row, partner in _partners(fresh)]


def _listed():
    return Profile.objects.filter(is_listed=True, organisation__in=Organisation.objects.outside())


def _candidate(need, row, partner, match):
    found = scoring.reasons(need, partner)
    return Candidate(
        profile_id=row["public_id"],
        organisation_id=row["organisation_id"],
        name=row["organisation__name"],
        tagline=row["tagline"],
        prefecture=partner.prefecture,
        reasons=found,
        warnings=scoring.warnings(need, partner),
        score=scoring.score(found),
        match=match,
    )


def _partners(profiles):
    """(row, PartnerProfile) pairs; five queries whatever their number."""
    rows = list(
        profiles.order_by("pk").values(
            *("pk", "public_id", "organisation_id", "organisation__name", "tagline"),
            *("strengths", "experience", "organisation__prefecture_id"),
        )[:CANDIDATES_MAX]
    )
    names = {term.pk: str(term) for term in Term.objects.filter(kind__in=TOLD_APART)}
    mine = Q(profile__in=profiles.values("pk"))
    technologies = _grouped(Profile.technologies.through.objects.filter(mine), names)
    interests = _grouped(Profile.interests.through.objects.filter(mine), names)
    today = timezone.localdate()
    in_force = Q(valid_until=None) | Q(valid_until__gte=today)
    licences = _grouped(Licence.objects.filter(mine & in_force), names, column="kind_id")
    for row in rows:
        yield (
            row,
            scoring.PartnerProfile(
                technologies=frozenset(technologies[row["pk"]]),
                interests=frozenset(interests[row["pk"]]),
                licences=frozenset(licences[row["pk"]]),
                prefecture=names.get(row["organisation__prefecture_id"], ""),
                words=scoring.words(f"{row['tagline']} {row['strengths']}"),
                experienced=bool(row["experience"]),
            ),
        )


def _grouped(links, names, column="term_id"):
    found = defaultdict(set)
    for profile, term in links.values_list("profile_id", column):
        found[profile].add(names[term])
    return found
