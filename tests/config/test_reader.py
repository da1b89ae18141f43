"""One reader, and what the ranker gets of it."""

from __future__ import annotations

from digest.config import EmailTable, InterestTable, Reader, ScheduleTable, TasteTable
from digest.config.schema import PhraseEntry
from digest.model.issue import IssueLimits
from digest.model.paper import Paper

KNOWN = {key: Paper(id=key, title=f"Paper {key}") for key in ("a:1", "a:2", "a:3")}
READER = Reader(
    name="me",
    email=EmailTable(to=("ada@example.org",), papers=7, empty="send"),
    interests=(
        InterestTable(
            name="Sampling",
            phrases=(PhraseEntry(phrase="few steps", weight=2.0),),
            about="words",
            weight=1.5,
            avoid=("survey",),
            liked=("a:1", "a:9"),
            disliked=("a:2",),
        ),
    ),
    taste=TasteTable(liked=("a:3",), authors=("Ada",), avoid=("x",), mute=("y",)),
    schedule=ScheduleTable(every="week"),
)


def test_limits_are_those_of_the_email() -> None:
    """What bounds the issue comes from [email], and whether it is a week's from [schedule]."""
    assert READER.limits == IssueLimits(papers=7, empty="send", weekly=True)


def test_the_defaults_of_limits_are_those_of_the_config() -> None:
    """An empty config and a bare IssueLimits() say the same."""
    plain = Reader(name="me", email=EmailTable(), taste=TasteTable(), schedule=ScheduleTable())

    assert plain.limits == IssueLimits()


def test_a_profile_holds_all_that_is_wanted() -> None:
    """Ids become the papers that are known; what was learnt since is added."""
    learnt = Paper(id="a:4", title="Learnt")

    profile = READER.profile(KNOWN.get, liked=[learnt], disliked=[learnt])

    interest = profile.interests[0]
    assert (interest.name, interest.about, interest.weight) == ("Sampling", "words", 1.5)
    assert [(p.text, p.weight) for p in interest.phrases] == [("few steps", 2.0)]
    assert (interest.liked, interest.disliked) == ((KNOWN["a:1"],), (KNOWN["a:2"],))
    assert (profile.liked, profile.disliked) == ((KNOWN["a:3"], learnt), (learnt,))
    assert (profile.authors, profile.avoid, profile.mute) == (("Ada",), ("x",), ("y",))


def test_the_papers_named_are_listed_once() -> None:
    """Whoever fetches their texts asks for these."""
    assert READER.paper_ids == ("a:3", "a:1", "a:9", "a:2")
