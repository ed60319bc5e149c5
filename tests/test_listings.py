"""The numbers that highlighters set beside code, and what looks like them and is text."""

from time import process_time

import pytest

from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page

CODE = "<pre><b>def</b> tide(t):\n    return sum(waves)\n</pre>"
READ = "def tide(t):\n    return sum(waves)"


@pytest.mark.parametrize(
    "numbers",
    [
        '<td class="gutter"><pre><span class="line">1</span><br><span class="line">2</span><br></pre></td>',
        '<td class="gutter gl"><pre class="lineno">1\n2\n</pre></td>',
        '<td class="gutter"><div class="line number1">1</div><div class="line number2">2</div></td>',
        '<td class="crayon-nums"><div class="crayon-nums-content"><div>1</div><div>2</div></div></td>',
        '<td><pre><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code></pre></td>',
        '<td class="linenos"><div class="linenodiv"><pre><span class="normal">1</span>\n2</pre></div></td>',
    ],
)
def test_a_column_of_numbers_beside_code_is_not_read(numbers: str) -> None:
    page = f'<p>So:</p><table><tr>{numbers}<td class="code">{CODE}</td></tr></table><p>That is all.</p>'
    assert [block.text for block in segment(parse_page(page))] == ["So:", READ, "That is all."]


@pytest.mark.parametrize(
    "row",
    [
        '<div class="flex"><div class="select-none w-8">{0}</div><div class="whitespace-pre">{1}</div></div>',
        '<span class="flex"><span class="w-8 select-none">{0}</span><span>{1}\n</span></span>',
    ],
)
def test_numbers_that_a_reader_cannot_select_are_not_read(row: str) -> None:
    rows = "".join(row.format(number, line) for number, line in enumerate(READ.split("\n"), 101))
    page = f'<p>So:</p><pre><code>{rows}</code></pre><p class="select-none">7</p>'
    assert [block.text for block in segment(parse_page(page))] == ["So:", READ, "7"]


@pytest.mark.parametrize(
    "gutter",
    [
        '<div class="cm-gutters"><div class="cm-gutter"><div class="cm-gutterElement">1</div>2</div></div>',
        '<div class="CodeMirror-gutter-wrapper"><div class="CodeMirror-linenumber">1</div></div>',
    ],
)
def test_the_gutter_of_an_editor_is_not_read(gutter: str) -> None:
    page = f"<p>So:</p><div class=editor>{gutter}<pre>tide(2)</pre></div>"
    assert [block.text for block in segment(parse_page(page))] == ["So:", "tide(2)"]


def test_code_of_numbers_alone_stays() -> None:
    assert [block.text for block in segment(parse_page("<pre class=line-numbers><code>1984</code></pre>"))] == ["1984"]


def test_numbers_and_words_elsewhere_stay() -> None:
    page = '<pre>1\n2\n</pre><div class="gutter"><pre>1 fish\n2 fish</pre></div><table><td class="day">3</table>'
    assert [block.text for block in segment(parse_page(page))] == ["1\n2", "1 fish\n2 fish", "3"]


def test_thousands_of_numbers_take_no_quadratic_time() -> None:
    began = process_time()
    assert segment(parse_page(f"<p>So:</p><pre>{'<span class=ln>1 </span>' * 30_000}</pre>"))
    assert process_time() - began < 10


@pytest.mark.parametrize("tag", ["pre", "code", "div"])
@pytest.mark.parametrize(
    ("themes", "second", "count"),
    [(("light", "dark"), "tide()", 1), (("light", "dark"), "tide() ", 2), (("light", "light"), "tide()", 2)],
)
def test_code_in_two_themes_is_read_once(tag: str, themes: tuple[str, str], second: str, count: int) -> None:
    texts = ("tide()", second)
    copies = "".join(f'<{tag} data-theme="{theme}">{text}</{tag}>' for theme, text in zip(themes, texts, strict=True))
    blocks = segment(parse_page(f"<article><div>{copies}</div></article>"))
    assert "".join(block.text for block in blocks).count("tide()") == count
