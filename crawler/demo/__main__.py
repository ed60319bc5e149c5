"""`python -m crawler.demo` serves the demo site until Ctrl-C."""

from crawler.demo.server import serve

serve()
