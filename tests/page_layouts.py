"""Pages in the layouts that content systems make, each with a lesson and much around it."""

from __future__ import annotations

PARAGRAPHS = (
    "A schedule that nobody reads prevents nothing, so put it where the shift starts.",
    "Name one person who answers for each line, and let that person strike out what is done.",
    "After a month, look at what nobody missed, and take those lines away without regret.",
)
STEPS = ("Walk the line with the crew.", "Write down every stop.", "Count the stops by cause.")
HEADING = "What a schedule is for"

NOISE = (
    "Pricing", "Book a demo now", "We use cookies", "Accept all", "Share on LinkedIn",
    "Tweet this", "Click to tweet", "Related posts", "Ten ways to win", "Leave a comment",
    "Great post, thanks", "Subscribe to our newsletter", "All rights reserved", "Privacy policy",
    "stock-photo of a smiling crew", "tracking()", "Skip to content", "bctt tweet", "Older posts",
    "Read more like this", "minutes read by",
)  # fmt: skip
"""Words that stand in the pages around the lesson, and must not stand in its text."""

_LESSON = (
    f"<h2>{HEADING}</h2><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    "<figure><img src='/a.jpg' alt='stock-photo of a smiling crew'></figure>"
    f"<h3>How to begin</h3><ol>{''.join(f'<li>{s}</li>' for s in STEPS)}</ol>"
    f"<p>{PARAGRAPHS[2]}</p>"
)
_NAV = "<a href='/'>Home</a> <a href='/pricing'>Pricing</a> <a href='/demo'>Book a demo now</a>"
_MENU = f"<ul><li>{_NAV.replace('</a> <a', '</a></li><li><a')}</li></ul>"
_COOKIES = "<p>We use cookies to improve your visit to this site.</p><button>Accept all</button>"
_SHARE = "<a href='#'>Share on LinkedIn</a> <a href='#'>Tweet this</a>"
_COMMENTS = "<h3>Leave a comment</h3><p>Great post, thanks for sharing it with all of us here!</p>"
_RELATED = "<h3>Related posts</h3><a href='/x'>Ten ways to win more deals with less work</a>"
_FOOT = "<p>© 2026 All rights reserved.</p><a href='/p'>Privacy policy</a>"
_NEWS = "<p>Subscribe to our newsletter and never miss a post.</p><input type='email'>"
_CTT = "[bctt tweet=&quot;A schedule nobody reads prevents nothing.&quot; username=&quot;us&quot;]"


def _page(body: str) -> bytes:
    head = (
        "<title>Schedules that work</title><script>tracking()</script><style>.x{color:red}</style>"
    )
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode()


LAYOUTS = {
    "semantic": _page(
        f"<a href='#m'>Skip to content</a><header><nav>{_MENU}</nav></header>"
        f"<main><article><h1>Schedules that work</h1>{_LESSON}</article></main>"
        f"<aside>{_RELATED}{_NEWS}</aside><footer>{_FOOT}</footer>"
    ),
    "divs with classes": _page(
        f"<div class='cookie-banner'>{_COOKIES}</div><div class='site-header menu'>{_MENU}</div>"
        f"<div class='post-content'><h1>Schedules that work</h1>{_LESSON}"
        f"<div class='share-buttons'>{_SHARE}</div></div>"
        f"<div class='related-posts'>{_RELATED}</div><div id='comments'>{_COMMENTS}</div>"
        f"<div class='newsletter-signup'>{_NEWS}</div><div class='footer'>{_FOOT}</div>"
    ),
    "everything inside the article": _page(
        f"<article><h1>Schedules that work</h1><div class='social-share'>{_SHARE}</div>{_LESSON}"
        f"<div class='click-to-tweet'><p>{PARAGRAPHS[0]}</p><a href='#'>Click to tweet</a></div>"
        f"<section class='related'>{_RELATED}</section>"
        f"<section class='comments-area'>{_COMMENTS}</section>"
        f"<form class='subscribe'>{_NEWS}</form></article><footer>{_FOOT}</footer>"
    ),
    "a blog with shortcodes": _page(
        f"<div id='nav'>{_MENU}</div><div class='entry'><h1>Schedules that work</h1>"
        f"<p>{_CTT}</p>{_LESSON}<p>[/vc_column][vc_row el_class=&quot;wide&quot;]</p></div>"
        f"<div class='sidebar'>{_RELATED}</div><div class='pagination'>Older posts</div>"
    ),
    "a short page without an article": _page(
        f"<nav>{_MENU}</nav><div role='dialog' aria-label='cookies'>{_COOKIES}</div>"
        f"<div><h1>Schedules that work</h1><h2>{HEADING}</h2>"
        f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
        f"<h3>How to begin</h3><ol>{''.join(f'<li>{s}</li>' for s in STEPS)}</ol></div>"
        f"<div role='contentinfo'>{_FOOT}</div>"
    ),
    "tables for the layout": _page(
        f"<table><tr><td colspan='2' class='topmenu'>{_NAV}</td></tr>"
        f"<tr><td class='left-menu'>{_MENU}</td><td><h1>Schedules that work</h1>{_LESSON}</td></tr>"
        f"<tr><td class='footer'>{_FOOT}</td></tr></table>"
    ),
    "a page of an app": _page(
        f"<div id='root'><div data-testid='topbar'><nav aria-label='Main'>{_MENU}</nav></div>"
        f"<div id='onetrust-banner-sdk'>{_COOKIES}</div>"
        f"<div><h1>Schedules that work</h1>{_LESSON}</div>"
        f"<div class='css-1x related-articles'>{_RELATED}</div>"
        f"<div class='Footer_root__a1'>{_FOOT}</div></div>"
    ),
    "a help centre": _page(
        f"<header class='header'>{_NAV}</header><nav class='breadcrumbs'>Pricing</nav>"
        f"<section class='article-body'><h1>Schedules that work</h1>{_LESSON}</section>"
        f"<div class='article-votes'>Was this helpful?</div>"
        f"<section class='related-articles'>{_RELATED}</section><footer>{_FOOT}</footer>"
    ),
}
