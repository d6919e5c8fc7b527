"""Paint every picture of the game: python assets/make_art.py   (numpy and pillow; about ten seconds)."""

from __future__ import annotations

import art_characters
import art_courier
import art_font
import art_keeper
import art_textures
import art_things


def main() -> None:
    for part in (art_font, art_textures, art_characters, art_things, art_keeper, art_courier):
        part.main()
        print(f"{part.__name__}: done")


if __name__ == "__main__":
    main()
