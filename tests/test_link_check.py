"""Whether addresses open, told apart from sites that are down; asked safely and politely."""

from __future__ import annotations

import pytest

from knowledge import link_check
from knowledge.fetching import Network
from knowledge.link_check import LinkAnswer, LinkState, LinkVisitor, check_link

HERE, AWAY = "https://site.invalid-example.com/page", "https://site.invalid-example.com/new"


def answers(monkeypatch: pytest.MonkeyPatch, told: dict[tuple[str, str], tuple[int, str]]) -> None:
    """A network where each way of asking a path answers so; what is not told fails."""

    def ask(parts: object, method: str, *_: object) -> tuple[int, str]:
        path = parts.path  # type: ignore[attr-defined]
        if (method, path) not in told:
            raise OSError("no route")
        return told[method, path]

    monkeypatch.setattr(link_check, "_ask", ask)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, LinkState.OK), (204, LinkState.OK), (404, LinkState.GONE), (410, LinkState.GONE),
        (500, LinkState.DOWN), (503, LinkState.DOWN), (401, LinkState.UNKNOWN),
        (429, LinkState.UNKNOWN),
    ],
)  # fmt: skip
def test_a_missing_page_is_told_apart_from_a_site_that_is_down(
    monkeypatch: pytest.MonkeyPatch, status: int, state: LinkState
) -> None:
    answers(monkeypatch, {("HEAD", "/page"): (status, "")})
    assert check_link(HERE).state is state


@pytest.mark.parametrize("head", [403, 405, 501])
def test_a_site_without_head_is_asked_by_get(monkeypatch: pytest.MonkeyPatch, head: int) -> None:
    answers(monkeypatch, {("HEAD", "/page"): (head, ""), ("GET", "/page"): (200, "")})
    assert check_link(HERE) == LinkAnswer(LinkState.OK)
    answers(monkeypatch, {("HEAD", "/page"): (head, ""), ("GET", "/page"): (404, "")})
    assert check_link(HERE).state is LinkState.GONE


def test_a_lasting_redirect_has_moved_and_a_passing_one_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for status, state in ((301, LinkState.MOVED), (308, LinkState.MOVED), (302, LinkState.OK)):
        answers(monkeypatch, {("HEAD", "/page"): (status, "/new"), ("HEAD", "/new"): (200, "")})
        answer = check_link(HERE)
        assert answer.state is state
        assert answer.moved_to == (AWAY if state is LinkState.MOVED else "")


def test_a_page_that_leads_to_the_front_page_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, {("HEAD", "/page"): (301, "/"), ("HEAD", "/"): (200, "")})
    assert check_link(HERE).state is LinkState.GONE


def test_redirects_end_and_silence_is_a_site_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, {("HEAD", "/page"): (301, "/page")})
    assert check_link(HERE).state is LinkState.DOWN
    answers(monkeypatch, {})
    assert check_link(HERE).state is LinkState.DOWN


@pytest.mark.parametrize("address", ["10.0.0.7", "127.0.0.1", "169.254.169.254", "::1"])
def test_a_host_within_the_house_is_never_asked(address: str) -> None:
    """Neither at once nor after a redirect: every hop is checked by the safe fetcher."""

    def connect(*_: object) -> None:
        raise AssertionError("asked")

    network = Network(resolve=lambda *_: [address], connect=connect)  # type: ignore[arg-type]
    answer = check_link(HERE, network)
    assert answer.state is LinkState.DOWN
    assert "not on the public internet" in answer.why


def test_made_up_and_plain_addresses_are_not_asked() -> None:
    """The sample library's site is under a name that nobody can own."""
    for url in ("https://www.tidewell.example/x", "http://site.com/x", ""):
        assert check_link(url).state is LinkState.UNKNOWN


def test_no_host_is_asked_twice_within_a_second() -> None:
    now, waited, asked = [0.0], [], []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    def ask(url: str) -> LinkAnswer:
        asked.append(url)
        return LinkAnswer(LinkState.OK)

    visitor = LinkVisitor(ask, lambda: now[0], sleep)
    for url in ("https://a.com/1", "https://b.com/1", "https://a.com/2", "https://a.com/3"):
        visitor.visit(url)
    assert waited == [1.0, 1.0]
    assert len(asked) == 4
