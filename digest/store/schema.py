"""Database schema as migrations; a released migration never changes."""

from __future__ import annotations

APPLICATION_ID = 0x64676573
"""`dges`: distinguishes our database from that of another program and from an empty file."""

_FIRST = (
    """CREATE TABLE paper (
        id INTEGER PRIMARY KEY,
        identity TEXT NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        touched TEXT NOT NULL
    )""",
    "CREATE INDEX paper_first_seen ON paper (first_seen)",
    "CREATE INDEX paper_touched ON paper (touched)",
    # One key may belong to several papers: two arXiv papers may bear the same title.
    """CREATE TABLE paper_key (
        key TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
        PRIMARY KEY (key, paper)
    ) WITHOUT ROWID""",
    "CREATE INDEX paper_key_paper ON paper_key (paper)",
    """CREATE TABLE digest (
        reader TEXT NOT NULL,
        day TEXT NOT NULL,
        edition INTEGER NOT NULL,
        papers INTEGER NOT NULL,
        read INTEGER NOT NULL,
        reason TEXT NOT NULL,
        composed TEXT NOT NULL,
        PRIMARY KEY (reader, day, edition)
    ) WITHOUT ROWID""",
    # Kept for ever, so it holds the paper's keys; the paper itself is pruned one day.
    """CREATE TABLE sent (
        reader TEXT NOT NULL,
        day TEXT NOT NULL,
        edition INTEGER NOT NULL,
        number INTEGER NOT NULL,
        keys TEXT NOT NULL,
        paper INTEGER REFERENCES paper ON DELETE SET NULL,
        PRIMARY KEY (reader, day, edition, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX sent_paper ON sent (paper)",
    """CREATE TABLE passed (
        reader TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
        day TEXT NOT NULL,
        upvotes INTEGER,
        PRIMARY KEY (reader, paper)
    ) WITHOUT ROWID""",
    "CREATE INDEX passed_paper ON passed (paper)",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL UNIQUE,
        reader TEXT NOT NULL,
        day TEXT NOT NULL,
        edition INTEGER NOT NULL,
        sender TEXT NOT NULL,
        body BLOB,
        composed TEXT NOT NULL,
        UNIQUE (reader, day, edition)
    )""",
    """CREATE TABLE delivery (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        recipient TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'sent', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0,
        uncertain INTEGER NOT NULL DEFAULT 0,
        hold INTEGER NOT NULL DEFAULT 0,
        tried TEXT,
        due TEXT NOT NULL,
        code INTEGER NOT NULL DEFAULT 0,
        answer TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (message, recipient)
    ) WITHOUT ROWID""",
    "CREATE INDEX delivery_state ON delivery (state)",
    """CREATE TABLE vote (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        reader TEXT NOT NULL,
        verb TEXT NOT NULL CHECK (verb IN ('like', 'dislike')),
        interest TEXT NOT NULL,
        body TEXT NOT NULL,
        at TEXT NOT NULL
    )""",
    "CREATE INDEX vote_reader ON vote (reader)",
    "CREATE TABLE pause (reader TEXT PRIMARY KEY, until TEXT) WITHOUT ROWID",
    """CREATE TABLE source (
        name TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        papers INTEGER NOT NULL,
        error TEXT NOT NULL,
        read TEXT NOT NULL,
        last_ok TEXT,
        last_day TEXT,
        failing_since TEXT,
        not_before TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE cache (
        url TEXT PRIMARY KEY,
        etag TEXT NOT NULL,
        last_modified TEXT NOT NULL,
        content_type TEXT NOT NULL,
        body BLOB NOT NULL,
        saved TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID",
)

# The day of the first digest whose papers a message took over, "" for its own day.
_MERGED = ("ALTER TABLE message ADD COLUMN since TEXT NOT NULL DEFAULT ''",)

# Alerts were rows "alert:KEY" and "told:KEY" among the notes.
_ALERTS = (
    """CREATE TABLE alert (
        key TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        raised TEXT NOT NULL,
        notified TEXT
    ) WITHOUT ROWID""",
    """INSERT INTO alert
        SELECT substr(key, 7), value, at,
            (SELECT value FROM note WHERE key = 'told:' || substr(old.key, 7))
        FROM note AS old WHERE key LIKE 'alert:%'""",
    "DELETE FROM note WHERE key LIKE 'alert:%' OR key LIKE 'told:%'",
)

# Each arXiv category is read until its own last batch.
_PARTS = (
    """CREATE TABLE source_part (
        source TEXT NOT NULL,
        part TEXT NOT NULL,
        state TEXT NOT NULL,
        read_until TEXT,
        PRIMARY KEY (source, part)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _MERGED, _ALERTS, _PARTS)
"""Statements by version; `PRAGMA user_version` counts the steps that were taken."""
