"""Logs as JSON lines. Personal fields never reach them."""

import logging.config
from typing import Any

import structlog

PERSONAL = {"email", "name", "title", "text", "comment", "body", "subject"}


def drop_personal(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace the value of every personal field by a dash."""
    return {key: "–" if key in PERSONAL else value for key, value in event.items()}


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library to one stream.

    ``options``: ``level`` (a logging level name) and ``json`` (bool; plain text otherwise).
    """
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        drop_personal,
    ]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if options["json"]
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        renderer,
                    ],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stream"], "level": options["level"]},
        }
    )
