"""`[dkim]` signs what goes out, or says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config import load
from digest.email.mime.message import signer
from digest.model.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config


def loaded(folder: Path, dkim: str) -> Config:
    path = folder / "config.toml"
    path.write_text(f'[email]\nto = "ada@example.org"\n[maildir]\npath = "mail"\n{dkim}')
    return load(path, environ={"DIGEST_STATE": str(folder)})


def test_without_the_table_nothing_is_signed(tmp_path: Path) -> None:
    """Signing is for those whose mail server does not do it."""
    assert signer(loaded(tmp_path, "").dkim) is None


def test_the_key_lies_beside_the_config(tmp_path: Path) -> None:
    """A relative path counts from the config's folder; the selector has a default."""
    dkim = loaded(tmp_path, '[dkim]\ndomain = "example.org"\nkey = "dkim.pem"\n').dkim
    assert dkim is not None
    assert (dkim.key, dkim.selector) == (tmp_path / "dkim.pem", "digest")


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    """One text: which file, and which key of the config names it."""
    dkim = loaded(tmp_path, '[dkim]\ndomain = "example.org"\nkey = "gone.pem"\n').dkim
    with pytest.raises(DigestError, match=r"gone\.pem: No such file") as caught:
        signer(dkim)
    assert "[dkim]" in caught.value.hint


def test_half_a_table_is_a_problem(tmp_path: Path) -> None:
    """A domain without a key cannot sign."""
    with pytest.raises(ConfigError, match="key"):
        loaded(tmp_path, '[dkim]\ndomain = "example.org"\n')
