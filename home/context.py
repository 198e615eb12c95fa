"""The frame around every page: menu, unread notifications, through whose eyes one looks."""

import tomllib
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db.models import Count, Exists, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import OUTSIDE_ROLES, Role
from accounts.models import Membership, User
from committee.models import Member
from committee.queries import in_office
from core.prepared import Prepared
from notifications.models import Message

MANY = 99
COMMITTEE = "committee"
ADMINISTRATOR = "administrator"
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu and who sees it: roles, or one of the words above."""

    label: str
    url_name: str
    icon: str
    seen_by: frozenset


def _entry(label, url_name, icon, *seen_by):
    return MenuLine(label, url_name, icon, frozenset(seen_by))


# No role sees more than seven of them.
MENU = [
    _entry(_("ホーム"), "home:home", "home", EVERYBODY),
    _entry(
        pgettext_lazy("menu", "ニーズ"),
        "needs:list",
        "light-bulb",
        Role.STAFF,
        Role.OFFICE,
        Role.DIRECTOR,
    ),
    _entry(_("審査"), "committee:list", "clipboard-document-check", Role.OFFICE, COMMITTEE),
    _entry(
        pgettext_lazy("menu", "公開"),
        "disclosure:list",
        "globe-alt",
        *(Role.OFFICE, Role.IP_OFFICE, Role.DIRECTOR),
    ),
    _entry(_("公開ニーズ"), "disclosure:catalogue", "magnifying-glass", *OUTSIDE_ROLES),
    _entry(_("企業・支援機関"), "partners:list", "building-office-2", Role.OFFICE),
    _entry(
        pgettext_lazy("menu", "マッチング"),
        "matching:list",
        "arrows-right-left",
        Role.OFFICE,
        *OUTSIDE_ROLES,
    ),
    _entry(
        pgettext_lazy("menu", "契約"),
        "contracts:list",
        "document-text",
        *(Role.OFFICE, Role.LEGAL, Role.IP_OFFICE, Role.DIRECTOR, Role.PARTNER),
    ),
    _entry(_("自社の情報"), "partners:own", "identification", *OUTSIDE_ROLES),
    _entry(_("システム管理"), "admin:index", "wrench-screwdriver", ADMINISTRATOR),
]


def _facts(user, today):
    """Her unread messages, whether she sits in a committee, her company's or agency's name."""
    unread = Message.objects.received_by(user).unread().order_by()
    seats = Member.objects.filter(user=user, committee__is_active=True)
    speaks_for = Membership.objects.filter(
        user=user, role__in=OUTSIDE_ROLES, organisation__is_active=True
    )
    return User.objects.filter(pk=user).values_list(
        Subquery(unread.values("recipient").values(number=Count("pk"))),
        Exists(in_office(seats, today)),
        Subquery(speaks_for.order_by("pk").values("organisation__name")[:1]),
    )


FACTS = Prepared(_facts, "user", "today")


def frame(request):
    """Context processor. Two queries when the page has a frame, none when it is only a part."""
    viewer = Viewer(request)
    context = {
        "nav": SimpleLazyObject(viewer.menu),
        "unread": SimpleLazyObject(lambda: viewer.facts["unread"]),
        "viewer_organisation": SimpleLazyObject(lambda: viewer.facts["speaks_for"]),
        "may_search": SimpleLazyObject(viewer.may_search),
        "works_in_hospital": SimpleLazyObject(viewer.works_in_hospital),
        "version": version(),
    }
    if settings.DEMO:
        context |= demo_sign_in()
    return context


class Viewer:
    """The person in front of this page."""

    def __init__(self, request):
        self.path = request.path
        # An error page may be drawn before somebody is known.
        self.user = getattr(request, "user", None)

    @cached_property
    def facts(self):
        """What the header says about this person, in one query."""
        if self.user is None or not self.user.is_authenticated:
            return {"unread": 0, "sits_in_committee": False, "speaks_for": ""}
        [(unread, sits_in_committee, speaks_for)] = FACTS.rows(
            user=self.user.pk, today=timezone.localdate()
        )
        return {
            "unread": min(unread or 0, MANY),
            "sits_in_committee": bool(sits_in_committee),
            "speaks_for": speaks_for or "",
        }

    @cached_property
    def words(self):
        """Everything about this person that a line of the menu may ask for."""
        words = {EVERYBODY, *(role for role, _organisation in self.user.active_memberships)}
        if self.facts["sits_in_committee"]:
            words.add(COMMITTEE)
        if self.user.is_superuser:
            words.add(ADMINISTRATOR)
        return words

    def menu(self):
        """The lines of the menu, the one of this page marked as current."""
        if self.user is None or not self.user.is_authenticated:
            return []
        lines = [
            {"label": entry.label, "url": address(entry.url_name), "icon": entry.icon}
            for entry in MENU
            if entry.seen_by & self.words
        ]
        current = max(
            (line["url"] for line in lines if self._is_here(line["url"])), key=len, default=None
        )
        return [{**line, "current": line["url"] == current} for line in lines]

    def may_search(self):
        """Whether there can be anything for her to find: needs, or what was published."""
        return (
            self.user is not None
            and self.user.is_authenticated
            and bool(self.user.hospitals or self.user.outside_organisations)
        )

    def works_in_hospital(self):
        """Whether there is a page of her hospital."""
        return self.user is not None and self.user.is_authenticated and bool(self.user.hospitals)

    def _is_here(self, url):
        home = address("home:home")
        return self.path == url if url == home else self.path.startswith(url)


@cache
def address(url_name):
    """Where a line of the menu leads; the same as long as the process runs."""
    return reverse(url_name)


@cache
def version():
    """The product's version, from the one place that states it."""
    project = settings.BASE_DIR / "pyproject.toml"
    return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]


def demo_sign_in():
    """The fixed accounts of the demo, for its sign-in page."""
    from demo.accounts import ACCOUNTS, PASSWORD  # noqa: PLC0415 -- only in demo mode

    return {"demo_accounts": ACCOUNTS, "demo_password": PASSWORD}
