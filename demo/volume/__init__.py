"""Volume data in bulk: realistic, skewed, ten years deep; for measuring, not for showing.

The rows are written without flows, mails or timelines. Texts are put together from lists, so
that words repeat as they do in real sheets.
"""

from demo.volume.load import Volume

__all__ = ["Volume"]
