"""Text is kept, cut and wrapped; labels find free places."""

from __future__ import annotations

import pygame

from npc_world.adapters.pygame.lettering import Lettering, free_place

VIEW = pygame.Rect(0, 0, 400, 300)


def test_a_text_is_rendered_once_and_memory_is_bounded() -> None:
    letters = Lettering()
    assert letters.text("ruby", (1, 2, 3)) is letters.text("ruby", (1, 2, 3))
    for number in range(1000):
        letters.text(str(number), (1, 2, 3))
    assert len(letters._kept) == 256


def test_cutting_and_wrapping_keep_within_the_width() -> None:
    letters = Lettering()
    text = "Cutting you off at the north bridge: 62 % you go for the ruby"
    short = letters.shortened(text, 120)
    assert short.endswith("…") and letters.width(short) <= 120 and letters.shortened("a", 120) == "a"
    lines = letters.wrapped(text, 120)
    assert " ".join(lines) == text and all(letters.width(line) <= 120 for line in lines)


def test_a_label_stays_on_its_side_and_moves_off_what_is_taken() -> None:
    place, number = free_place((60, 20), (200.0, 150.0), [], VIEW)
    assert number == 0 and place.left > 200
    other, chosen = free_place((60, 20), (200.0, 150.0), [place], VIEW)
    assert not other.colliderect(place)
    again, number = free_place((60, 20), (200.0, 150.0), [], VIEW, first=chosen)
    assert (again, number) == (other, chosen)


def test_at_the_rim_a_label_stays_in_view() -> None:
    for corner in ((0, 0), (399, 0), (0, 299), (399, 299), (5000, -5000)):
        place, _ = free_place((60, 20), corner, [], VIEW)
        assert VIEW.contains(place)


def test_fifty_labels_on_one_spot_do_not_cover_each_other() -> None:
    taken: list[pygame.Rect] = []
    for _ in range(50):
        place, _ = free_place((60, 20), (200.0, 150.0), taken, VIEW)
        assert place.collidelist(taken) < 0
        taken.append(place)
