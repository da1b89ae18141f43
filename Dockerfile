# The digest in a box:
#   docker build -t digest .
#   docker run -d --restart unless-stopped -e TZ=Europe/Berlin \
#     -v "$PWD/config.toml:/config/config.toml:ro" -v digest-state:/state digest
# `docker run … digest check` tries sources and mail server; any other command goes there as well.
# A password reaches it as password = { env = "MAIL_PASSWORD" } and -e MAIL_PASSWORD, or as a file.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY digest digest
COPY templates templates
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir '.[dkim,library]'

FROM python:3.13-slim
RUN useradd --create-home --uid 1000 reader \
 && install --directory --owner=reader --mode=700 /state
COPY --from=build /venv /venv
USER reader
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DIGEST_CONFIG=/config/config.toml \
    DIGEST_STATE=/state \
    TZ=Etc/UTC
VOLUME /state
# The loop ends cleanly on SIGTERM: what is in hand is in the outbox.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --timeout=30s --start-period=1m CMD ["digest", "status"]
ENTRYPOINT ["digest"]
CMD ["run"]
