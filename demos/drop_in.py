"""Drop-in: an ordinary pygame game, and the three lines that put a hunter into it (each ends in `# +`).

You see: you, blue, among walls, and a red square that is slower than you and comes for you by foresight.
Keys: arrows move, Esc quits.  When you are caught both start again; it keeps what it learned of you.
"""

from __future__ import annotations

import pygame

import npc_world as nw  # +


class Block(pygame.sprite.Sprite):
    def __init__(self, colour: str, *rect: int) -> None:
        super().__init__()
        self.rect = pygame.Rect(rect)
        self.image = pygame.Surface(self.rect.size)
        self.image.fill(colour)


def run(frames: int | None = None) -> int:
    """Play until the window is closed, or for so many frames; returns how often you were caught."""
    pygame.init()
    screen, clock, caught = pygame.display.set_mode((960, 640)), pygame.time.Clock(), 0
    walls = pygame.sprite.Group(Block("gray35", *rect) for rect in ((200, 120, 24, 400), (420, 0, 24, 300), (420, 420, 24, 220),
                                                                     (620, 160, 220, 24), (620, 460, 220, 24)))
    player, enemy = Block("dodgerblue", 60, 560, 28, 28), Block("crimson", 880, 40, 28, 28)
    hunter = nw.load_npc("hunter", nw.Terrain.from_rects(walls, screen.get_size()), enemy, seed=1)  # +
    while frames is None or frames > 0:
        frames, dt = (None, clock.tick(60) / 1000) if frames is None else (frames - 1, 1 / 60)
        if any(e.type == pygame.QUIT or (e.type == pygame.KEYDOWN and e.key == pygame.K_ESCAPE) for e in pygame.event.get()):
            break
        keys = pygame.key.get_pressed()
        for axis, less, more in ((0, pygame.K_LEFT, pygame.K_RIGHT), (1, pygame.K_UP, pygame.K_DOWN)):
            old = player.rect.copy()
            player.rect[axis] += round(200 * dt) * (keys[more] - keys[less])
            if pygame.sprite.spritecollideany(player, walls) or not screen.get_rect().contains(player.rect):
                player.rect = old
        enemy.rect.move_ip(hunter.step(enemy, player, dt).pixels(dt))  # +
        if player.rect.colliderect(enemy.rect):
            caught, player.rect.topleft, enemy.rect.topleft = caught + 1, (60, 560), (880, 40)
        screen.fill("gray12")
        pygame.sprite.Group(walls, player, enemy).draw(screen)
        pygame.display.flip()
    pygame.quit()
    return caught


if __name__ == "__main__":
    print(f"caught {run()} times")
