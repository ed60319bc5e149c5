"""The process that keeps a collection's schedule, and the one that crawls for it.

They are two so that the first stays small for years: it knows neither Scrapy nor a page. The second is started when a
site is due, crawls all sites that are due while it lives, with one archive writer and one event loop, and ends when
nothing is left to do, at the latest after an hour: whatever memory a library leaks, and whatever crashes, is gone
with it.
"""
