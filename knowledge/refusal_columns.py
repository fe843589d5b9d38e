"""Columns that tell who wants nothing from us, by the words that other tools and countries use (M16).

A refusal must not be lost for its language. So a name is read by its stems; what stands in such a
column and is no plain no closes the channel (`bot/flow/lead_rows.py`).
"""
# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re

ALL, MAIL, PHONE = "opted_out", "opted_out:email", "opted_out:phone"

_REFUSED = re.compile(
    r"\bopt(?:ed)? ?out|\bunsub(?:scribe)?|\bdo not (?:contact|e ?mail|mail|call|phone|write|market|disturb)|\bdnc\b|\bdnm\b|\bsuppress(?:ed|ion)|\bblock ?list|\bno (?:marketing|mailings?|e ?mails?|calls|contact|newsletters?)\b|\bremoved from (?:the )?list"
    # German: objected, signed off, barred, no advertising, do not write.
    r"|widerspr|widerruf|abgemeldet|abmeld|abbestell|ausgetragen|austrag(?:ung|en)\b|sperr(?:e\b|t\b|vermerk|liste|kennzeichen)|\bkein\w* (?:werbung|newsletter|e ?mails?|mailings?|kontakt\w*|anrufe?|post|telefon\w*)|nicht (?:mehr )?(?:kontaktieren|anrufen|anschreiben|anmailen|kontaktiert)|robinson"
    # French, Spanish, Italian, Dutch, Portuguese.
    r"|d[\u00e9e]sabonn|d[\u00e9e]sinscri|ne (?:pas|plus) (?:contacter|appeler|[\u00e9e]crire)|\bopposition\b|\bno (?:contactar|llamar|enviar)|\bbaja\b|darse de baja|disiscri|cancellat[oi] dalla|non (?:contattare|chiamare)|uitgeschreven|afgemeld|niet (?:bellen|mailen|contacteren|benaderen)|descadastr|n[\u00e3a]o contactar"
)
_BY_MAIL = re.compile(r"mail|newsletter|courriel|correo|rundschreiben|infolettre")
_BY_PHONE = re.compile(r"call|phon|telef|anruf|appel|llamar|chiamare|bellen")
_EVERYTHING = re.compile(r"\ball\b|\bcontact\b|kontaktier|marketing|werb|werbung")


def refusal_named(words: str) -> str | None:
    """The field of a refusal that a column's plain words name, None where they name none."""
    if not _REFUSED.search(words):
        return None
    if _EVERYTHING.search(words):
        return ALL
    if _BY_PHONE.search(words):
        return PHONE
    return MAIL if _BY_MAIL.search(words) else ALL
