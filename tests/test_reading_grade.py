"""Plain words: what textstat says of the composer's drafts over the whole sample library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from statistics import mean

import textstat

from knowledge.journey import PROMOTIONAL_TYPES, Stage
from knowledge.touch import Draft, DraftRequest
from prompts.addresses import without_links
from prompts.checks.reading import grade
from prompts.composer import Composer
from tests.drafts import LIBRARY, draft_request

AIM = 9.0
"""The grade that a draft is aimed at."""
ENOUGH = 100
"""Words of prose; of fewer, a script's say, one short sentence moves the grade."""
MOST_ABOVE = 0.1
"""At most this share of the drafts may lie above it."""


def requests() -> Iterator[DraftRequest]:
    """Every piece that may be recommended, for leads who ask what it answers, who ask something
    broad, and who ask nothing but have a problem; the broad ones on every channel."""
    for file in sorted(LIBRARY.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        stage = Stage(re.findall(r"^stages: \[(\w+)", text, re.M)[0])
        headings = re.findall(r"^## (.+\?)\s*$", text, re.M)
        broad, problem = "Where do we start?", "Too many stops and a long list of open jobs"
        asked = [(question, "", "email") for question in headings[:2]]
        asked += [(broad, "", channel) for channel in ("email", "text", "phone", "direct_mail")]
        for question, trouble, channel in (*asked, ("", problem, "email")):
            made = draft_request(
                file.stem, question=question, problem=trouble, channel=channel, stage=stage
            )
            if made.asset.type not in PROMOTIONAL_TYPES:
                yield replace(made, profile=replace(made.profile, lead_id=f"{file.stem}-lead"))


@cache
def drafts() -> tuple[Draft, ...]:
    return tuple(Composer().write(request) for request in requests())


def told(name: str, grades: list[float]) -> str:
    above = sum(found > AIM for found in grades) / len(grades)
    return (
        f"{name}: {len(grades)} drafts, mean grade {mean(grades):.2f}, highest {max(grades):.1f}, "
        f"{above:.1%} above {AIM:.0f}"
    )


def test_drafts_are_in_plain_words_by_textstat(
    record_property: Callable[[str, object], None],
) -> None:
    """M23 A grade of 9 or lower, of the body as it is copied, with and without its address."""
    assert len(drafts()) > 150
    for name, text_of in (
        ("as copied", lambda body: body),
        ("without addresses", without_links),
    ):
        grades = [textstat.flesch_kincaid_grade(text_of(draft.body)) for draft in drafts()]
        record_property(name, told(name, grades))
        print(told(name, grades))  # noqa: T201 - shown by pytest -s, and when it fails
        assert mean(grades) <= AIM
        assert sum(found > AIM for found in grades) / len(grades) <= MOST_ABOVE


def test_textstat_tells_hard_words_from_plain_ones() -> None:
    """What the first test measures with can fail."""
    hard = (
        "Organisational considerations regarding operational interoperability necessitate "
        "comprehensive cross-functional prioritisation of infrastructural dependencies."
    )
    assert textstat.flesch_kincaid_grade(hard) > 2 * AIM
    assert textstat.flesch_kincaid_grade("The pump broke on Monday. We had no spare part.") < AIM


def test_the_grade_of_the_checks_is_near_that_of_textstat() -> None:
    """M23 The product counts syllables by rule, textstat by a word list; prose of the pieces."""
    apart = []
    for file in sorted(LIBRARY.glob("*.md")):
        text = file.read_text(encoding="utf-8").split("---\n", 2)[2]
        said = " ".join(p for p in text.split("\n\n") if re.match(r"[A-Z].*[.]$", p, re.S))
        if len(said.split()) >= ENOUGH:
            apart.append(grade(said) - textstat.flesch_kincaid_grade(said))
    assert abs(mean(apart)) < 0.5
    assert max(abs(by) for by in apart) < 1.5
