"""Formulas read as text: what each kind of markup for them says, and that nothing is said twice or torn apart."""

from time import process_time

import pytest

from archive import extract
from archive.extraction.blocks import segment
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths
from archive.markdown import as_markdown

FRACTION = "<mrow><mi>h</mi><mo>=</mo><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac></mrow>"
TEX = r"h = \frac{a}{b+1}"
NOTED = f'<semantics>{FRACTION}<annotation encoding="application/x-tex">{TEX}</annotation></semantics>'
STYLED = r"{\displaystyle h = \frac{a}{b+1}}"
ASSISTIVE = f"<mjx-assistive-mml><math>{FRACTION}</math></mjx-assistive-mml>"


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        (f"<math>{NOTED}</math>", f"${TEX}$"),
        (f"<math display=block>{NOTED}</math>", f"$${TEX}$$"),
        (f'<math alttext="{STYLED}">{FRACTION}</math>', f"${TEX}$"),
        (f"<math>{FRACTION}</math>", "h=a/(b+1)"),
        (r'<math alttext="\theta\leq 3"><mi>θ</mi><mo>≤</mo><mn>3</mn></math>', "θ≤3"),
        (
            f'<span class="katex"><span class="katex-mathml"><math>{NOTED}</math></span>'
            '<span class="katex-html" aria-hidden="true"><span>h</span><span>a</span><span>b+1</span></span></span>',
            f"${TEX}$",
        ),
        (
            '<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;">'
            f'<math alttext="{STYLED}">{NOTED}</math></span>'
            f'<img src="f.svg" class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{STYLED}"></span>',
            f"${TEX}$",
        ),
        (
            '<span class="MathJax_Preview"></span><span class="MathJax"><nobr aria-hidden="true"><i>h</i>a</nobr>'
            f'<span class="MJX_Assistive_MathML"><math>{FRACTION}</math></span></span>'
            f'<script type="math/tex">{TEX}</script>',
            f"${TEX}$",
        ),
        (
            '<span class="MathJax_Preview"></span><span class="mjx-chtml MathJax_CHTML"><i>h</i>a'
            f'<span class="MJX_Assistive_MathML"><math>{FRACTION}</math></span></span>'
            f'<script type="math/tex">{TEX}</script>',
            f"${TEX}$",
        ),
        (f'<script type="math/tex; mode=display">{TEX}</script>', f"$${TEX}$$"),
        (f'<mjx-container><mjx-math aria-hidden="true"></mjx-math>{ASSISTIVE}</mjx-container>', "h=a/(b+1)"),
        (
            f'<mjx-container display="true"><mjx-math data-latex="{TEX}"></mjx-math>{ASSISTIVE}</mjx-container>',
            f"$${TEX}$$",
        ),
        (
            f'<span class="ztext-math" data-tex="{TEX}"><mjx-container><svg><path d=""/></svg></mjx-container></span>',
            f"${TEX}$",
        ),
        (f'<img class="latex" src="https://s0.wp.example/latex.php?latex=h" alt="{TEX}">', f"${TEX}$"),
        (f'<img class="ql-img-inline-formula" alt="{TEX}" title="Rendered by QuickLaTeX.com">', f"${TEX}$"),
        (f'<img class="ql-img-displayed-equation quicklatex-auto-format" alt="{TEX}">', f"$${TEX}$$"),
    ],
)
def test_a_formula_is_read_in_its_sentence(markup: str, said: str) -> None:
    tree = parse_page(f"<p>The sum is {markup} for each wave.</p><p>It is small.</p>")
    blocks = segment(tree)
    assert [block.text for block in blocks] == [f"The sum is {said} for each wave.", "It is small."]
    assert list(xpaths(blocks)) == ["/html/body/p[1]", "/html/body/p[2]"]


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msub><mi>a</mi><mi>n</mi></msub>", "x^2+a_n"),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", "√(a+b)"),
        ("<mroot><mi>a</mi><mn>3</mn></mroot>", "a^(1/3)"),
        (
            "<munderover><mo>∑</mo><mrow><mi>n</mi><mo>=</mo><mn>1</mn></mrow><mi>k</mi></munderover><mi>n</mi>",
            "∑_(n=1)^kn",
        ),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mi>f</mi><mo>\u2061</mo><mi>x</mi><mphantom><mi>y</mi></mphantom>", "fx"),
        (
            "<mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr>"
            "</mtable><mo>]</mo>",
            "[1, 0; 0]",
        ),
        ("<mtext>no wave</mtext>", "no wave"),
        ("", ""),
    ],
)
def test_mathml_is_written_in_one_line(markup: str, said: str) -> None:
    (math,) = parse_page(f"<p>x <math>{markup}</math></p>").iter("math")
    assert (math.text or "") == said


def test_hostile_formulas_are_left_as_they_are() -> None:
    deep = "<mrow>" * 3000 + "<mi>x</mi>" + "</mrow>" * 3000
    many = "<msup><mi>x</mi><mn>2</mn></msup>" * 1000
    for markup in (f"<math>{deep}</math>", f"<math>{many}</math>", f'<math alttext="{"x" * 9000}"><mi>y</mi></math>'):
        (block,) = segment(parse_page(f"<p>The sum is {markup} for each wave.</p>"))
        assert block.text.startswith("The sum is ")
        assert "$" not in block.text
    for nested in (
        "<math>",
        "<mjx-container>",
        '<span class="mwe-math-element"><math><mi>x</mi></math><img class=latex alt="x">',
    ):
        started = process_time()
        parse_page(f"<p>latex mjx-container {nested * 5_000}")
        assert process_time() - started < 3
    for odd in ("<mroot><mi>a</mi></mroot>", "<msup></msup>", "<mfrac></mfrac>", "<munder><mi>a</mi></munder>"):
        segment(parse_page(f"<p>The sum is <math>{odd}</math></p>"))


def test_pictures_that_are_no_formulas_say_nothing() -> None:
    tree = parse_page('<p>A <img class="photo" alt="quay"> <img class="latex" alt=""> view <math></math></p>')
    assert [block.text for block in segment(tree)] == ["A view"]


def test_a_formula_is_whole_in_the_record_and_in_its_markdown() -> None:
    story = "The office prints a table of the tide for each day of the year, and has done so since the war. " * 3
    page = f"<article><h1>Tides</h1><p>{story}</p><p>There <math>{NOTED}</math> is added.</p></article>"
    record = extract(page.encode(), "https://courier.example/tides")
    for text in (record.text, as_markdown(record)):
        assert text is not None
        assert text.strip().endswith(f"There ${TEX}$ is added.")
