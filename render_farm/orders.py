"""Which images a child gets when, and what its end means for them. Knows no process and no clock.

A child works on several images at once, so its end says little about whose fault it was. What was in work then is made again,
one image at a time, and only a loss that can have no other cause costs an image one of its tries. So a guilty image is found
after at most one loss more, and an innocent one is never set aside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.spec import SceneSpec
from render_farm.leases import told
from render_farm.protocol import Answer, Stage

AHEAD = 1  # images handed to a child beyond those whose rendering has begun


@dataclass
class Order:
    """An image to be made. stage: the one that works on it, since `since_s`. alone: not beside others."""

    spec: SceneSpec
    reasons: list[str] = field(default_factory=list)  # of the tries that failed
    alone: bool = False
    begun: bool = False  # its rendering
    stage: Stage | None = None
    since_s: float = 0.0


Result = tuple[SceneSpec, Answer | None]


class Orders:
    """The images of one supervisor. results: those that are through; their answer is None when they were dropped.

    idle_losses: children in a row that were lost while they worked on nothing.
    """

    def __init__(self, attempts: int) -> None:
        self.results: deque[Result] = deque()
        self.idle_losses = 0
        self._attempts = attempts
        self._here: deque[Order] = deque()
        self._sent: dict[int, Order] = {}  # by index, in the order of sending

    @property
    def waiting(self) -> int:
        """Images put in and not yet taken out of `results`."""
        return len(self._here) + len(self._sent) + len(self.results)

    @property
    def sent(self) -> int:
        """Images that a child has."""
        return len(self._sent)

    @property
    def wants_more(self) -> bool:
        return not self._here and self._has_room

    def put(self, spec: SceneSpec) -> None:
        self._here.append(Order(spec))

    def next(self) -> SceneSpec | None:
        """The image to be handed over now, if any."""
        if not self._here or (self._sent if self._here[0].alone else not self._has_room):
            return None
        order = self._here.popleft()
        self._sent[order.spec.index] = order
        return order.spec

    def mark(self, index: int, stage: Stage | None, now_s: float) -> None:
        """A stage begins to work on an image; None: ends."""
        order = self._sent[index]
        order.stage, order.since_s = stage, now_s
        order.begun = order.begun or stage == "render"

    def finish(self, answer: Answer) -> None:
        """An image is through."""
        self.idle_losses = 0
        self.results.append((self._sent.pop(answer.index).spec, answer))

    def late(self, before_s: float) -> int | None:
        """The index of an image that a stage has been working on since before `before_s`."""
        return next((index for index, order in self._sent.items() if order.stage and order.since_s < before_s), None)

    def lost(self, reason: str, guilty: int | None = None) -> None:
        """The child is gone; `guilty` is the image that brought it down, where that is known. The others are made again."""
        suspects = [order for index, order in self._sent.items() if (order.stage if guilty is None else index == guilty)]
        self.idle_losses = 0 if suspects else self.idle_losses + 1
        if len(suspects) == 1:
            suspects[0].reasons.append(reason)
        others = [order for order in self._sent.values() if order not in suspects]
        self._sent.clear()
        given_up = [order for order in suspects if len(order.reasons) >= self._attempts]
        for order in given_up:
            self.results.append((order.spec, Answer(status="given_up", index=order.spec.index, error=told(order.reasons))))
        again = [Order(o.spec, o.reasons, alone=True) for o in suspects if o not in given_up]
        self._here.extendleft(reversed(again + [Order(o.spec, o.reasons, o.alone) for o in others]))

    def drop(self, *, begun: bool) -> None:
        """Gives up what is not through; with `begun` also what a child has."""
        gone: Iterable[Order] = [*self._sent.values(), *self._here] if begun else [*self._here]
        self._here.clear()
        if begun:
            self._sent.clear()
        self.results.extend((order.spec, None) for order in gone)

    @property
    def _has_room(self) -> bool:
        alone = any(order.alone for order in self._sent.values())
        return not alone and sum(not order.begun for order in self._sent.values()) < AHEAD
