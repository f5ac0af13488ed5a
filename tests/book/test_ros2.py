"""The stand-in for ROS 2 keeps the promises that the book's programs rely on."""

from __future__ import annotations

import pytest


@pytest.fixture
def graph(ros2: None):
    """A running context, shut down afterwards."""
    import rclpy  # noqa: PLC0415

    rclpy.init()
    yield rclpy
    rclpy.try_shutdown()


def test_a_message_reaches_the_other_node_only_when_that_node_is_spun(graph) -> None:
    """Publishing queues; the executor delivers."""
    from std_msgs.msg import String  # noqa: PLC0415

    heard: list[str] = []
    talker, listener = graph.create_node("talker"), graph.create_node("listener")
    publisher = talker.create_publisher(String, "chatter", 10)
    listener.create_subscription(String, "chatter", lambda message: heard.append(message.data), 10)
    publisher.publish(String(data="hello"))
    before = list(heard)
    graph.spin_once(listener, timeout_sec=0.0)

    assert (before, heard) == ([], ["hello"])


def test_a_full_queue_drops_the_oldest_message(graph) -> None:
    """Keep-last means the last."""
    from std_msgs.msg import Int32  # noqa: PLC0415

    heard: list[int] = []
    node = graph.create_node("counter")
    publisher = node.create_publisher(Int32, "count", 10)
    node.create_subscription(Int32, "count", lambda message: heard.append(message.data), 2)
    for number in range(5):
        publisher.publish(Int32(data=number))
    for _ in range(5):
        graph.spin_once(node, timeout_sec=0.0)

    assert heard == [3, 4]


def test_a_wrong_field_type_is_refused(graph) -> None:
    """As the generated message classes do."""
    from geometry_msgs.msg import Twist  # noqa: PLC0415

    message = Twist()

    with pytest.raises(AssertionError, match="linear"):
        message.linear = 0.5
    with pytest.raises(AttributeError, match="speed"):
        message.speed = 0.5


def test_waiting_for_what_cannot_happen_raises_instead_of_hanging(graph) -> None:
    """A response that nobody spins for never comes."""
    from rclpy.graph import Stuck  # noqa: PLC0415
    from std_srvs.srv import Trigger  # noqa: PLC0415

    server, client_node = graph.create_node("server"), graph.create_node("client")
    server.create_service(Trigger, "go", lambda _, response: response)
    future = client_node.create_client(Trigger, "go").call_async(Trigger.Request())

    with pytest.raises(Stuck):
        graph.spin_until_future_complete(client_node, future)


def test_transforms_compose_and_interpolate(graph) -> None:
    """Half way between two stamps the rotation is half way too."""
    import math  # noqa: PLC0415

    from geometry_msgs.msg import TransformStamped  # noqa: PLC0415
    from rclpy.time import Time  # noqa: PLC0415
    from tf2_ros import Buffer  # noqa: PLC0415

    buffer = Buffer()
    for seconds, angle in ((1.0, 0.0), (2.0, math.pi / 2)):
        turn = TransformStamped(child_frame_id="hand")
        turn.header.frame_id, turn.header.stamp = "base", Time(seconds=seconds).to_msg()
        turn.transform.translation.x = seconds
        turn.transform.rotation.z, turn.transform.rotation.w = math.sin(angle / 2), math.cos(angle / 2)
        buffer.set_transform(turn, "test")
    middle = buffer.lookup_transform("base", "hand", Time(seconds=1.5)).transform

    assert middle.translation.x == pytest.approx(1.5)
    assert 2 * math.atan2(middle.rotation.z, middle.rotation.w) == pytest.approx(math.pi / 4)
