"""Bytes to text: declared, undeclared, and declared wrongly."""

import pytest

from archive.extraction.charset import decode, in_utf8, whole

TEXTS = {
    "cp1252": "Die Möwen bleiben, sagte der Sprecher am Montag in der Stadt nach dem Beschluss des Rates.",
    "cp1251": "Совет решил закрыть мост на зиму, сказал инженер.",
    "koi8_r": "Совет решил закрыть мост на зиму, сказал инженер.",
    "cp1253": "Το συμβούλιο αποφάσισε να κλείσει τη γέφυρα για τον χειμώνα.",
    "iso8859_2": "Źródła mówią, że łódź śmiało płynie, a rada zdecydowała o zamknięciu mostu na zimę.",
    "cp932": "町議会は火曜日に橋を冬の間閉鎖することを決めた。",
    "euc_jp": "町議会は火曜日に橋を冬の間閉鎖することを決めた。",
    "gb18030": "议会星期二决定冬季关闭大桥，工程师说。海鸥和船只都要离开港口。",
    "big5": "議會星期二決定冬季關閉大橋，工程師說。海鷗和船隻都要離開港口。",
    "cp949": "의회는 화요일에 다리를 겨울 동안 폐쇄하기로 결정했다고 기술자가 말했다.",
    "cp1255": "המועצה החליטה לסגור את הגשר לחורף, אמר המהנדס.",
    "cp1256": "قرر المجلس إغلاق الجسر لفصل الشتاء، قال المهندس.",
    "cp874": "สภามีมติปิดสะพานในช่วงฤดูหนาว วิศวกรกล่าว",
}


@pytest.mark.parametrize("charset", TEXTS)
def test_undeclared_text_is_read_by_what_it_holds(charset: str) -> None:
    page = f"<html><body><p>{TEXTS[charset] * 3}</p></body></html>"
    text, warnings = decode(page.encode(charset))
    assert text == page
    assert warnings[0].startswith("charset: none declared, read as ")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso2022_jp", "cp932", "cp1252"])
@pytest.mark.parametrize("behind", [b"", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf"])
def test_what_is_put_into_utf_8_is_the_text(charset: str, behind: bytes) -> None:
    body = f"<meta charset={charset}><p>{TEXTS['cp932']}".encode(charset, "ignore") + behind
    text, warnings = decode(body, f"text/html; charset={charset}")
    assert in_utf8(body, f"text/html; charset={charset}") == (text.encode("utf-8", "ignore"), warnings)


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        ("cp1250", "Ostatni prom przepłynie zalew w październiku, bo gmina nie znalazła pieniędzy na nową śrubę."),
        ("iso8859_2", "Źródła mówią, że łódź śmiało płynie, a rada zdecydowała o zamknięciu mostu na zimę."),
        ("cp1250", "Rada města v úterý rozhodla, že most přes řeku bude v zimě uzavřen, řekl městský inženýr."),
        (
            "cp1250",
            "A városi tanács kedden úgy döntött, hogy a hidat télre lezárják, mondta a főmérnök, és őszre nyílik.",
        ),
        ("iso8859_2", "Główna ulica miasteczka została zamknięta, bo żółwie przechodzą przez jezdnię co niedzielę."),
        (
            "cp1254",
            "Kasabanın bakırcısı Şükrü Ağaoğlu, altmış yıldır dövdüğü bakırları torununa bırakıyor; Işıl söyledi.",
        ),
        ("cp1254", "Kıyıdaki son saat tamircisi dükkânını ay sonunda kapatıyor; belediye bu işe şaşırdığını söyledi."),
        ("cp1257", "Miesto taryba antradienį nusprendė, kad tiltas per upę žiemą bus uždarytas, sakė inžinierius."),
    ],
)
@pytest.mark.parametrize("declared", ["<meta charset=iso-8859-1>", ""])
def test_the_letters_of_the_language_tell_the_charset(charset: str, said: str, declared: str) -> None:
    page = f"<html><head>{declared}</head><body><p>{said}</p></body></html>"
    text, warnings = decode(page.encode(charset))
    assert text == page
    assert warnings[0].endswith((f"read as {charset}", f"read as {charset.replace('_', '-')}"))


@pytest.mark.parametrize(
    "said",
    [
        "Die Möwen bleiben, sagte der Sprecher am Montag in der Stadt nach dem Beschluss des Rates über die Brücke.",
        "Le conseil a décidé mardi de fermer le pont pour l’hiver, a déclaré l’ingénieur à la mairie de Besançon.",
        "Konsulenten sagde tirsdag, at broen lukkes om vinteren, så båden må sejle ad åen, når isen går.",
    ],
)
def test_western_pages_stay_western(said: str) -> None:
    page = f"<html><head><meta charset=iso-8859-1></head><body><p>{said}</p></body></html>"
    assert decode(page.encode("cp1252")) == (page, ())


def test_one_odd_letter_is_a_western_one() -> None:
    assert decode("Work begins once the Möwenboote have moved to the outer basin.".encode("cp1252"))[0].count("ö") == 1


def test_utf_8_is_utf_8_whatever_is_declared() -> None:
    text, warnings = decode("<meta charset=iso-8859-1><p>Möwe".encode())
    assert text.endswith("Möwe")
    assert warnings == ("charset: declared cp1252, is utf-8",)


def test_a_byte_order_mark_comes_first() -> None:
    assert decode("Möwe".encode("utf-16"), "text/html; charset=utf-8") == ("Möwe", ())


@pytest.mark.parametrize("declared", ["zip", "rot13", "hex", "idna", "punycode", "undefined", "no-such"])
def test_what_is_no_charset_is_not_believed(declared: str) -> None:
    assert decode("Möwe".encode(), f"text/html; charset={declared}") == ("Möwe", ())


def test_half_surrogate_pairs_are_joined_or_replaced() -> None:
    assert whole("\ud83d\ude00 and \ud83d") == "\U0001f600 and \ufffd"
    assert whole("plain") == "plain"


FOREIGN = [name for name in TEXTS if name not in ("cp1252", "iso8859_2")]


@pytest.mark.parametrize("charset", FOREIGN)
@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "latin1"])
def test_what_makes_no_western_words_is_not_western(charset: str, declared: str) -> None:
    page = f"<html><meta charset={declared}><p>{TEXTS[charset] * 3}</p></html>"
    text, (warning,) = decode(page.encode(charset))
    assert text == page
    assert warning.startswith("charset: declared cp1252, read as ")


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("cp932", "euc-jp"),
        ("euc_jp", "shift_jis"),
        ("koi8_r", "windows-1251"),
        ("cp1251", "koi8-r"),
        ("cp932", "utf-8"),
        ("cp1251", "utf-8"),
        ("gb18030", "euc-jp"),
    ],
)
def test_a_page_may_lie(charset: str, declared: str) -> None:
    page = f"<html><meta charset={declared}><p>{TEXTS[charset] * 4}</p></html>"
    assert decode(page.encode(charset))[0] == page


@pytest.mark.parametrize("charset", TEXTS)
def test_a_page_that_tells_the_truth_is_believed(charset: str) -> None:
    page = f"<html><p>{TEXTS[charset] * 3}</p></html>"
    assert decode(page.encode(charset), f"text/html; charset={charset}") == (page, ())


def test_where_header_and_page_differ_the_one_that_makes_words_is_believed() -> None:
    page = f"<meta charset=windows-1251><p>{TEXTS['cp1251'] * 3}"
    text, warnings = decode(page.encode("cp1251"), "text/html; charset=ISO-8859-1")
    assert (text, warnings) == (page, ("charset: declared cp1252, read as cp1251",))


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("x-sjis", "cp932"),
        ("ms_kanji", "cp932"),
        ("x-gbk", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("dos-874", "cp874"),
        ("x-cp1251", "cp1251"),
        ("l2", "iso8859_2"),
        ("koi", "koi8_r"),
        ("big5-hkscs", "big5"),
    ],
)
def test_labels_are_those_of_browsers(label: str, charset: str) -> None:
    page = f"<meta charset='{label}'><p>{TEXTS[charset]}"
    assert decode(page.encode(charset)) == (page, ())
    assert decode(TEXTS[charset].encode(charset), f'text/html; charset="{label}"') == (TEXTS[charset], ())


@pytest.mark.parametrize(
    "head",
    [
        "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>",
        "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
        "<title>" + "x" * 20_000 + "</title><meta charset=windows-1251>",
    ],
)
def test_what_a_page_declares(head: str) -> None:
    page = f"{head}<p>{TEXTS['cp1251']}"
    assert decode(page.encode("cp1251")) == (page, ())


def test_a_meta_that_could_be_read_is_in_no_utf_16() -> None:
    page = "<meta charset=utf-16><p>Möwe"
    assert decode(page.encode()) == (page, ())


def test_utf_8_with_a_broken_byte_is_utf_8_whatever_is_declared() -> None:
    body = f"<meta charset=iso-8859-1><p>{TEXTS['cp1251'] * 3}".encode() + b"\xff"
    text, (warning,) = decode(body)
    assert text.count("мост") == 3
    assert warning == "charset: some bytes are not valid utf-8"
