"""Node trees written as expressions: every function adds a node and returns its output socket.

A value is a socket, or a constant that becomes the default of the input it is given to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bpy

Value = Any  # a bpy socket, a number, or a tuple of numbers
Socket = Any  # an output socket of a bpy node
Inputs = Mapping[Any, Value]  # by the socket's name, or by its position where names repeat


@dataclass(frozen=True)
class Graph:
    """A node tree under construction."""

    tree: bpy.types.NodeTree

    def node(self, kind: str, inputs: Inputs, settings: Mapping[str, Any] | None = None) -> bpy.types.Node:
        """A node `ShaderNode<kind>`; settings first, because they decide which inputs there are."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, setting in (settings or {}).items():
            setattr(node, name, setting)
        for socket, value in inputs.items():
            self.connect(value, node.inputs[socket])
        return node

    def connect(self, value: Value, socket: Socket) -> None:
        """Link a socket, or set a constant; an RGB constant for a colour input gets its alpha."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and socket.type == "RGBA":
            socket.default_value = (*value[:3], 1.0)
        else:
            socket.default_value = value

    def math(self, operation: str, a: Value, b: Value = 0.0, *, clamp: bool = False) -> Socket:
        return self.node("Math", {0: a, 1: b}, {"operation": operation, "use_clamp": clamp}).outputs[0]

    def vector_math(self, operation: str, a: Value, b: Value = (0.0, 0.0, 0.0)) -> Socket:
        """Componentwise or cross products (a vector), or DOT_PRODUCT and LENGTH (a number)."""
        node = self.node("VectorMath", {0: a, 1: b}, {"operation": operation})
        return node.outputs["Value" if operation in ("DOT_PRODUCT", "LENGTH") else "Vector"]

    def scaled(self, vector: Value, factor: Value) -> Socket:
        return self.node("VectorMath", {"Vector": vector, "Scale": factor}, {"operation": "SCALE"}).outputs["Vector"]

    def xyz(self, vector: Value) -> tuple[Socket, Socket, Socket]:
        outputs = self.node("SeparateXYZ", {0: vector}).outputs
        return outputs[0], outputs[1], outputs[2]

    def vector(self, x: Value, y: Value, z: Value) -> Socket:
        return self.node("CombineXYZ", {0: x, 1: y, 2: z}).outputs[0]

    def mix(self, factor: Value, a: Value, b: Value) -> Socket:
        """The number a at factor 0, b at 1."""
        node = self.node("Mix", {}, {"data_type": "FLOAT"})
        return self._mixed(node, factor, a, b, 2)

    def mix_vector(self, factor: Value, a: Value, b: Value) -> Socket:
        node = self.node("Mix", {}, {"data_type": "VECTOR"})
        return self._mixed(node, factor, a, b, 4)

    def mix_color(self, factor: Value, a: Value, b: Value, blend: str = "MIX") -> Socket:
        """The colour a at factor 0; at 1 it is b, or a blended with b (MULTIPLY, SCREEN, ...)."""
        node = self.node("Mix", {}, {"data_type": "RGBA", "blend_type": blend})
        return self._mixed(node, factor, a, b, 6)

    def _mixed(self, node: bpy.types.Node, factor: Value, a: Value, b: Value, first: int) -> Socket:
        """Wire a Mix node; its sockets of all types share names, A and B of a type stand at `first`, Result at half of it."""
        self.connect(factor, node.inputs[0])
        self.connect(a, node.inputs[first])
        self.connect(b, node.inputs[first + 1])
        return node.outputs[first // 2 - 1]

    def ramp(self, value: Value, low: float, high: float, to_low: Value = 0.0, to_high: Value = 1.0, *, smooth: bool = True) -> Socket:
        """`to_low` below `low`, `to_high` above `high`, clamped, a smooth or straight step between."""
        settings = {"interpolation_type": "SMOOTHSTEP" if smooth else "LINEAR"}
        inputs = {"Value": value, "From Min": low, "From Max": high, "To Min": to_low, "To Max": to_high}
        return self.node("MapRange", inputs, settings).outputs["Result"]

    def noise(self, vector: Value, scale: Value = 1.0, detail: float = 0.0, distortion: float = 0.0) -> Socket:
        """Perlin noise in 0..1 with mean 0.5; `detail` octaves more than one cost as much again each."""
        inputs = {"Vector": vector, "Scale": scale, "Detail": detail, "Roughness": 0.6, "Distortion": distortion}
        return self.node("TexNoise", inputs).outputs[0]

    def cells(self, vector: Value, scale: Value = 1.0, feature: str = "F1", dimensions: str = "3D") -> bpy.types.Node:
        """Voronoi cells: outputs Distance and, except for DISTANCE_TO_EDGE, a random Color a cell."""
        return self.node("TexVoronoi", {"Vector": vector, "Scale": scale}, {"feature": feature, "voronoi_dimensions": dimensions})

    def brightened(self, color: Value, factor: Value) -> Socket:
        """A colour times a number."""
        return self.scaled(color, factor)
