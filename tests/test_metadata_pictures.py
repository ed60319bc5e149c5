"""Where the pictures of a page come from."""

import pytest
from lxml import etree

from archive.extraction.metadata.pictures import is_one_picture, pictures_in, source_of

URL = "https://weir.example/news/mill"


def picture(attributes: str) -> etree._Element:
    found = etree.HTML(f"<img {attributes}>").find(".//img")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ("src='/a.jpg'", "https://weir.example/a.jpg"),
        ("src='https://pictures.example/c_fill,w_600/mill.jpg'", "https://pictures.example/c_fill,w_600/mill.jpg"),
        ("src='the mill.jpg'", "https://weir.example/news/the%20mill.jpg"),
        ("srcset='/c_fill,w_300/a.jpg 300w, /c_fill,w_600/a.jpg 600w'", "https://weir.example/c_fill,w_300/a.jpg"),
        ("srcset='/a.jpg, /b.jpg 2x'", "https://weir.example/a.jpg"),
        ("src='data:image/gif;base64,R0lGOD' data-src='/a.jpg'", "https://weir.example/a.jpg"),
        ("src='/grey-box.gif' data-src='/a.jpg'", "https://weir.example/a.jpg"),
        ("src='/a.jpg' data-src='/a-{width}.jpg'", "https://weir.example/a.jpg"),
        ("src='data:image/gif;base64,R0lGOD'", None),
        ("src=''", None),
        ("alt='nothing'", None),
    ],
)
def test_the_address_of_a_picture(attributes: str, address: str | None) -> None:
    assert source_of(picture(attributes), URL) == address


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        ("<div><img src=a><noscript><img src=b></noscript></div>", ["a"]),
        ("<div><noscript><img src=b></noscript></div>", ["b"]),
        ("<amp-img src=a><noscript><img src=b></noscript></amp-img>", ["a"]),
        ("<div><img src=a><img src=b></div>", ["a", "b"]),
        ("<div>none</div>", []),
    ],
)
def test_the_pictures_of_a_box(box: str, shown: list[str]) -> None:
    (element,) = etree.HTML(f"<body>{box}</body>")[0]
    assert [one.get("src") for one in pictures_in(element)] == shown
    assert is_one_picture(element) == (len(shown) == 1)
