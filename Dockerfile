# Image of digest:
#   docker build -t digest .
#   docker run -d --restart unless-stopped -e TZ=Europe/Berlin \
#     -v "$PWD/config.toml:/config/config.toml:ro" -v digest-state:/state digest
# `docker run … digest check` tests sources and mail server; other commands work likewise.
# Pass a password as password = { env = "MAIL_PASSWORD" } and -e MAIL_PASSWORD, or as a file.
# `digest run --service docker` prints a compose file that mounts all that a config names.
FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY digest digest
COPY templates templates
ARG EXTRAS=dkim,library
RUN /venv/bin/pip install --no-cache-dir ".[$EXTRAS]"

FROM python:3.13-slim
# User whose files it reads; set it to your own UID if that is not 1000.
ARG UID=1000
RUN useradd --create-home --uid "$UID" reader \
 && install --directory --owner=reader --mode=700 /state
COPY --from=build /venv /venv
USER reader
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DIGEST_CONFIG=/config/config.toml \
    DIGEST_STATE=/state \
    TZ=Etc/UTC
VOLUME /state
# SIGTERM finishes the message in hand; the rest is in the outbox.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --timeout=30s --start-period=1m CMD ["digest", "status"]
ENTRYPOINT ["digest"]
CMD ["run"]
