"""Stories in several pages, as sites set them."""

from random import Random

from tests.scripted import ScriptedSite

WORDS = (
    "harbour council bridge engineers report repairs ferry river morning officials estimate budget traffic residents "
    "meeting weather station pilots channel tide"
).split()


def paragraphs(seed: object, count: int = 4) -> list[str]:
    """Paragraphs that no other seed gives."""
    chosen = Random(str(seed))
    return [" ".join(chosen.choice(WORDS) for _ in range(35)).capitalize() + "." for _ in range(count)]


def article(title: str, text: list[str], behind: str = "", head: str = "") -> str:
    """A page of a newspaper; `behind` stands below the text."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">{head}</head><body>'
        f'<nav><a href="/">Home</a> <a href="/about">About</a></nav><main><article><h1>{title}</h1>'
        f'<p class="byline">By Ann Lee</p><div class="text">{body}</div>{behind}</article></main>'
        "<footer>© 2026 The Paper. All rights reserved.</footer></body></html>"
    )


def pagination(path: str, number: int, pages: int, form: str = "{path}?page={number}") -> str:
    """Links to all pages by their numbers, and to the next one."""

    def link(other: int) -> str:
        return path if other == 1 else form.format(path=path, number=other)

    numbers = "".join(f'<a href="{link(other)}">{other}</a> ' for other in range(1, pages + 1))
    following = f'<a rel="next" href="{link(number + 1)}">Next page</a>' if number < pages else ""
    return f'<div class="pagination">Page {number} of {pages} {numbers}{following}</div>'


def put_story(site: ScriptedSite, path: str, pages: int = 3, missing: tuple[int, ...] = ()) -> str:
    """A story on a scripted site, without the missing pages; the first page's URL."""
    for number in range(1, pages + 1):
        if number not in missing:
            text = paragraphs(f"{path} {number}")
            page = article(f"Story of {path}", text, pagination(path, number, pages))
            site.page(path if number == 1 else f"{path}?page={number}", page)
    return site.url + path
