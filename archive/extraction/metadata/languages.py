"""Which language a text is in, the stated ones considered beside it; language tags (BCP 47, RFC 5646) and scripts.

Themes state a language that nobody set: Russian text under `lang="en-US"`. So the text decides, and the page's own word
stands where it is as likely: it knows the region (`de-AT`), and tells neighbours apart that share most of their words
(Serbian and Croatian, Danish and Norwegian).

CLD2 was chosen over py3langid 0.4 (120 MB in memory, 3.4 ms a page), lingua (100 MB to install) and fastText's small
model (takes Zulu for Tagalog): on 229 pages in 22 languages it is never wrong and takes 0.3 ms and 3 MB; of 57 single
sentences in 51 languages all are right.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

import pycld2

from archive.extraction.metadata.language_subtags import OF_THREE, REGIONS, SCRIPTS, SHORTER

_PART = re.compile(r"[^A-Za-z0-9]+")
#: ISO 639-1. Other codes of two letters are none: `xx` is a template's.
_TWO = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja "
    "jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb "
    "nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
    "vo wa wo xh yi yo za zh zu".split()
)
#: Codes that were replaced, and codes of countries that people take for the language's.
_MEANT = dict(
    pair.split("=")
    for pair in (
        "iw=he in=id ji=yi jw=jv mo=ro jp=ja cn=zh kr=ko gr=el dk=da cz=cs ua=uk vn=vi gb=en us=en at=de"
    ).split()
)
_REGIONS = {"UK": "GB", "EN": "GB"}
_CYRILLIC = "ru uk be bg mk sr kk ky tg mn tt ba cv ce os ab av kv uz tk az bs cnr sh rue sah udm mhr"
_SCRIPTS = {
    "CYRILLIC": _CYRILLIC, "GREEK": "el grc", "HEBREW": "he yi", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja",
    "CJK": "zh ja ko yue wuu nan hak", "ARABIC": "ar fa ur ps sd ug ckb ku pnb arz ary ks az pa ms ha dv",
    "DEVANAGARI": "hi mr ne sa bho mai kok sd ks", "BENGALI": "bn as", "THAI": "th", "ARMENIAN": "hy", "GEORGIAN": "ka",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa",
    "SINHALA": "si", "KHMER": "km", "LAO": "lo", "MYANMAR": "my", "ETHIOPIC": "am ti",
    "ORIYA": "or", "TIBETAN": "bo dz", "THAANA": "dv",
}  # fmt: skip
_WRITTEN = {name: frozenset(codes.split()) for name, codes in _SCRIPTS.items()}
#: Languages that have a script of their own, and are not set in Latin letters in print.
_NEVER_LATIN = frozenset(
    "ru uk be bg mk el grc he yi ko ja zh yue wuu ar fa ur ps hi mr ne bn as th hy ka ta te kn ml gu pa si km lo my am "
    "ti or bo dz ckb kk ky tg mn ba cv sah dv".split()
)
#: Characters that are looked at, and letters below which a text says too little against a stated language.
_MOST, _FEW = 2000, 60
#: Per cent of a text that are enough for the language that the page states, as where much is quoted.
_STATED_SHARE = 35
#: What CLD2 refuses: control characters, halves of surrogate pairs, and what is no character.
_REFUSED = re.compile(
    "[\0-\t\v-\x1f\x7f-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffd-\uffff\U0001fffe\U0001ffff\U0002fffe-\U0010ffff]+"
)
_LATIN, _LETTERS = re.compile(r"[A-Za-z]+"), re.compile(r"[^\W\d_]")
#: Neighbours: what is taken for one of them may be another, if that is stated.
_FAMILIES = tuple(
    frozenset(family.split())
    for family in (
        "sr hr bs sh cnr sl", "no nb nn da sv fo is", "cs sk", "bg mk", "ru uk be rue", "ca es gl pt oc an ast ext mwl",
        "id ms jv su min", "zh yue wuu nan hak", "fa ps tg", "ar arz ary", "hi mr ne bho mai sa", "nl af fy li nds",
        "de lb gsw nds bar", "tr az crh tk", "en sco pcm", "gd ga gv", "xh zu ss nr nd", "rw rn", "st tn nso",
        "it co scn vec lmo rm nap", "et vro", "lv ltg", "ur pa pnb",
    )
)  # fmt: skip
#: CLD2's own codes, and those that are jokes or scripts without a language.
_CODES, _JOKES = {"iw": "he", "jw": "jv", "sr-ME": "sr", "bh": "bho"}, frozenset(("un", "zzp", "tlh", "ie", "ia", "vo"))
_HINTS = {code: name for name, code in reversed(pycld2.LANGUAGES)}
_KNOWN = frozenset(_CODES.get(code, code) for name, code in pycld2.LANGUAGES if name in pycld2.DETECTED_LANGUAGES)


def language_tag(value: str) -> str | None:
    """`en-GB` for `en_gb`, `he` for `iw`; None for `und`, `xx` and the names of languages."""
    parts = _PART.split(re.split(r"[.@,;\s]", value.strip(), maxsplit=1)[0])
    code = parts[0].lower()
    code = _MEANT.get(code) or SHORTER.get(code, code)
    if code not in _TWO and code not in OF_THREE:
        return None
    rest = [part for raw in parts[1:3] if (part := _subtag(raw))]
    return "-".join([code, *rest])


def _subtag(raw: str) -> str | None:
    """A script (`Hant`) or a region (`GB`, `419`); None for what is neither."""
    if raw.title() in SCRIPTS:
        return raw.title()
    region = _REGIONS.get(raw.upper(), raw.upper())
    return region if region in REGIONS else None


def primary(tag: str) -> str:
    """The language of a tag alone: `de` of `de-AT`."""
    return tag.split("-", maxsplit=1)[0].lower()


def script_of(text: str) -> str | None:
    """The script of a text, by its letters' Unicode names (`CYRILLIC`, `LATIN`); None where it has no letters.

    Names, code and quotations stay Latin in any text: a quarter of the letters decides, a sign of Chinese or Korean
    counting for three. Text with kana is Japanese whatever else is in it.
    """
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else None
    found: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if letter.isalpha():
            name = unicodedata.name(letter, "").split(" ", maxsplit=1)[0]
            found[name] += times * (3 if name in ("CJK", "HANGUL", "HIRAGANA", "KATAKANA") else 1)
    whole = sum(found.values())
    for kana in ("HIRAGANA", "KATAKANA"):
        if found[kana] > 0.1 * whole:
            return kana
    others = [(count, name) for name, count in found.items() if name != "LATIN"]
    count, name = max(others, default=(0, ""))
    if count > 0.25 * whole:
        return name
    return "LATIN" if found["LATIN"] else None


def may_be_written(tag: str, script: str | None) -> bool:
    """Whether a language may be written in a script."""
    if script is None:
        return True
    if script == "LATIN":
        return primary(tag) not in _NEVER_LATIN or "-Latn" in tag
    return script not in _WRITTEN or primary(tag) in _WRITTEN[script]


def choose_language(texts: Iterable[str], stated: Sequence[str]) -> str | None:
    """The language tag of a text. `texts` are its parts, `stated` what the page and the site's file say, most trusted
    first. None where nothing says so."""
    parts: list[str] = []
    size = 0
    for text in texts:
        parts.append(text[: _MOST - size])
        size += len(parts[-1])
        if size >= _MOST:
            break
    sample = _REFUSED.sub(" ", "\n".join(parts))
    script = script_of(sample[:1000])
    possible = [tag for tag in stated if may_be_written(tag, script)]
    # Brand names and code say nothing about a text in another script.
    sample = sample if script in ("LATIN", None) else _LATIN.sub(" ", sample)
    letters = sum(1 for _ in islice(_LETTERS.finditer(sample), _FEW))
    if letters * (3 if script not in ("LATIN", None) else 1) < _FEW and possible:
        return possible[0]
    guesses = _guesses(sample)
    if not guesses:
        return next(iter(possible), None)
    best = guesses[0][0]
    borne = [tag for tag in possible if primary(tag) == primary(best)]
    borne = borne or [tag for tag in possible if _is_as_likely(sample, primary(tag), guesses)]
    # Filler (lorem ipsum) is no text in Latin.
    if borne or (possible and best == "la"):
        return (borne or possible)[0]
    return "sr-Latn" if best == "sr" and script == "LATIN" else best


def _is_as_likely(sample: str, code: str, guesses: Sequence[tuple[str, int]]) -> bool:
    """Whether a stated language may be the text's though another one was found."""
    is_near = any(code in family and primary(guesses[0][0]) in family for family in _FAMILIES)
    is_quoting = any(primary(other) == code and share >= _STATED_SHARE for other, share in guesses)
    if is_quoting or not is_near or code not in _KNOWN:
        return is_quoting or is_near
    again = _guesses(sample, {"he": "iw", "jv": "jw", "nb": "no"}.get(code, code))
    return bool(again) and (primary(again[0][0]) == code or {primary(again[0][0]), code} == {"no", "nb"})


def _guesses(sample: str, hint: str | None = None) -> list[tuple[str, int]]:
    """CLD2's languages of a text, each with its per cent, the most first; with `hint`, in the light of that one."""
    try:
        found = pycld2.detect(
            sample, isPlainText=True, bestEffort=True, **({"hintLanguage": hint} if hint in _HINTS else {})
        )
    except (pycld2.error, ValueError):
        return []
    return [
        (_CODES.get(code, code), share)
        for _, code, share, _ in found[2]
        if share and code not in _JOKES and not code.startswith("xx")
    ]
