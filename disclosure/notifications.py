"""What people hear about a publication."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people
from disclosure.models import Publication
from needs.models import Need
from notifications.kinds import Notification, registry


@dataclass(frozen=True, kw_only=True)
class AboutPublication(Notification):
    """What every notice about a publication shares; the texts are read after sign-in."""

    permission = "disclosure.view_publication"

    publication: Publication

    def recipients(self):
        return [self.publication.need.proposer]

    def url(self):
        return self.publication.get_absolute_url()

    def target(self):
        return self.publication

    def hospital_id(self):
        return self.publication.hospital_id

    @classmethod
    def sample(cls):
        return cls(publication=sample_publication())


@dataclass(frozen=True, kw_only=True)
class ForTheOffice(AboutPublication):
    """Goes to the support office of the publishing hospital."""

    def recipients(self):
        return people(Role.OFFICE, at=self.publication.hospital_id)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ConsentAsked(AboutPublication):
    """Ask the proposer to read what would go out."""

    slug = "disclosure.consent_asked"
    label = _("公開への同意のお願い")

    def url(self):
        return reverse("disclosure:consent", args=[self.publication.public_id])


@registry.register
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(ForTheOffice):
    """Tell the office that it may publish."""

    slug = "disclosure.consent_given"
    label = _("提案者が公開に同意したとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class ConsentRefused(ForTheOffice):
    """Tell the office that the proposer wants something changed."""

    slug = "disclosure.consent_refused"
    label = _("提案者が公開に同意しなかったとき")


@registry.register
@dataclass(frozen=True, kw_only=True)
class PublicationOpened(AboutPublication):
    """Tell the proposer that members read it from now on."""

    slug = "disclosure.publication_opened"
    label = _("ニーズが公開されたとき")


def sample_publication():
    """An unsaved publication for previews and contract tests."""
    hospital = Organisation(pk=1, kind="hospital", name="みなと総合病院")
    proposer = User(pk=1, email="nurse@example.jp", name="見本 花子")
    return Publication(
        pk=1,
        public_id="sample234567",
        title="点滴の残量が廊下から分からない",
        hospital=hospital,
        need=Need(
            pk=1,
            public_id="sample234567",
            number="N-2026-0123",
            hospital=hospital,
            proposer=proposer,
        ),
    )
