"""Sounds by what happens, and two music loops in step with each other that trade places as the hunt heats up."""

from __future__ import annotations

import math
import os
from typing import Any

import pygame

from .assets import assets_path
from .settings import Settings

__all__ = ["Audio"]

_OF_EVENT = {
    "relic": "relic", "dash": "dash", "smoke": "smoke", "lever": "lever", "door_open": "door", "door_close": "door",
    "bridge_shake": "bridge_shake", "bridge_fall": "bridge_fall", "bridge_rise": "bridge_rise", "seen": "seen", "lost": "lost",
    "caught": "caught", "won": "won", "splash": "splash", "slide": "slide", "boat_ready": "boat_ready", "near_miss": "lost", "go": "menu_pick",
}
_STEPS = {"road": "road", "grass": "grass", "reeds": "grass", "sand": "sand", "mud": "mud", "ice": "ice", "water": "water", "deep": "water", "bridge": "wood"}
_ALWAYS_LOUD = frozenset({"relic", "dash", "smoke", "seen", "lost", "caught", "won", "boat_ready", "near_miss", "go", "lever"})
_HEARD_PX = 700.0
_MUSIC_LAG_S = 1.2


class Audio:
    """Silent, and without complaint, when there is no sound device."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.works = False
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self._calm: pygame.mixer.Channel | None = None
        self._hunted: pygame.mixer.Channel | None = None
        self._tension = 0.0
        self.played: list[str] = []
        """Names of the last sounds asked for, newest last; also those that nobody could hear."""
        try:
            if not pygame.mixer.get_init():
                pygame.mixer.init(44100, -16, 2, 512)
            pygame.mixer.set_num_channels(24)
            pygame.mixer.set_reserved(2)
            for path in sorted(assets_path("sound").glob("*.wav")):
                self._sounds[path.stem] = pygame.mixer.Sound(os.fspath(path))
            self.works = True
        except (pygame.error, OSError, NotImplementedError):  # the last: pygame was built or found without its mixer
            return
        self._calm, self._hunted = pygame.mixer.Channel(0), pygame.mixer.Channel(1)

    def start_music(self) -> None:
        """Both loops from their beginning, on the same beat; one of them is silent."""
        if self._calm is None or self._hunted is None or self._calm.get_busy():
            return
        self._set_music_volume()
        self._calm.play(self._sounds["music_calm"], loops=-1)
        self._hunted.play(self._sounds["music_hunted"], loops=-1)
        self._set_music_volume()

    def play(self, name: str, volume: float = 1.0, pan: float = 0.0) -> None:
        """One sound; `pan` −1 left … 1 right."""
        self.played.append(name)
        del self.played[:-32]
        sound = self._sounds.get(name)
        if sound is None or self.settings.muted or volume <= 0.01:
            return
        channel = pygame.mixer.find_channel()
        if channel is not None:
            level = volume * self.settings.sounds
            channel.play(sound)
            channel.set_volume(level * min(1.0, 1.0 - pan), level * min(1.0, 1.0 + pan))

    def hear(self, events: list[Any], ear: Any) -> None:
        """The sounds of one step of the world, softer from afar."""
        for event in events:
            kind, _, detail = event.kind.partition(":")
            name = f"step_{_STEPS.get(detail, 'road')}" if kind == "step" else _OF_EVENT.get(kind, "")
            if not name:
                continue
            dx, dy = float(event.position[0] - ear[0]), float(event.position[1] - ear[1])
            near = 1.0 if kind in _ALWAYS_LOUD else max(0.0, 1.0 - math.hypot(dx, dy) / _HEARD_PX)
            self.play(name, near, max(-0.7, min(0.7, dx / _HEARD_PX)))

    def update(self, tension: float, frame_s: float) -> None:
        """Move the music towards `tension`: 0 calm … 1 hunted."""
        self._tension += (tension - self._tension) * min(1.0, frame_s / _MUSIC_LAG_S)
        self._set_music_volume()

    def _set_music_volume(self) -> None:
        if self._calm is None or self._hunted is None:
            return
        level = 0.0 if self.settings.muted else self.settings.music
        self._calm.set_volume(level * (1.0 - 0.45 * self._tension))
        self._hunted.set_volume(level * self._tension)

    def silence(self) -> None:
        """Stop everything, on the way out."""
        if self.works:
            pygame.mixer.stop()
