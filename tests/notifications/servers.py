"""Mail servers in a bad mood, as Django mail backends."""

import smtplib

from django.core.mail.backends.base import BaseEmailBackend


class Unreachable(BaseEmailBackend):
    def send_messages(self, _messages):
        raise ConnectionRefusedError(111, "Connection refused")


class NoSuchMailbox(BaseEmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})


class Greylisting(BaseEmailBackend):
    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (450, b"try again later")})


class WrongPassword(BaseEmailBackend):
    def send_messages(self, _messages):
        raise smtplib.SMTPAuthenticationError(535, b"authentication failed")


class Broken(BaseEmailBackend):
    def send_messages(self, _messages):
        raise RuntimeError("a bug of ours")
