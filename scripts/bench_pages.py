"""Which pages are measured, as whom, with ids taken from the loaded data."""

import sys
from http.client import OK
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from committee import results
from committee.enums import RoundState
from committee.models import Case, Round
from core.models import new_public_id
from disclosure.enums import PublicationState
from disclosure.models import Publication
from needs.enums import NeedState
from needs.models import Need
from scripts.bench import LOCALHOST, Page

LONG_ROUND, LONG_AGENDA = "計測用の長い審査会", 2_000
# What people type into the search box; the words are those of the volume data.
SEARCHES = {
    "a common word": "点滴台",
    "a short word": "褥瘡",
    "another spelling": "床ずれ",
    "a question": "夜勤のときに点滴台の音で眠れない患者さんを減らすにはどうすればよいですか",
    "phrase and exclusion": '"残りがわからない" 輸液ポンプ -夜勤',
    "conditions": "状態:不採択 部署:手術部 提案者:自分",
    "word and conditions": "点滴台 状態:不採択 部署:手術部",
    "word and a wide condition": "点滴台 部署:病棟",
    "word and a year": "点滴 年:2024",
    "one condition": "状態:審査中",
    "nothing found": "シリンヂ",
}


def pages():
    """Every page with a session of its reader and its number of queries."""
    office = User.objects.filter(memberships__role=Role.OFFICE).order_by("pk").first()
    [hospital] = office.offices
    needs = Need.objects.filter(hospital=hospital)
    proposer = User.objects.get(pk=_most(needs, "proposer"))
    company = User.objects.filter(memberships__role=Role.PARTNER).order_by("pk").first()
    found = []
    for reader, addresses in (
        (office, _of_the_office(hospital, needs)),
        (office, _searches("office")),
        (proposer, {"home of a proposer": "/", "own needs": "/needs/"}),
        (proposer, _searches("proposer")),
        (company, _of_a_company()),
        (company, {"search of a company": _search(SEARCHES["a common word"])}),
    ):
        client = Client(SERVER_NAME=LOCALHOST)
        client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[1])
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
        found += [
            Page(name, path, cookie, _queries(client, path)) for name, path in addresses.items()
        ]
    connection.close()
    return found


def _most(rows, field):
    """The value that most rows have: the worst case of a filter."""
    return rows.values_list(field).annotate(n=Count("pk")).order_by("-n", field)[0][0]


def _of_the_office(hospital, needs):
    lists = reverse("needs:list")
    published = Publication.objects.filter(hospital=hospital, state=PublicationState.PUBLISHED)
    rounds = Round.objects.filter(committee__hospital=hospital, state=RoundState.RELEASED)
    round_ = rounds.annotate(n=Count("cases")).order_by("-n", "pk").first()
    accepted = needs.filter(state=NeedState.ACCEPTED).order_by("-updated_at").first()
    long = reverse("committee:results", args=[_long_round(hospital).public_id])
    return {
        "home of an office": "/",
        "needs, first page": lists,
        "needs, one state": f"{lists}?state={NeedState.NOT_ACCEPTED}",
        "needs, one department": f"{lists}?department={_most(needs, 'department')}",
        "needs, deep page": f"{lists}?page=150",
        "needs, a common word": f"{lists}?{urlencode({'q': '点滴台'})}",
        "needs, a rare word": f"{lists}?{urlencode({'q': 'そのような言葉はない'})}",
        "one need": accepted.get_absolute_url(),
        "committee": reverse("committee:list"),
        "one round": round_.get_absolute_url(),
        "results of one round": reverse("committee:results", args=[round_.public_id]),
        "results of a long round": long,
        "results of a long round, last page": f"{long}?page=9999",
        "results of a long round, by spread": f"{long}?sort=-spread",
        "publications": reverse("disclosure:list"),
        "partners": reverse("partners:list"),
        "suggested partners": reverse(
            "matching:suggest", args=[published.order_by("pk").first().public_id]
        ),
        "matches": reverse("matching:list"),
        "contracts": reverse("contracts:list"),
        "inbox": reverse("notifications:inbox"),
    }


def _long_round(hospital):
    """The released cases of a hospital, 2,000 at most, as one round: the longest of its tables."""
    released = Round.objects.filter(committee__hospital=hospital, state=RoundState.RELEASED)
    known = released.filter(title=LONG_ROUND).first()
    if known:
        return known
    cases = Case.objects.filter(round__in=released).order_by("pk").values_list("pk", flat=True)
    keys = list(cases[:LONG_AGENDA])
    made = released.first()
    made.pk, made.public_id, made.title = None, new_public_id(), LONG_ROUND
    made.save(force_insert=True)
    Case.objects.filter(pk__in=keys).update(round=made)
    results.refresh_round(made)
    sys.stderr.write(f"{LONG_ROUND}: {len(keys)} cases\n")
    return made


def _searches(reader):
    return {f"search of a {reader}, {name}": _search(text) for name, text in SEARCHES.items()}


def _search(text):
    return f"{reverse('search:results')}?{urlencode({'q': text})}"


def _of_a_company():
    return {
        "home of a company": "/",
        "catalogue": reverse("disclosure:catalogue"),
        "matches of a company": reverse("matching:list"),
    }


def _queries(client, path):
    """Of the second visit: the first one fills caches of the process."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
    if status != OK:
        sys.exit(f"{path}: {status}")
    return len(captured)
