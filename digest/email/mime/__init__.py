"""MIME: bytes of an RFC 5322 message."""
