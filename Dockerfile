# The application: web by default, worker, beat and migrations by another command.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

RUN useradd --system --create-home --shell /usr/sbin/nologin rcm \
    && install -d -o rcm -g rcm /var/lib/rcm /var/lib/rcm/files

COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY manage.py ./
COPY templates ./templates
COPY static ./static
COPY rcm ./rcm
COPY payers ./payers
COPY coding ./coding
COPY billing ./billing
COPY denials ./denials

USER rcm
ENV RCM_DATA_DIR=/var/lib/rcm
# The settings insist on their variables; collecting static files uses none of them.
RUN RCM_SECRET_KEY=only-while-the-image-is-built-0123456789-0123456789 \
    RCM_DATABASE_URL=postgres://rcm_app@nowhere/rcm \
    python manage.py collectstatic --no-input --verbosity=0

EXPOSE 8000
CMD ["python", "-m", "gunicorn", "rcm.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--no-control-socket"]
