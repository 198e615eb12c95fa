"""Plain text from templates: nothing is escaped, because a mail is not HTML."""

from django.template import Context, engines


def render_text(path, context):
    """The template at ``path`` with ``context``, outer white space trimmed."""
    template = engines["django"].get_template(path).template
    return template.render(Context(context, autoescape=False)).strip()
