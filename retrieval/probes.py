"""Sentences on which an exported model must agree with the original."""

from __future__ import annotations

PROBES = (
    "",
    " ",
    ".",
    "a",
    "Hi",
    "?!... --- ((( )))",
    "42",
    "3.14159 and 2,718 per cent of 10^6",
    "How long does a rollout take?",
    "how long does a ROLLOUT take",
    "What does it cost, all in, over three years?",
    "Will our planners keep their spreadsheets?",
    "A planner moves a job from Tuesday to Thursday.",
    "Spare parts are counted twice a year; the count takes two days.",
    "Line one\nline two\n\nline four\ttabbed",
    "# Heading\n- point one\n- point two",
    "SELECT id, name FROM orders WHERE open = 1;",
    "def area(r: float) -> float: return 3.14 * r ** 2",
    "https://www.example.org/path/to/page?query=yes&page=2#part",
    "user@example.org wrote: 'see you at 10:30'",
    "Größe, Übermaß und Straße",
    "El técnico llegó mañana; ¿quién pagó?",
    "Ça coûte 300 € à l'année, très cher",
    "設備保全の計画はどのように立てますか？",  # noqa: RUF001 - as it is written
    "Как составить график ремонта?",
    "كيف نخطط للصيانة؟",
    "정비 일정은 어떻게 세우나요?",
    "🚚🔧✅ done",
    "e\u0301 and \u00e9 look alike; so do \ufb01 and fi",
    "zero\u200bwidth and no\u00a0break",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "aaaaaaaaaa" * 30,
    "word " * 400,
    "The pump failed on Monday and the crew replaced its seal before the shift began. " * 6,
    "Each route starts at the depot, and the last stop decides the overtime. " * 25,
    "plan, do, check, act; " * 12,
)
"""Varied on purpose: empty, short, code, scripts, accents, emoji, and past the 256-token limit."""
