"""What was found for the questions asked last: many readers ask the same of one day's papers."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Question = TypeVar("Question", bound="Hashable")
Answer = TypeVar("Answer")

MOST_PAIRS = 4_000_000
"""Of so many pairs of a question and a paper the answers are kept: some 60 MB."""


class Remembered(Generic[Question, Answer]):
    """Keeps the answers about so many papers; of the questions the one asked longest ago goes."""

    def __init__(self, papers: int, most: int = MOST_PAIRS) -> None:
        self._most = max(most // max(papers, 1), 1)
        self._answers: OrderedDict[Question, Answer] = OrderedDict()

    def answer(self, question: Question, find: Callable[[Question], Answer]) -> Answer:
        """Return what `find` says, found once as long as it is remembered."""
        if question not in self._answers:
            if len(self._answers) >= self._most:
                self._answers.popitem(last=False)
            self._answers[question] = find(question)
        self._answers.move_to_end(question)
        return self._answers[question]
