"""The buyer's journey: stages, content types, and which type fits which stage (M38 to M42)."""

from __future__ import annotations

from enum import StrEnum

from knowledge.errors import BadInput


class Stage(StrEnum):
    """A lead's place on the journey, earliest first."""

    AWARENESS = "awareness"
    INTEREST = "interest"
    CONSIDERATION = "consideration"
    DECISION = "decision"
    CUSTOMER = "customer"

    @property
    def order(self) -> int:
        """0 for awareness up to 4 for customer."""
        return list(Stage).index(self)


STAGE_ALIASES = {
    "early": Stage.AWARENESS,
    "aware": Stage.AWARENESS,
    "near_purchase": Stage.DECISION,
    "purchase": Stage.DECISION,
    "after_sale": Stage.CUSTOMER,
}


def parse_stage(text: str) -> Stage:
    """Return the stage that a person meant; `BadInput` names the five there are."""
    word = text.strip().lower().replace("-", "_").replace(" ", "_")
    if word in STAGE_ALIASES:
        return STAGE_ALIASES[word]
    try:
        return Stage(word)
    except ValueError:
        raise BadInput(f"Unknown stage '{text[:40]}'; use one of: {', '.join(Stage)}.") from None


class AssetType(StrEnum):
    """What kind of piece an asset is; unknown kinds become `other`."""

    BLOG = "blog"
    ARTICLE = "article"
    GUIDE = "guide"
    WHITEPAPER = "whitepaper"
    EBOOK = "ebook"
    RESEARCH = "research"
    WEBINAR = "webinar"
    VIDEO = "video"
    BRIEFING = "briefing"
    CHECKLIST = "checklist"
    TUTORIAL = "tutorial"
    DOCS = "docs"
    SPEC = "spec"
    DEMO = "demo"
    PRODUCT_OVERVIEW = "product_overview"
    COMPARISON = "comparison"
    CASE_STUDY = "case_study"
    TESTIMONIAL = "testimonial"
    ROI = "roi"
    BUSINESS_CASE = "business_case"
    ONBOARDING = "onboarding"
    TRAINING = "training"
    NEWSLETTER = "newsletter"
    PODCAST = "podcast"
    CHANGELOG = "changelog"
    PRESS_RELEASE = "press_release"
    BROCHURE = "brochure"
    OTHER = "other"


TYPE_ALIASES = {
    "product_page": AssetType.PRODUCT_OVERVIEW,
    "product": AssetType.PRODUCT_OVERVIEW,
    "datasheet": AssetType.SPEC,
    "data_sheet": AssetType.SPEC,
    "specification": AssetType.SPEC,
    "release_notes": AssetType.CHANGELOG,
    "roi_calculator": AssetType.ROI,
    "admin_guide": AssetType.ONBOARDING,
    "white_paper": AssetType.WHITEPAPER,
    "blog_post": AssetType.BLOG,
    "post": AssetType.BLOG,
    "e_book": AssetType.EBOOK,
    "how_to": AssetType.TUTORIAL,
    "documentation": AssetType.DOCS,
    "customer_story": AssetType.CASE_STUDY,
    "report": AssetType.RESEARCH,
    "press": AssetType.PRESS_RELEASE,
    "course": AssetType.TRAINING,
}


def parse_type(text: str | None) -> AssetType:
    """Return the content type for a label, `other` when it is unknown or absent."""
    word = (text or "").strip().lower().replace("-", "_").replace(" ", "_")
    if word in TYPE_ALIASES:
        return TYPE_ALIASES[word]
    try:
        return AssetType(word)
    except ValueError:
        return AssetType.OTHER


def type_name(kind: AssetType) -> str:
    """A content type as a reader says it: `case_study` is a case study, `other` a piece."""
    named = {
        AssetType.ROI: "cost and return piece",
        AssetType.OTHER: "piece",
        AssetType.DOCS: "documentation page",
        AssetType.SPEC: "specification",
        AssetType.TRAINING: "training piece",
        AssetType.ONBOARDING: "onboarding guide",
        AssetType.RESEARCH: "research report",
        AssetType.DEMO: "recorded demo",
        AssetType.WHITEPAPER: "white paper",
        AssetType.EBOOK: "e-book",
    }
    return named.get(kind, kind.replace("_", " "))


def a_type(kind: AssetType) -> str:
    """A content type with its article: an article, a guide."""
    return with_article(type_name(kind))


def with_article(words: str) -> str:
    """The words with "a" or "an" before them, by their first letter; "an IT lead", "a CFO"."""
    spelled = words.split(" ", maxsplit=1)[0].isupper()
    vowels = "AEFHILMNORSX" if spelled else "aeioAEIO"
    return f"{'an' if words[:1] in tuple(vowels) else 'a'} {words}"


PROMOTIONAL_TYPES = frozenset({AssetType.BROCHURE, AssetType.CHANGELOG, AssetType.PRESS_RELEASE})
"""Promotional whatever they say (M17); a reviewer may never overrule `brochure`."""

_T, _S = AssetType, Stage
TYPE_STAGES: dict[AssetType, tuple[Stage, ...]] = {
    _T.BLOG: (_S.AWARENESS,),
    _T.ARTICLE: (_S.AWARENESS,),
    _T.PODCAST: (_S.AWARENESS,),
    _T.NEWSLETTER: (_S.AWARENESS,),
    _T.GUIDE: (_S.INTEREST,),
    _T.WHITEPAPER: (_S.INTEREST,),
    _T.EBOOK: (_S.INTEREST,),
    _T.RESEARCH: (_S.INTEREST,),
    _T.WEBINAR: (_S.INTEREST,),
    _T.VIDEO: (_S.INTEREST,),
    _T.BRIEFING: (_S.INTEREST,),
    _T.CHECKLIST: (_S.INTEREST,),
    _T.TUTORIAL: (_S.CONSIDERATION,),
    _T.DOCS: (_S.CONSIDERATION,),
    _T.SPEC: (_S.CONSIDERATION,),
    _T.DEMO: (_S.CONSIDERATION,),
    _T.PRODUCT_OVERVIEW: (_S.CONSIDERATION,),
    _T.COMPARISON: (_S.CONSIDERATION,),
    _T.CASE_STUDY: (_S.DECISION,),
    _T.TESTIMONIAL: (_S.DECISION,),
    _T.ROI: (_S.DECISION,),
    _T.BUSINESS_CASE: (_S.DECISION,),
    _T.ONBOARDING: (_S.CUSTOMER,),
    _T.TRAINING: (_S.CUSTOMER,),
    _T.CHANGELOG: (_S.CUSTOMER,),
    _T.PRESS_RELEASE: (),
    _T.BROCHURE: (),
    _T.OTHER: (),
}
"""The stages a type fits when its asset names none (M38 to M42)."""

CONSIDERATION_TYPES = frozenset(
    {_T.DOCS, _T.SPEC, _T.DEMO, _T.PRODUCT_OVERVIEW, _T.COMPARISON, _T.TUTORIAL}
)
"""Talk of the product is fit in these from consideration on (M27)."""
