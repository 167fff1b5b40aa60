"""Colours of series as people with and without colour blindness see them, on paper and in the dark.

Colour blindness is simulated by the matrices of Machado, Oliveira and Fernandes (2009) at full severity, on linear
light; differences are those of CIE 1976 L*a*b*.
"""

import re
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from server.pages import CONSOLE

Colour = NDArray[np.float64]
SHEET = (CONSOLE / "charts" / "charts.css").read_text()
PAPER = {"light": "#ffffff", "dark": "#152027"}
SIGHTS = {
    "usual": (1, 0, 0, 0, 1, 0, 0, 0, 1),
    "protanopia": (0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
    "deuteranopia": (0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881),
    "tritanopia": (1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900),
}
"""Three by three, row by row."""


def colours(prefix: str, theme: str) -> list[str]:
    found = re.findall(rf"--{prefix}-\d: light-dark\((#\w+), (#\w+)\)", SHEET)
    return [pair[theme == "dark"] for pair in found]


def linear(colour: str) -> Colour:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: Colour) -> Colour:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    relative = to_xyz @ light / np.array([0.95047, 1.0, 1.08883])
    root = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def seen(colour: str, sight: str) -> Colour:
    return lab(np.clip(np.array(SIGHTS[sight]).reshape(3, 3) @ linear(colour), 0, 1))


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", PAPER)
def test_every_series_stands_out_from_its_ground(theme: str) -> None:
    assert len(colours("series", theme)) == 6
    assert min(contrast(colour, PAPER[theme]) for colour in colours("series", theme)) >= 3


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_are_told_apart(theme: str, sight: str) -> None:
    """Any two by at least 12, well over what is just noticed (about 2); the first two, the most used, by 40."""
    told = [seen(colour, sight) for colour in colours("series", theme)]
    apart = {pair: float(np.linalg.norm(told[pair[0]] - told[pair[1]])) for pair in combinations(range(6), 2)}
    assert min(apart.values()) > 12, apart
    assert apart[0, 1] > 40


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_heat_map_is_read_by_anybody(theme: str, sight: str) -> None:
    """Under the target is another hue than over it, and the further off, the further from the ground."""
    steps = [seen(colour, sight) for colour in colours("cell", theme)]
    assert min(float(np.linalg.norm(under - over)) for under in steps[:3] for over in steps[4:]) > 20
    lightness = [float(step[0]) for step in steps]
    away = 1 if theme == "light" else -1
    assert [away * each for each in lightness[:4]] == sorted(away * each for each in lightness[:4])
    assert [-away * each for each in lightness[4:]] == sorted(-away * each for each in lightness[4:])
