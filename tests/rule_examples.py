"""For each rule a mail that a rep might really send: once with the fault, once without."""

from __future__ import annotations

from dataclasses import dataclass

URL = "https://www.tidewell.example/guides/rollout-plan-one-site-to-twelve"
MAIL = """Hi Dana,

You asked how long a rollout takes for a company with a dozen sites. {opening}

The guide answers it like this: six to eight months for twelve sites, from kick-off to the last handover. \
{middle}

The whole plan is here:
{url}

{closing}"""


@dataclass(frozen=True)
class Example:
    """The mail's changing parts; the first of each pair is at fault, the second fine."""

    opening: tuple[str, str] = ("", "")
    middle: tuple[str, str] = ("", "")
    closing: tuple[str, str] = ("", "")
    url: tuple[str, str] = ("", "")
    whole: tuple[str, str] = ("", "")

    def mails(self) -> tuple[str, str]:
        """The mail at fault, and the one that is fine."""
        return self._mail(0), self._mail(1)

    def _mail(self, at: int) -> str:
        if self.whole[at]:
            return self.whole[at]
        return MAIL.format(
            opening=self.opening[at] or "I looked for the plainest answer I could find.",
            middle=self.middle[at]
            or "The first site always looks slow, since it carries the work of agreeing on codes.",
            closing=self.closing[at] or "Which of your sites would you call an ordinary one?",
            url=self.url[at] or URL,
        )


FINE = Example().mails()[1]
EXAMPLES: dict[str, Example] = {
    "pitch": Example(middle=(
        "Our customers finish in half that time, because our team takes the work off their hands.",
        "The pilot takes four to six weeks, and the decision after it takes two.",
    )),
    "product_talk": Example(middle=(
        "Our planning board shows each site's status on one page.",
        "Avoid any site with an audit or a shutdown in the pilot window.",
    )),
    "solution_too_early": Example(whole=(
        "Hello Dana,\n\nThis guide sets out how our planning software is rolled out over twelve sites, "
        "from the pilot to the last handover, with people and stop points. Six to eight months for "
        "twelve sites, from kick-off to the last handover. The pilot takes four to six weeks, and the "
        f"decision after it takes two.\n\n{URL}\n\nWhat are you working on at the moment?",
        "Hello Dana,\n\nThis guide sets out a rollout over twelve sites, from the pilot to the last "
        "handover, with people and stop points. Six to eight months for twelve sites, from kick-off "
        "to the last handover. The pilot takes four to six weeks, and the decision after it takes "
        f"two. Closing takes four.\n\n{URL}\n\nWhat are you working on at the moment?",
    )),
    "price": Example(closing=(
        "Would your finance team smile at the figure I could get approved for three sites?",
        "Who on your side would keep an eye on what it costs?",
    )),
    "meeting_ask": Example(closing=(
        "Do you have twenty minutes on Thursday to go through it together?",
        "Which part of the plan would take the longest on your side?",
    )),
    "urgency": Example(middle=(
        "I can hold this offer until Friday, so please decide before then.",
        "If you have an audit or a shutdown in the pilot window, the guide says to avoid that site.",
    )),
    "ready_to_buy": Example(closing=(
        "Are you ready to move ahead with a purchase this quarter?",
        "Which site could spare six weeks at all?",
    )),
    "checking_in": Example(opening=(
        "Just checking in to see whether you had any news.",
        "One guide takes that very question.",
    )),
    "hype": Example(opening=(
        "I found an incredible, game-changing guide on it.",
        "I found a guide on it that is plain and short.",
    )),
    "shouting": Example(opening=(
        "You WILL want to READ this NOW!!",
        "Thank you for asking!",
    )),
    "competitor_bashing": Example(middle=(
        "Other vendors will tell you three months, and they are lying to you.",
        "The best site proves little, because it would have done well on paper.",
    )),
    "false_familiarity": Example(opening=(
        "I feel like we have been friends for years, and I know exactly how you feel.",
        "I kept it in mind.",
    )),
    "broadcast": Example(whole=(
        FINE.replace("Hi Dana,", "Dear valued customers,"),
        FINE.replace("Hi Dana,", "Dear Dana,"),
    )),
    "one_topic": Example(middle=(
        "I have also added a second guide on spare parts and a webinar on overtime.",
        "It has a table with the weeks of each phase.",
    )),
    "foreign_link": Example(url=("https://www.tidewell-offers.example/rollout", URL)),
    "number_unsupported": Example(middle=(
        "The pilot takes nine to twelve weeks.",
        "The pilot takes four to six weeks.",
    )),
    "claim_unsupported": Example(middle=(
        "Insurers lower the premium of every plant that finishes a rollout on time.",
        "Pick an ordinary site with a willing supervisor.",
    )),
    "statistic_source": Example(middle=(
        "Some 90 percent of companies fail at their first site.",
        "The asset list may be incomplete to begin with.",
    )),
    "nothing_of_the_lead": Example(whole=(
        "Hi Dana,\n\nThe weather has turned, and I hope the week is kind to you. The best site proves "
        "little, because it would have done well on paper. The worst site has problems that no plan "
        "will fix in six weeks. Pick an ordinary site with a willing supervisor. Avoid any site with "
        f"an audit or a new manager in the pilot window.\n\n{URL}\n\nWhat do you think of it?",
        FINE,
    )),
    "length": Example(whole=(f"Hi Dana,\n\nYou asked how long a rollout takes.\n\n{URL}", FINE)),
    "hard_to_read": Example(middle=(
        "Notwithstanding organisational heterogeneity, the aforementioned implementation "
        "methodology necessitates comprehensive preliminary harmonisation of interdepartmental "
        "responsibilities, administrative classifications and operational documentation.",
        "It carries the work of agreeing on codes, roles and rules.",
    )),
    "placeholder": Example(whole=(
        FINE.replace("Hi Dana,", "Hi {first_name},"),
        FINE,
    )),
}  # fmt: skip
