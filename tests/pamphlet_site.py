"""A made-up paper whose template is unlike the demo site's: generated class names, the author behind the text, notices
among the paragraphs, and no feed or sitemap."""

from tests.memory_site import APPEAL, DISCLAIMER, MadePage, made_site
from tests.scripted import ScriptedSite

_PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title} — The Pamphlet</title>
<meta property="og:site_name" content="The Pamphlet"></head><body class="css-1q5ec3n">
<div class="sc-9f8e7d top" role="banner"><a href="/">The Pamphlet</a>
<a href="/subscribe">Subscribe from 3 crowns</a></div>
<main class="css-k2x9zq"><h2 class="css-77ab1x" data-testid="kicker">Coast</h2><h1 class="css-0zz91k">{title}</h1>
<section class="css-3kd0qx" itemprop="articleBody">{paragraphs}
<div class="css-91kkx2" data-testid="signup"><strong>The tide table</strong>
<p>Our letter, each Friday at noon.</p></div>
{rest}<p class="css-3p2w1q">{notice}</p></section>
<footer class="css-8uh2jw" data-testid="signature">Words: {author}.
<time datetime="2026-05-{day:02}">{day} May 2026</time>
</footer></main><div class="css-11aa2b" role="contentinfo"><p>© 2026 The Pamphlet Press</p></div></body></html>"""


def pages(count: int = 6) -> list[MadePage]:
    """The truth of the pages."""
    return made_site(count)


def serve(site: ScriptedSite, count: int = 6) -> dict[str, MadePage]:
    """Put the paper on a site; its articles by URL."""
    found = {}
    links = []
    for number, page in enumerate(pages(count), 1):
        path = f"/2026/05/{number:02}/the-council-and-the-coast-{number}"
        author = page.html.partition('<p class="story-author">By ')[2].partition("<")[0]
        title = page.html.partition("<title>")[2].partition("</title>")[0]
        paragraphs = [f'<p class="css-3p2w1q">{text}</p>' for text in page.body]
        half = len(paragraphs) // 2
        html = _PAGE.format(
            title=title,
            author=author,
            day=number,
            paragraphs="\n".join(paragraphs[:half]),
            rest="\n".join([f"<p>{APPEAL}</p>", *paragraphs[half:]]),
            notice=DISCLAIMER,
        )
        found[site.page(path, html)] = page
        links.append(f'<li><a href="{path}">{title}</a></li>')
    site.page("/", f"<html><body><h1>The Pamphlet</h1><ul>{''.join(links)}</ul></body></html>")
    return found
