"""What asks or tells a reader something in the dress of a paragraph, and says so in words that no story needs.

Such lines stand in the story's own markup, without a name that gives them away. On 1,389 labelled pages of the corpus
none of 233 short blocks with the first pattern is body, none of 165 with the second, two of 549 with the third.
"""

import re
from collections.abc import Sequence

from archive.extraction.rules import Verdict, places_of, relabelled
from archive.labels import Label

RULE = "general:appeal"
#: Characters of the longest such paragraph, and of one that states rights: longer ones explain them. Blocks of body
#: that a story has at least beside them.
_LONGEST, _STATED, _STORY = 400, 200, 2
_NEWSLETTER = re.compile(
    r"(?:sign up|subscribe|register)\b.{0,30}\b(?:for|to) (?:our|the|my) .{0,40}newsletter"
    r"|newsletter.{0,40}(?:anmelden|abonnieren)|(?:abonnieren|bestellen) sie .{0,30}newsletter"
    r"|abonnez-vous à (?:notre|la) .{0,30}(?:newsletter|lettre)"
    r"|(?:suscr[íi]bete|suscríbase) a (?:nuestr|la |el ).{0,30}(?:newsletter|bolet)|iscriviti alla .{0,30}newsletter"
    r"|(?:assine|inscreva-se n)a? (?:noss)?a .{0,20}newsletter|(?:meld je aan|schrijf je in) voor .{0,30}nieuwsbrief"
    r"|подпи(?:сывайтесь|шитесь) на (?:наш|рассыл)|prenumerera på .{0,20}nyhetsbrev|tilmeld dig .{0,30}nyhedsbrev"
    r"|zapisz się (?:do|na) .{0,20}newsletter|předplaťte si"
    r"|(?:加入|追蹤|訂閱|关注|关注我们).{0,14}(?:好友|粉絲|頻道|公众号)",
    re.I,
)
_FOLLOW = re.compile(
    r"\W*(?:(?:you can |please |and )?(?:also )?follow us on"
    r"|follow .{2,40} on (?:twitter|facebook|instagram|x\b|linkedin|threads|bluesky)|folgen sie uns|folge uns"
    r"|suivez-nous|síguenos|seguici|siga-nos|volg ons op|följ oss|følg os|seuraa meitä"
    r"|obserwuj nas|sledujte nás|bizi takip|подпис(?:ывайтесь|аться) на|підписуйтесь на|تابعونا|עקבו אחרינו)",
    re.I,
)
#: What tells readers how to comment; it has no place in a story.
_COMMENTING = re.compile(
    r"(?:logged in|log in|sign in|register) (?:\w+ ){0,3}to (?:post a |leave a |add a )?(?:comment|reply)"
    r"|your comment (?:has been|will be|is awaiting)|comments are (?:now )?(?:closed|moderated)"
    r"|inloggad för att kommentera|(?:din kommentar|tack för din kommentar)\b.{0,30}(?:skickats|publiceras|granskas)"
    r"|(?:anmelden|eingeloggt|angemeldet|einloggen|registrieren)\W.{0,25}kommentieren|ihr kommentar (?:wurde|wird)"
    r"|connect(?:er|é|ez).{0,20}pour (?:commenter|laisser un commentaire)|votre commentaire (?:a été|sera)"
    r"|(?:iniciar sesión|identificarte|registrarte|conectado).{0,20}para (?:comentar|dejar un comentario)"
    r"|tu comentario (?:ha sido|será)|logg(?:e|et)? inn? for å kommentere|logge ind for at kommentere"
    r"|inloggen om te reageren|zaloguj się, aby (?:dodać komentarz|komentować|ocenić)|войдите.{0,20}комментари"
    r"|effettua.{0,20}per commentare|(?:fazer|faça) login para comentar|yorum yapabilmek için",
    re.I,
)
_RIGHTS = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti "
    r"riservati|todos os direitos reservados|wszelkie prawa zastrzeżone|všechna práva vyhrazena|tüm hakları saklıdır"
    r"|все права защищены|усі права захищено|未经.{0,12}(?:禁止|不得|严禁)|不代表本|無断転載|무단.{0,4}전재",
    re.I,
)
#: What stands above an advertisement: a line of its own, or that the story goes on below. None of 700 such lines of the
#: corpus is body.
_ADVERTS = frozenset(
    "advertisement|advertisements|advertising|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|reklama"
    "|reklame|reklam|реклама|mainos|annons|annonce|annonse|advertentie|hirdetés|oglas|reclamă|διαφήμιση|विज्ञापन"
    "|বিজ্ঞাপন|広告|スポンサーリンク|广告|廣告|광고|إعلان|اعلان|פרסומת|โฆษณา|quảng cáo|iklan".split("|")
)
_GOES_ON = re.compile(
    r"(?:article|story|content|post) continues (?:below|after).{0,40}|scroll (?:down )?to continue.{0,30}"
    r"|continue reading below.{0,30}|(?:dies(?:er|e|es)? |der |das )?(?:artikel|text|inhalt|meldung) (?:geht|wird) "
    r".{0,30}(?:weiter|fortgesetzt)|(?:la suite|l['’]article (?:continue|se poursuit)).{0,20} après .{0,20}publicité"
    r"|(?:el artículo |la noticia |la nota )?(?:continúa|sigue) (?:después|debajo|tras) .{0,20}(?:publicidad|anuncio)"
    r"|continua (?:após|depois d).{0,12}publicidade|(?:l['’]articolo |la notizia )?(?:continua|prosegue) "
    r".{0,12}pubblicità|(?:het )?artikel gaat .{0,12}verder.{0,30}|(?:tekst|lees) verder onder .{0,25}"
    r"|artikeln fortsätter .{0,25}annonsen|(?:artikkelen|saken) fortsetter .{0,25}(?:annonsen|reklame)"
    r"|artiklen fortsætter .{0,25}annoncen|(?:juttu|artikkeli) jatkuu .{0,25}mainoksen .{0,10}"
    r"|(?:dalsza część|ciąg dalszy) .{0,20}pod .{0,12}reklamą|článek pokračuje .{0,20}reklam\w{1,3}"
    r"|článok pokračuje .{0,20}reklam\w{1,3}|a cikk .{0,20}(?:hirdetés|folytatódik).{0,20}|articolul continuă .{0,30}"
    r"|продолжение .{0,20}реклам\w{1,3}|продовження .{0,20}реклам\w{1,3}|haberin devamı(?: .{0,20})?"
    r"|το άρθρο συνεχίζεται .{0,30}|記事は広告の後.{0,10}|(?:廣告|广告)后继续.{0,10}",
    re.I,
)
#: Characters of the longest such line.
_LINE = 90
#: Russian and Ukrainian papers ask readers to mark a mistake and to press these.
_MISTAKE = re.compile(r"ctrl\s?\+\s?enter", re.I)
_SAID = (
    (Label.SHARE_PROMPT, _FOLLOW.match),
    (Label.CONTACT, _MISTAKE.search),
    (Label.PROMOTION, _NEWSLETTER.search),
    (Label.COMMENTS, _COMMENTING.search),
)
#: One of these words stands in each such text, or, in a script that does not part them, one of these signs. Most texts
#: have none.
_WORDS = frozenset(
    "newsletter newsletters předplaťte lettre boletín boletin nieuwsbrief nyhetsbrev nyhedsbrev подписывайтесь "
    "подпишитесь подписаться підписуйтесь reserved vorbehalten réservés reservados riservati zastrzeżone vyhrazena "
    "saklıdır "
    "защищены захищено follow folge folgen suivez síguenos seguici siga volg följ følg seuraa obserwuj sledujte takip "
    "تابعونا עקבו ctrl comment comments reply kommentera "
    "kommentar kommentieren commenter commentaire comentar comentario kommentere reageren komentarz komentować ocenić "
    "комментарий комментарии commentare yorum".split()
)
_AROUND = " .:…-–—[]()<>|↓▼*"
_SIGNS = ("好友", "粉絲", "頻道", "公众号", "未经", "不代表本", "無断転載", "무단")
_LABELS = (Label.PROMOTION, Label.SHARE_PROMPT, Label.CONTACT, Label.COMMENTS, Label.LEGAL_NOTICE)


def without_appeals(
    verdicts: Sequence[Verdict], texts: Sequence[str], tokens: Sequence[Sequence[str]]
) -> list[Verdict]:
    """The verdicts, without body that says so; what would leave no story stands. `tokens` are the lower-cased words of
    the texts."""
    body = places_of(Label.BODY, verdicts)
    said = {place: label for place in body if (label := _label(texts[place], tokens[place]))}
    found = list(verdicts)
    if len(body) - len(said) >= _STORY:
        for label in _LABELS:
            found = relabelled(found, label, {place: RULE for place, own in said.items() if own is label})
    return found


def _label(text: str, words: Sequence[str]) -> Label | None:
    if len(text) > _LONGEST:
        return None
    bare = text.strip(_AROUND) if len(text) <= _LINE else ""
    if bare and (bare.lower() in _ADVERTS or _GOES_ON.fullmatch(bare)):
        return Label.PROMOTION
    if _WORDS.isdisjoint(words) and (text.isascii() or not any(sign in text for sign in _SIGNS)):
        return None
    if label := next((label for label, says in _SAID if says(text)), None):
        return label
    return Label.LEGAL_NOTICE if len(text) <= _STATED and _RIGHTS.search(text) else None
