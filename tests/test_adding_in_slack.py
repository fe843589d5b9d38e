"""Adding content from Slack: shortcut, command, dropped file; window, message, and saving."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.flow import confirming, proposing
from bot.listeners import adding, adding_window, confirming_piece
from bot.listeners.incoming import Incoming, Kind
from bot.views import words_commands, words_proposing
from knowledge.errors import UnreadableSource
from knowledge.fetching import Fetched
from knowledge.journey import Stage
from knowledge.roles import Role
from storage.tables import AssetRow
from tests.documents import docx
from tests.slack.files import DroppedFile
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

ADDRESS = "https://www.tidewell.example/guides/ferry-engines"
FERRY = """# What is condition monitoring on a ferry?

This guide explains what condition monitoring means for ferry engines, why it matters and which
mistakes are common. It is for the maintenance planner and the technician on board.

## How often should you take an oil sample?

Take one every 250 running hours, and one after each repair of a bearing. A sample that nobody
compares with the last one tells nothing.

## How to read vibration figures

Compare each figure with the same engine a month ago, at the same speed. A rise of a third is worth
a look, a rise of a half is worth a stop at the next port.

## Common mistakes

Crews measure on different days at different speeds, and then compare numbers that mean nothing.
"""


@pytest.fixture
def office(shared_office: Office) -> Office:
    return shared_office


@pytest.fixture(autouse=True)
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Pages of the web by address; nothing else can be fetched."""
    pages = {ADDRESS: FERRY}

    def fetch(url: str, *_: object, **__: object) -> Fetched:
        if url not in pages:
            raise UnreadableSource("the site answered 404 Not Found")
        return Fetched(url, "text/markdown", pages[url].encode(), url)

    monkeypatch.setattr("knowledge.fetching.fetch", fetch)
    return pages


@pytest.fixture(autouse=True)
def empty_shelf(office: Office) -> Iterator[None]:
    """What a test adds is gone afterwards, and roles are as before: the office is shared."""
    office.give(ROBIN, Role.MARKETER)
    before = {a.id for a in office.tools.library.all()}
    yield
    added = [a.id for a in office.tools.library.all() if a.id not in before]
    office.tools.library.retire(added, "test", gone=True)
    with office.tools.db.write() as session:
        for asset_id in added:
            session.delete(session.get(AssetRow, asset_id))
    office.slack.dropped.clear()


def message(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": MIKA, "ts": "1771.5", "text": text, **more}


def shown(view: dict[str, Any], block: str) -> Any:
    element = next(b["element"] for b in view["blocks"] if b.get("block_id") == block)
    for name in ("initial_value", "initial_option", "initial_options"):
        if name in element:
            held = element[name]
            if isinstance(held, list):
                return [o["value"] for o in held]
            return held["value"] if isinstance(held, dict) else held
    return None


def errors(body: str) -> dict[str, str]:
    told: dict[str, str] = json.loads(body).get("errors", {}) if body else {}
    return told


def dropped(office: Office, name: str, body: bytes, text: str = "", **more: Any) -> DroppedFile:
    file = DroppedFile(name, body, **more)
    office.slack.dropped["F1"] = file
    office.send(office.event(text, subtype="file_share", files=[{"id": "F1", "name": name}]))
    return file


def test_the_shortcut_opens_a_window_at_once_and_fills_it_with_proposals(office: Office) -> None:
    """M58 Something opens before anything is fetched; the form comes in its place."""
    office.shortcut("add_to_library", message(f"worth a look: <{ADDRESS}|the ferry guide>"))
    views = [call for call in office.slack.calls if call.startswith("views.")]
    assert views == ["views.open", "views.update"]
    (form,) = office.slack.views
    assert form["callback_id"] == "confirm_piece"
    assert shown(form, "title") == "What is condition monitoring on a ferry?"
    assert shown(form, "url") == ADDRESS
    assert shown(form, "type") == "guide"
    assert shown(form, "stages") == ["interest"]
    assert "operations" in shown(form, "personas")
    asked = shown(form, "questions").splitlines()
    assert "How often should you take an oil sample?" in asked
    assert "How do you read vibration figures?" in asked
    told = said(form)
    assert "one every 250 running hours" in told
    assert "min read" in told
    assert not office.slack.messages
    assert not [a for a in office.tools.library.all() if a.url == ADDRESS]


def test_what_is_confirmed_is_stored_and_the_adder_hears_what_it_covers(office: Office) -> None:
    """M18 M47 M53 A person confirms each field; the news names what nothing covered before."""
    office.tools.requests.count_miss(
        "How often should you take an oil sample?", Stage.INTEREST, ask_key="ferry"
    )
    office.shortcut("add_to_library", message(f"<{ADDRESS}>"))
    reply = office.fill_in(
        title="Condition monitoring on a ferry", stages=["customer"], personas=["hr"],
        topics="oil samples\nvibration", then="publish",
    )  # fmt: skip
    assert errors(reply.body) == {}
    (asset,) = [a for a in office.tools.library.all() if a.url == ADDRESS]
    assert (asset.title, asset.status) == ("Condition monitoring on a ferry", "approved")
    assert asset.stages == (Stage.CUSTOMER,)
    assert asset.topics == ("oil samples", "vibration")
    told = said(office.slack.messages[-1])
    assert office.slack.messages[-1]["channel"] == "D01ROBIN"
    assert words_proposing.STATUS["approved"] in told
    assert "customer for HR" in told
    assert "How often should you take an oil sample?" in told
    kept = dict(office.tools.waiting_pieces.questions(asset.id))
    assert "250 running hours" in kept["How often should you take an oil sample?"]
    assert office.tools.finder.search("oil sample of a ferry engine", 1)[0].asset.id == asset.id


def test_a_draft_is_not_searchable_until_somebody_approves_it(office: Office) -> None:
    """M18 Nothing is suggested before a person approved it."""
    office.command(f"add {ADDRESS}")
    office.fill_in(then="draft")
    (asset,) = [a for a in office.tools.library.all() if a.url == ADDRESS]
    assert asset.status == "draft"
    assert words_proposing.STATUS["draft"] in said(office.slack.messages[-1])
    found = office.tools.finder.search("oil sample of a ferry engine", 5)
    assert asset.id not in [c.asset.id for c in found]


def test_who_may_not_approve_does_not_by_adding(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M53 Whoever adds a piece may want it approved; it waits for a reviewer all the same."""
    named = office.tools.settings.model_copy(update={"reviewers": (MIKA,)})
    monkeypatch.setattr(office.tools, "settings", named)
    office.give(ROBIN)
    office.command(f"add {ADDRESS}")
    office.fill_in(then="publish")
    (asset,) = [a for a in office.tools.library.all() if a.url == ADDRESS]
    assert asset.status == "in_review"
    assert "reviewer" in " ".join(said(m) for m in office.slack.messages)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(office: Office) -> None:
    """M59 The form stays open with what was typed."""
    office.command(f"add {ADDRESS}")
    reply = office.fill_in(title=" ", url="ferry engines", topics="x" * 80, questions="y" * 300)
    assert set(errors(reply.body)) == {"title", "url", "topics", "questions"}
    assert set(errors(office.fill_in(url="", then="review").body)) == {"url"}
    german = "Wie oft sollte man eine Ölprobe nehmen und wer macht das?"
    assert set(errors(office.fill_in(questions=german).body)) == {"questions"}
    assert not [a for a in office.tools.library.all() if a.url == ADDRESS]


def test_the_same_link_again_proposes_an_update_of_what_people_confirmed(
    office: Office, web: dict[str, str]
) -> None:
    """Added twice, it is one piece; the confirmed fields stay, only the text is new."""
    office.command(f"add {ADDRESS}")
    office.fill_in(title="Ferries", stages=["decision"], topics="ferry", then="publish")
    (asset,) = [a for a in office.tools.library.all() if a.url == ADDRESS]
    web[f"{ADDRESS}/?utm_source=mail"] = FERRY.replace("250", "300")
    office.shortcut("add_to_library", message(f"<{ADDRESS}/?utm_source=mail>"))
    form = office.slack.views[-1]
    assert words_proposing.will_update("Ferries") in said(form)
    assert shown(form, "title") == "Ferries"
    assert shown(form, "stages") == ["decision"]
    assert shown(form, "updates") != "new-piece"
    office.fill_in(then="publish")
    (again,) = [a for a in office.tools.library.all() if a.title == "Ferries"]
    assert (again.id, again.status) == (asset.id, "approved")
    assert "300 running hours" in again.text
    assert words_proposing.became("Ferries", update=True) in said(office.slack.messages[-1])


def test_a_lightly_edited_copy_is_shown_with_the_title_of_the_piece_there(
    office: Office, web: dict[str, str]
) -> None:
    """A copy under another title and address is named; the person says what it is."""
    (there,) = [a for a in office.tools.library.all() if a.id.startswith("spare-parts-how-much")]
    copy = there.text.replace("delivery", "shipment").replace("a year", "per year")
    web["https://www.tidewell.example/copy"] = f"# Stock in plain words\n\n{copy}"
    office.command("add https://www.tidewell.example/copy")
    form = office.slack.views[-1]
    assert there.title in said(form)
    assert shown(form, "updates") == "new-piece"
    office.fill_in(updates="twin-0", then="draft")
    assert office.tools.library.get(there.id).title == "Stock in plain words"


def test_when_reading_takes_longer_a_message_with_a_button_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 M59 Never silent: the window says where to look, the button opens the same form."""
    read = proposing.read_piece

    def slowly(location: str) -> Any:
        office.tools.clock.at += adding_window.PATIENCE * 1.1
        return read(location)

    monkeypatch.setattr("bot.listeners.adding.read_piece", slowly)
    office.shortcut("add_to_library", message(f"<{ADDRESS}>"))
    assert said(office.slack.views[-1]).count(words_proposing.IN_MESSAGES) == 1
    (sent,) = office.slack.messages
    assert sent["channel"] == "D01ROBIN"
    assert "review_proposals" in buttons(sent)
    assert words_proposing.NOTHING_STORED in said(sent)
    office.click(sent, "review_proposals")
    office.settle()
    assert shown(office.slack.views[-1], "url") == ADDRESS
    assert errors(office.fill_in(then="draft").body) == {}
    office.click(sent, "review_proposals")
    office.settle()
    assert words_proposing.IN_ALREADY in said(office.slack.views[-1])


def test_a_window_that_was_closed_or_never_opened_becomes_a_message(office: Office) -> None:
    """M58 An expired trigger or a closed window loses nothing."""
    office.slack.trouble["views.open"].append("expired_trigger_id")
    office.shortcut("add_to_library", message(f"<{ADDRESS}>"))
    office.slack.trouble["views.update"].append("not_found")
    office.shortcut("add_to_library", message(f"<{ADDRESS}>"))
    assert ["review_proposals" in buttons(m) for m in office.slack.messages] == [True, True]


def test_a_second_run_of_the_work_never_writes_over_what_a_person_types(office: Office) -> None:
    """M59 The window was filled and the process died: the form stays as the person has it."""
    office.shortcut("add_to_library", message(f"<{ADDRESS}>"))
    form = office.slack.views[-1]
    form["blocks"] = [b for b in form["blocks"] if b.get("block_id") != "topics"]  # told apart
    key = office.started[-1]
    event = Incoming.from_payload(office.payloads[-1])
    again = adding.answer(event, office.edge)
    assert again == []
    assert key.startswith("shortcut:")
    assert all(b.get("block_id") != "topics" for b in office.slack.views[-1]["blocks"])


def test_confirming_twice_stores_one_piece(office: Office) -> None:
    """At least once in, exactly one effect out."""
    office.command(f"add {ADDRESS}")
    office.fill_in(then="publish")
    event = Incoming.from_payload(office.payloads[-1])
    confirming_piece.submitted(event, office.edge)
    assert len([a for a in office.tools.library.all() if a.url == ADDRESS]) == 1


def test_a_word_file_dropped_in_direct_messages_is_parsed_and_proposed(office: Office) -> None:
    """The real subprocess parses it; without an address it is kept as a draft."""
    body = docx("How to grease a bearing", "A bearing wants grease every week. " * 30)
    file = dropped(office, "bearing_notes.docx", body)
    (sent,) = office.slack.messages
    assert sent["channel"] == "D01ROBIN"
    assert "bearing" in said(sent)
    office.click(sent, "review_proposals")
    office.settle()
    assert shown(office.slack.views[-1], "then") == "draft"
    assert errors(office.fill_in(then="publish").body) == {"url": confirming.NEEDS_LINK}
    assert errors(office.fill_in(title="Grease", then="draft").body) == {}
    (asset,) = [a for a in office.tools.library.all() if a.title == "Grease"]
    assert "A bearing wants grease every week." in asset.text
    assert file.downloads == 1


@pytest.mark.parametrize(
    ("name", "body", "more", "told"),
    [
        ("plan.xlsx", b"PK", {}, words_proposing.not_read("xlsx")),
        ("old.pdf", b"%PDF-1.4 broken", {}, "old.pdf: "),
        ("big.txt", b"x", {"told": {"size": 9_000_000}}, words_proposing.too_large(5)),
        ("notes.md", b"", {}, "notes.md: has no text"),
        ("page.html", FERRY.encode(), {"serves": "sign-in"}, words_proposing.NO_DOWNLOAD),
        ("notes.md", FERRY.encode(), {"serves": "redirect"}, words_proposing.NO_SCOPE),
        ("notes.md", FERRY.encode(), {"serves": "half"}, words_proposing.NO_DOWNLOAD),
        ("notes.md", FERRY.encode(), {"scope": False}, words_proposing.NO_SCOPE),
        ("doc", b"", {"told": {"mode": "external"}}, words_proposing.ELSEWHERE),
        ("gone.md", b"", {"told": {"mode": "tombstone"}}, words_proposing.NOT_HERE),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_one_sentence(
    office: Office, name: str, body: bytes, more: dict[str, Any], told: str
) -> None:
    """M59 What failed, and what to do."""
    dropped(office, name, body, **more)
    (sent,) = office.slack.messages
    assert told in said(sent)


def test_the_token_goes_to_no_host_but_slacks(office: Office) -> None:
    """A description that points elsewhere is not followed."""
    other = "https://files.slack.com.evil.example/files-pri/T01-F1/download/notes.md"
    file = dropped(office, "notes.md", FERRY.encode(), told={"url_private_download": other})
    assert words_proposing.ELSEWHERE in said(office.slack.messages[-1])
    assert file.downloads == 0


def test_a_file_with_an_ask_is_answered_as_an_ask(office: Office) -> None:
    """The lead's mail as a file is no content; what to do to add it is said."""
    dropped(office, "mail.txt", FERRY.encode(), text="Tomas Lind asked how long a rollout takes")
    assert office.cards
    assert words_proposing.DROP_IT_ALONE in [m["text"] for m in office.slack.messages]
    assert not [m for m in office.slack.messages if "review_proposals" in buttons(m)]


def test_a_message_without_link_or_file_says_what_to_do(office: Office) -> None:
    office.shortcut("add_to_library", message("what a day"))
    assert words_proposing.NOTHING_TO_ADD in said(office.slack.views[-1])


def test_a_page_that_cannot_be_read_is_said_in_the_window(office: Office) -> None:
    """M59 In place of the form stands why there is none."""
    office.command("add https://www.tidewell.example/nowhere")
    assert "404" in said(office.slack.views[-1])
    assert not office.slack.messages


def test_several_links_each_get_their_proposals(office: Office, web: dict[str, str]) -> None:
    """The first fills the window, the others come as messages."""
    web["https://www.tidewell.example/two"] = f"# A second note\n\n{FERRY}"
    office.shortcut("add_to_library", message(f"<{ADDRESS}> <https://www.tidewell.example/two>"))
    assert shown(office.slack.views[-1], "url") == ADDRESS
    (sent,) = office.slack.messages
    assert "A second note" in said(sent)


def test_only_the_adder_confirms(office: Office) -> None:
    """M53 What one person read is not another's to save."""
    office.command(f"add {ADDRESS}")
    assert errors(office.fill_in(user=MIKA).body) == {"title": words_proposing.NOT_YOURS}


def test_what_was_typed_comes_back_when_the_piece_is_gone(office: Office) -> None:
    """M59 Nothing typed is lost."""
    office.command(f"add {ADDRESS}")
    event = Incoming(
        "k", Kind.SUBMISSION, "T01", ROBIN, action="confirm_piece", suggestion_id="piece-none",
        typed={"title": "My own title", "stages": ["interest"]},
    )  # fmt: skip
    (reply,) = confirming_piece.submitted(event, office.edge)
    assert "My own title" in json.dumps(reply.message.payload())


def test_pages_that_try_to_format_or_instruct_stay_inert(
    office: Office, web: dict[str, str]
) -> None:
    """The strict fake refuses raw marks; no mention, link or format of the page is ours."""
    nasty = "# <!channel> *free* <https://evil.example|click>\n\n"
    web["https://www.tidewell.example/nasty"] = nasty + "## Is it <@U01ROBIN>?\n\n" + FERRY
    office.command("add https://www.tidewell.example/nasty")
    assert office.slack.views[-1]["callback_id"] == "confirm_piece"
    assert "<!channel>" not in json.dumps(office.slack.views[-1]["blocks"][0])


@pytest.mark.parametrize("typed", ["/etc/passwd", "ftp://a.example/x", "https://a.example two"])
def test_only_a_web_address_is_added_by_the_command(office: Office, typed: str) -> None:
    office.command(f"add {typed}")
    assert words_commands.NO_ADDRESS in said(office.slack.views[-1])
