"""The Ray back end: a station (actor) for every GPU, or for every few cores, of a cluster that is reached by address.

Ray places actors, moves JSON and says when one is gone. It retries nothing: its retries are burnt while a dead node is not yet
declared dead. Who makes what is the driver's (render_farm/driver.py), and the dataset folder has the last word.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Read when Ray is loaded. Without keepalive a network that swallows everything is noticed after 7 minutes instead of half a minute.
# A driver that cannot reach the head is ended by Ray after the last of these (60 s if not set), with exit code 0.
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_grpc_client_keepalive_time_ms": "10000",
    "RAY_grpc_client_keepalive_timeout_ms": "5000",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "600",
}
for _name, _value in ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)

import ray  # noqa: E402
from ray.exceptions import RayError  # noqa: E402
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: E402

from generator import __version__  # noqa: E402
from generator.dataset import Store  # noqa: E402
from generator.errors import DeviceError, RenderError  # noqa: E402
from generator.grammar import Grammar  # noqa: E402
from generator.grammar.tables import beside  # noqa: E402
from generator.job import Job  # noqa: E402
from generator.storage import folder_at  # noqa: E402
from render_farm.backend import Event, Heard, Lost, Renderers  # noqa: E402
from render_farm.postings import token_of  # noqa: E402
from render_farm.station import Ready, Station, Word  # noqa: E402
from render_farm.trades import Rendering, Room, Trade  # noqa: E402

_CONNECT_S = 10.0
_POLL_S = 1.0  # a station says what it has at least so often, but for large clusters:
_CALLS_A_S = 200.0  # by all stations together; Ray carries about 1,000 from one driver
_RECRUIT_S = 2.0  # between two looks at the nodes of the cluster
_STRIKE_S = 20.0  # a node on which no station starts is left alone for so long, then twice as long, ...


@dataclass
class _Actor:
    """handle and its one call under way (None: none). ready: it has started. inbox: indices to be given with the next call.

    shards: ranges to be gathered, likewise.
    """

    handle: Any
    node: str
    host: str
    call: Any
    ready: bool = False
    wants_more: bool = True
    inbox: list[int] = field(default_factory=list)
    shards: list[int] = field(default_factory=list)


class RayBackend:
    """The stations of one run, hired for `trade`. New nodes get stations, lost ones are replaced where there is room.

    start_wait_s: how long to wait for the first one.
    """

    def __init__(self, trade: Trade, start_wait_s: float) -> None:
        self._trade = trade
        self._start_wait_s = start_wait_s
        self._actors: dict[str, _Actor] = {}
        self._made = 0
        self._strikes: dict[str, tuple[int, float]] = {}  # by node: how many, and until when it is left alone
        self._trouble = ""
        self._worked = False
        self._winding_down = False
        self._began = self._recruited = time.monotonic() - _RECRUIT_S

    @property
    def _poll_s(self) -> float:
        return max(_POLL_S, len(self._actors) / _CALLS_A_S)

    def places(self) -> Mapping[str, int]:
        return {name: 1 for name, actor in self._actors.items() if actor.ready}

    def wanting(self) -> list[str]:
        """Stations that have just spoken and are low: what they are given goes with the next call."""
        return [name for name, a in self._actors.items() if a.ready and a.call is None and a.wants_more and not a.inbox]

    def give(self, place: str, indices: tuple[int, ...]) -> None:
        self._actors[place].inbox.extend(indices)

    def hear(self, timeout_s: float) -> list[Event]:
        if not self._winding_down:
            self._recruit()
        for actor in self._actors.values():
            if actor.call is None:
                actor.call = actor.handle.work.remote(actor.inbox, actor.shards, self._poll_s, self._winding_down)
                actor.inbox, actor.shards = [], []
        calls = {actor.call: name for name, actor in self._actors.items()}
        if not calls:
            time.sleep(timeout_s)
            return []
        done, _ = ray.wait(list(calls), num_returns=len(calls), timeout=0)
        if not done:
            done, _ = ray.wait(list(calls), num_returns=1, timeout=timeout_s)
        return [event for call in done if (event := self._answered(calls[call])) is not None]

    def gather(self, shard: int) -> None:
        """By a station: a thousand of them have the processors and the connections for it. If it is lost, the run's end does it."""
        ready = list(self.places())
        if ready:
            self._actors[ready[shard % len(ready)]].shards.append(shard)

    def abandon(self, place: str) -> None:
        self._dismiss(place)

    def wind_down(self) -> None:
        self._winding_down = True
        for name in [name for name, actor in self._actors.items() if not actor.ready]:
            self._dismiss(name)

    def close(self) -> None:
        for name in list(self._actors):
            self._dismiss(name)

    def _answered(self, name: str) -> Event | None:
        actor = self._actors[name]
        try:
            text = ray.get(actor.call)
        except RayError as error:
            self._dismiss(name)
            return Lost(name, _first_line(error)) if actor.ready else None
        actor.call = None
        if not actor.ready:
            self._welcome(name, Ready.model_validate_json(text))
            return None
        word = Word.model_validate_json(text)
        actor.wants_more = word.wants_more
        if word.error:
            self._strike(actor.node, f"{actor.host}: {word.error}")
            self._dismiss(name)
            return Lost(name, word.error)
        self._worked = self._worked or bool(word.reports)
        self._strikes.pop(actor.node, None)
        return Heard(name, word.reports)

    def _welcome(self, name: str, said: Ready) -> None:
        """A station has started, or cannot: with another version of the code it would make other images."""
        actor = self._actors[name]
        wrong = said.error
        if not wrong and said.version != __version__:
            wrong = f"{actor.host}: Scenewright {said.version} is installed there, {__version__} here: install the same everywhere"
        if wrong:
            self._strike(actor.node, wrong)
            self._dismiss(name)
            return
        actor.ready = True
        self._trade.started(said.device)

    def _strike(self, node: str, trouble: str) -> None:
        """Raises DeviceError when no node at all can work."""
        count = self._strikes.get(node, (0, 0.0))[0] + 1
        self._strikes[node] = (count, time.monotonic() + _STRIKE_S * 2 ** min(count - 1, 5))
        self._trouble = trouble
        alive = {n["NodeID"] for n in ray.nodes() if n["Alive"] and self._trade.room(n["Resources"]).stations}
        if not self._worked and alive <= self._strikes.keys():
            raise DeviceError(f"no worker of the cluster can work. The last one said: {trouble}")

    def _recruit(self) -> None:
        """Stations for what room the cluster has. Raises RenderError when there is none for too long at the start."""
        now = time.monotonic()
        if now - self._recruited < _RECRUIT_S:
            return
        self._recruited = now
        nodes = [node for node in ray.nodes() if node["Alive"]]
        for node in nodes:
            self._staff(node, now)
        if not self._actors and not self._worked and now - self._began > self._start_wait_s:
            raise RenderError(self._trouble or _no_room(nodes, self._trade.needs))

    def _staff(self, node: Mapping[str, Any], now: float) -> None:
        if self._strikes.get(node["NodeID"], (0, 0.0))[1] > now:
            return
        own = self._trade.room(node["Resources"])
        there = sum(actor.node == node["NodeID"] for actor in self._actors.values())
        for _ in range(min(own.stations - there, self._trade.most - len(self._actors))):
            self._hire(node, own)

    def _hire(self, node: Mapping[str, Any], own: Room) -> None:
        handle: Any = (
            ray.remote(Station)
            .options(
                num_cpus=own.cpus,
                num_gpus=own.gpus,
                max_restarts=0,
                max_task_retries=0,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False),
            )
            .remote(self._trade.posting(own).model_dump_json())
        )
        self._made += 1
        host = node["NodeManagerHostname"]
        self._actors[f"{host}/{self._made}"] = _Actor(handle, node["NodeID"], host, handle.start.remote())

    def _dismiss(self, name: str) -> None:
        actor = self._actors.pop(name)
        with contextlib.suppress(RayError, ValueError):
            ray.kill(actor.handle, no_restart=True)


@contextlib.contextmanager
def ray_renderers(job: Job, grammar: Grammar, store: Store) -> Iterator[Renderers]:
    """Stations that make images of `job`. Raises RenderError when there is no cluster, DeviceError when it lacks the device."""
    with joined(str(job.farm.address)):
        own = job.model_copy(update={"out": store.folder.place})
        trade = Rendering(own, beside(grammar), token_of(folder_at(own.out)), _wanted(job))
        with contextlib.closing(RayBackend(trade, job.farm.start_wait_s)) as backend:
            yield Renderers(backend, backend.gather, lambda: trade.device)


@contextlib.contextmanager
def joined(address: str) -> Iterator[None]:
    """In the cluster at `address`. Raises RenderError when there is none."""
    _check_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (RayError, ConnectionError, RuntimeError, OSError, ValueError) as error:
        token = "The cluster may want a token: RAY_AUTH_MODE and RAY_AUTH_TOKEN must be the same on all machines, this one too"
        raise RenderError(f"no Ray cluster can be joined at {address}: {_first_line(error)}. {token}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Ray itself tries for minutes. Raises RenderError."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        try:
            socket.create_connection((host, int(port)), _CONNECT_S).close()
        except OSError as error:
            raise RenderError(f"no Ray cluster can be joined at {address}: {error}") from error


def _wanted(job: Job) -> str:
    """The device asked for; auto without any GPU in the cluster is the CPU. A GPU that is not there yet may still join."""
    device = str(job.render.device)
    return "cpu" if device == "auto" and not ray.cluster_resources().get("GPU") else device


def _no_room(nodes: list[dict[str, Any]], needs: str) -> str:
    found = ", ".join(
        f"{n['NodeManagerHostname']} ({n['Resources'].get('CPU', 0):g} CPU, {n['Resources'].get('GPU', 0):g} GPU)" for n in nodes
    )
    return f"the cluster has no room for a worker with {needs}: its nodes are {found or 'none'}"


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
