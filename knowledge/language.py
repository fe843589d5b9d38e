"""Which language a text is in: English unless there is good evidence of another one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

LANGUAGE_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "ru": "Russian",
    "ja": "Japanese", "zh": "Chinese", "ko": "Korean",
}  # fmt: skip
"""The languages told apart, by ISO 639-1 code."""

SAMPLE_CHARACTERS = 2000
"""Enough to be sure; lingua's time grows with the text."""

LONG_TEXT_WORDS = 25
"""From here on letter statistics alone are trusted; below, a word or letter must confirm them.

Measured with lingua's low-accuracy models (30 MB; the others take 250 MB): they call "Dynamics
connector offline mode" French with 0.96, so on short texts their word is not enough.
"""

ENGLISH_AT_MOST = 0.25
"""More likely than this, a text is taken for English."""

SURE = 0.9
"""What a short text needs when only its accents speak for another language."""

_ENGLISH_GRAMMAR = (
    "the a an is are was were be been do does did how what when where which who why can could "
    "should would will may might must we you they he she it its i my our your their this that "
    "these those of to for from with without by at on in as if or and not no than then there "
    "have has had about after before into over per vs does get many much need any"
)
"""Words that carry English grammar; some exist elsewhere too (`in`, `no`, `was`)."""

_FOREIGN = {
    "de": "der die das und ist sind wie wir ich ein eine einen für mit von nicht auf zu wird "
    "welche welcher welches gibt es man kann können unsere unser bei dem den des oder was lange "
    "viel haben hat brauchen warum wann wo",
    "fr": "le la les des est sont une un du de et pour avec comment combien quel quelle quelles "
    "quels nous vous qui que dans sur pas ne peut il elle au aux pourquoi quand où notre nos ce "
    "cette faut l d",
    "es": "el la los las es son una un de del y para con cómo como cuánto cuanto qué que cuál "
    "cual nosotros en por no se puede nuestro nuestra nuestros al cuando dónde donde hay tiene "
    "necesitamos",
    "it": "il lo la gli le è sono una un di del della e per con come quanto quanti quale quali "
    "che cosa noi in non si può nostro nostra nostri al dove quando perché abbiamo i",
    "pt": "o os as é são uma um de do da dos das e para com como quanto quais qual que nós em "
    "a não se pode nosso nossa nossos ao quando onde tem por precisamos",
    "nl": "de het een en is zijn hoe wat wij we voor met van niet op te wordt welke kan kunnen "
    "onze ons bij of waarom wanneer waar hebben heeft lang veel ik",
    "pl": "i w z na do jest są jak ile co czy nie się dla przez nasz nasze który która które "
    "można mamy kiedy gdzie dlaczego po",
    "sv": "och är en ett hur vad vi för med av inte på till kan vår våra som det den vilka "
    "vilken när var varför har många länge",
}
"""Everyday words of the languages in Latin letters; one that English has too speaks for neither."""

_ENGLISH = frozenset(_ENGLISH_GRAMMAR.split())
_SHARED = frozenset(word for text in _FOREIGN.values() for word in text.split()) & (
    _ENGLISH | {"die", "man", "of", "per", "vs"}
)
_ENGLISH_ONLY = _ENGLISH - _SHARED
_FOREIGN_ONLY = {code: frozenset(text.split()) - _SHARED for code, text in _FOREIGN.items()}

_NOISE = re.compile(r"```.*?```|`[^`\n]*`|https?://\S+|\S+@\S+", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]+")


_SCRIPTS = {"ja": re.compile("[\u3040-\u30ff]"), "ko": re.compile("[\uac00-\ud7a3]")}
"""Scripts that one language alone is written in."""


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the text's language, `en` when nothing says otherwise clearly."""
    sample = _NOISE.sub(" ", text[: SAMPLE_CHARACTERS * 2])[:SAMPLE_CHARACTERS]
    words = [word.lower() for word in _WORDS.findall(sample)]
    if not words:
        return "en"
    letters = "".join(words)
    other_script = sum(1 for letter in letters if ord(letter) > 0x24F)
    for code, script in _SCRIPTS.items():
        if len(script.findall(sample)) > 2:
            return code  # a name in Latin letters does not make the rest English
    if other_script > len(letters) * 0.3:
        likely = _likelihoods(sample)
        return max(likely, key=lambda code: likely[code]) if likely else "en"
    return _in_latin_letters(sample, words)


def language_name(code: str) -> str:
    """The English name of a language code, for messages."""
    return LANGUAGE_NAMES.get(code, f"another language ({code})")


def _in_latin_letters(sample: str, words: list[str]) -> str:
    english = sum(word in _ENGLISH_ONLY for word in words)
    foreign = {code: sum(word in known for word in words) for code, known in _FOREIGN_ONLY.items()}
    accents = not "".join(words).isascii()
    long = len(words) >= LONG_TEXT_WORDS
    if english > max(foreign.values()) or not (long or accents or any(foreign.values())):
        return "en"  # the usual case, decided without loading the models
    likely = _likelihoods(sample)
    if not likely or likely.get("en", 0.0) > ENGLISH_AT_MOST:
        return "en"
    # Close relatives share the letters, so everyday words decide between them.
    code = max(likely, key=lambda code: likely[code] * (1 + 5 * foreign.get(code, 0)))
    told = long or foreign.get(code, 0) > english
    return code if told or (accents and not english and likely[code] > SURE) else "en"


def _likelihoods(sample: str) -> dict[str, float]:
    values = _detector().compute_language_confidence_values(sample)
    return {v.language.iso_code_639_1.name.lower(): v.value for v in values if v.value > 0}


@cache
def _detector() -> LanguageDetector:
    from lingua import (
        IsoCode639_1,
        LanguageDetectorBuilder,
    )

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGE_NAMES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
