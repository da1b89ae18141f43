"""Pictures in the letter: real ones are made small, and whatever else a server sends stays out."""

from __future__ import annotations

import struct
import sys
import zlib
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ISSUE, LION
from PIL import Image

from digest.email import thumbnails
from digest.email.thumbnails import (
    ALL_BYTES,
    EACH_BYTES,
    MOST,
    SHOWN,
    chosen,
    kind,
    scaled,
    size,
    usable,
)
from digest.model.issue import Section, SectionKind

if TYPE_CHECKING:
    from collections.abc import Callable

GIF = b"GIF89a\x40\x00\x20\x00"
BOMB = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x06"


def drawn(name: str, across: int, down: int, mode: str = "RGB") -> bytes:
    """Return a picture as a server would send it: noise, which packs badly."""
    noise = Image.effect_noise((across, down), 90).convert(mode)
    file = BytesIO()
    noise.save(file, name)
    return file.getvalue()


@pytest.mark.parametrize("name", ["PNG", "GIF", "JPEG"])
def test_kind_and_size_are_read_from_the_bytes(name: str) -> None:
    """Whatever the address calls it."""
    data = drawn(name, 640, 350)
    assert (kind(data), size(data)) == (name.lower(), (640, 350))
    assert thumbnails.shown_width(data, large=True) == SHOWN


def test_a_jpeg_is_read_past_what_stands_before_its_frame() -> None:
    """Cameras write segments of their own first; one that never comes to its frame has no size."""
    data = drawn("JPEG", 64, 32)
    exif = b"\xff\xe1\x00\x09camera." + b"\xff\xc4\x00\x02"
    assert size(data[:2] + exif + data[2:]) == (64, 32)
    assert size(data[:2] + exif) == (0, 0)


@pytest.mark.parametrize(
    ("name", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("GIF", "P"), ("JPEG", "L")]
)
def test_a_wide_picture_is_made_small(name: str, mode: str) -> None:
    """Twice as wide as it is shown, of the same shape, a fraction of the bytes."""
    data = drawn(name, 1200, 648, mode)
    small = scaled(data)
    assert kind(small) == "jpeg"
    assert size(small) == (2 * SHOWN, 281)
    assert len(small) < len(data) / 2
    assert len(small) < EACH_BYTES / 2


def test_what_is_small_already_grows_no_larger() -> None:
    """Nothing is packed again to be longer than it was."""
    data = drawn("JPEG", 40, 20)
    assert len(scaled(data)) <= len(data)


def test_transparent_ground_becomes_white() -> None:
    """A diagram drawn on nothing would be black on black."""
    file = BytesIO()
    Image.new("RGBA", (1200, 600), (0, 0, 0, 0)).save(file, "PNG", compress_level=0)
    with Image.open(BytesIO(scaled(file.getvalue()))) as small:
        assert small.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_without_pillow_pictures_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: what is small enough travels all the same."""
    data = drawn("PNG", 1200, 648)
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert scaled(data) == data


def test_a_picture_that_claims_to_be_huge_is_not_unpacked() -> None:
    """Sixty thousand pixels square in thirty bytes is an attack on memory."""
    bomb = BOMB + zlib.compress(b"")
    assert scaled(bomb) == bomb
    assert not usable(bomb)


HALF = drawn("PNG", 300, 200)[:20_000]


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", GIF, HALF]
)
def test_what_cannot_be_read_does_not_travel(data: bytes) -> None:
    """Half a picture is no reason for half a letter, nor for a broken picture in it."""
    assert not usable(scaled(data))


@pytest.mark.parametrize(("name", "shape"), [("GIF", (300, 200)), ("PNG", (64, 64))])
def test_a_picture_that_moves_comes_to_rest(name: str, shape: tuple[int, int]) -> None:
    """Whoever cannot read beside what moves could not stop it (WCAG 2.2.2): its first frame stays.

    Also where the film is shorter in bytes.
    """
    file = BytesIO()
    first, *more = (Image.new("L", shape, 50 * shade) for shade in range(5))
    first.save(file, name, save_all=True, append_images=more)
    still = scaled(file.getvalue())
    assert (kind(still), size(still)) == ("jpeg", shape)
    with Image.open(BytesIO(still)) as image:
        assert not getattr(image, "is_animated", False)


@pytest.mark.parametrize("shape", [(5, 5400), (5400, 5), (1, 1), (59, 59), (60, 241), (241, 60)])
def test_a_dot_and_a_strip_are_no_pictures(shape: tuple[int, int]) -> None:
    """One counts readers, the other stretches the letter; neither shows anything."""
    assert not usable(scaled(drawn("PNG", *shape)))


@pytest.mark.parametrize("shape", [(60, 60), (60, 240), (240, 60), (260, 1040)])
def test_what_is_large_enough_to_show_something_is_a_picture(shape: tuple[int, int]) -> None:
    """From 60 pixels across on, and up to four times as long as wide, or as wide as long."""
    assert usable(scaled(drawn("PNG", *shape)))


def test_a_large_picture_of_few_bytes_is_made_small_too() -> None:
    """A plain ground packs to nothing, and still a program would have to unpack all of it."""
    file = BytesIO()
    Image.new("1", (5400, 4000)).save(file, "PNG")
    assert size(scaled(file.getvalue())) == (2 * SHOWN, 385)


@given(head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff"]), rest=st.binary())
def test_no_bytes_break_the_letter(head: bytes, rest: bytes) -> None:
    """Any bytes that pretend to be a picture are scaled, left alone or dropped."""
    assert size(head + rest) >= (0, 0)
    assert len(scaled(head + rest)) <= len(head + rest)


def test_pictures_are_small_and_of_a_known_kind() -> None:
    """JPEG, PNG and GIF of at most 200 kB; anything else stays out."""
    ids = [paper.id for paper in ISSUE.papers]
    held = dict(zip(ids, (GIF, b"<svg/>", GIF.ljust(EACH_BYTES + 1)), strict=True))
    assert [p.subtype for p in chosen(ISSUE, held).values()] == ["gif"]


@pytest.mark.parametrize(("each", "n"), [(EACH_BYTES, ALL_BYTES // EACH_BYTES), (10, MOST)])
def test_pictures_end_where_the_letter_gets_heavy(each: int, n: int) -> None:
    """All pictures of a letter together are at most a megabyte, and a dozen."""
    many = tuple(
        replace(LION, ranked=replace(LION.ranked, paper=replace(LION.ranked.paper, id=f"x:{i}")))
        for i in range(20)
    )
    issue = replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=many),))
    held = {paper.id: GIF.ljust(each, b"x") for paper in issue.papers}
    assert len(chosen(issue, held)) == n


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a\xff\x0f\xff\x0f\x80\x00\x00" + bytes(22),
        b"GIF89a\x40\x01\x40\x01\xf7\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x01\x00\x00",
        b"\xff\xd8\xff\xc0\x00\x11\x08\x10\x00\x10\x00\x03" + bytes(23),
        b"\xff\xd8\xff\xdb\x00\x02\xff\xc0\x00\x0b\x08\x01\x00\x01\x00\x01" + bytes(20),
    ],
)
def test_E1_a_hostile_picture_loses_only_itself(data: bytes) -> None:
    """Whatever Pillow raises over some bytes, the digest is made without that picture."""
    assert not usable(scaled(data)) or kind(scaled(data))


def test_E1_any_exception_of_a_picture_loses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decompression bomb and an index error are no reason for a digest to fail."""
    for error in (Image.DecompressionBombError("huge"), IndexError("short"), MemoryError()):
        monkeypatch.setattr(Image, "open", _raiser(error))
        assert scaled(drawn("PNG", 300, 200)) == b""


def _raiser(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
