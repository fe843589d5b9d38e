"""Near-duplicates: the same passage in two pieces (M44: a lead is never told the same twice)."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.same_text import LEAST_WORDS, runs, says_the_same

PASSAGE = (
    "Count the fast movers every month and the slow ones once a year. Two people with a scanner "
    "need two days for eight hundred places, and half a day to look into what does not match."
)


def test_a_passage_inside_a_longer_text_is_the_same_and_the_reverse_is_not():
    longer = f"Why we count\n\n{PASSAGE}\n\n" + "Then the planner books the next round. " * 20
    assert says_the_same(runs(PASSAGE), runs(longer))
    other = longer.replace(PASSAGE, "Nobody likes counting, so start with the parts that stop you.")
    assert not says_the_same(runs(other), runs(PASSAGE))


def test_case_marks_and_a_changed_figure_do_not_make_a_new_passage():
    edited = PASSAGE.upper().replace("EIGHT HUNDRED", "nine hundred").replace(".", " -")
    assert says_the_same(runs(edited), runs(PASSAGE))


def test_the_same_thing_in_other_words_is_another_piece():
    other = (
        "Parts that move often are checked each month, the rest yearly. A pair of colleagues takes "
        "about two days for a store of eight hundred bins and then some hours for differences."
    )
    assert not says_the_same(runs(other), runs(PASSAGE))


def test_a_short_passage_tells_nothing():
    assert not says_the_same(runs("Read the whole guide here."), runs("Read the whole guide here."))


@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=LEAST_WORDS, unique=True))
def test_any_long_enough_text_says_the_same_as_itself(words):
    text = runs(" ".join(words))
    assert says_the_same(text, text)
    assert not says_the_same(text, runs(""))
