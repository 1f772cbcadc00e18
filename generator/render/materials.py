"""Materials: a `generator.mesh.Material` becomes a principled BSDF with a procedural texture, dust and rain.

A material is three to five nodes: the texture, dust and rain are node groups that all materials share and that outlive
the scene. A street has 250 materials; making one takes half a millisecond.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module

import bpy

from generator.mesh import Material, Rgb, Texture
from generator.render.images import picture_color, pictures
from generator.render.nodes import Graph, Socket
from generator.render.textures import TEXTURES, Surface

for _family in ("ground", "walls", "living", "made"):
    import_module(f"generator.render.textures.{_family}")

_TRANSLUCENT = ("foliage", "grass")  # leaves let a third of the light through
_LEAF_TRANSMISSION = 0.3
_SUBSURFACE_M = (0.012, 0.004, 0.002)  # mean free paths of skin for red, green, blue (Jensen et al. 2001, skin1, rounded)
_DUST_RGB = (0.30, 0.25, 0.19)
_DUST_TOP_M = 0.9  # splashes and dust reach about this high


_MATERIALS_KEPT = 600  # about two streets' worth; two thirds of a street's surfaces were in the streets before it
_WETNESS = "wetness"  # the scene's property that the rain reads


class Palette:
    """The Blender materials of surfaces: equal values share one, and those used last outlive their scene."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Material, bool], bpy.types.Material] = OrderedDict()  # in the order of their last use
        self._wet = False
        self._made = 0

    def forget(self) -> None:
        """Blender has thrown all its data away."""
        self._kept.clear()

    def begin(self, scene: bpy.types.Scene, wetness: float) -> None:
        """A new, empty scene, as wet as that: materials not asked for in a while go, and all with pictures, which are large."""
        self._wet = wetness > 0
        scene[_WETNESS] = wetness
        pictured = [self._kept.pop(key) for key in list(self._kept) if key[0].picture]
        bpy.data.batch_remove([*pictured, *pictures()])
        surplus = len(self._kept) - _MATERIALS_KEPT
        if surplus > 0:
            bpy.data.batch_remove([self._kept.popitem(last=False)[1] for _ in range(surplus)])

    def material(self, spec: Material) -> bpy.types.Material:
        key = (spec, spec.weathered and self._wet)
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = _blender_material(f"material{self._made}", spec, key[1])
            self._made += 1
        return self._kept[key]


def _blender_material(name: str, spec: Material, wet: bool) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.node_tree.nodes.clear()
    g = Graph(material.node_tree)
    color, roughness, height = _textured(g, spec)
    if spec.dirt > 0:
        dusty = g.node("Group", {}, {"node_tree": _group("dust", _dust)})
        color, roughness = _through(g, dusty, {"Color": color, "Roughness": roughness, "Dirt": spec.dirt})
    bump = spec.bump
    if wet:
        rain = g.node("Group", {}, {"node_tree": _group("rain", _rain)})
        color, roughness = _through(g, rain, {"Color": color, "Roughness": roughness, "Bump": bump})
        bump = rain.outputs["Bump"]
    shader = _principled(g, spec, color, roughness)
    if spec.bump > 0 and height is not None:
        relief = {"Strength": bump, "Distance": spec.texture_scale_m, "Height": height}
        g.connect(g.node("Bump", relief).outputs["Normal"], shader.inputs["Normal"])
    g.node("OutputMaterial", {"Surface": _leafy(g, spec, color, shader.outputs[0])})
    return material


def _textured(g: Graph, spec: Material) -> tuple[Socket | Rgb, Socket | float, Socket | None]:
    """Colour, roughness and height of the bare surface."""
    if spec.picture:
        color = picture_color(g, spec.picture)
        return g.mix_color(1.0, color, spec.color, "MULTIPLY"), spec.roughness, g.node("RGBToBW", {0: color}).outputs[0]
    if spec.texture == "none":
        return spec.color, spec.roughness, None
    kind = TEXTURES[spec.texture]
    second = spec.color2 or (kind.second if isinstance(kind.second, tuple) else _times(spec.color, kind.second))
    node = g.node("Group", {}, {"node_tree": _group(f"texture {spec.texture}", lambda tree: _texture_group(tree, spec.texture))})
    values = {"Color": spec.color, "Color2": second, "Frequency": 1 / spec.texture_scale_m, "Variation": spec.variation}
    for name, value in values.items():
        g.connect(value, node.inputs[name])
    roughness = g.math("ADD", node.outputs["Roughness"], spec.roughness, clamp=True)
    return node.outputs["Color"], roughness, node.outputs["Height"]


def _times(color: Rgb, factor: float) -> Rgb:
    return (color[0] * factor, color[1] * factor, color[2] * factor)


def _through(g: Graph, group: bpy.types.Node, inputs: dict[str, Socket | Rgb | float]) -> tuple[Socket, Socket]:
    """Colour and roughness after a group node."""
    for name, value in inputs.items():
        g.connect(value, group.inputs[name])
    return group.outputs["Color"], group.outputs["Roughness"]


def _principled(g: Graph, spec: Material, color: Socket | Rgb, roughness: Socket | float) -> bpy.types.Node:
    inputs = {"Base Color": color, "Roughness": roughness, "Metallic": spec.metallic, "Specular IOR Level": spec.specular}
    if spec.coat > 0:
        inputs |= {"Coat Weight": spec.coat, "Coat Roughness": 0.03}
    if spec.transmission > 0:
        inputs |= {"Transmission Weight": spec.transmission}
    if spec.subsurface > 0:
        inputs |= {"Subsurface Weight": spec.subsurface, "Subsurface Radius": _SUBSURFACE_M, "Subsurface Scale": 1.0}
    if spec.emission_w_m2 > 0:  # a Lambertian emitter's radiance is its radiosity / pi; Blender's strength is a radiance
        inputs |= {"Emission Color": spec.color, "Emission Strength": spec.emission_w_m2 / 3.14159265}
    return g.node("BsdfPrincipled", inputs)


def _leafy(g: Graph, spec: Material, color: Socket | Rgb, shader: Socket) -> Socket:
    """Leaves glow when the sun is behind them."""
    if spec.texture not in _TRANSLUCENT:
        return shader
    through = g.node("BsdfTranslucent", {"Color": color}).outputs[0]
    return g.node("MixShader", {0: _LEAF_TRANSMISSION, 1: shader, 2: through}).outputs[0]


def _group(name: str, build: Callable[[bpy.types.NodeTree], None]) -> bpy.types.NodeTree:
    """The node group of that name, built when it is first wanted; groups outlive the scene."""
    tree = bpy.data.node_groups.get(name)
    if tree is None:
        tree = bpy.data.node_groups.new(name, "ShaderNodeTree")
        tree.use_fake_user = True
        build(tree)
    return tree


def _interface(tree: bpy.types.NodeTree, inputs: dict[str, str], outputs: dict[str, str]) -> tuple[bpy.types.Node, bpy.types.Node]:
    """The group's input and output nodes; values are socket types (Color, Float, Vector)."""
    for direction, sockets in (("INPUT", inputs), ("OUTPUT", outputs)):
        for name, kind in sockets.items():
            tree.interface.new_socket(name, in_out=direction, socket_type=f"NodeSocket{kind}")
    return tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")


def _texture_group(tree: bpy.types.NodeTree, texture: Texture) -> None:
    sockets = {"Color": "Color", "Color2": "Color", "Frequency": "Float", "Variation": "Float"}
    source, sink = _interface(tree, sockets, {"Color": "Color", "Roughness": "Float", "Height": "Float"})
    g = Graph(tree)
    given = source.outputs
    point = g.scaled(g.node("TexCoord", {}).outputs["Object"], given["Frequency"])
    surface = Surface(point, _plane(g, point), given["Color"], given["Color2"], given["Variation"])
    pattern = TEXTURES[texture].build(g, surface)
    g.connect(pattern.color, sink.inputs["Color"])
    g.connect(pattern.roughness, sink.inputs["Roughness"])
    g.connect(pattern.height, sink.inputs["Height"])


def _plane(g: Graph, point: Socket) -> Socket:
    """(u, v, 0) in the surface: on slopes and walls u runs level and v up the slope, on level ground u is x and v is y."""
    settings = {"vector_type": "NORMAL", "convert_from": "WORLD", "convert_to": "OBJECT"}
    turned = g.node("VectorTransform", {"Vector": g.node("NewGeometry", {}).outputs["True Normal"]}, settings).outputs[0]
    normal = g.vector_math("NORMALIZE", turned)
    up = g.xyz(normal)[2]
    level = g.math("GREATER_THAN", g.math("ABSOLUTE", up), 0.95)
    slope_u = g.vector_math("NORMALIZE", g.vector_math("CROSS_PRODUCT", (0.0, 0.0, 1.0), normal))
    u = g.mix_vector(level, slope_u, (1.0, 0.0, 0.0))
    v = g.mix_vector(level, g.vector_math("CROSS_PRODUCT", normal, slope_u), (0.0, 1.0, 0.0))
    return g.vector(g.vector_math("DOT_PRODUCT", point, u), g.vector_math("DOT_PRODUCT", point, v), 0.0)


def _dust(tree: bpy.types.NodeTree) -> None:
    """Dust on the lower parts, thickest at the ground, in blotches."""
    source, sink = _interface(tree, {"Color": "Color", "Roughness": "Float", "Dirt": "Float"}, {"Color": "Color", "Roughness": "Float"})
    g = Graph(tree)
    point = g.node("TexCoord", {}).outputs["Object"]
    low = g.ramp(g.xyz(point)[2], 0.0, _DUST_TOP_M, 1.0, 0.08)
    blotchy = g.ramp(g.noise(point, 5.0, detail=2.0), 0.3, 0.65, 0.35, 1.0)
    amount = g.math("MULTIPLY", g.math("MULTIPLY", low, blotchy), source.outputs["Dirt"], clamp=True)
    g.connect(g.mix_color(amount, source.outputs["Color"], _DUST_RGB), sink.inputs["Color"])
    g.connect(g.mix(amount, source.outputs["Roughness"], 0.9), sink.inputs["Roughness"])


def _rain(tree: bpy.types.NodeTree) -> None:
    """Water: everything darker and smoother, puddles in hollows of level ground, where the relief drowns.

    Wet porous surfaces reflect about half as much (Lekner and Dorf 1988).
    """
    inputs = {"Color": "Color", "Roughness": "Float", "Bump": "Float"}
    source, sink = _interface(tree, inputs, {"Color": "Color", "Roughness": "Float", "Bump": "Float"})
    g = Graph(tree)
    geometry = g.node("NewGeometry", {}).outputs
    wetness = g.node("Attribute", {}, {"attribute_type": "VIEW_LAYER", "attribute_name": _WETNESS}).outputs["Fac"]
    flat = g.ramp(g.xyz(geometry["True Normal"])[2], 0.97, 0.995)
    hollows = g.noise(geometry["Position"], 0.35, detail=2.0)
    level = g.math("SUBTRACT", 0.85, g.math("MULTIPLY", wetness, 0.4))  # noise above it is under water
    puddle = g.math("MULTIPLY", g.math("MULTIPLY", g.math("SUBTRACT", hollows, level), 12.0, clamp=True), flat)
    dark = g.brightened(source.outputs["Color"], g.ramp(wetness, 0.0, 1.0, 1.0, 0.5, smooth=False))
    g.connect(g.mix_color(g.math("MULTIPLY", puddle, 0.4), dark, (0.02, 0.02, 0.018)), sink.inputs["Color"])
    damp = g.math("MULTIPLY", source.outputs["Roughness"], g.ramp(wetness, 0.0, 1.0, 1.0, 0.55, smooth=False))
    g.connect(g.mix(puddle, damp, 0.02), sink.inputs["Roughness"])
    g.connect(g.mix(puddle, source.outputs["Bump"], 0.0), sink.inputs["Bump"])
