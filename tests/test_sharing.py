"""Batches shared between this process and others: their order, who does what, and what becomes of a failure."""

from concurrent.futures import Future

import pytest

from simulation.sharing import shared


class Others:
    """Others who finish a batch when they are told to; what is done here tells them to after so many batches."""

    def __init__(self, finish_after: int) -> None:
        self.handed: dict[int, Future[str]] = {}
        self.here: list[int] = []
        self._after = finish_after

    def hand(self, batch: int) -> "Future[str]":
        self.handed[batch] = Future()
        return self.handed[batch]

    def do_here(self, batch: int) -> str:
        self.here.append(batch)
        if len(self.here) >= self._after:
            for number, future in self.handed.items():
                if not future.done():
                    future.set_result(f"there {number}")
        return f"here {batch}"


def test_alone_every_batch_is_done_here_when_it_is_asked_for() -> None:
    others = Others(finish_after=99)
    done = shared(range(3), others.do_here, others.hand, others=0)
    assert others.here == []
    assert next(done) == "here 0"
    assert others.here == [0]
    assert list(done) == ["here 1", "here 2"]


def test_while_others_start_this_process_works_on_and_the_order_stays() -> None:
    others = Others(finish_after=4)
    done = shared(range(8), others.do_here, others.hand, others=1)
    assert next(done) == "there 0"
    assert others.here == [1, 2, 3, 4]
    assert list(others.handed) == [0, 5, 6]  # who has started has one more waiting
    assert [next(done) for _ in range(4)] == ["here 1", "here 2", "here 3", "here 4"]
    assert list(done) == ["there 5", "there 6", "here 7"]


def test_of_two_others_each_has_a_batch_before_this_process_takes_one() -> None:
    others = Others(finish_after=1)
    assert list(shared(range(3), others.do_here, others.hand, others=2)) == ["there 0", "there 1", "here 2"]


def test_who_has_started_has_one_more_waiting_but_leaves_the_last_to_this_process() -> None:
    others = Others(finish_after=2)
    done = shared(range(4), others.do_here, others.hand, others=1, have_started=True)
    assert list(done) == ["there 0", "there 1", "here 2", "here 3"]


def test_what_another_fails_with_is_raised_in_its_turn() -> None:
    lost: Future[str] = Future()
    lost.set_exception(BrokenPipeError())
    done = shared(range(2), str, lambda batch: lost, others=1)
    with pytest.raises(BrokenPipeError):
        next(done)


def test_the_others_are_not_asked_when_nothing_is_left() -> None:
    others = Others(finish_after=1)
    assert list(shared([], others.do_here, others.hand, others=3)) == []
    assert not others.handed
