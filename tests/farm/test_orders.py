"""Who is handed over when, and who is to blame: every image gets its result, and no innocent one is set aside."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from generator.spec import SceneSpec
from render_farm.orders import AHEAD, Orders
from render_farm.protocol import Answer, Stage
from tests.studio import camera, scene

STAGES: tuple[Stage, ...] = ("prepare", "render", "finish")
SPECS = [scene(camera=camera(32, 24), index=index) for index in range(8)]
ATTEMPTS = 2


def orders_of(*specs: SceneSpec) -> Orders:
    orders = Orders(ATTEMPTS)
    for spec in specs:
        orders.put(spec)
    return orders


def hand_over(orders: Orders) -> list[int]:
    """Indices of what is handed over now."""
    given_now = []
    while (spec := orders.next()) is not None:
        given_now.append(spec.index)
    return given_now


def test_a_child_gets_one_image_ahead_of_those_it_renders() -> None:
    orders = orders_of(*SPECS[:4])
    assert hand_over(orders) == [0]
    orders.mark(0, "prepare", 0.0)
    assert hand_over(orders) == []
    orders.mark(0, "render", 0.0)
    assert hand_over(orders) == [1]
    orders.mark(0, "finish", 0.0)
    assert hand_over(orders) == []


def test_an_image_that_takes_too_long_pays_and_the_others_do_not() -> None:
    orders = orders_of(*SPECS[:2])
    hand_over(orders)
    orders.mark(0, "render", 1.0)
    hand_over(orders)
    orders.mark(1, "prepare", 5.0)
    assert orders.late(before_s=0.5) is None
    late = orders.late(before_s=3.0)
    assert late == 0
    orders.lost("too long", late)
    assert hand_over(orders) == [0], "alone, so that its second try tells"
    orders.mark(0, "render", 10.0)
    assert hand_over(orders) == []
    orders.lost("too long", 0)
    spec, answer = orders.results.popleft()
    assert spec.index == 0
    assert answer is not None
    assert (answer.status, answer.error) == ("given_up", "too long (in 2 of 2 tries)")
    assert hand_over(orders) == [1]


def test_between_two_stages_the_clock_stands() -> None:
    orders = orders_of(SPECS[0])
    hand_over(orders)
    orders.mark(0, "prepare", 0.0)
    orders.mark(0, None, 1.0)
    assert orders.late(before_s=100.0) is None


def test_children_that_die_with_nothing_to_do_are_counted() -> None:
    orders = orders_of(SPECS[0])
    for count in (1, 2):
        assert hand_over(orders) == [0]
        orders.lost("killed")
        assert orders.idle_losses == count
    hand_over(orders)
    orders.finish(Answer(status="done", index=0))
    assert orders.idle_losses == 0


def test_dropping_spares_what_is_begun_if_wanted() -> None:
    orders = orders_of(*SPECS[:3])
    hand_over(orders)
    orders.drop(begun=False)
    assert [(spec.index, answer) for spec, answer in orders.results] == [(1, None), (2, None)]
    orders.drop(begun=True)
    assert [spec.index for spec, _ in orders.results] == [1, 2, 0]


class Child:
    """Moves images through its stages in any order that queues allow, until one that is `guilty` is in its stage."""

    def __init__(self, orders: Orders, guilty: dict[int, Stage]) -> None:
        self.orders = orders
        self.guilty = guilty
        self.places: dict[int, int] = {}  # of an image: 2 * stage, + 1 once it works there

    def moves(self) -> list[int]:
        """Images that can move on: those that need not wait for the one before them, and are not bringing the child down."""
        ahead, free = 99, []
        for index, place in self.places.items():
            if (place % 2 == 1 or place + 2 <= ahead) and not self.brings_down(index):
                free.append(index)
            ahead = place
        return free

    def brings_down(self, index: int) -> bool:
        return self.places[index] % 2 == 1 and self.guilty.get(index) == STAGES[self.places[index] // 2]

    def move(self, index: int) -> None:
        place = self.places[index] = self.places[index] + 1
        if place == 6:
            del self.places[index]
            self.orders.finish(Answer(status="done", index=index))
        else:
            self.orders.mark(index, STAGES[place // 2] if place % 2 else None, 0.0)


@given(st.data(), st.dictionaries(st.integers(0, 7), st.sampled_from(STAGES), max_size=4))
def test_every_crash_is_traced_to_its_image(data: st.DataObject, guilty: dict[int, Stage]) -> None:
    """Whatever overlaps, and however late after its cause the child goes down."""
    orders = orders_of(*SPECS)
    child = Child(orders, guilty)
    losses: Counter[int] = Counter()
    while len(orders.results) < len(SPECS):
        child.places |= dict.fromkeys(hand_over(orders), 0)
        assert sum(place < 3 for place in child.places.values()) <= AHEAD
        culprits = [index for index in child.places if child.brings_down(index)]
        free = child.moves()
        if culprits and (not free or data.draw(st.booleans())):
            losses.update(culprits)
            orders.lost("crash")
            child = Child(orders, guilty)
        else:
            child.move(data.draw(st.sampled_from(free)))
    results = {spec.index: answer for spec, answer in orders.results}
    assert {index for index, answer in results.items() if answer and answer.status == "given_up"} == guilty.keys()
    assert all(answer and answer.error == "crash (in 2 of 2 tries)" for index, answer in results.items() if index in guilty)
    assert max(losses.values(), default=0) <= ATTEMPTS + 1, "at most one loss more than it has tries"
