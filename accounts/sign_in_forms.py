"""allauth's forms, with errors in the voice of the product (core.fields.name_required)."""

from allauth.account import forms

from core.fields import NamedErrorsMixin


class LoginForm(NamedErrorsMixin, forms.LoginForm):
    """Address and password."""


class ResetPasswordForm(NamedErrorsMixin, forms.ResetPasswordForm):
    """The address that gets a link."""


class ResetPasswordKeyForm(NamedErrorsMixin, forms.ResetPasswordKeyForm):
    """A new password, with the link from the mail."""


class ChangePasswordForm(NamedErrorsMixin, forms.ChangePasswordForm):
    """A new password, with the present one."""
