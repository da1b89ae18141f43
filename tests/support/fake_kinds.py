"""Sources and ways of delivery that do nothing, for tests of the config alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from pydantic import Field

from digest.config.components import Kinds
from digest.delivery.secret import Secret

if TYPE_CHECKING:
    from digest.delivery import Transport
    from digest.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Trending:
    """A source with nothing to say but its options."""

    kind: ClassVar[str] = "huggingface"
    name: str = "huggingface"
    min_upvotes: Annotated[int, Field(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A source with a path, and no name of its own."""

    kind: ClassVar[str] = "file"
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A way with secrets, a path and a rule of its own."""

    kind: ClassVar[str] = "smtp"
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    per_minute: int = 0
    proxy_url: str = ""
    colour: Annotated[str, Field(pattern="^[a-z]*$")] = ""
    extra: str | tuple[str, ...] = ""

    def __post_init__(self) -> None:
        if self.host == "nowhere":
            raise ValueError("nowhere is no host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A way into a folder."""

    kind: ClassVar[str] = "maildir"
    path: Path


KINDS = Kinds(
    sources={"huggingface": cast("type[Source]", Trending), "file": cast("type[Source]", Lines)},
    transports={"smtp": cast("type[Transport]", Mail), "maildir": cast("type[Transport]", Folder)},
)
