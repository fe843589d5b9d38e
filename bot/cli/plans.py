"""Commands of segments and tracks: show, draw, check, and what a change would move (M45, M51)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.journey import ChangedFiles
from bot.cli.root import note, print_json, settings_of, tools_of
from bot.flow.lead_plan import lead_plan, move_to
from bot.flow.near_leads import lead_on_record
from bot.flow.plans import kept_plans, plan_files
from bot.flow.segmenting import PlansDiff, counted, everybody, one, plans_diff
from bot.flow.track_check import plan_file_problems, track_problems
from bot.views import plan_words
from bot.views import words_plans as words
from bot.views.lead_plan import plan_form, plan_lines
from bot.views.plans_forms import placed_form, segment_form, segments_form, track_form, tracks_form
from bot.views.plans_picture import segment_picture, track_picture
from bot.views.terminal import console
from knowledge.errors import BadInput, NotFound
from knowledge.track_files import tracks_in_force
from knowledge.tracks import Track

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Picture = Annotated[Path, typer.Option("--output", metavar="F.png", help="Where the picture goes.")]
segments = typer.Typer(help="Segments and buckets.", no_args_is_help=True, rich_markup_mode=None)
tracks = typer.Typer(help="Tracks: plans of touches.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(segments, name="segments")
    app.add_typer(tracks, name="tracks")
    app.command("plan")(plan)


@segments.command("list")
def list_segments(context: typer.Context, as_json: AsJson = False) -> None:
    """List segments and buckets, with how many leads stand in each."""
    with tools_of(context) as tools:
        _note_mistakes(tools.settings.home)
        told, leads = plan_files(tools).segments, everybody(tools)
    form = segments_form(told, leads)
    if as_json:
        print_json(form)
        return
    shown = console()
    shown.print(Text(f"{words.SEGMENTS} (version {told.version})", style="bold"))
    for s in form["segments"]:
        rule = "; ".join(s["rule"]) or "named in their records"
        shown.print(Text(f"  {s['label']} ({s['id']}): {words.leads_count(s['leads'])}. {rule}"))
    shown.print(Text(f"  {words.NO_SEGMENT}: {words.leads_count(form['none'])}"))
    shown.print(Text(words.BUCKETS, style="bold"))
    for b in form["buckets"]:
        shown.print(Text(f"  {b['label']} ({b['id']}): {words.leads_count(b['leads'])}. {b['do']}"))
    shown.print(Text(f"  {words.QUALIFIED}: {words.leads_count(form['qualified'])}"))
    shown.print(Text(f"  {words.CUSTOMERS}: {words.leads_count(form['customers'])}"))


@segments.command("show")
def show_segment(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Id or label of a segment or a bucket.")],
    as_json: AsJson = False,
) -> None:
    """Show a segment or bucket with its leads."""
    with tools_of(context) as tools:
        told, leads = plan_files(tools).segments, everybody(tools)
    found = told.named(name)
    said = found.id if found else name.strip()
    bucket = next((b for b in told.buckets if said.casefold() in {b.id, b.label.casefold()}), None)
    theirs = [
        p for p in leads
        if (p.bucket == bucket.id if bucket else p.place.segment.casefold() == said.casefold())
    ]  # fmt: skip
    if not found and not bucket and not theirs:
        known = ", ".join([s.id for s in told.segments] + [b.id for b in told.buckets])
        raise NotFound(f"There is no segment or bucket '{name[:60]}'; there are: {known}.")
    head = segment_form(found) if found else {"id": bucket.id if bucket else said}
    if as_json:
        print_json({**head, "leads": [placed_form(p) for p in theirs]})
        return
    shown = console()
    title = found.label if found else bucket.label if bucket else said
    shown.print(Text(f"{title}: {words.leads_count(len(theirs))}", style="bold"))
    for line in found.rule.told if found else (bucket.do,) if bucket else ():
        shown.print(Text(f"  {line}"))
    for p in theirs:
        why = p.place.bucket.why if p.place.bucket else p.place.why
        shown.print(Text(f"  {p.lead_id}  {p.name or p.company}: {p.bucket}, {why}"))


@segments.command("of")
def of_lead(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help="Id of a lead.")],
    as_json: AsJson = False,
) -> None:
    """Say which segment and bucket a lead stands in, and why."""
    with tools_of(context) as tools:
        lead_on_record(lead, tools)
        found = one(lead, tools)
    if as_json:
        print_json(placed_form(found))
        return
    place, shown = found.place, console()
    shown.print(Text(f"Segment: {place.segment or words.NO_SEGMENT}, {place.segment_why}."))
    why = place.bucket.why if place.bucket else place.why
    shown.print(Text(f"Bucket: {found.bucket}, {why}."))
    at = f", step {place.step[0]}" if place.step else ""
    shown.print(Text(f"Track: {found.track or words.NO_TRACK}{at}, {place.why}."))


@segments.command("picture")
def segments_as_picture(
    context: typer.Context,
    output: Picture,
    name: Annotated[str | None, typer.Option("--segment", help="This segment alone.")] = None,
) -> None:
    """Draw the decision tree of each segment."""
    with tools_of(context) as tools:
        files, leads = plan_files(tools), everybody(tools)
    if name and not files.segments.named(name):
        raise NotFound(f"There is no segment '{name[:60]}'.")
    output.write_bytes(segment_picture(files, leads, name))
    typer.echo(f"Drawn: {output}")


@tracks.command("list")
def list_tracks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tracks in force."""
    with tools_of(context) as tools:
        _note_mistakes(tools.settings.home)
        told, leads = plan_files(tools).tracks, everybody(tools)
    if as_json:
        print_json(tracks_form(told, leads))
        return
    on = counted(leads, lambda p: p.track)
    for track in told.values():
        _print_head(track, on[track.id])


@tracks.command("show")
def show_track(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Id of a track.")],
    as_json: AsJson = False,
) -> None:
    """Show one track with its steps."""
    track = _named(name, settings_of(context).home)
    if as_json:
        print_json(track_form(track))
        return
    shown = console()
    _print_head(track, None)
    for number, step in enumerate(track.steps, 1):
        wants = "; ".join(plan_words.wants(step))
        shown.print(Text(f"  {number}. {step.says}" + (f" ({wants})" if wants else "")))
    shown.print(Text(f"  Ends by: {plan_words.ended_by(track)}."))


@tracks.command("picture")
def draw_track(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Id of a track.")],
    output: Picture,
) -> None:
    """Draw one track."""
    output.write_bytes(track_picture(_named(name, settings_of(context).home)))
    typer.echo(f"Drawn: {output}")


@tracks.command("check")
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A folder with changed files; without it the home's own.")
    ] = None,
) -> None:
    """Say what is wrong with segments and tracks, and what had better be otherwise."""
    with tools_of(context) as tools:
        place = folder or tools.settings.home
        if not place.is_dir():
            raise BadInput(f"There is no folder '{place}'; put the changed files into one.")
        wrong, better = track_problems(place, kept_plans(tools))
    for line in better:
        typer.echo(f"Note: {line}")
    if wrong:
        for line in wrong:
            note(f"Wrong: {line}")
        raise BadInput(words.mistakes(len(wrong)))
    typer.echo(words.ALL_WELL)


@tracks.command("diff")
def diff(
    context: typer.Context,
    folder: ChangedFiles = None,
    as_json: AsJson = False,
) -> None:
    """List which leads changed files would move; plans under way stay as they began."""
    with tools_of(context) as tools:
        found = plans_diff(tools, folder)
    if as_json:
        print_json(asdict(found))
    else:
        _print_diff(found)


def plan(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help="Id of a lead.")],
    as_json: AsJson = False,
    move: Annotated[
        str | None,
        typer.Option(metavar="TRACK", help="Put the lead on this track; `none` ends its plan."),
    ] = None,
) -> None:
    """Show the plan of a lead: what was, what comes next and when, and what would change it."""
    with tools_of(context) as tools:
        lead_on_record(lead, tools)
        if move:
            move_to(lead, move, "command line", tools)
        found = lead_plan(lead, tools)
    if as_json:
        print_json(plan_form(found))
        return
    shown = console()
    for title, lines in plan_lines(found):
        shown.print(Text(title, style="bold"))
        for line in lines:
            shown.print(Text(f"  {line}"))


def _note_mistakes(home: Path) -> None:
    if wrong := plan_file_problems(home):
        note(words.told_mistakes(wrong))


def _named(name: str, home: Path) -> Track:
    _note_mistakes(home)
    found, _ = tracks_in_force(home)
    if name not in found:
        raise NotFound(f"There is no track '{name[:60]}'; there are: {', '.join(found)}.")
    return found[name]


def _print_head(track: Track, leads: int | None) -> None:
    told = f"{track.label} ({track.id}, version {track.version})"
    on = f"; {words.leads_count(leads)} on it" if leads is not None else ""
    whom = plan_words.whom(track) or words.EVERYBODY
    console().print(Text(told, style="bold"))
    console().print(
        Text(f"  {plan_words.set_off_by(track)}; for {whom}; {plan_words.counted(track)}{on}.")
    )


def _print_diff(found: PlansDiff) -> None:
    shown = console()
    if not found.count:
        shown.print(words.NOTHING_MOVES)
    for name, title in words.MOVES.items():
        moves = getattr(found, name)
        if moves:
            shown.print(Text(f"{title}:", style="bold"))
        for move in moves:
            shown.print(Text(f"  {move.name} ({move.id}): {move.before} -> {move.after}"))
