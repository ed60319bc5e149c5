"""A made-up news site of thirty pages: one template, everything that repeats, and paragraphs that repeat by right."""

import random
from dataclasses import dataclass

from archive.labels import Label

TOPICS = "harbour bridge library ferry school market orchestra hospital lighthouse reservoir".split()
PEOPLE = (
    "Imke Petersen|Tomasz Wrona|Adaeze Obi|Lucia Ferrant|Niall Corrigan|Priya Raman|Jonas Lindqvist|Mercy Tembo"
).split("|")
PLACES = "Ardmouth|Kelling Bay|Stour Heath|Port Ansel|Low Marren|Eastwick|Corran|Hale End".split("|")
ACTS = (
    "approved a plan to repair|voted to delay work on|opened an inquiry into the cost of|promised new money for|"
    "questioned the safety of|set a date for the sale of|agreed to share the running of|rejected an offer for"
).split("|")
REASONS = (
    "after engineers found rust in the supports|because the winter fund had run dry|although residents had asked for "
    "more time|despite warnings from the county auditor|once the insurers had withdrawn their objection|as fuel prices "
    "rose for a third month|when two of the bidders pulled out|while the old contract was still in court"
).split("|")
SAYINGS = (
    "We have waited long enough for an answer|Nobody I spoke to had expected this so soon|The figures do not add up|It "
    "is the children who will notice first|I would rather be late than wrong|There is no second chance with this|We "
    "counted every one of them twice|That was never what we were told"
).split("|")
CLOSINGS = (
    "A public meeting is planned for the {day} of next month.|The report runs to {day} pages and names nobody.|Work "
    "may take up to {day} weeks, the office said.|About {day} people wrote to the committee.|The last such repair was "
    "made {day} years ago.|Shops nearby have lost a tenth of their trade in {day} months."
).split("|")

APPEAL = (
    "The Ardmouth Herald has no owner but its readers. If you value what we do, become a member today for three crowns "
    "a month."
)
DISCLAIMER = (
    "The views expressed by contributors are their own and do not represent those of the Ardmouth Herald or its staff."
)
PROMPT = "Follow the Ardmouth Herald on Facebook and share this story with your friends"
BIOS = {
    name: f"{name} has covered the coast for the Ardmouth Herald since {2001 + number}. Reach {name.split()[0]} at "
    f"{name.split()[0].lower()}@herald.example."
    for number, name in enumerate(PEOPLE[:3])
}
#: Said in three articles, by right.
QUOTATION = (
    "“The sea does not read our budgets,” the harbour master, Ewan Strand, told the inquiry in March, “and it will not "
    "wait for us to balance them.”"
)
#: Opens the five parts of a series, by right.
REFRAIN = (
    "In 1911 the town of Low Marren was promised a railway, and it has been waiting at the platform ever since then."
)


@dataclass(frozen=True)
class MadePage:
    """One page with the truth of its blocks that matter: body paragraphs and what must not be body."""

    url: str
    html: str
    body: tuple[str, ...]
    boilerplate: tuple[tuple[Label, str], ...]


def made_site(count: int = 30) -> list[MadePage]:
    """The site's articles, the same each time."""
    titles = [_title(number) for number in range(30)]
    return [_page(number, titles) for number in range(count)]


def _title(number: int) -> str:
    dice = random.Random(f"title {number}")
    return f"{dice.choice(PLACES)} council {ACTS[number % len(ACTS)]} {TOPICS[number % len(TOPICS)]} {number + 1}"


def _paragraph(dice: random.Random, topic: str) -> str:
    person, place = dice.choice(PEOPLE), dice.choice(PLACES)
    said = f"“{dice.choice(SAYINGS)},” said {person}, who has lived in {place} for {dice.randint(3, 60)} years."
    did = f"The council of {place} {dice.choice(ACTS)} the {topic} on {dice.randint(2, 28)} May {dice.choice(REASONS)}."
    closing = dice.choice(CLOSINGS).format(day=dice.randint(2, 90))
    sentences = [said, did, closing]
    dice.shuffle(sentences)
    return " ".join(sentences)


def _body(number: int) -> list[str]:
    dice = random.Random(f"body {number}")
    paragraphs = [_paragraph(dice, TOPICS[number % len(TOPICS)]) for _ in range(dice.randint(7, 12))]
    if number % 6 == 1:
        paragraphs.insert(0, REFRAIN)
    if number % 10 == 3:
        paragraphs.insert(4, QUOTATION)
    return paragraphs


def _page(number: int, titles: list[str]) -> MadePage:
    body, author = _body(number), PEOPLE[number % 3]
    dice = random.Random(f"page {number}")
    inside = [*body]
    # The appeal stands among the paragraphs, in an element like theirs.
    inside.insert(len(body) // 2, APPEAL)
    related = dice.sample([title for title in titles if title != titles[number]], 4)
    boilerplate = (
        (Label.PROMOTION, APPEAL),
        (Label.LEGAL_NOTICE, DISCLAIMER),
        (Label.SHARE_PROMPT, PROMPT),
        (Label.AUTHOR_BIO, BIOS[author]),
    )
    html = _TEMPLATE.format(
        title=titles[number],
        author=author,
        day=number % 28 + 1,
        paragraphs="\n".join(f"<p>{text}</p>" for text in inside),
        prompt=PROMPT,
        bio=BIOS[author],
        disclaimer=DISCLAIMER,
        related="\n".join(f'<li><a href="/news/{title[-2:].strip()}">{title}</a></li>' for title in related),
        menu="\n".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in TOPICS),
    )
    return MadePage(f"https://herald.example/news/{number + 1}", html, tuple(body), boilerplate)


_TEMPLATE = """<!doctype html>
<html lang="en"><head><title>{title}</title></head>
<body>
<header class="top"><a href="/">Ardmouth Herald</a><nav class="menu"><ul>{menu}</ul></nav></header>
<main class="page"><article class="story">
<h1 class="story-title">{title}</h1>
<p class="story-author">By {author}</p><p class="story-date">{day} May 2026</p>
<div class="story-text">
{paragraphs}
<p>{prompt}</p>
<p>{bio}</p>
<p>{disclaimer}</p>
</div></article>
<aside class="more"><h2>More from the coast</h2><ul>{related}</ul></aside></main>
<footer class="bottom"><p>Copyright 2026 Ardmouth Herald. All rights reserved.</p></footer>
</body></html>
"""
