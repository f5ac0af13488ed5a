"""The worked numbers of the opening pages and modules 1 and 2, computed a second time from their formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import atan, ceil, cos, degrees, exp, log, pi, radians, sin, sqrt

import pytest

G = 9.81
MASS, HEIGHT = 45.0, 0.70
TURN = radians(60)
FOCAL = 600.0

BODY = "module-1-ros2/embodiment.md"
TOPICS = "module-1-ros2/nodes-and-topics.mdx"
QOS = "module-1-ros2/quality-of-service.md"
ACTIONS = "module-1-ros2/services-actions-lifecycle.mdx"
URDF = "module-1-ros2/robot-description.md"
FRAMES = "module-1-ros2/frames-and-tf2.mdx"
TWIN = "module-2-simulation/digital-twin.md"
STEPS = "module-2-simulation/integrators.mdx"
NOISE = "module-2-simulation/sensor-noise.md"
EYES = "module-2-simulation/cameras-and-lidar.mdx"
GAP = "module-2-simulation/reality-gap.md"


def falling(height: float) -> float:
    """Time constant of a fall, in seconds."""
    return sqrt(height / G)


def cylinder(mass: float, radius: float, length: float) -> tuple[float, float]:
    """Moments of a solid cylinder across and along its axis."""
    return mass / 12 * (3 * radius**2 + length**2), mass * radius**2 / 2


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 percent interval of a success rate, in percent."""
    p, n = successes / trials, trials
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


def spring_frequency(stiffness: float, mass: float) -> float:
    """Angular frequency in rad/s."""
    return sqrt(stiffness / mass)


def packets(size: int) -> int:
    """Ethernet packets with 1,472 bytes of payload each."""
    return ceil(size / 1472)


IMAGE = 640 * 480 * 3
CUP_AHEAD, CUP_UP = 0.10 + cos(radians(30)), 0.50 - sin(radians(30))
STIFF = MASS * G / 0.001
LIGHT = 299_792_458.0
BLUR_PER_SECOND = FOCAL * TURN

# Page, sentence with the numbers left open, and the numbers.
CLAIMS: list[tuple[str, str, Callable[[], Sequence[float]]]] = [
    ("intro.md", "time constant of {:.3f} s", lambda: [falling(HEIGHT)]),
    ("hardware.md", "| **Sum** | **{:.1f}** |", lambda: [27 * 1.1]),
    ("hardware.md", "feeds this kit for {:.1f} hours", lambda: [100 / (27 * 1.1)]),
    ("hardware.md", "$m g z_c = {:.0f}$ J", lambda: [MASS * G * HEIGHT]),
    ("hardware.md", "a 5 kg weight dropped from {:.1f} m", lambda: [MASS * HEIGHT / 5]),
    (BODY, "It runs for {:.1f} hours.", lambda: [800 / 400]),
    (BODY, "it runs for {:.1f} hours, so a larger", lambda: [800 / 500]),
    (BODY, "| **Sum** | **{:.0f}** |", lambda: [10 + 20 + 40 + 20 + 10]),
    (BODY, "moves {:.0f} cm during those 100 ms", lambda: [120 * 0.100]),
    (BODY, "saves 20 ms and only {:.1f} cm", lambda: [120 * 0.020]),
    (BODY, "its time constant is {0:.3f} s. In every {0:.3f} s, a lean becomes {1:.2f}",
     lambda: [falling(0.7), exp(1)]),
    (BODY, "In 100 ms, it becomes {:.2f} times as large", lambda: [exp(0.1 / falling(0.7))]),
    (BODY, "at 1.40 m, the time constant is {:.3f} s", lambda: [falling(1.4)]),
    (BODY, "It travels $2.0 \\times 0.18 = {:.2f}$ m", lambda: [2 * 0.18]),
    (BODY, "$v^2 / 2a = 4 / 3 = {:.2f}$ m. The whole stopping distance is {:.2f} m", lambda: [4 / 3, 4 / 3 + 0.36]),
    (BODY, "$\\sqrt{{0.35 / 9.81}} = {:.3f}$ s", lambda: [falling(0.35)]),
    (BODY, "shrink to about {:.0f} percent", lambda: [100 * falling(0.35) / falling(0.7)]),
    (TOPICS, "has {:,} bytes. At 30 Hz, one camera fills {:.1f} MB/s, or {:.0f} Mbit/s",
     lambda: [IMAGE, IMAGE * 30 / 1e6, IMAGE * 30 * 8 / 1e6]),
    (TOPICS, "brings it down to {:.0f} Mbit/s", lambda: [IMAGE * 30 * 8 / 1e7]),
    (TOPICS, "at 500 Hz it needs only {:.1f} MB/s", lambda: [1200 * 500 / 1e6]),
    (TOPICS, "send {:.1f} MB/s, or {:.0f} Mbit/s", lambda: [1280 * 720 * 3 * 30 / 1e6, 1280 * 720 * 3 * 30 * 8 / 1e6]),
    (QOS, "the robot has walked {:.0f} cm since", lambda: [120 * 10 / 30]),
    (QOS, "the picture is at most {:.0f} ms old", lambda: [1000 / 30]),
    (QOS, "of {:,} bytes needs {} Ethernet packets", lambda: [IMAGE, packets(IMAGE)]),
    (QOS, "only {:.0f} percent of the images arrive", lambda: [100 * 0.999 ** packets(IMAGE)]),
    (QOS, "Compress the image to {:,} bytes and it needs {} packets; now {:.0f} percent arrive",
     lambda: [IMAGE // 10, packets(IMAGE // 10), 100 * 0.999 ** packets(IMAGE // 10)]),
    (QOS, "The age is about $4 / 20 = {:.1f}$ s", lambda: [4 / 20]),
    (QOS, "$1 - 0.99^{{1/200}} = {:.5f}$", lambda: [1 - 0.99 ** (1 / 200)]),
    (ACTIONS, "four failures cost {:.1f} s", lambda: [0.5 * (2**4 - 1)]),
    (ACTIONS, "$0.2 \\times (2^6 - 1) = {:.1f}$ s", lambda: [0.2 * 63]),
    (URDF, "Then $I_{{xx}} = {:.4f}$ kg·m² and $I_{{zz}} = {:.4f}$ kg·m²", lambda: cylinder(2.5, 0.04, 0.35)),
    (URDF, "$I_\\text{{knee}} = I_{{xx}} + m d^2 = 0.0265 + 2.5 \\times 0.175^2 = {:.3f}$",
     lambda: [cylinder(2.5, 0.04, 0.35)[0] + 2.5 * 0.175**2]),
    (URDF, "(2.5 \\times 0.175 + 1.0 \\times 0.35) = {:.1f}$ N·m", lambda: [G * (2.5 * 0.175 + 0.35)]),
    (URDF, "that is {:.1f} times too small", lambda: [cylinder(2.5, 0.04, 0.35)[0] / 0.001]),
    (URDF, "/ 12 = {:.4f}$ kg·m² and $I_{{zz}} = 0.5 \\times 4.5 \\times 0.0036 = {:.4f}$",
     lambda: cylinder(4.5, 0.06, 0.35)),
    (URDF, "for the first, {:.0f} percent more", lambda: [100 * (0.0522 / cylinder(4.5, 0.06, 0.35)[0] - 1)]),
    (URDF, "(0.05^2 - 0.72^2) = {:.3f}$", lambda: [0.3 * (0.05**2 - 0.72**2)]),
    (FRAMES, "Rotating the point gives $({:.3f}, 0.20, {:.2f})$", lambda: [cos(radians(30)), -sin(radians(30))]),
    (FRAMES, "in the pelvis frame: $({:.3f}, 0.20, {:.2f})$", lambda: [CUP_AHEAD, CUP_UP]),
    (FRAMES, "the cup is at $({:.2f}, {:.3f}, {:.2f})$ in the map", lambda: [2 - 0.2, 1 + CUP_AHEAD, 0.7 + CUP_UP]),
    (FRAMES, "a transform from `map` to `odom` of −{:.1f} m", lambda: [10.6 - 10.0]),
    (FRAMES, "become $(0, {:.3f}, 0, {:.3f})$", lambda: [sin(radians(15)), cos(radians(15))]),
    (FRAMES, "the heading is wrong by {:.0f} degrees", lambda: [60 * 0.1]),
    (FRAMES, "the estimate lands {:.0f} cm beside it", lambda: [100 * 2 * 2 * sin(radians(3))]),
    (TWIN, "settles at $25 + 20 \\times 1.5 = {:.0f}$ °C, with a time constant of $RC = {:.0f}$ s",
     lambda: [25 + 20 * 1.5, 1.5 * 100]),
    (TWIN, "will creep up to {:.0f} °C", lambda: [25 + 20 * 2.5]),
    (TWIN, "would sound only {:.0f} s later", lambda: [-250 * log((75 - 70) / 20)]),
    (TWIN, "slide on a slope of $\\arctan 0.6 = {:.0f}$ degrees", lambda: [degrees(atan(0.6))]),
    (TWIN, "is $\\mu g = {:.1f}\\ \\mathrm{{m/s^2}}$", lambda: [0.6 * G]),
    (TWIN, "produces {:,.0f} robot-seconds per second. One day of that is {:.1f} years",
     lambda: [4096 / 2, 2048 / 365.25]),
    (TWIN, "$0.5 / \\sqrt{{20}} = {:.2f}$ K, so the threshold is {:.0f} standard deviations",
     lambda: [0.5 / sqrt(20), 3 / (0.5 / sqrt(20))]),
    (TWIN, "$30 / 75 = {:.1f}$", lambda: [30 / 75]),
    (STEPS, "$\\frac{{1}}{{2}} g t^2 = {:.3f}$ m", lambda: [G / 2]),
    (STEPS, "the error after one second is {:.1f} cm. With a step of 1 ms, it is {:.1f} mm",
     lambda: [100 * G * 0.01 / 2, 1000 * G * 0.001 / 2]),
    (STEPS, "ten thousand steps make a factor of {:.2f}", lambda: [(1 + 1e-4) ** 10_000]),
    (STEPS, "sinks in by $m g / k = {:.1f}$ mm", lambda: [1000 * MASS * G / 50_000]),
    (STEPS, "has $\\omega = {:.0f}$ rad/s, so the step must be below {:.1f} ms",
     lambda: [spring_frequency(50_000, 1), 2000 / spring_frequency(50_000, 1)]),
    (STEPS, "the floor needs {:,.0f} N/m, and the limit drops to {:.1f} ms",
     lambda: [STIFF, 2000 / spring_frequency(STIFF, 1)]),
    (STEPS, "For the floor above, that is {:.1f} ms", lambda: [200 / spring_frequency(50_000, 1)]),
    (STEPS, "\\times 0.004 = {:.3f}$ m", lambda: [G / 2 * 2 * 0.004]),
    (STEPS, "= {:.0f}{{,}}000$ rad/s, so the limit is {:.0f} ms",
     lambda: [spring_frequency(20_000, 0.020) / 1000, 2000 / spring_frequency(20_000, 0.020)]),
    (STEPS, "$1.0016^{{2500}} = {:.1f}$", lambda: [(1 + 0.002**2 * 20**2) ** 2500]),
    (NOISE, "At 200 Hz, that is {:.3f} °/s per sample", lambda: [0.005 * sqrt(200)]),
    (NOISE, "After one minute, it amounts to {:.3f} degrees", lambda: [0.005 * sqrt(60)]),
    (NOISE, "has become {:.0f} degrees, which is {:.0f} times as much",
     lambda: [0.1 * 60, 0.1 * 60 / (0.005 * sqrt(60))]),
    (NOISE, "makes {:.1f} m after ten seconds", lambda: [0.02 * 100 / 2]),
    (NOISE, "$9.81 \\sin 1° = {:.3f}$ m/s² forwards. After ten seconds it believes that it has moved {:.1f} m",
     lambda: [G * sin(radians(1)), G * sin(radians(1)) * 50]),
    (NOISE, "{:,} steps of {:.3f} degrees", lambda: [2**12, 360 / 2**12]),
    (NOISE, "divided by $\\sqrt{{12}}$, which is {:.3f} degrees", lambda: [360 / 2**12 / sqrt(12)]),
    (NOISE, "looks like {:.0f} °/s", lambda: [360 / 2**12 * 1000]),
    (NOISE, "with 19 bits the flicker shrinks to {:.1f} °/s", lambda: [360 / 2**19 * 1000]),
    (NOISE, "$0.002 \\times \\sqrt{{400}} = {:.2f}$ m/s²", lambda: [0.002 * 20]),
    (NOISE, "$0.02 \\times 900 = {:.0f}$ degrees", lambda: [0.02 * 900]),
    (NOISE, "$9.81 + 5 = {:.2f}$ m/s²", lambda: [G + 5]),
    (EYES, "the clock has to resolve {:.0f} picoseconds", lambda: [2 * 0.01 / LIGHT * 1e12]),
    (EYES, "neighbouring beams are {:.1f} cm apart", lambda: [1000 * radians(1)]),
    (EYES, "it must be closer than {:.1f} m", lambda: [0.03 / radians(1)]),
    (EYES, "has turned by {:.0f} degrees between the first beam", lambda: [60 * 0.1]),
    (EYES, "an exposure of 10 ms, the blur is {:.1f} pixels", lambda: [BLUR_PER_SECOND * 0.010]),
    (EYES, "grows to 30 ms, and the blur to {:.0f} pixels", lambda: [BLUR_PER_SECOND * 0.030]),
    (EYES, "the image is sheared by {:.1f} pixels", lambda: [BLUR_PER_SECOND * 0.020]),
    (EYES, "With $\\Delta\\theta = {:.5f}$ rad, that is up to {:.1f} m",
     lambda: [radians(0.25), 0.05 / radians(0.25)]),
    (EYES, "$t_e = 2 / (600 \\times {:.3f}) = {:.1f}$ ms", lambda: [pi / 3, 2000 / BLUR_PER_SECOND]),
    (GAP, "by Wilson's formula, runs from {:.0f} to {:.0f} percent", lambda: wilson(18, 20)),
    (GAP, "it still runs from {:.0f} to {:.0f} percent", lambda: wilson(180, 200)),
    (GAP, "$n / (n + z^2) = 10 / {:.2f} = {:.2f}$", lambda: [10 + 1.96**2, wilson(10, 10)[0] / 100]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "sentence", "compute"), CLAIMS, ids=[f"{p}:{s[:40]}" for p, s, _ in CLAIMS])
def test_a_worked_number_is_what_the_formula_gives(
    path: str, sentence: str, compute: Callable[[], Sequence[float]], says: Callable[[str, str], bool]
) -> None:
    """The sentence, filled with the computed numbers, stands in the page."""
    claimed = sentence.format(*compute())

    assert says(path, claimed), f"{path} does not say: {claimed}"


def test_a_claim_with_another_number_would_be_noticed(says: Callable[[str, str], bool]) -> None:
    """The check can fail: a fall with another constant is not in the book."""
    assert says(BODY, "its time constant is 0.267 s")
    assert not says(BODY, "its time constant is 0.268 s")
