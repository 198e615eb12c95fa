"""What allauth asks us: closed registration, and mail through the outbox."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.middleware import PARKED
from accounts.notifications import PasswordReset, SecurityNotice
from notifications.actions import notify


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation; every mail goes through ``notify()``."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("メールアドレスかパスワードが違います"),
        "incorrect_password": _("いまのパスワードが違います"),
        "too_many_login_attempts": _(
            "続けて間違えたため、このアカウントのログインを止めています。"
            "5分ほどたってから、もう一度お試しください"
        ),
    }

    def is_open_for_signup(self, _request):
        """Nobody registers alone; companies apply (partners.views.apply)."""
        return False

    def send_mail(self, template_prefix, email, context):
        """The password reset is the one mail that allauth sends by this door.

        An address without an account gets none, and the page says the same in both cases.
        """
        if template_prefix == "account/email/password_reset_key":
            notify(PasswordReset(user=context["user"], path=_path(context["password_reset_url"])))

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the owner what changed: password_changed, password_reset or password_set."""
        notify(SecurityNotice(user=user, what=template_prefix.rsplit("/", 1)[-1]))

    def get_login_redirect_url(self, request):
        """Back to a parked form first."""
        if PARKED in request.session:
            return reverse("accounts:resume")
        return super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, _request):
        """Back to where the link was."""
        return reverse("accounts:settings")


def _path(url):
    """The path of an absolute address: the mail adds the portal's own address."""
    return "/" + url.split("/", 3)[3]
