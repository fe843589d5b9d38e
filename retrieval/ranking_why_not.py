"""Why an alternate was passed over: what decided, worded for this alternate, never twice alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from knowledge.assets import Asset
from knowledge.journey import Stage, a_type
from knowledge.leads import LeadFacts
from knowledge.touch import Candidate, Ranked, Ranking, TurnedDown
from retrieval.ranking_asks import bare_kind
from retrieval.ranking_match import head_of, listed, nearest_stage, said, short

AS_NEAR = 0.03
"""Points of relevance within which two pieces are equally near: one in three neighbours in a
ranking of the sample library lies closer together than that."""
FAR = 0.12
"""Points from which a piece is far behind: the gap from the best to about the fifth piece."""

HEADING = 80
"""Characters; a longer heading is a sentence by itself."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def why_not(ranking: Ranking, chosen: Ranked, others: Sequence[Ranked]) -> tuple[TurnedDown, ...]:
    """Each alternate with the rule that decided and its sentence; no sentence twice if it can be.

    A sentence holds only what the assets and the ask say: nothing is made up to sound different.
    """
    told: set[str] = set()
    result = []
    for other in others:
        rule, sentences = _sentences(ranking, chosen, other)
        options = list(sentences)
        sentence = next((s for s in options if _core(s) not in told), options[0])
        told.add(_core(sentence))
        result.append(TurnedDown(other.candidate, rule, sentence, other.score, other.contributions))
    return tuple(result)


def _core(sentence: str) -> str:
    """What a sentence says apart from how near the piece is."""
    return sentence.partition(", but ")[2] or sentence


def _sentences(ranking: Ranking, chosen: Ranked, other: Ranked) -> tuple[str, Iterator[str]]:
    mine = {c.rule: c.points for c in chosen.contributions}
    theirs = {c.rule: c.points for c in other.contributions}
    lead_by = {r: mine.get(r, 0.0) - theirs.get(r, 0.0) for r in sorted(mine.keys() | theirs)}
    # Rounded, so that a difference far behind the comma decides nothing.
    behind = sorted(lead_by, key=lambda r: -round(lead_by[r], 6))
    behind = [r for r in behind if round(lead_by[r], 6) > 0]
    if not behind:
        return "tie", iter(_tie(other))
    return behind[0], _worded(ranking, chosen, other, behind, lead_by.get("relevance", 0.0))


def _tie(other: Ranked) -> tuple[str, str]:
    kind = a_type(other.asset.type)
    return "Fits just as well; one had to come first.", f"Fits just as well, as {kind}."


def _worded(
    ranking: Ranking, chosen: Ranked, other: Ranked, behind: Sequence[str], further: float
) -> Iterator[str]:
    """Sentences from the plainest on: the deciding rule alone, then with something beside it."""
    rule, *rest = behind
    several = len(ranking.questions) > 1
    part = _part(ranking, chosen, other) if several or rule in ON_QUESTION else ""
    if part and rule in ON_QUESTION:
        main = part
    elif part:
        main = f"{part}; and {_clause(rule, ranking, chosen, other)}"
    elif rule in NEARNESS:
        main = _distance(ranking, chosen, other, further)
    else:
        main = f"{_opening(further, ranking)}, but {_clause(rule, ranking, chosen, other)}"
    yield f"{main}."
    for second in rest:
        if second not in NEARNESS:
            clause = _clause(second, ranking, chosen, other)
            yield f"{clause[0].upper()}{clause[1:]}; and {main[0].lower()}{main[1:]}."
    if "nearest under" not in main and (part := nearest_part(other.candidate)):
        yield f"{main}{part}."
    yield f"{main}; {a_type(other.asset.type)}."


NEARNESS = frozenset({"relevance", "several_answers"})
ON_QUESTION = NEARNESS | {"asked_for"}
"""Rules that decide by the question: which part of it is left open says more than how far."""


def nearest_part(found: Candidate) -> str:
    """Where in the piece the best passage stands, to end a sentence with; empty when unnamed."""
    heading = found.passage_heading.strip()
    told = heading and heading.lower() != found.asset.title.lower() and len(heading) <= HEADING
    return f"; it comes nearest under “{heading}”" if told else ""


def _opening(further: float, ranking: Ranking) -> str:
    if further <= -AS_NEAR:
        return f"Nearer to the {_matter(ranking)}"
    return "Close" if further < FAR else "On the matter"


def _matter(ranking: Ranking) -> str:
    if not _are_asked(ranking):
        return "matter"
    return "question" if len(ranking.questions) == 1 else "questions"


def _are_asked(ranking: Ranking) -> bool:
    return ranking.profile is not None and any(
        q in ranking.profile.asked for q in ranking.questions
    )


def _part(ranking: Ranking, chosen: Ranked, other: Ranked) -> str:
    """Which of several questions the alternate answers, or which words of the one it never says."""
    asked = ranking.questions
    if not _are_asked(ranking):
        return ""
    mine, theirs = set(chosen.candidate.answers), set(other.candidate.answers)
    if len(asked) > 1 and mine - theirs:
        if not theirs:
            return "Answers none of the questions outright"
        if len(theirs) == 1 and max(theirs) < len(ORDINALS):
            (i,) = theirs
            return f"Answers only the {ORDINALS[i]} question, “{short(asked[i])}”"
        left = min(mine - theirs)
        return f"Leaves out “{short(asked[left])}”"
    # Of one question only: with several, a word may belong to the one it does not answer.
    if (
        len(asked) == 1
        and not bare_kind(asked[0])
        and (words := _missing(asked[0], chosen.asset, other.asset))
    ):
        return f"Says nothing of {words}"
    return ""


_WEAK = frozenset({
    "about", "across", "actually", "after", "again", "against", "along", "already", "although",
    "among", "another", "answer", "anybody", "anything", "around", "because", "become", "been",
    "before", "begin", "being", "below", "beside", "besides", "best", "better", "between", "both",
    "bring", "change", "choose", "come", "could", "current", "decide", "different", "does", "done",
    "down", "during", "each", "either", "else", "enough", "even", "ever", "every", "everybody",
    "except", "fast", "find", "first", "from", "further", "give", "going", "good", "handle",
    "happen", "happens", "have", "having", "help", "hence", "here", "however", "instead", "into",
    "itself", "just", "keep", "kind", "know", "last", "less", "like", "likely", "long", "look",
    "made", "make", "many", "mean", "might", "month", "months", "more", "most", "much", "must",
    "near", "need", "needs", "never", "next", "nobody", "none", "nothing", "often", "once", "only",
    "onto", "other", "others", "otherwise", "ourselves", "over", "people", "place", "plan",
    "quickly", "rather", "really", "right", "same", "self", "several", "shall", "should", "show",
    "since", "slow", "some", "somebody", "someone", "something", "sometimes", "somewhere", "soon",
    "start", "still", "stop", "such", "sure", "take", "takes", "tell", "than", "that", "their",
    "theirs", "them", "themselves", "then", "there", "these", "they", "thing", "things", "think",
    "this", "those", "though", "through", "throughout", "till", "time", "together", "toward",
    "towards", "under", "unless", "until", "upon", "used", "using", "usually", "very", "want",
    "week", "weeks", "well", "were", "what", "whatever", "when", "where", "which", "whichever",
    "while", "whoever", "whole", "whom", "whose", "will", "with", "within", "without", "work",
    "works", "would", "year", "years", "your", "yourself",
})  # fmt: skip
"""Words of a question that are not its subject: a piece may well answer without them."""


def _missing(question: str, chosen: Asset, other: Asset) -> str:
    """The subject words of a question that the choice has and the alternate never says, quoted."""
    has, lacks = _whole(chosen), _whole(other)
    named = []
    for word in re.findall(r"[A-Za-z0-9][\w'-]*", question):
        # The root errs on the short side: better to claim nothing than that a piece lacks a word.
        root = word.lower()[: min(6, max(4, len(word) - 1))]
        if len(word) > 3 and word.lower() not in _WEAK and root in has and root not in lacks:
            named.append(f"“{word}”")
    return " or ".join(dict.fromkeys(named[:2]))


def _whole(asset: Asset) -> str:
    return f"{head_of(asset)} {asset.text.lower()}"


def _distance(ranking: Ranking, chosen: Ranked, other: Ranked, further: float) -> str:
    matter = _matter(ranking)
    if further < AS_NEAR:
        return f"Almost as near to the {matter}"
    if further < FAR:
        return f"A little further from the {matter}"
    if part := nearest_part(other.candidate):
        return f"Much further from the {matter}{part}"
    if other.asset.type is chosen.asset.type:
        return f"Much further from the {matter}"
    kind = a_type(other.asset.type)
    return f"{kind[0].upper()}{kind[1:]}, and much further from the {matter}"


Clause = Callable[[Ranking, Ranked, Ranked], str]


def _clause(rule: str, ranking: Ranking, chosen: Ranked, other: Ranked) -> str:
    """What is lacking by one rule, to follow "Close, but"."""
    return _CLAUSES.get(rule, _by_name(rule))(ranking, chosen, other)


def _by_name(rule: str) -> Clause:
    return lambda _, chosen, __: f"behind “{chosen.asset.title}” in {rule.replace('_', ' ')}"


def _stage(ranking: Ranking, _: Ranked, other: Ranked) -> str:
    at = ranking.stage.stage if ranking.stage else Stage.AWARENESS
    stages = other.asset.fitting_stages
    if not stages:
        return f"{a_type(other.asset.type)} of no stage in particular"
    stage, ahead = nearest_stage(stages, at)
    if ahead > 0:
        return f"written for the {stage} stage"
    if ahead < 0:
        return f"{a_type(other.asset.type)} for the {stage} stage, behind where this lead is"
    return f"less sure to fit the {at} stage"


def _persona(ranking: Ranking, _: Ranked, other: Ranked) -> str:
    others = listed(other.asset.personas)
    mine = said(_facts(ranking).persona or "")
    return f"written for people in {others}" if others else f"not written for people in {mine}"


def _industry(ranking: Ranking, _: Ranked, other: Ranked) -> str:
    others = listed(other.asset.industries)
    mine = said(_facts(ranking).industry or "")
    return f"about {others}" if others else f"not about {mine}"


def _size(_: Ranking, __: Ranked, other: Ranked) -> str:
    if any(c.rule == "company_size" for c in other.contributions):
        return "about companies of another size"
    return "does not say for which size of company"


def _role(ranking: Ranking, _: Ranked, other: Ranked) -> str:
    role = (_facts(ranking).buying_role or "").replace("_", " ")
    return f"{a_type(other.asset.type)} helps less in the part of {role}"


def _kind(ranking: Ranking, _: Ranked, other: Ranked) -> str:
    kinds = [k for q in ranking.questions if (k := bare_kind(q))]
    lacks = [k.lacks for k in kinds if not k.given_by(other.asset)]
    return f"it {lacks[0]}" if lacks else "it gives another kind of answer"


def _age(_: Ranking, __: Ranked, other: Ranked) -> str:
    on = other.asset.published
    return f"older, from {on:%b %Y}" if on else "without a date"


def _record(_: Ranking, __: Ranked, other: Ranked) -> str:
    if any(c.rule == "track_record" for c in other.contributions):
        return "its touches so far speak less for it"
    return "not sent often enough yet to tell how much it helps"


def _facts(ranking: Ranking) -> LeadFacts:
    return ranking.profile.facts if ranking.profile else LeadFacts()


def _quoted(*texts: str | None) -> str:
    return next((f"“{short(t)}”" for t in texts if t), "")


_CLAUSES: dict[str, Clause] = {
    "stage_fit": _stage,
    "persona": _persona,
    "industry": _industry,
    "company_size": _size,
    "buying_role": _role,
    "products": lambda r, _, __: f"says nothing of {_quoted(*_facts(r).products)}",
    "outcome": lambda r, _, __: f"says less to {_quoted(_facts(r).outcome, _facts(r).intent)}",
    "obstacle": lambda r, _, __: f"says less to {_quoted(*_facts(r).obstacles, _facts(r).problem)}",
    "asked_for": _kind,
    "convincing": lambda *_: "no help in winning colleagues over",
    "committee": lambda *_: "nothing to pass on to those we have not reached",
    "trust": lambda *_: "does less for this lead's trust",
    "variety": lambda _, __, other: f"they had {a_type(other.asset.type)} from us lately",
    "track": lambda *_: "less of a next step after what they did last",
    "track_step": lambda *_: "less of what their plan has next",
    "freshness": _age,
    "track_record": _record,
    "several_answers": lambda *_: "answers fewer of the questions",
    "relevance": lambda r, *_: f"further from the {_matter(r)}",
}
