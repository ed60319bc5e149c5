"""Pages in a real browser, of which every request goes through our own capture.

Chromium is stopped before each request; what it wanted is asked for by Scrapy, as everything else is, with robots.txt,
delays and the guard of private addresses, and what was captured is handed to it. It has no way to the network itself.
"""
