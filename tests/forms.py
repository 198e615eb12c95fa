"""Fill in forms the way a browser does."""

import re

ONCE = re.compile(r'name="_once" value="([^"]+)"')


def once_key(response):
    """The one-time key of the last form of a page: the page's own, not one of its frame."""
    return ONCE.findall(response.content.decode())[-1]
