"""How fast a client may talk."""

FRAMES_A_SECOND = 20
SECONDS_OF_FLOOD = 10


class Pace:
    """Slows a client down to 20 frames a second, and gives up on one that does not slow down for 10 seconds."""

    def __init__(self) -> None:
        self._second = 0
        self._frames = 0
        self._flooded_seconds = 0

    def pause_before_next(self, now: float) -> float:
        """Count a frame that came at `now` (a monotonic clock); how many seconds to wait before it is looked at."""
        if int(now) != self._second:
            was_flooded = self._frames > FRAMES_A_SECOND and int(now) == self._second + 1
            self._flooded_seconds = self._flooded_seconds + 1 if was_flooded else 0
            self._second, self._frames = int(now), 0
        self._frames += 1
        return self._second + 1 - now if self._frames > FRAMES_A_SECOND else 0.0

    @property
    def is_flood(self) -> bool:
        """Whether it has gone on for too long."""
        return self._flooded_seconds >= SECONDS_OF_FLOOD
