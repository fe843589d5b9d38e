"""How hard a text is to read: the Flesch-Kincaid grade.

Grade = 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid et al., 1975). Syllables
are counted by rule: textstat counts them with a word list that it downloads when first used, and
Trailguide works without a network.
"""

from __future__ import annotations

import re

from knowledge.sentences import sentences

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouyäöüéèáàíóú]+")
_TWO_IN_A_ROW = re.compile(r"(?:ia(?!l|n|ge)|io(?!n|us)|eo(?!u)|ua|uou|ying|iest|ier)")


def syllables(word: str) -> int:
    """The syllables of an English word, at least 1."""
    text = word.lower().replace("'", "")
    count = len(_VOWELS.findall(text)) + len(_TWO_IN_A_ROW.findall(text))
    if text.endswith("e") and not re.search(r"[^aeiou]le$", text):
        count -= 1
    if re.search(r"[^aeioutd]ed$", text):
        count -= 1
    if re.search(r"[^aeiouscxzhg]es$", text) and not text.endswith("les"):
        count -= 1
    return max(1, count)


def grade(text: str) -> float:
    """The US school grade of plain text; 0.0 when there is none."""
    split = [found for s in sentences(text) if (found := _WORD.findall(s))]
    count = sum(len(found) for found in split)
    if not count:
        return 0.0
    sounds = sum(syllables(word) for found in split for word in found)
    return 0.39 * count / len(split) + 11.8 * sounds / count - 15.59
