from __future__ import annotations

import asyncio
import threading

from digest.cli.preview.broadcast import Broadcast

LONG = 60.0


def heard(broadcast: Broadcast, epoch: int, patience: float = LONG) -> int:
    return asyncio.run(broadcast.after(epoch, patience))


def test_a_ring_before_one_listens_is_not_lost() -> None:
    """Who asks for news since an older epoch gets it at once."""
    broadcast = Broadcast()
    broadcast.publish()
    assert heard(broadcast, epoch=1) == 2


def test_a_ring_from_another_thread_is_heard() -> None:
    """Whoever waits in an event loop is woken by a ring from anywhere."""
    broadcast = Broadcast()

    async def listen() -> int:
        loop = asyncio.get_running_loop()
        ringer = threading.Thread(target=broadcast.publish)
        loop.call_soon(ringer.start)
        epoch = await broadcast.after(1, LONG)
        await asyncio.to_thread(ringer.join)
        return epoch

    assert asyncio.run(listen()) == 2


def test_patience_ends() -> None:
    """Where nothing happens the epoch comes back as it was."""
    assert heard(Broadcast(), epoch=1, patience=0.0) == 1


def test_a_closed_bell_lets_everybody_go() -> None:
    """Nobody waits for what cannot come any more."""
    broadcast = Broadcast()
    broadcast.close()
    assert (heard(broadcast, epoch=1), broadcast.closed) == (1, True)


def test_a_loop_that_ended_while_it_listened_is_passed_over() -> None:
    """A page that went away without a word does not stop the news for the others."""
    broadcast = Broadcast()
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(broadcast.after(1, LONG))
    loop.call_soon(loop.stop)
    loop.run_forever()
    waiting.cancel()
    asyncio.set_event_loop(None)
    asleep = broadcast._waiters  # noqa: SLF001  # there is no other way to see who listens
    assert len(asleep) == 1
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    broadcast.publish()
    assert broadcast.epoch == 2
