"""All pictures of a gallery have their captions."""

import json

import pytest

from archive.extraction.extract import extract
from archive.labels import Label
from archive.records import Record
from tests.paged_stories import article, paragraphs

CAPTIONS = [
    "The ferry leaves the harbour on Monday morning, with the pilots' boat beside it. Photo: Ann Lee",
    "Two engineers look at the bridge's bearings after the storm of November. Photo: Jo Reed",
    "Children wave from the quay as the first ship of the year comes in. Photo: Ann Lee",
    "The lighthouse keeper's house, which has been empty since 1974. Photo: Jo Reed",
]


def gallery(form: str, between: str = "") -> str:
    return between.join(form.format(number=number, caption=caption) for number, caption in enumerate(CAPTIONS))


def read(behind: str, head: str = "") -> Record:
    return extract(article("The year in pictures", paragraphs("year", 2), behind, head), "https://paged.example/year")


def pictures(record: Record) -> list[tuple[str, str | None]]:
    return [(image.url.removeprefix("https://paged.example"), image.caption) for image in record.images]


ALL = [(f"/p{number}.jpg", caption) for number, caption in enumerate(CAPTIONS)]
FIGURE = '<figure><img src="/p{number}.jpg"><figcaption>{caption}</figcaption></figure>'
SLIDE = '<div class="slide" {hidden}><img data-src="/p{number}.jpg" src="data:x"><p class="caption">{caption}</p></div>'


@pytest.mark.parametrize(
    "behind",
    [
        gallery(FIGURE),
        gallery(SLIDE.replace("{hidden}", "")),
        gallery(f"<li hidden>{FIGURE}</li>").replace("<li hidden>", "<li>", 1),
        gallery(SLIDE.replace("{hidden}", 'style="display: none"')).replace('style="display: none"', "", 1),
    ],
    ids=["figures", "slides", "hidden figures", "hidden slides"],
)
def test_pictures_and_captions(behind: str) -> None:
    record = read(f"<div class=gallery>{behind}</div>")
    assert pictures(record) == ALL
    assert [block.text for block in record.blocks if block.label is Label.CAPTION] == CAPTIONS
    assert record.text.split("\n\n") == paragraphs("year", 2)


def test_captions_that_are_shown_with_an_opened_picture() -> None:
    form = '<a href="/p{number}.jpg" data-caption="{caption}"><img src="/small{number}.jpg"></a>'
    assert pictures(read(gallery(form))) == ALL
    marked = '<a href="/p{number}.jpg" data-sub-html="&lt;p&gt;{caption}&lt;/p&gt;"><img src="/small{number}.jpg"></a>'
    assert pictures(read(gallery(marked))) == ALL


def test_a_gallery_in_json_ld() -> None:
    media = [
        {"@type": "ImageObject", "contentUrl": f"/p{number}.jpg", "caption": said}
        for number, said in enumerate(CAPTIONS)
    ]
    node = {"@context": "https://schema.org", "@type": "ImageGallery", "associatedMedia": media}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert pictures(read("", head)) == ALL


def test_cards_of_other_stories_are_no_slides() -> None:
    cards = gallery('<li hidden><a href="/s{number}"><img src="/c{number}.jpg"><p>{caption}</p></a></li>')
    record = read(f"<ul>{cards.replace('<li hidden>', '<li>', 1)}</ul>")
    shown = [block.text for block in record.blocks]
    assert CAPTIONS[0] in shown
    assert CAPTIONS[1] not in shown
    forms = gallery('<div hidden><img src="/c{number}.jpg"><form>{caption}</form></div>')
    assert CAPTIONS[1] not in [block.text for block in read(forms.replace("<div hidden>", "<div>", 1)).blocks]


def test_a_stated_gallery_without_captions_adds_no_pictures() -> None:
    media = [{"@type": "ImageObject", "contentUrl": f"/p{number}.jpg"} for number in range(len(CAPTIONS))]
    node = {"@context": "https://schema.org", "@type": "ImageGallery", "associatedMedia": media}
    assert pictures(read("", f'<script type="application/ld+json">{json.dumps(node)}</script>')) == []


def test_a_picture_has_the_caption_beside_it_without_a_figcaption() -> None:
    figure = (
        '<figure><div><img src="/window.jpg" alt="A window"></div><div class="caption"><p>One of two hundred windows '
        "that were set again.</p><p>Photo: Liv Brenne / Skarn Images</p></div></figure>"
    )
    before = f"<p>{'The night train runs again from December, says the railway. ' * 4}</p>"
    behind = f"<p>{'Six carriages have been rebuilt in a shed at Dornholt by fitters. ' * 4}</p>"
    page = f"<article><h1>Night train</h1>{before}{figure}{behind}</article>"
    (image,) = extract(page, "https://courier.example/train").images
    assert image.caption == "One of two hundred windows that were set again."
