"""A frontier on a PostgreSQL server, which crawls on several machines share.

What is leased is a host: one worker at a time may ask it, so that its robots.txt, its pace and its cookies are kept as
in a crawl of one process. The lease ends by the server's clock unless it is renewed; no other process need see to it
that a dead worker's hosts fall free. A URL stays queued until what came of it is written down, which the server takes
from the host's holder alone.
"""
