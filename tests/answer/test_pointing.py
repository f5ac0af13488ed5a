"""A reader who points at a place is told what stands there."""

from pageside.answer import pointing, statements
from pageside.answer.prompt import Numbered

TEXT = "Gears change speed. A worm gear holds its load. No motor can be turned back through it. Belts slip instead."


def numbered(number, text, section_type=""):
    return Numbered(number, "Gears", "Worms", section_type, "en", 0.9, text)


def test_a_selected_sentence_comes_first_and_what_follows_behind():
    passage = numbered(1, TEXT)
    chosen = pointing.selected("A worm gear holds its load.", [passage], {1: statements.cut(TEXT)})
    assert [each.text for each in chosen[0].statements] == [
        "A worm gear holds its load.",
        "No motor can be turned back through it.",
        "Belts slip instead.",
    ]


def test_a_selection_that_no_passage_holds_gives_nothing():
    assert pointing.selected("Chains rattle.", [numbered(1, TEXT)], {1: statements.cut(TEXT)}) == ()


def test_a_page_is_told_by_how_its_sections_begin_without_its_goals():
    goals = "By the end you can name every gear."
    passages = [numbered(1, goals, "objectives"), numbered(2, TEXT)]
    chosen = pointing.page(passages, {each.number: statements.cut(each.text) for each in passages})
    assert [(each.number, each.statements[0].text) for each in chosen] == [(2, "Gears change speed.")]
