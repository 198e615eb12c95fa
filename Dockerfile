# One image for web, worker, beat and migrations. The command decides (docker-compose.yml).

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --require-hashes --requirement requirements.lock
COPY . .
# Settings are read, but nothing secret is needed to collect files and compile translations.
RUN /venv/bin/python scripts/translations.py \
 && SECRET_KEY=build-only DATA_DIR=/tmp/data STATIC_ROOT=/app/staticfiles \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && /venv/bin/python -m compileall -q /app

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin portal \
 && install --directory --owner portal --group portal --mode 0750 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/staticfiles WEB_CONCURRENCY=2
USER portal
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=4 \
    CMD ["python", "scripts/healthcheck.py"]
CMD ["gunicorn", "ikou_portal.wsgi", "--bind", "0.0.0.0:8000", "--threads", "4", \
     "--limit-request-line", "8190", \
     "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
