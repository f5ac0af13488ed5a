"""Follow-ups and what the search must be asked for, some to develop on, the others written before any result was seen.

A case is what was said before (a question and its answer, in turn), what the reader says now, the words that the
question made standalone must hold, and words it must not hold. `STAYS` instead of words: it stands by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pageside.answer.question import Message

STAYS: Final = ("stays as it is",)


@dataclass(frozen=True, slots=True)
class Case:
    """One follow-up."""

    said: tuple[str, ...]
    asked: str
    needs: tuple[str, ...]
    avoids: tuple[str, ...] = ()

    @property
    def history(self) -> tuple[Message, ...]:
        roles = ("reader", "tutor")
        return tuple(Message(roles[at % 2], text) for at, text in enumerate(self.said))

    def met_by(self, standalone: str) -> bool:
        """Whether the question made standalone is what the case asks for."""
        if self.needs == STAYS:
            return standalone == self.asked
        folded = standalone.casefold()
        return all(word in folded for word in self.needs) and not any(word in folded for word in self.avoids)


_POLICIES = (
    "Which quality of service policies are there?",
    "- Reliability: lost samples are sent again. [1]\n- Durability: late joiners get old samples. [1]\n- History. [2]",
)
_GAPS = (
    "How can the reality gap be closed?",
    "1. System identification. [1]\n2. Domain randomization. [2]\n3. Domain adaptation corrects the images. [3]",
)
_SENSORS = (
    "What is the difference between a lidar and a depth camera?",
    "A lidar sweeps a laser and measures flight times [1]. A depth camera sees a whole image at once [2].",
)
_DECLINED = "The book does not say. The nearest sections are about servos and gears."

DEVELOPMENT: Final = (
    Case(_POLICIES, "and the second one?", ("durability",)),
    Case(_GAPS, "tell me about the last one", ("adaptation",)),
    Case(
        ("Should a humanoid bend its knees while walking?", "Yes, bent knees keep the legs controllable [1]."),
        "why?",
        ("humanoid", "knees"),
    ),
    Case(
        ("How does the Kalman filter fuse two sensors?", "It weighs each by its uncertainty [1]."),
        "explain it more simply",
        ("kalman",),
    ),
    Case(_SENSORS, "Which of them works in sunlight?", ("lidar", "depth camera", "sunlight")),
    Case(_SENSORS, "which one is cheaper?", ("lidar", "depth camera", "cheaper")),
    Case(
        ("What is a URDF?", "A URDF describes links and joints [1].", "thanks!", "You are welcome."),
        "how do I check it?",
        ("urdf", "check"),
        ("thanks",),
    ),
    Case(("What is the capital of France?", _DECLINED), "and of Germany?", ("capital", "germany")),
    Case(
        (
            "> The zero moment point must stay inside the support polygon.\n\nwhat does this mean?",
            "The point where the ground reaction acts must lie under the feet [1].",
        ),
        "and why is that?",
        ("zero moment point",),
    ),
    Case(
        ("What is a lifecycle node?", "A lifecycle node has states [1]."),
        "¿y por qué?",
        ("lifecycle node",),
    ),
    Case(
        ("What is odometry?", "Odometry adds up the turns of the wheels [1]."),
        "What is it called when the robot loses track of its position?",
        STAYS,
    ),
    Case(
        ("What is a topic?", "A topic is a named stream of messages [1]."),
        "Is there a way to record messages into a bag file?",
        STAYS,
    ),
    Case(
        ("What are joint limits?", "They bound each angle [1]."),
        "How many of those are in the example?",
        ("joint limits",),
    ),
    Case(
        ("What is a costmap?", "A costmap is a grid of what it costs to be somewhere [1]."),
        "what do you mean by that?",
        ("costmap",),
    ),
    Case(("What is Gazebo?", "Gazebo is a simulator [1]."), "does it work on Windows?", ("gazebo", "windows")),
    Case(
        ("What are the advantages of imitation learning?", "It needs no reward function [1]."),
        "And the disadvantages?",
        ("imitation learning", "disadvantages"),
    ),
    Case(
        (
            "What is the difference between forward and inverse kinematics?",
            "Forward kinematics goes from angles to the hand [1]; inverse kinematics goes back [2].",
        ),
        "How is the former computed?",
        ("forward", "computed"),
    ),
    Case(
        ("Give me an example of a QoS mismatch.", "A best-effort publisher and a reliable subscriber [1]."),
        "Another one please",
        ("qos mismatch",),
    ),
    Case(("What is the default queue depth?", "It is ten [1]."), "Are you sure?", ("queue depth",)),
    Case(("What is a behaviour tree?", "A tree of tasks that is ticked [1]."), "more details", ("behaviour tree",)),
    Case(
        ("Why does my simulated robot sink into the floor?", "The contact is too soft for the step [1]."),
        "How can I prevent that?",
        ("simulated robot", "sink"),
    ),
    Case(_POLICIES, "What is ROS 2 used for?", STAYS),
    Case(
        ("What is a lidar?", "A lidar measures distance [1].", "How far does it see?", "A hundred metres [1]."),
        "and at night?",
        ("lidar", "night"),
    ),
    Case(
        (
            "What is a lidar?",
            "A lidar measures distance [1].",
            "What is a depth camera?",
            "A depth camera gives a distance for every pixel [1].",
        ),
        "How much does it cost?",
        ("depth camera", "cost"),
        ("lidar",),
    ),
    Case(
        ("What is a PD controller?", "It reacts to error and speed [1]."),
        "what about its limits?",
        ("pd controller", "limits"),
    ),
    Case(
        ("What is domain randomization?", "It trains on many machines [1]."),
        "can you give an example?",
        ("domain randomization", "example"),
    ),
    Case(
        ("What is a service?", "A service answers a request [1]."),
        "how does that differ from a topic?",
        ("service", "topic"),
    ),
    Case(
        ("How do I create a publisher in C++?", "Call create_publisher [1]."),
        "and in Python?",
        ("create", "publisher", "python"),
    ),
    Case(("What is a banana?", _DECLINED), "What is a node?", STAYS),
    Case(("What is a costmap?", _DECLINED), "why not?", ("costmap",)),
    Case(
        ("> Gazebo wants a graphics card.\n\nwhat does this mean?", "It needs one to run well [1]."),
        "can I run it without one?",
        ("gazebo", "graphics card"),
    ),
    Case(("What is a node?", "A node is a program [1]."), "Can you explain this page?", STAYS),
    Case(("What is a node?", "A node is a program [1]."), "What are the main ideas of this chapter?", STAYS),
    Case(
        ("What is a node?", "A node is a program [1]. Programs of a robot talk over topics [2]."),
        "What does [2] mean?",
        ("programs of a robot talk over topics",),
    ),
    Case(("What is a lifecycle node?", "A lifecycle node has states [1]."), "et pourquoi ?", ("lifecycle node",)),
    Case(("What is a lifecycle node?", "A lifecycle node has states [1]."), "¿Qué es un tema?", STAYS),
    Case(
        (
            "hello",
            "Hello! Ask me anything about this book.",
            "What is a servo?",
            "A servo holds an angle [1].",
            "ok",
            "What else?",
        ),
        "why does it hum?",
        ("servo", "hum"),
    ),
    Case(
        ("My name is Sara. What is a bag file?", "A bag file holds messages [1]."),
        "how large is it?",
        ("bag file", "large"),
        ("sara",),
    ),
)

UNSEEN: Final = (
    Case(
        ("What is a PD controller?", "It reacts to error and speed [1]."), "and the gains?", ("pd controller", "gains")
    ),
    Case(
        ("How does an action differ from a service?", "An action can be cancelled [1]."),
        "when would I use one over the other?",
        ("action", "service"),
    ),
    Case(("What is a quaternion?", "Four numbers for a rotation [1]."), "what are they good for?", ("quaternion",)),
    Case(
        ("What is the support polygon?", "The hull of the contacts [1]."),
        "ok but what happens when the robot leaves it",
        ("support polygon",),
    ),
    Case(
        ("> Best-effort subscribers accept reliable publishers.\n\nexplain", "The offer is more than is asked [1]."),
        "is the opposite true as well?",
        ("best-effort",),
    ),
    Case(
        ("What is MuJoCo?", "MuJoCo is a simulator [1].", "thanks", "You are welcome."),
        "Is it free?",
        ("mujoco", "free"),
        ("thanks",),
    ),
    Case(
        ("Which sensors does the edge kit have?", "It has two:\n\n- a depth camera [1]\n- an IMU [1]"),
        "what does the second do?",
        ("imu",),
    ),
    Case(("What is the price of Bitcoin?", _DECLINED), "What is a costmap?", STAYS),
    Case(
        ("What is domain randomization?", "It trains on many machines [1]."),
        "Wozu braucht man das?",
        ("domain randomization",),
    ),
    Case(
        ("What is domain randomization?", "It trains on many machines [1]."),
        "What is domain adaptation?",
        STAYS,
    ),
    Case(("How do I write a launch file?", "In Python [1]."), "in XML instead?", ("launch file", "xml")),
    Case(("What is a TF frame?", "A place to measure from [1]."), "Why do we need so many of them?", ("tf frame",)),
    Case(("What is SLAM?", "Mapping while moving [1]."), "Summarise this chapter", STAYS),
    Case(("What is odometry drift?", "Errors that add up [1]."), "I still don't understand", ("odometry drift",)),
    Case(("What is a Jacobian?", "A matrix of slopes [1]."), "Could you say that in one sentence?", ("jacobian",)),
    Case(
        ("What is a reward function?", "A number to earn [1].", "Why is it hard to design?", "It is cheated [1]."),
        "Any tricks?",
        ("reward function", "tricks"),
    ),
    Case(("What is a bag file?", "A bag file holds messages [1]."), "How big does one get?", ("bag file", "big")),
    Case(
        ("Compare Gazebo and Isaac Sim.", "Gazebo is lighter [1]. Isaac Sim draws better [2]."),
        "Which would you pick for a laptop?",
        ("gazebo", "isaac", "laptop"),
    ),
    Case(("What is inverse kinematics?", "From hand to angles [1]."), "What does the book say about batteries?", STAYS),
    Case(("What is the ZMP?", "A point on the ground [1]."), "zmp vs center of pressure?", STAYS),
    Case(("What does the lifecycle manager do?", "It configures the nodes [1]."), "And then?", ("lifecycle manager",)),
    Case(("What is a node?", "A node is a program [1]."), "That's wrong, isn't it?", ("node",)),
    Case(
        ("How fast should a balance controller run?", "At 500 Hz [1]."),
        "Why so fast?",
        ("balance controller",),
    ),
    Case(
        ("What is a URDF?", "A URDF describes links [1].", "My name is Sara.", "Nice to meet you, Sara."),
        "What tags does it have?",
        ("urdf", "tags"),
        ("sara",),
    ),
)
