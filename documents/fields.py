"""Form fields for files: what comes out of ``cleaned_data`` may be stored."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from documents import checks


class CheckedFileField(forms.FileField):
    """One file; gives a ``documents.checks.CheckedFile``. ``accept``: the types allowed here."""

    def __init__(self, *, accept=checks.EVERYTHING, **kwargs):
        self.accept = accept
        kwargs.setdefault("help_text", limits(accept))
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data, initial=None):
        """The checked file, or None when none was chosen and none is needed."""
        upload = super().clean(data, initial)
        return checks.check(upload, accept=self.accept) if upload else None

    def widget_attrs(self, widget):
        """Let the browser's chooser offer the right files."""
        types = [each.content_type for each in self.accept]
        endings = [ending for each in self.accept for ending in each.extensions]
        return {**super().widget_attrs(widget), "accept": ",".join([*types, *endings])}


class ManyFilesInput(forms.FileInput):
    """A file chooser for several files at once."""

    allow_multiple_selected = True


class CheckedFilesField(CheckedFileField):
    """Several files; gives a list of ``CheckedFile``. Every bad file gets its own sentence.

    ``accepted`` has the good ones also when others were refused: nobody chooses them twice.
    """

    widget = ManyFilesInput
    default_error_messages = {"too_many": _("ファイルは%(most)sつまで選べます(いま%(now)sつです)")}

    def __init__(self, *, most=5, **kwargs):
        self.most = most
        self.accepted = []
        super().__init__(**kwargs)

    def clean(self, data, initial=None):
        """The checked files, maybe none."""
        uploads = [each for each in data or [] if each]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            params = {"most": self.most, "now": len(uploads)}
            raise ValidationError(self.error_messages["too_many"], "too_many", params)
        self.accepted, errors = [], []
        for upload in uploads:
            try:
                self.accepted.append(super().clean(upload))
            except ValidationError as error:
                errors += error.error_list
        if errors:
            raise ValidationError(errors)
        return self.accepted

    def has_changed(self, _initial, data):
        """Whether files were chosen."""
        return bool(data)


def limits(accept):
    """What may be chosen, said before choosing."""
    if accept == checks.IMAGES:
        text = _("JPEG・PNG、1つ%(mb)sMBまで")
    else:
        text = _("PDF・Word・Excel・PowerPoint・JPEG・PNG、1つ%(mb)sMBまで")
    return lazystr(_Filled(text))


class _Filled:
    """A translated text whose number is known only when the settings are."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text % {"mb": settings.DOCUMENT_MAX_BYTES // checks.MEGABYTE}
