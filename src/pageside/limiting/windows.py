"""Moving windows: when each of the last requests under a key came, in this process or in Redis.

They are forms of the storage of the `limits` library, whose own ask the clock of the machine for the time. That clock
can be set back, and then locks everybody out until it has caught up. Here a process counts on its monotonic clock, and
processes that share windows on the clock of Redis, where a time that lies ahead is forgotten. All moments that leave
this module are on the monotonic clock of the process.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from limits.aio.storage import MovingWindowSupport, Storage

from pageside.storage.redis_server import Command, RedisServer

Clock = Callable[[], float]

MOST_KEYS: Final = 100_000
_TIDIED_AT_ONCE: Final = 2  # keys looked at with each request: one more than it may add

_PREFIX: Final = "pageside:limit:"
# The newest time stands first. The script of `limits` takes the time of whoever asks, and servers differ in theirs.
_BEGINNING: Final = """
local told = redis.call('TIME')
local now = told[1] * 1000000 + told[2]
local limit, window, amount = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000000, tonumber(ARGV[3])
local newest = redis.call('LINDEX', KEYS[1], 0)
while newest and tonumber(newest) > now do
    redis.call('LPOP', KEYS[1])
    newest = redis.call('LINDEX', KEYS[1], 0)
end
"""
_ACQUIRE: Final = f"""{_BEGINNING}
local entry = redis.call('LINDEX', KEYS[1], limit - amount)
if amount > limit or (entry and tonumber(entry) > now - window) then
    return 0
end
for _ = 1, amount do
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
end
redis.call('LTRIM', KEYS[1], 0, limit - 1)
redis.call('PEXPIRE', KEYS[1], window / 1000)
return 1
"""
_LOOK: Final = f"""{_BEGINNING}
local oldest, count = now, 0
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, limit - 1)) do
    if tonumber(entry) <= now - window then
        break
    end
    oldest, count = tonumber(entry), count + 1
end
return {{string.format('%.0f', now - oldest), count}}
"""


class _Windows(Storage, MovingWindowSupport):
    """What `limits` wants of a storage and moving windows do not need: there are no counters here."""

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError

    async def get(self, key: str) -> int:
        raise NotImplementedError

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        raise NotImplementedError


@dataclass(slots=True)
class _Window:
    """The times of the last requests under a key, oldest first, and when none of them counts any more."""

    times: deque[float]
    ends_at: float


class LocalWindows(_Windows):
    """Windows that this process alone knows; of more than `most_keys`, those that were not used for longest go."""

    def __init__(self, *, clock: Clock = time.monotonic, most_keys: int = MOST_KEYS) -> None:
        super().__init__()
        self._clock = clock
        self._most_keys = most_keys
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether `amount` more requests are within the limit; then they are noted."""
        window = self._windows.get(key)
        if amount > limit or (window is not None and self._count(window, expiry) + amount > limit):
            return False
        self.note(key, limit, expiry, amount=amount)
        return True

    def note(self, key: str, limit: int, expiry: int, *, amount: int = 1) -> None:
        """Notes requests that were let through, whether or not they are within the limit."""
        now = self._clock()
        window = self._windows.setdefault(key, _Window(deque(maxlen=limit), now))
        window.times.extend([now] * amount)
        window.ends_at = now + expiry
        self._windows.move_to_end(key)
        self._tidy(now)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest request that still counts came, and how many do."""
        window = self._windows.get(key)
        count = 0 if window is None else self._count(window, expiry)
        return (window.times[0], count) if window is not None and count else (self._clock(), 0)

    async def clear(self, key: str) -> None:
        """Forgets the requests under `key`."""
        self._windows.pop(key, None)

    def _count(self, window: _Window, expiry: int) -> int:
        begins_at = self._clock() - expiry
        while window.times and window.times[0] <= begins_at:
            window.times.popleft()
        return len(window.times)

    def _tidy(self, now: float) -> None:
        for _ in range(_TIDIED_AT_ONCE):
            key, window = next(iter(self._windows.items()))
            if window.ends_at > now and len(self._windows) <= self._most_keys:
                # One that ends later may hide some that end sooner; they go when it does, or when room is needed.
                break
            del self._windows[key]


class SharedWindows(_Windows):
    """Windows in Redis, the same for every process.

    Every question raises `RedisUnavailable` where Redis does not answer.
    """

    def __init__(self, server: RedisServer, *, clock: Clock = time.monotonic) -> None:
        super().__init__()
        self._server = server
        self._clock = clock

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether `amount` more requests are within the limit; then they are noted."""
        (answer,) = await self._server.ask([_evaluated(_ACQUIRE, key, limit, expiry, amount)])
        return bool(answer)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest request that still counts came, and how many do."""
        ((age, count),) = await self._server.ask([_evaluated(_LOOK, key, limit, expiry, 1)])
        return self._clock() - int(age) / 1_000_000, int(count)

    async def clear(self, key: str) -> None:
        """Forgets the requests under `key`."""
        await self._server.ask([("DEL", _PREFIX + key)])


def _evaluated(script: str, key: str, limit: int, expiry: int, amount: int) -> Command:
    return ("EVAL", script, 1, _PREFIX + key, limit, expiry, amount)
