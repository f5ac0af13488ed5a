"""The worked numbers of modules 3 and 4, computed a second time from the formulas they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import asin, atan, atan2, comb, cos, degrees, exp, expm1, hypot, log, radians, sin, sqrt, tan

import numpy as np
import pytest

G = 9.81
MASS, HEIGHT, SHANK, UPPER_ARM, FOREARM = 45.0, 0.70, 0.35, 0.30, 0.25
TOE, HEEL, COM_X = 0.12, -0.08, 0.02
FOCAL, CAMERA_HEIGHT, BASELINE, MATCHING_ERROR = 600.0, 1.20, 0.06, 0.5
OMEGA = sqrt(G / HEIGHT)

INDEX = "module-3-perception-and-motion/index.md"
CAMERAS = "module-3-perception-and-motion/cameras-and-depth.mdx"
ESTIMATION = "module-3-perception-and-motion/state-estimation.md"
MAPPING = "module-3-perception-and-motion/mapping-and-planning.mdx"
KINEMATICS = "module-3-perception-and-motion/kinematics.md"
BALANCE = "module-3-perception-and-motion/balance-and-walking.mdx"
REINFORCEMENT = "module-4-learning-and-language/reinforcement-learning.md"
IMITATION = "module-4-learning-and-language/imitation-and-vla.mdx"
LANGUAGE = "module-4-learning-and-language/language-to-action.mdx"
SAFETY = "module-4-learning-and-language/safety.md"
CAPSTONE = "module-4-learning-and-language/capstone.md"


def depth_error(depth: float) -> float:
    """Stereo depth error, in centimetres."""
    return 100 * depth**2 / (FOCAL * BASELINE) * MATCHING_ERROR


def pixel(x: float, y: float, z: float) -> tuple[float, float]:
    """Where the head camera shows a point of its optical frame."""
    return FOCAL * x / z + 320, FOCAL * y / z + 240


def scalar_update(x: float, p: float, z: float, r: float) -> tuple[float, float, float]:
    """Gain, estimate and variance of a one-dimensional Kalman update."""
    gain = p / (p + r)
    return gain, x + gain * (z - x), (1 - gain) * p


def two_looks() -> tuple[float, float, float]:
    """Gain, estimate and variance after the second look at the wall."""
    _, x, p = scalar_update(2.00, 0.04, 2.30, 0.01)
    return scalar_update(x - 0.50, p + 0.002, 1.70, 0.01)


def log_odds(p: float) -> float:
    return log(p / (1 - p))


def probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def relaxed(loop_weight: float) -> np.ndarray:
    """The pose graph of three steps of 1 m and a loop closure of 2.7 m, solved by its normal equations."""
    a = np.array([[1, 0, 0], [-1, 1, 0], [0, -1, 1], [0, 0, 1]], dtype=float)
    w = np.diag([1.0, 1.0, 1.0, loop_weight])
    return np.linalg.solve(a.T @ w @ a, a.T @ w @ np.array([1.0, 1.0, 1.0, 2.7]))


def hand(q1: float, q2: float) -> tuple[float, float]:
    """Hand position for joint angles in degrees."""
    a, b = radians(q1), radians(q1 + q2)
    return UPPER_ARM * cos(a) + FOREARM * cos(b), UPPER_ARM * sin(a) + FOREARM * sin(b)


def arm_angles(x: float, y: float) -> tuple[float, float]:
    """Shoulder and elbow angle in degrees, from the angles of the triangle they form."""
    r = hypot(x, y)
    at_shoulder = np.arccos((UPPER_ARM**2 + r**2 - FOREARM**2) / (2 * UPPER_ARM * r))
    at_elbow = np.arccos((UPPER_ARM**2 + FOREARM**2 - r**2) / (2 * UPPER_ARM * FOREARM))
    return degrees(atan2(y, x) - at_shoulder), 180 - degrees(at_elbow)


def knee(distance: float) -> float:
    return 180 - 2 * degrees(asin(distance / (2 * SHANK)))


def sweeps(count: int, fall_cost: float = 10.0) -> tuple[float, float]:
    """Values of upright and leaning after some sweeps of value iteration with a discount of 0.9."""
    up = lean = 0.0
    for _ in range(count):
        up, lean = (
            max(2 + 0.9 * (0.8 * up + 0.2 * lean), 1 + 0.9 * up),
            max(-0.2 * fall_cost + 0.72 * up, 2 - 0.6 * fall_cost + 0.36 * lean),
        )
    return up, lean


def ppo(ratio: float, advantage: float) -> float:
    return min(ratio * advantage, float(np.clip(ratio, 0.8, 1.2)) * advantage)


def ensembled(predictions: Sequence[float], m: float) -> float:
    return float(np.average(predictions, weights=[exp(-m * i) for i in range(len(predictions))]))


def braking(speed: float, reaction: float, deceleration: float) -> float:
    return speed * reaction + speed**2 / (2 * deceleration)


def separation(speed: float) -> float:
    return 1.6 * (0.10 + speed / 2.0) + braking(speed, 0.10, 2.0) + 0.10 + 0.10


def contact_speed(force: float, arm: float, body: float, stiffness: float) -> float:
    return force / sqrt(arm * body / (arm + body) * stiffness)


def wilson(successes: int, attempts: int) -> tuple[float, float]:
    """Both roots of the quadratic that defines the Wilson interval at 95 %."""
    p, zz = successes / attempts, 1.96**2 / attempts
    low, high = sorted(np.roots([1 + zz, -(2 * p + zz), p * p]).real)
    return float(low), float(high)


Recomputed = Callable[[], float | Sequence[float]]

# By page: a fragment as it stands there, its numbers in « », and what they should be.
CLAIMS: dict[str, list[tuple[str, Recomputed]]] = {
    INDEX: [
        (r"| Height of the centre of mass | $z_c$ | «0.70» m |", lambda: HEIGHT),
        (r"| Mass | $m$ | «45» kg |", lambda: MASS),
    ],
    CAMERAS: [
        (
            r"column $u = 600 \times 0.15 + 320 = «410»$ and row $v = 600 \times (-0.05) + 240 = «210»$",
            lambda: pixel(0.30, -0.10, 2.00),
        ),
        (
            "A cup that is 0.08 m wide covers «24» px at a distance of 2 m, and «96» px at 0.5 m.",
            lambda: (FOCAL * 0.08 / 2, FOCAL * 0.08 / 0.5),
        ),
        ("needs 40 pixels to recognise a cup, it starts to work at «1.2» m", lambda: FOCAL * 0.08 / 40),
        (r"$2 \arctan(320/600) = «56.1»$ degrees", lambda: 2 * degrees(atan(320 / FOCAL))),
        (r"$2 \arctan(240/600) = «43.6»$ degrees", lambda: 2 * degrees(atan(240 / FOCAL))),
        ("but the straight-line distance is «2.02» m", lambda: hypot(0.30, 0.10, 2.00)),
        (r"$1.20 / \tan 30° = «2.08»$ m ahead", lambda: CAMERA_HEIGHT / tan(radians(30))),
        (
            "An error of one degree in the tilt moves that spot by about «8» cm",
            lambda: 100 * CAMERA_HEIGHT / sin(radians(30)) ** 2 * radians(1),
        ),
        (
            "The undistorted column would be «620», but the lens shows the point at column «605».",
            lambda: (FOCAL * 0.5 + 320, FOCAL * 0.5 * (1 - 0.20 * 0.5**2) + 320),
        ),
        ("at a range of two metres is an error of «5» cm", lambda: 100 * 15 * 2 / FOCAL),
        (
            "a disparity of 18 px means a depth of «2.00» m, and 36 px means «1.00» m",
            lambda: (FOCAL * BASELINE / 18, FOCAL * BASELINE / 36),
        ),
        (
            "the depth error is «1.4» cm at 1 m, «5.6» cm at 2 m and «22» cm at 4 m",
            lambda: (depth_error(1), depth_error(2), depth_error(4)),
        ),
        ("Light travels 1 m and back in «6.7» ns", lambda: 2e9 / 299_792_458),
        (r"$600 \times 0.40 / 150 = «1.60»$ m", lambda: FOCAL * 0.40 / 150),
        (r"$4 \times 0.5 / (600 \times 0.02) = «0.167»$ m", lambda: 4 * 0.5 / (FOCAL * 0.02)),
    ],
    ESTIMATION: [
        (r"$\alpha = 0.50 / 0.51 = «0.980»$", lambda: 0.5 / (0.5 + 0.01)),
        (r"$0.98 \times 10.05 + 0.02 \times 9.0 = «10.029»$ degrees", lambda: 0.98 * (10.0 + 5.0 * 0.01) + 0.02 * 9.0),
        ("integrated alone, is wrong by «30» degrees after one minute", lambda: 0.5 * 60),
        ("For our numbers, that is «0.245» degrees", lambda: 0.98 / 0.02 * 0.5 * 0.01),
        (r"The gain is $K = 0.04 / (0.04 + 0.01) = «0.80»$.", lambda: scalar_update(2.00, 0.04, 2.30, 0.01)[0]),
        (
            r"to $2.00 + 0.80 \times 0.30 = «2.24»$ m, and the variance shrinks to $0.20 \times 0.04 = «0.008»\ ",
            lambda: scalar_update(2.00, 0.04, 2.30, 0.01)[1:],
        ),
        ("the gain is «0.50», and the estimate lands in the middle, at «1.72» m", lambda: two_looks()[:2]),
        ("the robot knows the distance to about «7» cm", lambda: 100 * sqrt(two_looks()[2])),
        ("$0.30^2 / 0.05 = «1.8»$", lambda: (2.30 - 2.00) ** 2 / (0.04 + 0.01)),
        ("A reading of 2.60 m would have given «7.2»", lambda: (2.60 - 2.00) ** 2 / (0.04 + 0.01)),
        (r"$\alpha = 2.00 / 2.01 = «0.995»$", lambda: 2 / (2 + 0.01)),
        (
            r"$5.0 - 0.75 \times 0.6 = «4.55»$ m, and its variance is $0.25 \times 0.09 = «0.0225»\ \mathrm{m^2}$",
            lambda: scalar_update(5.0, 0.09, 4.4, 0.03)[1:],
        ),
        ("$0.6^2 / 0.12 = «3.0»$", lambda: (5.0 - 4.4) ** 2 / (0.09 + 0.03)),
    ],
    MAPPING: [
        ("wrong by one degree carries the robot «17» cm sideways over 10 m", lambda: 1000 * sin(radians(1))),
        ("Every step becomes «0.925» m, and the robot ends at «2.775» m.", lambda: (relaxed(1.0)[0], relaxed(1.0)[2])),
        ("In log-odds these are $+«0.847»$ and $«-0.405»$.", lambda: (log_odds(0.7), log_odds(0.4))),
        (
            "Two hits give «1.695», which is a probability of «0.845».",
            lambda: (2 * log_odds(0.7), probability(2 * log_odds(0.7))),
        ),
        (
            "One hit and one pass-through give «0.442», which is a probability of «0.609»",
            lambda: (log_odds(0.7) + log_odds(0.4), probability(log_odds(0.7) + log_odds(0.4))),
        ),
        (
            "The probability is $1 / (1 + e^{-2.136}) = «0.894»$.",
            lambda: probability(3 * log_odds(0.7) + log_odds(0.4)),
        ),
        (
            "The loop closure gives way by $0.30 \\times 0.1 / 3.1 = «0.0097»$ m, so the robot ends at «2.710» m.",
            lambda: (relaxed(10.0)[2] - 2.7, relaxed(10.0)[2]),
        ),
    ],
    KINEMATICS: [
        (
            r"$x = 0.30 \cos 30° + 0.25 \cos 75° = «0.325»$ m and $y = 0.30 \sin 30° + 0.25 \sin 75° = «0.391»$ m",
            lambda: hand(30, 45),
        ),
        (
            r"$0.40^2 + 0.20^2 = «0.20»\ \mathrm{m^2}$, so the cup is «0.447» m away. The arm reaches «0.55» m",
            lambda: (0.40**2 + 0.20**2, hypot(0.40, 0.20), UPPER_ARM + FOREARM),
        ),
        ("gives an elbow angle of «71.5» degrees", lambda: arm_angles(0.40, 0.20)[1]),
        ("The shoulder angle is $26.6° - 32.0° = «-5.5»$ degrees.", lambda: arm_angles(0.40, 0.20)[0]),
        ("At $q_2 = 45°$ it is «0.053» m²", lambda: UPPER_ARM * FOREARM * sin(radians(45))),
        (
            "The shoulder must supply «3.18» N·m and the elbow «0.63» N·m",
            lambda: (G * hand(30, 45)[0], G * FOREARM * cos(radians(75))),
        ),
        (
            "by «62.0» degrees. With the ankle straight below the hip, the thigh leans forward by half of that, «31.0»",
            lambda: (knee(0.60), knee(0.60) / 2),
        ),
        ("Raise the hip to 0.69 m and the bend is «19.4» degrees", lambda: knee(0.69)),
        (r"$0.55 \times 9.81 = «5.40»$ N·m", lambda: (UPPER_ARM + FOREARM) * G),
        (r"$\dot{q}_1 = 0.10 / 0.30 = «0.333»$ rad/s", lambda: 0.10 / UPPER_ARM),
    ],
    BALANCE: [
        (
            "The centre of mass lies «0.026» m in front of the ankle.",
            lambda: np.average([0.02, 0.00, 0.10, 0.05], weights=[20, 16, 6, 3]),
        ),
        (r"the ZMP is at $0.02 - «0.0714» \times 1.2 = «-0.066»$ m", lambda: (HEIGHT / G, COM_X - HEIGHT / G * 1.2)),
        ("so «14» mm of margin remain", lambda: 1000 * (COM_X - HEIGHT / G * 1.2 - HEEL)),
        (r"$0.10 \times 9.81 / 0.70 = «1.40»\ ", lambda: (COM_X - HEEL) * G / HEIGHT),
        (r"$\omega = \sqrt{9.81 / 0.70} = «3.74»$ per second", lambda: OMEGA),
        ("so it doubles every «0.19» seconds", lambda: log(2) / OMEGA),
        ("The capture point is at $0.02 + 0.30 / 3.74 = «0.100»$ m.", lambda: COM_X + 0.30 / OMEGA),
        ("The capture point is at «0.154» m, beyond the toe.", lambda: COM_X + 0.50 / OMEGA),
        (r"a speed of $(0.12 - 0.02) \times 3.74 = «0.374»$ m/s", lambda: (TOE - COM_X) * OMEGA),
        ("an impulse of «20» N·s, which gives 45 kg a speed of «0.44» m/s", lambda: (100 * 0.2, 100 * 0.2 / MASS)),
        ("Steps of 0.30 m every 0.60 s make «0.50» m/s", lambda: 0.30 / 0.60),
        ("At 0.8 m/s with $L = 0.70$ m it is «0.093»", lambda: 0.8**2 / (G * HEIGHT)),
        (r"which for our robot is «1.85» m/s", lambda: sqrt(0.5 * G * HEIGHT)),
        (
            r"rises to «4.43» per second, so the speed it can absorb rises to $0.10 \times 4.43 = «0.443»$ m/s",
            lambda: (sqrt(G / 0.50), 0.10 * sqrt(G / 0.50)),
        ),
    ],
    REINFORCEMENT: [
        ("the horizon is «100» steps, or «2» seconds", lambda: (1 / (1 - 0.99), 1 / (1 - 0.99) / 50)),
        (r"$V(\text{upright}) = \max(2, 1) = «2»$ and $V(\text{leaning}) = \max(-2, -4) = «-2»$", lambda: sweeps(1)),
        (
            r"= «3.08»$ and standing $1 + 0.9 \times 2 = «2.80»$.",
            lambda: (sweeps(2)[0], 1 + 0.9 * sweeps(1)[0]),
        ),
        (r"Recovering is worth $-2 + 0.9 \times 0.8 \times 2 = «-0.56»$", lambda: sweeps(2)[1]),
        ("upright becomes «4.117» and leaning «0.218»", lambda: sweeps(3)),
        ("settle at «10.90» for upright and «5.85» for leaning", lambda: sweeps(1000)),
        ("This gives $c = «13.8»$.", lambda: (2 + 7.2 + 0.18 * 7.2 - 10) / (0.18 * 0.2)),
        ("a speed error of 0.3 m/s still earns «0.70»", lambda: exp(-(0.3**2) / 0.25)),
        (r"gives $\delta = «1.94»$", lambda: 1.0 + 0.99 * 6.0 - 5.0),
        ("The unclipped term is «2.7», the clipped one 2.4; the minimum is «2.4»", lambda: (1.35 * 2, ppo(1.35, 2))),
        ("Now the minimum is $«-2.7»$, unclipped", lambda: ppo(1.35, -2)),
        ("every simulated second gives «204,800» samples", lambda: 4096 * 50),
    ],
    IMITATION: [
        ("Over 200 decisions, «36.7» % of the attempts succeed.", lambda: 100 * 0.995**200),
        (
            "the 200 steps take only «10» decisions, and the toy model's success rises to «95.1» %",
            lambda: (200 / 20, 100 * 0.995**10),
        ),
        ("A chunk of 20 actions at 50 Hz is blind for «0.4» s.", lambda: 20 / 50),
        ("The blend is «0.531» rad.", lambda: ensembled([0.50, 0.54, 0.60], 0.5)),
        (r"$0.8 \times 0.50 + 0.6 \times (-0.20) = «0.28»$", lambda: sqrt(0.64) * 0.50 + sqrt(1 - 0.64) * -0.20),
        ("If it guesses $-0.10$, you get «0.425»", lambda: (0.28 + 0.6 * 0.10) / 0.8),
        (
            "Each bin is $2/256 = «0.0078»$ wide, so rounding to the centre of a bin costs at most «0.0039»",
            lambda: (2 / 256, 1 / 256),
        ),
        (
            "An action of 0.30 falls into bin «166», whose centre is «0.3008».",
            lambda: (1.30 / 2 * 256 // 1, -1 + (1.30 / 2 * 256 // 1 + 0.5) * 2 / 256),
        ),
        ("the largest rounding error is «0.35» degrees", lambda: 180 / 256 / 2),
        ("an action takes «140» ms, which is «7» actions per second", lambda: (7 * 20, 1000 / (7 * 20))),
        (r"so $n \le «21.0»$ decisions", lambda: log(0.90) / log(0.995)),
        ("that is «20» decisions and «90.5» %", lambda: (200 / 10, 100 * 0.995**20)),
    ],
    LANGUAGE: [
        ("The sum is «2.21» s", lambda: 0.50 + 0.40 + 1.20 + 0.01 + 0.10),
        ("out of five, so the rate is «0.40»", lambda: 2 / 5),
        ("| find the sponge | 0.40 | 0.80 | «0.320» |", lambda: 0.40 * 0.80),
        ("| pick up the sponge | 0.45 | 0.06 | «0.027» |", lambda: 0.45 * 0.06),
        ("| go to the kitchen | 0.10 | 0.95 | «0.095» |", lambda: 0.10 * 0.95),
        (
            "this is «2.00» m ahead of the lens, «0.30» m to its right and «1.30» m above the floor",
            lambda: (2.00, 2.00 * (410 - 320) / FOCAL, CAMERA_HEIGHT - 2.00 * (210 - 240) / FOCAL),
        ),
    ],
    SAFETY: [
        ("drops by 0.60 m and releases «265» J", lambda: MASS * G * 0.60),
        ("our robot needs «0.45» m. At 2.0 m/s it needs «1.40» m.", lambda: (braking(1, 0.2, 2), braking(2, 0.2, 2))),
        ("With 1.40 m/s² the stop from 1.0 m/s takes «0.56» m.", lambda: braking(1, 0.2, (COM_X - HEEL) * G / HEIGHT)),
        ("It stops in «0.40» s and «0.16» m.", lambda: (0.8 / 2, 0.8**2 / 4)),
        ("the person must be at least «1.24» m away", lambda: separation(0.8)),
        (
            "the reduced mass is «3.64» kg, and the speed that just reaches 280 N is «0.93» m/s",
            lambda: (4 * 40 / 44, contact_speed(280, 4, 40, 25_000)),
        ),
        ("$0.50 + 0.25 = «0.75»$ m", lambda: braking(1, 0.5, 2)),
        ("The positive solution is $v = «0.61»$ m/s.", lambda: max(np.roots([0.25, 0.9, 0.16 + 0.20 - 1.0]))),
    ],
    CAPSTONE: [
        ("Five stages of 95 % each make a task that succeeds «77.4» % of the time.", lambda: 100 * 0.95**5),
        ("To reach 90 % over all, each stage needs «97.9» %.", lambda: 100 * 0.9 ** (1 / 5)),
        ("may try once more works «96» % of the time", lambda: 100 * (1 - 0.2**2)),
        (
            "also scores «17» or more, about one time in ten",
            lambda: next(k for k in range(21) if abs(sum(binomial(20, i, 0.7) for i in range(k, 21)) - 0.1) < 0.02),
        ),
        ("For 17 of 20 it runs from «64» % to «95» %.", lambda: tuple(100 * x for x in wilson(17, 20))),
        (
            "The intervals run from «0.70» to «0.97» and from «0.53» to «0.89»",
            lambda: (*wilson(18, 20), *wilson(15, 20)),
        ),
        ("show that the robot falls in fewer than «5» % of attempts", lambda: -100 * expm1(log(0.05) / 60)),
        (
            "The whole chain rises from «0.686» to «0.729».",
            lambda: (0.97 * 0.98 * 0.95 * 0.80 * 0.95, 0.97 * 0.98 * 0.95 * 0.85 * 0.95),
        ),
    ],
}


def binomial(n: int, k: int, p: float) -> float:
    """Probability of `k` successes in `n` attempts."""
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def shown(fragment: str) -> list[str]:
    """The numbers between « and », as they are printed."""
    return re.findall(r"«([^»]+)»", fragment)


def half_a_digit(number: str) -> float:
    """Half a unit in the last place of a printed number."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def value(number: str) -> float:
    return float(number.replace(",", ""))


CASES = pytest.mark.parametrize(
    ("path", "fragment", "recomputed"),
    [
        pytest.param(path, *row, id=f"{path.partition('/')[2]}:{row[0][:40]}")
        for path, rows in CLAIMS.items()
        for row in rows
    ],
)


@CASES
def test_the_fragment_stands_in_its_page(
    path: str, fragment: str, recomputed: Recomputed, says: Callable[[str, str], bool]
) -> None:
    """A number that is edited in the page has to be edited here too."""
    assert says(path, re.sub("[«»]", "", fragment))


@CASES
def test_the_number_is_what_its_formula_gives(path: str, fragment: str, recomputed: Recomputed) -> None:
    """Within half a unit of the last digit that is printed."""
    printed = shown(fragment)
    exact = np.atleast_1d(recomputed()).tolist()

    assert len(printed) == len(exact) > 0
    assert all(
        abs(value(number) - truth) <= half_a_digit(number) + 1e-9 for number, truth in zip(printed, exact, strict=True)
    ), f"{path} says {printed}, the formula gives {exact}"
