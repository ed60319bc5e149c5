"""A site whose pages are empty until their scripts have run, sent as servers really send it."""

import gzip
import json
from dataclasses import dataclass, field

import brotli

from tests.raw_server import RawServer, Step, Then

STORY, PLAIN, LATER, SLOW, HUNG = (
    f"/2026/11/20/{name}.html"
    for name in ("gulls-came-back", "gulls-stayed-away", "gulls-moved-on", "gulls-wait", "gulls-hang")
)
SENTENCE = "The harbour office said that the gulls would wait for no committee this year, whatever it decides. "
_SHELL = """<!doctype html><html lang=en><head><title>Gulls came back</title></head><body>
<noscript><p>Please switch scripts on: this page shows nothing without.</p></noscript>
<div id=consent><button id=accept>Accept all</button></div><main id=app></main>
<script src=/app.js></script></body></html>
"""
_APP = """
const app = document.getElementById('app');
const add = (text) => { const p = document.createElement('p'); p.textContent = text; app.append(p); };
const json = (path, options) => fetch(path, options).then((answer) => answer.json());
document.getElementById('accept').onclick = async () => {
  document.getElementById('consent').remove(); add((await json('/consented.json')).text);
};
navigator.sendBeacon('/beacon', 'seen');
try { new WebSocket('ws://' + location.host + '/socket').onerror = () => { document.body.dataset.socket = 'failed'; }; }
catch (error) { document.body.dataset.socket = 'failed'; }
(async () => {
  const story = await json('/story.json');
  app.innerHTML = '<article><h1></h1></article>';
  app.querySelector('h1').textContent = story.title;
  story.paragraphs.forEach(add);
  add((await json('/moved.json')).text);
  add((await json('/graphql', {method: 'POST', body: new Uint8Array([0, 255, 10])})).text);
  add(await json('/cut.json').then(() => 'It came whole.', () => 'What was cut failed, as it should.'));
  add(await json('/forbidden.json').then(() => 'It was let in.', () => 'What robots.txt forbids failed.'));
  add(await fetch('http://localhost:' + location.port + '/private.json', {mode: 'no-cors'}).then(
    () => 'It got out.', () => 'The address that nobody allowed failed.'));
  const worker = new Worker('/worker.js');
  worker.onmessage = (event) => add(event.data);
  await navigator.serviceWorker.register('/sw.js');
  if (!navigator.serviceWorker.controller) {
    await new Promise((controlled) => { navigator.serviceWorker.oncontrollerchange = controlled; });
  }
  add(await (await fetch('/through-the-service-worker')).text());
  new EventSource('/events').onmessage = (event) => add(event.data);
  const box = document.createElement('div');
  box.attachShadow({mode: 'open'}).innerHTML = '<p>' + story.shadow + '</p>';
  app.append(box);
  const far = document.createElement('div');
  far.style.marginTop = '4000px';
  app.append(far);
  new IntersectionObserver(async (seen, observer) => {
    if (!seen[0].isIntersecting) return;
    observer.disconnect();
    add((await json('/lazy.json')).text);
  }).observe(far);
})();
"""
_WORKER = "fetch('/worker.json').then((answer) => answer.json()).then((data) => postMessage(data.text));"
_SERVICE_WORKER = """
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
self.addEventListener('fetch', (event) => {
  if (event.request.url.endsWith('/through-the-service-worker')) event.respondWith(fetch('/sw.json').then(
    async (answer) => new Response((await answer.json()).text)));
});
"""


def _said(of: str) -> bytes:
    return json.dumps({"text": f"This came from {of}. {SENTENCE}"}).encode()


def _answer(kind: str, body: bytes, *lines: bytes, status: bytes = b"200 OK") -> list[Step]:
    head = [b"HTTP/1.1 " + status, b"Content-Type: " + kind.encode(), *lines, b"Content-Length: %d" % len(body)]
    return [b"\r\n".join(head) + b"\r\n\r\n" + body]


def _chunked(kind: str, body: bytes, *lines: bytes) -> list[Step]:
    head = [b"HTTP/1.1 200 OK", b"Content-Type: " + kind.encode(), *lines, b"Transfer-Encoding: chunked"]
    parts = [body[start : start + 100] for start in range(0, len(body), 100)]
    chunks: list[Step] = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
    return [b"\r\n".join(head) + b"\r\n\r\n", *chunks, b"0\r\n\r\n"]


def _page(script: str) -> list[Step]:
    return _answer("text/html", f"<!doctype html><title>Gulls</title><p>Wait.</p><script>{script}</script>".encode())


def _story() -> dict[str, list[Step]]:
    story = {
        "title": "Gulls came back",
        "paragraphs": [f"{number}. {SENTENCE * 3}" for number in range(5)],
        "shadow": f"This stood in the shadow. {SENTENCE}",
    }
    js, data = "text/javascript", "application/json"
    return {
        "/robots.txt": _answer("text/plain", b"User-agent: *\nDisallow: /forbidden.json\n"),
        STORY: _answer(
            "text/html; charset=utf-8",
            gzip.compress(_SHELL.encode(), mtime=0),
            b"Content-Encoding: gzip",
            b"X-Dup: one",
            b"x-dup: two",
            b"X-Robots-Tag: noai",
            b"Set-Cookie: a=1; Path=/",
            b"Set-Cookie: b=2; Path=/",
        ),
        "/app.js": _chunked(js, brotli.compress(_APP.encode()), b"Content-Encoding: br"),
        "/story.json": _chunked(data, gzip.compress(json.dumps(story).encode(), mtime=0), b"Content-Encoding: gzip"),
        "/moved.json": _answer("text/plain", b"moved", b"Location: /more.json", status=b"302 Found"),
        "/more.json": _answer(data, _said("a redirect"), b"X-Latin: caf\xe9 \xff"),
        "/graphql": _answer(data, _said("a POST")),
        "/cut.json": [
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{}",
            Then.CLOSE,
        ],
        "/worker.js": _answer(js, _WORKER.encode()),
        "/worker.json": _answer(data, _said("a web worker")),
        "/sw.js": _answer(js, _SERVICE_WORKER.encode()),
        "/sw.json": _answer(data, _said("a service worker")),
        "/events": [
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
            + f"data: This came from a stream. {SENTENCE}\n\n".encode(),
            30.0,
        ],
        "/lazy.json": _answer(data, _said("below")),
        "/consented.json": _answer(data, _said("consent")),
        "/favicon.ico": _answer("image/x-icon", b"", status=b"404 Not Found"),
    }


def _others() -> dict[str, list[Step]]:
    paragraphs = "".join(f"<p>{number}. {SENTENCE * 3}</p>" for number in range(6))
    plain = f"<!doctype html><title>Gulls stayed away</title><article><h1>Gulls stayed away</h1>{paragraphs}</article>"
    return {
        PLAIN: _answer("text/html", (plain + "<script src=/none.js></script>").encode()),
        LATER: _page(f"location.href = '{PLAIN}'"),
        SLOW: _page(f"document.body.append('{SENTENCE}'); setInterval(() => fetch('/tick'), 50)"),
        "/tick": _answer("text/plain", b"tick"),
        HUNG: _page("while (true) {}"),
    }


def _server() -> RawServer:
    return RawServer({path: [script] for path, script in (_story() | _others()).items()})


@dataclass
class BrowserSite:
    """The site, while it runs."""

    server: RawServer = field(default_factory=_server)

    @property
    def url(self) -> str:
        return self.server.origin

    def sent(self, path: str) -> bytes:
        """What the server sends for a path."""
        return b"".join(step for step in self.server.scripts[path][0] if isinstance(step, bytes))

    def asked(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.server.log]
