"""Hosts that do not answer are asked more and more rarely."""

from math import inf

from crawler.run.silence import PAUSES, Silence
from crawler.spiders.scheduler import PATIENCE


def test_pauses_grow_until_the_host_is_left_alone_and_an_answer_ends_them() -> None:
    silence = Silence()
    pauses = [silence.unanswered("gull.example") for _ in range(len(PAUSES) + 4)]
    assert pauses == [0.0, 0.0, 0.0, *PAUSES, inf]
    assert silence.unanswered("tern.example") == 0.0
    silence.answered("gull.example")
    assert silence.unanswered("gull.example") == 0.0
    assert sum(PAUSES) >= PATIENCE, "as long as a run waits for one URL"
