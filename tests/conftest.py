"""What holds for the whole suite: where it writes, how it is interrupted, what is not repeated."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import signal
import sys
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
"""The first example of a test loads what it needs; how long that takes says nothing."""

MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that must be free there; the suite leaves a tenth of it behind at most."""


def pytest_configure() -> None:
    """Write into memory where there is some, and let Ctrl-C mean something in our children.

    Our stores wait for the disk at every step, as they must, which is half the suite's time; and a
    shell's `make test &` has Ctrl-C ignored.
    """
    if in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def in_memory() -> bool:
    """Tell whether there is a folder in memory that is ours to write, and programs run from it."""
    if not os.access(MEMORY, os.W_OK):
        return False
    about = os.statvfs(MEMORY)
    return about.f_bavail * about.f_frsize > ROOM and not about.f_flag & os.ST_NOEXEC


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have one worker more than processors: some test always waits for a child or a server."""
    return (yield) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from counting modules and tests again and again: they stay anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


# What coverage looks at takes twice its time, and it can only look at all of a thread or nothing.
# So it rests while tests are collected, while pytest is at work between them, while Hypothesis
# thinks, and in tests that are marked to prove nothing of a single line.
_tracer: list[Any] = []


@contextmanager
def measured(*, yes: bool) -> Iterator[None]:
    """Let coverage, where it is wanted at all, look on or rest."""
    before = sys.gettrace()
    if _tracer:
        sys.settrace(_tracer[0] if yes else None)
    try:
        yield
    finally:
        if _tracer:
            sys.settrace(before)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Measure how our modules are loaded, and nothing else that is loaded."""
    if (tracer := sys.gettrace()) and session.config.pluginmanager.hasplugin("_cov"):
        _tracer.append(tracer)
        if not session.config.pluginmanager.hasplugin("dsession"):
            load_all()
    with measured(yes=False):
        return (yield)


def load_all() -> None:
    """Load every module of ours, and before it unseen what some of them load only at work."""
    with measured(yes=False):
        importlib.import_module("sklearn.feature_extraction.text")
    import digest

    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure the examples of tests that have some."""
    counted = [item for item in items if _tracer and not item.get_closest_marker("unmeasured")]
    handles = [getattr(getattr(item, "obj", None), "hypothesis", None) for item in counted]
    for handle in {id(handle): handle for handle in handles if handle}.values():
        handle.inner_test = example(handle.inner_test)


def example(test: Callable[..., object]) -> Callable[..., object]:
    """Return a test of one example that is measured."""

    @wraps(test)
    def looked_at(*arguments: object, **named: object) -> object:
        with measured(yes=True):
            return test(*arguments, **named)

    return looked_at


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Measure none of what happens between tests."""
    with measured(yes=False):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """Measure what is set up."""
    with measured(yes=True):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Measure a test, but for one with examples, which are measured one by one."""
    rests = pyfuncitem.get_closest_marker("unmeasured") or hasattr(pyfuncitem.obj, "hypothesis")
    with measured(yes=not rests):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Measure what is taken down."""
    with measured(yes=True):
        return (yield)
