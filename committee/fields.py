"""A time of day as people type it, beside ``core.fields.JapaneseDateField``."""

import re
import unicodedata
from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import JapaneseDateField, LabelledMixin

TIME = re.compile(
    r"(?P<half>午前|午後)?(?P<hour>\d{1,2})(?::(?P<minute>\d{2})|時(?:(?P<kanji>\d{1,2})分|(?P<thirty>半))?)"
)
NOON = 12
HALF_PAST = 30


def parse_time(text):
    """17:00, １７時, 17時30分, 午後5時半. Raises ValueError."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = TIME.fullmatch(plain)
    if not found:
        raise ValueError(text)
    hour = int(found["hour"])
    if found["half"] == "午後" and hour < NOON:
        hour += NOON
    minute = HALF_PAST if found["thirty"] else int(found["minute"] or found["kanji"] or 0)
    return time(hour, minute)


class JapaneseTimeField(LabelledMixin, forms.CharField):
    """A time of day in any form of ``parse_time``."""

    default_error_messages = {
        "invalid": _("「%(label)s」は 17:00 のように入力してください"),
    }

    def to_python(self, value):
        """A time, or None."""
        if isinstance(value, time):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_time(text)
        except ValueError:
            raise self.error("invalid") from None

    def prepare_value(self, value):
        """17:00."""
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def has_changed(self, initial, data):
        """Compare times, not how they were typed."""
        try:
            return initial != self.to_python(data)
        except forms.ValidationError:
            return True

    def widget_attrs(self, widget):
        """Short, and without suggestions."""
        return {**super().widget_attrs(widget), "autocomplete": "off", "class": "date-input"}


class DeadlineMixin(forms.Form):
    """Two fields that together are the end of scoring; ``cleaned_data["deadline"]`` has it."""

    deadline_day = JapaneseDateField(
        label=_("採点の締切の日"), help_text=_("例: 2026/12/5、令和8年12月5日、12/5")
    )
    deadline_time = JapaneseTimeField(
        label=_("採点の締切の時刻"), help_text=_("例: 17:00、午後5時"), initial=time(17)
    )

    def clean(self):
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        day, hour = cleaned.get("deadline_day"), cleaned.get("deadline_time")
        if day and hour:
            cleaned["deadline"] = timezone.make_aware(datetime.combine(day, hour))
            self.check_deadline(cleaned["deadline"])
        return cleaned

    def check_deadline(self, deadline):
        """A deadline in the past would end scoring before it begins."""
        if deadline <= timezone.now():
            self.add_error("deadline_day", _("「採点の締切の日」と時刻は、今より後にしてください"))


class OpeningMixin(forms.Form):
    """Two fields that together are when scoring begins by itself; both empty: by hand.

    ``cleaned_data["opens_at"]`` has it. Stands before ``DeadlineMixin``, whose end it must precede.
    """

    opens_day = JapaneseDateField(
        label=_("採点を始める日"),
        help_text=_("この日時に自動で採点を始めます。空ければ、手で始めます。"),
        required=False,
    )
    opens_time = JapaneseTimeField(
        label=_("採点を始める時刻"), help_text=_("空ければ、9:00に始めます。"), required=False
    )

    def clean(self):
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        day, hour = cleaned.get("opens_day"), cleaned.get("opens_time") or time(9)
        cleaned["opens_at"] = timezone.make_aware(datetime.combine(day, hour)) if day else None
        deadline = cleaned.get("deadline")
        if day and deadline and cleaned["opens_at"] >= deadline:
            self.add_error("opens_day", _("「採点を始める日」は、採点の締切より前にしてください"))
        return cleaned
