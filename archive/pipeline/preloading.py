"""The process that workers are copies of (multiprocessing's fork server): it loads what they need, once for all."""

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def worker_context(module: str) -> ForkServerContext:
    """Where workers come from that run functions of this module."""
    # Not fork: the crawl has threads and a reactor, which a copied process would inherit half-alive.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["archive.pipeline.preloaded", module])
    return context


def preload(module: str) -> None:
    """Start loading what workers need that run functions of this module, while this process does something else.

    It takes half a second of a core. Where it has been started before, nothing happens.
    """
    worker_context(module)
    forkserver.ensure_running()
