"""How a listening server ends without breaking a connection that somebody has just made; over uvicorn's protocols."""

from __future__ import annotations

import asyncio
import ctypes
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import uvicorn

IDLE = timedelta(seconds=0.5)
_LOOKED_EVERY_S = 0.02
_HANDSHAKE_S = 0.25  # a way around the world and back
_SO_ATTACH_FILTER = 26  # asm-generic/socket.h, also on x86-64 and arm64
# linux/filter.h: load the byte with the flags of the TCP header; with SYN among them keep nothing, else all of it.
_NO_SYN = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF_FFFF))


class _Instruction(ctypes.Structure):
    """`struct sock_filter` of linux/filter.h."""

    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Filter(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


async def close_listeners(server: uvicorn.Server, listeners: Iterable[socket.socket]) -> None:
    """Takes no more connections, once those that wait to be taken are.

    The kernel resets what it has accepted and nobody has taken when the listener is closed. A proxy that is refused a
    connection asks the next process; one whose connection is reset after it has sent a question cannot.
    """
    loop = asyncio.get_running_loop()
    listening = list(listeners)
    for listener in listening:
        _hear_no_more(listener)
    await asyncio.sleep(_HANDSHAKE_S)
    for listener in listening:
        with suppress(NotImplementedError):  # the loop of Windows has no readers
            loop.remove_reader(listener)
    await asyncio.sleep(0)  # a server that is closed does not serve what its loop took in the same step
    taken = [taken for listener in listening for taken in _waiting(listener)]
    for each in server.servers:
        each.close()
    for listener in listening:
        listener.close()

    def protocol() -> asyncio.Protocol:
        kind: Any = server.config.http_protocol_class
        made: asyncio.Protocol = kind(
            config=server.config, server_state=server.server_state, app_state=server.lifespan.state, _loop=loop
        )
        return made

    made = (loop.connect_accepted_socket(protocol, each) for each in taken)
    await asyncio.gather(*made, return_exceptions=True)  # whoever has left again is no concern of others


async def begin_to_answer(server: uvicorn.Server, *, within: timedelta) -> None:
    """Returns when every request that has come is being answered, or when the time is over.

    An idle connection gets half a second, for whoever has just made or chosen it is about to ask; all others close
    after their answer.
    """
    loop = asyncio.get_running_loop()
    over, silent = loop.time() + within.total_seconds(), loop.time() + IDLE.total_seconds()
    while loop.time() < over:
        waited_for = False
        for connection in list(server.server_state.connections):
            cycle: Any = getattr(connection, "cycle", None)
            idle = cycle is None or cycle.response_complete
            if not idle or loop.time() > silent:
                connection.shutdown()
            waited_for |= idle or not cycle.response_started
        if not waited_for:
            return
        await asyncio.sleep(_LOOKED_EVERY_S)


def _hear_no_more(listener: socket.socket) -> None:
    """Has the kernel overlook who wants to connect, so that none does between the last that is taken and the close.

    They ask again after a second, as of a packet that was lost, and are refused. What is connected goes on. Only Linux
    can do this; elsewhere, and where it may not, that moment stays as short as the step from one call to the next.
    """
    if sys.platform == "linux":
        program = (_Instruction * len(_NO_SYN))(*(_Instruction(*each) for each in _NO_SYN))
        with suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(_Filter(len(program), program)))


def _waiting(listener: socket.socket) -> list[socket.socket]:
    """The connections that are made and not yet taken."""
    taken: list[socket.socket] = []
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # none is left, or one has gone again, behind which the next comes by itself
            return taken
        connection.setblocking(False)
        taken.append(connection)
