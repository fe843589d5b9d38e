"""Words that ask for sales, and words that only sound like it (M16, M50)."""

from __future__ import annotations

import pytest

from knowledge.asking import asks_for_sales

ASKS = """
Can we book a demo for next week?
I'd like to see a demo
Could you show us how it works on our data?
Please send us a quote for 50 users
What would you charge us for 40 technicians?
Can somebody from your team call me?
we'd love a short walkthrough for our planners
Is there someone I can talk to about this?
Could we hop on a call on Thursday?
Let's set up a meeting with your engineer
Can you send over your contract?
What are your payment terms?
What is your notice period?
Yes please, call me tomorrow
How do I get a quote?
Would it be possible to see it in action?
Please have a rep contact me
Our CFO wants a proposal by Friday
I want to speak to a salesperson
Thanks, that was useful. Could you send pricing for three sites?
why don't we schedule a call
We are ready to sign
asked for a demo
wants a quote for 120 seats
interested in a demo
We're ready to buy
can i get a price list
Can you give me a ballpark for 300 seats?
Not sure we fit, but can you do a demo?
Do you have time on Tuesday for a chat?
send me the terms and conditions please
We need a proposal from you before Christmas
Who can we talk to about pricing?
Could you demo the planner for our shift leads?
Please connect me with sales
I would like to talk to someone
Requesting a demo for our HR team
Put us in touch with your sales team please
Can you share a draft contract so legal can read it?
let's meet next week
Can you do any discount for nonprofits?
We'd like an offer for the whole group
looking for a quote
Could I get a demo of the scheduling module sometime next week?
We would like to receive an offer for 3 depots.
Would you be able to jump on a quick call Thursday?
please get someone from sales to reach out
can we arrange a demo with our IT lead
Send pricing
Do you have someone I could speak with about licensing?
Let's talk next Tuesday
My boss wants a quote
Let us book a meeting
I want to talk to sales
what are the terms of the contract?
Could you send an offer?
How can we schedule a demo?
Need a quote asap
Can we see a live demo?
Would love to see your product in action
When can we meet?
We want to move forward, please send the contract
asked for a call with an account manager
Ask for pricing proposal
Can I speak with someone from your team?
We need pricing for 80 drivers to take to the board
please contact me about buying
demo request
"""

DOES_NOT_ASK = """
What does the demo video cover?
How do other plants price downtime?
We don't want a demo yet
not ready to talk to sales
No demo needed, thanks
It's too early for a quote
What should we ask in a vendor demo?
How do we set up a meeting with our CFO to present the numbers?
How do we negotiate contract terms with suppliers?
How can I schedule technicians for a visit?
How do we reduce calls to the dispatcher?
How does pricing of spare parts affect stock?
What questions should we ask before booking a demo?
Please don't call me
I'd rather read something than get on a call
How much does unplanned downtime cost?
How much does it cost?
Can your system send quotes to customers?
We need to send quotes to our customers faster
We want a contract management tool
can the tool book meeting rooms?
How do we schedule maintenance calls?
What terms do planners use for backlog?
In terms of security, how do you store data?
How do I explain pricing changes to our board?
Can you share how pricing works?
Do you offer single sign-on?
Is a proof of concept better than a demo?
we had a demo last year and it was poor, what changed in the field?
How do we get a proposal past the works council?
Before we book a demo, what should we measure?
What is a quote-to-cash process?
Who should sign off a maintenance plan?
Can we sign in with SAML?
How do we run a daily stand-up meeting?
Can you send the checklist on price increases?
Why do sales and operations disagree?
can we order spare parts from the app?
How long does a typical demo of this kind of software take?
Please send the recording of the demo
We are not interested in a meeting
What is a fair price for a service contract?
How do I call the API?
Can we offer our patients online booking?
Can you make the schedule visible to drivers?
How do we see prices change over time?
Does the contract module handle renewals?
What do we need for an employment contract in Germany?
How do we get a conversation going with the union?
Can technicians show customers a quote on site?
Maybe a demo one day
How can we talk about failure without blame?
Can you explain what a meeting rhythm for planners looks like?
We would like to set up a call center
Do we need a sales tax module?
our price list is out of date
We need to meet a deadline next week
How do I have a conversation with my boss about budget?
How do we cut emergency callouts?
What does a rollout cost in staff time?
How much does maintenance software cost per user?
Can planners call technicians from the board?
Do not send me an offer
We're not looking for a demo right now
What is the ROI of preventive maintenance?
How do we write a business case to get a budget?
Who should be in the weekly planning meeting?
Is your software able to produce quotes?
What contract types suit seasonal drivers?
why do sales reps not follow up?
How do hospitals schedule patient appointments?
We met at the fair, send me that article please
can you send me something to read on pricing strategy?
How do we show the board that it pays?
no need to call me, just send the guide
Do you support contract management?
How do your customers handle price increases?
What happens in a product walkthrough?
What do we need to consider when signing a contract with a carrier?
How do I book a technician on a job?
can we see past meetings in the timeline?
"""


@pytest.mark.parametrize("words", ASKS.strip().splitlines())
def test_m50_asking_in_words_is_heard(words):
    assert asks_for_sales(words)


@pytest.mark.parametrize("words", DOES_NOT_ASK.strip().splitlines())
def test_learning_about_such_things_or_declining_them_is_not_asking(words):
    assert asks_for_sales(words) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Can we book a demo for next week?", "a demo"),
        ("could you send us a quote", "an offer"),
        ("What are your payment terms?", "contract terms"),
        ("Please call me back tomorrow", "a meeting"),
        ("I want to speak to a salesperson", "a salesperson"),
    ],
)
def test_what_is_asked_for_is_named(words, kind):
    assert asks_for_sales(words) == kind


def test_a_very_long_mail_is_read_quickly():
    assert asks_for_sales("we need to plan a call to get a quote to see how a " * 2000) is not False
