"""Companies of volume data, publications, matches and contracts."""

from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from contracts.enums import ContractState, Side
from contracts.models import Contract
from demo.volume import words
from demo.volume.bulk import insert, next_ids, settle
from demo.volume.hospitals import password
from disclosure.enums import NoveltyAnswer, PublicationState, Tier
from disclosure.models import Publication, PublishedField
from matching.enums import MatchState, Origin
from matching.models import Match
from needs.enums import CHOSEN_STATES, Audience
from partners.models import Licence, Profile

BEGUN = 0.97  # of the chosen needs that may go out
MATCHED = 0.5
PUBLICATION_STATES = {
    PublicationState.PUBLISHED: 70,
    PublicationState.CLOSED: 20,
    PublicationState.PAUSED: 4,
    PublicationState.CONSENT_ASKED: 4,
    PublicationState.DRAFTING: 2,
}
GONE_OUT = {PublicationState.PUBLISHED, PublicationState.CLOSED, PublicationState.PAUSED}
MATCH_STATES = {
    MatchState.DECLINED: 35,
    MatchState.CLOSED: 15,
    MatchState.TALKING: 12,
    MatchState.INTERESTED: 10,
    MatchState.SUGGESTED: 8,
    MatchState.INTRODUCED: 8,
    MatchState.AGREED: 7,
    MatchState.MEETING: 5,
}
FROM_OFFICE = {MatchState.SUGGESTED, MatchState.INTRODUCED}
TERM_DAYS = 730


class Shown(NamedTuple):
    """What the later steps ask about a publication."""

    pk: int
    sheet: object
    state: str
    at: datetime


def publish(draw, sheets, technologies):
    """A publication for each chosen need; returns those that have gone out."""
    ids = next_ids(Publication)
    shown = [
        Shown(next(ids), sheet, draw.weighted(PUBLICATION_STATES), draw.later(sheet.at, 120))
        for sheet in sheets
        if sheet.state in CHOSEN_STATES
        and sheet.audience != Audience.HOSPITAL
        and draw.chance(BEGUN)
    ]
    insert(
        Publication,
        [
            *("id", "public_id", "need", "hospital", "state", "title", "summary", "wanted"),
            *("category", "novelty", "consent_version", "consented_at", "published_at"),
            *("version", "created_at", "updated_at"),
        ],
        (_publication(draw, each) for each in shown),
    )
    insert(
        PublishedField,
        ["publication", "code", "text", "tier", "order"],
        (
            (each.pk, code, text, tier, order)
            for each in shown
            for order, (code, text, tier) in enumerate(
                [
                    ("problem", each.sheet.problem, Tier.MEMBERS),
                    ("background", draw.skewed(words.BACKGROUNDS), Tier.NDA),
                ]
            )
        ),
    )
    _link(draw, Publication.technologies.through, [each.pk for each in shown], technologies)
    settle(Publication)
    return [each for each in shown if each.state in GONE_OUT]


def _publication(draw, each):
    gone_out = each.state in GONE_OUT
    return (
        *(each.pk, draw.public_id(), each.sheet.pk, each.sheet.site.hospital, each.state),
        *(
            each.sheet.title,
            each.sheet.problem,
            "試作品をいっしょに試してくれる企業を探しています。",
        ),
        *(each.sheet.category, NoveltyAnswer.NO_IDEA),
        *((1, each.at, each.at) if gone_out else (None, None, None)),
        *(1, each.sheet.at, each.at),
    )


def _link(draw, through, owners, terms):
    """Up to three terms for each owner."""
    owner, term = through._meta.get_fields()[1:]
    insert(
        through,
        [owner.name, term.name],
        (
            (pk, chosen)
            for pk in owners
            for chosen in sorted({draw.skewed(terms) for _ in range(3)})
        ),
    )


def companies(draw, tag, number_of, terms):
    """Companies with one person and a profile each; ``terms``: kind → ids. Returns their ids."""
    places = Organisation.objects.bulk_create(
        Organisation(
            kind=OrganisationKind.COMPANY,
            name=f"計測企業{tag}-{number + 1}",
            prefecture_id=draw.skewed(terms["prefecture"]),
        )
        for number in range(number_of)
    )
    secret = password()
    people = User.objects.bulk_create(
        User(email=f"{tag}-company-{n + 1}@volume.example".lower(), name="計測", password=secret)
        for n in range(number_of)
    )
    Membership.objects.bulk_create(
        Membership(user=person, organisation=place, role=Role.PARTNER)
        for person, place in zip(people, places, strict=True)
    )
    profiles = Profile.objects.bulk_create(
        Profile(
            public_id=draw.public_id(),
            organisation=place,
            company_type_id=draw.skewed(terms["company_type"]),
            tagline=f"{draw.skewed(words.THINGS)}の部品",
            strengths=f"{draw.skewed(words.THINGS)}と{draw.skewed(words.THINGS)}の設計と試作。",
            experience="病院と試作をした経験があります。" if draw.chance(0.3) else "",
            employees=int(10 * 2 ** draw.random.uniform(0, 7)),
        )
        for place in places
    )
    owners = [profile.pk for profile in profiles]
    _link(draw, Profile.technologies.through, owners, terms["technology"])
    _link(draw, Profile.interests.through, owners, terms["need_category"])
    Licence.objects.bulk_create(
        Licence(profile=profile, kind_id=draw.skewed(terms["licence"]), number="計測")
        for profile in profiles
    )
    return [place.pk for place in places]


def match(draw, shown, partners):
    """A partner for half of the publications, and a contract for those who talk."""
    ids = next_ids(Match)
    chosen = [each for each in shown if partners and draw.chance(MATCHED)]
    met = [(next(ids), each, draw.skewed(partners), draw.weighted(MATCH_STATES)) for each in chosen]
    insert(
        Match,
        [
            *("id", "public_id", "publication", "hospital", "partner", "state", "origin"),
            *("decline_reason", "message", "moved_at", "version", "created_at", "updated_at"),
        ],
        (_match(draw, *each) for each in met),
    )
    settle(Match)
    _contracts(draw, [each for each in met if each[-1] in {MatchState.TALKING, MatchState.AGREED}])


def _match(draw, pk, each, partner, state):
    moved_at = draw.later(each.at, 300)
    return (
        *(pk, draw.public_id(), each.pk, each.sheet.site.hospital, partner, state),
        Origin.OFFICE if state in FROM_OFFICE else Origin.PARTNER,
        "no_capacity" if state == MatchState.DECLINED else "",
        "" if state in FROM_OFFICE else "試作の経験があります。",
        *(moved_at, 1, each.at, moved_at),
    )


def _contracts(draw, met):
    insert(
        Contract,
        [
            *("public_id", "kind", "match", "hospital", "partner", "title", "state", "turn"),
            *("turn_since", "shared_at", "starts_on", "ends_on", "signed_on"),
            *("version", "created_at", "updated_at"),
        ],
        (
            _contract(draw, pk, each, partner, kind)
            for pk, each, partner, state in met
            for kind in ("nda", "joint_research")[: 1 + (state == MatchState.AGREED)]
        ),
    )


def _contract(draw, match_id, each, partner, kind):
    begun = draw.later(each.at, 400)
    ends = (begun + timedelta(days=TERM_DAYS)).date()
    is_new = (draw.now - begun).days < 60  # noqa: PLR2004 -- still being written
    state = ContractState.EXPIRED if ends < draw.now.date() else ContractState.ACTIVE
    days = (None, None, None) if is_new else (begun.date(), ends, begun.date())
    return (
        *(draw.public_id(), kind, match_id, each.sheet.site.hospital, partner),
        f"{each.sheet.title} {'秘密保持' if kind == 'nda' else '共同研究'}",
        ContractState.COUNTERPART_REVIEW if is_new else state,
        Side.PARTNER if is_new else Side.NOBODY,
        *(begun, begun, *days, 1, each.at, begun),
    )
