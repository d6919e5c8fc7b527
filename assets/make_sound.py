"""Synthesise every sound of the game: python assets/make_sound.py   (numpy; a few seconds).  Mono, 16 bit, 22 050 Hz; music 16 000 Hz."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 22050
MUSIC_RATE = 16000
FOLDER = Path(__file__).parent / "sound"
Wave = NDArray[np.float64]

BEAT_S = 0.6
BARS = 8
LOOP = round(BARS * 4 * BEAT_S * RATE)


def time_axis(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def tone(hz: float | Wave, seconds: float, shape: str = "sine") -> Wave:
    """A tone whose pitch may glide: hz is a number or an array over time."""
    t = time_axis(seconds)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, t.shape)) / RATE
    if shape == "sine":
        return np.sin(phase)
    if shape == "triangle":
        return np.asarray(2 / np.pi * np.arcsin(np.sin(phase)))
    return np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.33 * np.sin(3 * phase) + 0.2 * np.sin(4 * phase)  # "reed"


def fade(sound: Wave, attack_s: float, decay_s: float) -> Wave:
    """Rise linearly, then fall exponentially with that time constant; the last 5 ms go to zero."""
    t = np.arange(len(sound)) / RATE
    shape = np.minimum(t / max(attack_s, 1e-4), 1.0) * np.exp(-np.maximum(t - attack_s, 0) / decay_s)
    return sound * shape * np.clip((len(sound) / RATE - t) / 0.005, 0, 1)


def hiss(seconds: float, low_hz: float, high_hz: float, rng: np.random.Generator) -> Wave:
    """Noise between two frequencies, unit peak."""
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1 / RATE)
    band = np.fft.irfft(spectrum / (1 + (low_hz / np.maximum(f, 1)) ** 4) / (1 + (f / high_hz) ** 4), n)
    return np.asarray(band / np.abs(band).max())


def mixed(seconds: float, *parts: tuple[float, Wave]) -> Wave:
    """Parts (start s, sound) laid over each other."""
    out = np.zeros(round(seconds * RATE))
    for start, part in parts:
        at = round(start * RATE)
        n = min(len(part), len(out) - at)
        out[at : at + n] += part[:n]
    return out


def bell(hz: float, seconds: float = 0.9, bright: float = 0.4) -> Wave:
    return fade(tone(hz, seconds) + bright * tone(2.76 * hz, seconds) * np.exp(-time_axis(seconds) * 9)
                + 0.5 * bright * tone(5.4 * hz, seconds) * np.exp(-time_axis(seconds) * 20), 0.003, 0.28 * seconds)


def sweep(start_hz: float, end_hz: float, seconds: float) -> Wave:
    return np.asarray(np.geomspace(start_hz, end_hz, round(seconds * RATE)))


def effects(rng: np.random.Generator) -> dict[str, tuple[Wave, float]]:
    """Every short sound with its loudness."""
    def thud(hz: float, low: float, high: float, decay: float, seconds: float = 0.16) -> Wave:
        return 0.7 * fade(tone(sweep(hz * 1.6, hz, seconds), seconds), 0.002, decay) + 0.6 * fade(hiss(seconds, low, high, rng), 0.002, decay * 0.7)

    crackle = np.zeros(round(0.9 * RATE))
    for at in np.sort(rng.uniform(0, 0.85, 14)):
        snap = fade(hiss(0.05, 300, 2600, rng), 0.001, 0.012) * rng.uniform(0.3, 1)
        k = round(at * RATE)
        crackle[k : k + len(snap)] += snap[: len(crackle) - k]
    splash = mixed(0.55, (0, fade(hiss(0.5, 500, 4200, rng), 0.01, 0.11)), (0.08, 0.5 * fade(tone(sweep(300, 900, 0.12), 0.12), 0.01, 0.05)),
                   (0.2, 0.35 * fade(tone(sweep(420, 1300, 0.1), 0.1), 0.01, 0.04)))
    return {
        "step_road": (thud(150, 900, 3800, 0.022, 0.09), 0.34), "step_grass": (fade(hiss(0.12, 700, 3000, rng), 0.02, 0.03), 0.28),
        "step_sand": (fade(hiss(0.14, 1600, 6500, rng), 0.03, 0.03), 0.24), "step_ice": (fade(tone(1900, 0.08) * hiss(0.08, 900, 6000, rng), 0.001, 0.02), 0.42),
        "step_mud": (mixed(0.2, (0, fade(tone(sweep(190, 70, 0.14), 0.14), 0.01, 0.05)), (0.05, 0.6 * fade(hiss(0.12, 200, 1200, rng), 0.02, 0.03))), 0.44),
        "step_water": (mixed(0.24, (0, fade(hiss(0.2, 700, 3600, rng), 0.02, 0.05)), (0.05, 0.4 * fade(tone(sweep(350, 800, 0.1), 0.1), 0.01, 0.04))), 0.34),
        "step_wood": (thud(210, 300, 1500, 0.03, 0.12), 0.46),
        "dash": (fade(hiss(0.32, 400, 5200, rng) * np.linspace(1, 0.2, round(0.32 * RATE)) + 0.4 * tone(sweep(240, 900, 0.32), 0.32), 0.03, 0.09), 0.6),
        "smoke": (mixed(0.9, (0, thud(70, 60, 500, 0.09, 0.3)), (0.02, 0.8 * fade(hiss(0.85, 250, 2600, rng), 0.03, 0.24))), 0.7),
        "relic": (mixed(1.1, (0, bell(880)), (0.09, bell(1108.7)), (0.18, bell(1318.5)), (0.3, 0.8 * bell(1760))), 0.55),
        "lever": (mixed(0.4, (0, thud(240, 500, 3000, 0.03)), (0.13, thud(170, 400, 2200, 0.045, 0.2))), 0.6),
        "door": (mixed(0.8, (0, fade(hiss(0.7, 60, 420, rng), 0.1, 0.3)), (0.55, thud(80, 80, 700, 0.07, 0.25))), 0.65),
        "bridge_shake": (crackle, 0.6), "bridge_fall": (mixed(1.2, (0, crackle), (0, 0.9 * thud(60, 50, 400, 0.2, 0.6)), (0.45, 0.8 * splash)), 0.85),
        "bridge_rise": (mixed(0.7, *[(0.11 * k, (0.5 + 0.1 * k) * thud(180 + 30 * k, 300, 1700, 0.03)) for k in range(5)]), 0.5),
        "seen": (mixed(0.7, (0, fade(tone(622.25, 0.5, "reed"), 0.005, 0.13)), (0.11, fade(tone(932.3, 0.55, "reed"), 0.005, 0.17))), 0.4),
        "lost": (mixed(0.8, (0, 0.7 * bell(587.3, 0.5, 0.1)), (0.14, 0.7 * bell(440, 0.6, 0.1))), 0.4),
        "caught": (mixed(1.7, (0, thud(55, 40, 500, 0.25, 0.8)), *[(0.16 * k, 0.5 * fade(tone(hz, 1.1, "reed"), 0.01, 0.3)) for k, hz in enumerate((440, 349.2, 293.7, 220))]), 0.75),
        "won": (mixed(2.3, *[(0.14 * k, 0.6 * bell(hz, 1.4)) for k, hz in enumerate((587.3, 740, 880, 1174.7, 1480, 1760))],
                      (0.84, 0.35 * fade(tone(293.7, 1.3, "reed"), 0.05, 0.5)), (0.84, 0.3 * fade(tone(440, 1.3, "reed"), 0.05, 0.5))), 0.6),
        "boat_ready": (mixed(1.5, (0, fade(tone(220, 1.3, "reed"), 0.12, 0.5)), (0.05, 0.7 * fade(tone(329.6, 1.3, "reed"), 0.12, 0.5)), (0.5, 0.6 * bell(1318.5))), 0.45),
        "menu_move": (fade(tone(720, 0.06), 0.002, 0.02), 0.3), "menu_pick": (mixed(0.3, (0, bell(784, 0.25)), (0.06, bell(1174.7, 0.24))), 0.4),
        "slide": (fade(hiss(0.4, 1800, 7000, rng), 0.06, 0.14), 0.3), "splash": (splash, 0.5), "shutter": (mixed(0.15, (0, thud(900, 1500, 8000, 0.008, 0.05)), (0.07, thud(700, 1500, 8000, 0.01, 0.06))), 0.5),
    }


def ball_effects(rng: np.random.Generator) -> dict[str, tuple[Wave, float]]:
    """The sounds of Safe Hands: throws, bounces by what is hit, the catch, the ball that got past."""
    def knock(hz: float, ring: float, low: float, high: float, seconds: float = 0.2) -> Wave:
        return fade(tone(sweep(1.5 * hz, hz, seconds), seconds) + 0.4 * tone(2.4 * hz, seconds), 0.001, ring) + 0.5 * fade(hiss(seconds, low, high, rng), 0.001, 0.02)

    whoosh = hiss(0.34, 350, 3600, rng) * np.sin(np.pi * np.linspace(0, 1, round(0.34 * RATE))) ** 2
    rubber = fade(tone(sweep(150, 330, 0.24), 0.24) + 0.4 * tone(sweep(300, 640, 0.24), 0.24), 0.004, 0.07)
    crowd = hiss(1.5, 350, 2200, rng) * np.sin(np.pi * np.linspace(0, 1, round(1.5 * RATE)) ** 0.5) ** 2
    return {
        "throw": (whoosh, 0.5), "kick": (mixed(0.4, (0, knock(95, 0.05, 200, 1800)), (0.02, 0.5 * whoosh)), 0.65),
        "roll": (fade(hiss(0.5, 120, 900, rng), 0.12, 0.2), 0.4),
        "bounce_ground": (knock(82, 0.06, 500, 3800), 0.6), "bounce_wall": (knock(190, 0.03, 900, 5200), 0.5), "bounce_table": (knock(235, 0.035, 400, 2600), 0.5),
        "bounce_ramp": (knock(300, 0.03, 400, 3000), 0.5), "bounce_rubber": (rubber, 0.55),
        "catch": (mixed(0.5, (0, knock(120, 0.03, 300, 2500)), (0.06, 0.5 * bell(523.3, 0.4)), (0.14, 0.5 * bell(392, 0.4))), 0.55),
        "goal": (mixed(1.7, (0, 0.5 * crowd), *[(0.1 * k, 0.55 * bell(hz, 1.0)) for k, hz in enumerate((659.3, 784, 987.8, 1318.5))]), 0.6),
        "surprised": (mixed(0.5, (0, fade(tone(sweep(420, 900, 0.16), 0.16, "triangle"), 0.01, 0.1)), (0.15, fade(tone(sweep(900, 1180, 0.2), 0.2, "triangle"), 0.01, 0.1))), 0.4),
        "leap": (fade(tone(sweep(220, 520, 0.2), 0.2, "triangle"), 0.01, 0.08), 0.3),
    }


def courier_effects(rng: np.random.Generator) -> dict[str, tuple[Wave, float]]:
    """The town's own sounds with their loudness."""
    def horn(hz: float, seconds: float) -> Wave:
        return fade(tone(hz, seconds, "reed") + 0.8 * tone(1.26 * hz, seconds, "reed"), 0.01, 0.6 * seconds)

    knock = 0.8 * fade(tone(sweep(320, 180, 0.09), 0.09), 0.001, 0.03) + 0.5 * fade(hiss(0.09, 300, 2400, rng), 0.001, 0.02)
    rustle = fade(hiss(0.22, 1800, 7000, rng), 0.04, 0.06)
    return {
        "parcel_take": (mixed(0.5, (0, 0.8 * rustle), (0.1, knock), (0.17, 0.5 * bell(987.8, 0.3))), 0.5),
        "parcel_give": (mixed(1.1, (0, knock), (0.12, knock), (0.3, bell(783.99)), (0.4, bell(987.8)), (0.5, 0.9 * bell(1318.5))), 0.55),
        "barrier": (mixed(0.6, (0, fade(hiss(0.3, 500, 3800, rng), 0.01, 0.07)), (0.08, fade(tone(410, 0.4) + 0.6 * tone(1130, 0.4), 0.001, 0.06)), (0.2, knock)), 0.6),
        "lorry": (mixed(1.0, *[(0.3 * k, 0.6 * fade(tone(880, 0.2), 0.005, 0.2)) for k in range(3)], (0, 0.5 * fade(hiss(0.9, 60, 420, rng), 0.08, 0.4))), 0.42),
        "whistle": (mixed(0.6, *[(0.04 * k, fade(tone(2350 + 130 * (k % 2), 0.06), 0.003, 0.05)) for k in range(11)]), 0.4),
        "reroute": (mixed(0.4, (0, 0.7 * bell(659.3, 0.25, 0.2)), (0.09, 0.7 * bell(523.3, 0.3, 0.2))), 0.32),
        "brakes": (fade(tone(sweep(1500, 900, 0.32), 0.32) * 0.4 + hiss(0.32, 1200, 5200, rng), 0.02, 0.12), 0.34),
        "horn": (mixed(0.5, (0, horn(392, 0.14)), (0.2, horn(392, 0.24))), 0.4),
        "paper": (mixed(0.5, (0, rustle), (0.14, 0.7 * rustle), (0.3, 0.4 * knock)), 0.45),
    }


def laid(loop: Wave, at_beat: float, sound: Wave, gain: float) -> None:
    """Add to a loop; what runs past its end comes round to its start, so the seam is silent."""
    index = (round(at_beat * BEAT_S * RATE) + np.arange(len(sound))) % LOOP
    np.add.at(loop, index, gain * sound)


def note(name: str) -> float:
    """Hz of "D4", "F#5", "Bb3"."""
    steps = {"C": -9, "D": -7, "E": -5, "F": -4, "G": -2, "A": 0, "B": 2}[name[0]] + {"#": 1, "b": -1}.get(name[1], 0)
    return float(440.0 * 2 ** (steps / 12 + int(name[-1]) - 4))


CHORDS = (("D3", "A3", "F4"), ("C3", "G3", "E4"), ("Bb2", "F3", "D4"), ("C3", "G3", "E4"),
          ("D3", "A3", "F4"), ("F3", "C4", "A4"), ("G3", "D4", "Bb4"), ("A2", "E3", "C#4"))
MELODY = ("A4 . D5 . F5 E5 D5 .", "C5 . G4 . . A4 C5 .", "D5 . F5 . G5 . F5 D5", "E5 . C5 . . . . .",
          "A4 . D5 . F5 E5 D5 .", "A5 . G5 F5 . . C5 .", "Bb4 . D5 G5 . F5 E5 D5", "C#5 . E5 . A4 . . .")


def calm(rng: np.random.Generator) -> Wave:
    """Slow pads, a plucked tune, a breath of sea."""
    loop = np.zeros(LOOP)
    for bar, chord in enumerate(CHORDS):
        for name in chord:
            seconds = 4 * BEAT_S * 1.25
            pad = tone(note(name), seconds, "triangle") + 0.6 * tone(note(name) * 1.004, seconds, "triangle")
            laid(loop, 4 * bar, pad * np.sin(np.pi * np.linspace(0, 1, len(pad))) ** 0.7, 0.11)
        laid(loop, 4 * bar, fade(tone(note(chord[0]) / 2, 2.2), 0.03, 0.9), 0.30)
        for k, step in enumerate(MELODY[bar].split()):
            if step != ".":
                pluck = fade(tone(note(step), 1.2, "triangle") + 0.3 * tone(2 * note(step), 1.2) * np.exp(-time_axis(1.2) * 8), 0.004, 0.26)
                laid(loop, 4 * bar + 0.5 * k, pluck, 0.26)
                laid(loop, 4 * bar + 0.5 * k + 0.75, pluck, 0.07)
    for beat in range(0, 32, 8):
        sea = hiss(8 * BEAT_S, 300, 2200, rng)
        laid(loop, beat, sea * np.sin(np.pi * np.linspace(0, 1, len(sea))) ** 2, 0.05)
    return loop


def hunted(rng: np.random.Generator) -> Wave:
    """Drums, a running bass and a nervous high line over the same chords and the same beat."""
    loop = np.zeros(LOOP)
    drum = fade(tone(sweep(130, 46, 0.3), 0.3), 0.002, 0.09)
    clap = fade(hiss(0.14, 900, 5000, rng), 0.001, 0.035)
    shaker = fade(hiss(0.06, 5000, 9500, rng), 0.004, 0.014)
    for bar, chord in enumerate(CHORDS):
        for beat in (0, 0.75, 1.5, 2.5, 3.0):
            laid(loop, 4 * bar + beat, drum, 0.55 if beat in (0, 2.5) else 0.36)
        for beat in (1, 3):
            laid(loop, 4 * bar + beat, clap, 0.20)
        for k in range(16):
            laid(loop, 4 * bar + 0.25 * k, shaker, 0.10 if k % 2 else 0.055)
        root = note(chord[0]) / (2 if note(chord[0]) > 100 else 1)
        for k in range(8):
            hz = root * (1.0, 1.0, 2.0, 1.0, 1.5, 1.0, 2.0, 1.5)[k]
            laid(loop, 4 * bar + 0.5 * k, fade(tone(hz, 0.3, "reed"), 0.004, 0.10), 0.24)
        for k in range(16):
            hz = note(chord[(0, 1, 2, 1)[k % 4]]) * 2
            laid(loop, 4 * bar + 0.25 * k, fade(tone(hz, 0.22, "triangle"), 0.003, 0.05), 0.11 if k % 4 == 0 else 0.075)
    return loop


def resampled(loop: Wave, rate: int) -> Wave:
    """A loop at another rate: its spectrum cut off, which is exact for what repeats."""
    count = round(len(loop) * rate / RATE)
    return np.asarray(np.fft.irfft(np.fft.rfft(loop)[: count // 2 + 1], count) * count / len(loop))


def write(name: str, sound: Wave, peak: float, rate: int = RATE) -> None:
    FOLDER.mkdir(exist_ok=True)
    scaled = np.tanh(1.1 * sound / np.abs(sound).max()) / np.tanh(1.1) * peak
    with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((scaled * 32767).astype("<i2").tobytes())


def main() -> None:
    rng = np.random.default_rng(5)
    for name, (sound, peak) in effects(rng).items():
        write(name, sound, peak)
    for name, (sound, peak) in ball_effects(np.random.default_rng(6)).items():
        write(name, sound, peak)
    for name, (sound, peak) in courier_effects(np.random.default_rng(6)).items():
        write(name, sound, peak)
    loops: dict[str, Callable[[np.random.Generator], Wave]] = {"music_calm": calm, "music_hunted": hunted}
    for name, compose in loops.items():
        write(name, resampled(compose(rng), MUSIC_RATE), 0.7, MUSIC_RATE)


if __name__ == "__main__":
    main()
