"""A small made-up news site that comes with cleancopy: to try the commands on, and to test them with."""

from crawler.demo.server import DemoSite, Hit, serve

__all__ = ["DemoSite", "Hit", "serve"]
