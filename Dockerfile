# The digest in a box:
#   docker build -t digest .
#   docker run -d --restart unless-stopped -e TZ=Europe/Berlin \
#     -v "$PWD/config.toml:/config/config.toml:ro" -v digest-state:/state digest
# `docker run … digest check` tries sources and mail server; any other command goes there as well.
# A password reaches it as password = { env = "MAIL_PASSWORD" } and -e MAIL_PASSWORD, or as a file.
# `digest run --service docker` prints a compose file that mounts all that a config names.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY digest digest
COPY templates templates
ARG EXTRAS=dkim,library
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir ".[$EXTRAS]"

FROM python:3.13-slim
# Whose files it reads: yours, where your number is another.
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
# The loop ends cleanly on SIGTERM: what is in hand is in the outbox.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --timeout=30s --start-period=1m CMD ["digest", "status"]
ENTRYPOINT ["digest"]
CMD ["run"]
