"""What vehicles are made of. Colours are linear RGB; the dark ones are mean albedos of rubber and moulded plastic."""

from __future__ import annotations

from generator.mesh import Material, Rgb

GLASS = Material(color=(0.012, 0.015, 0.016), roughness=0.02, specular=0.6, coat=0.5, variation=0.0)
PLASTIC = Material(color=(0.028, 0.028, 0.03), roughness=0.55, variation=0.15, weathered=True)
GLOSS_BLACK = Material(color=(0.01, 0.01, 0.011), roughness=0.12, variation=0.0)
GAP = Material(color=(0.006, 0.006, 0.006), roughness=0.9, variation=0.0)
UNDERBODY = Material(color=(0.012, 0.011, 0.010), roughness=0.95, variation=0.3)
RUBBER = Material(color=(0.022, 0.022, 0.022), roughness=0.85, variation=0.3, dirt=0.3, weathered=True)
CHROME = Material(color=(0.72, 0.73, 0.74), roughness=0.10, metallic=1.0, variation=0.0)
ALLOY = Material(color=(0.50, 0.51, 0.52), roughness=0.28, metallic=0.85, variation=0.08, dirt=0.15)
DARK_ALLOY = Material(color=(0.045, 0.046, 0.05), roughness=0.35, metallic=0.6, variation=0.08, dirt=0.15)
STEEL = Material(color=(0.22, 0.21, 0.20), roughness=0.45, metallic=0.9, variation=0.2)
GALVANISED = Material(color=(0.34, 0.35, 0.36), roughness=0.5, metallic=0.7, variation=0.2, weathered=True)
REFLECTOR = Material(color=(0.36, 0.37, 0.39), roughness=0.22, metallic=0.6, coat=1.0, variation=0.0)
LAMP_SHADE = Material(color=(0.07, 0.072, 0.075), roughness=0.2, metallic=0.3, coat=1.0, variation=0.0)
SADDLE = Material(color=(0.03, 0.028, 0.026), roughness=0.6, variation=0.1)
PASSING = frozenset({"headlights", "brake_lights", "indicator", "dirt"})  # fields of vehicles that leave shape and number plate alone
BRAKE_W_M2, HEADLAMP_W_M2, INDICATOR_W_M2, TAIL_W_M2 = 260.0, 1500.0, 300.0, 45.0  # set by eye: clear by day, not blinding


def paint(color: Rgb, *, flake: float = 0.3, coat: float = 1.0, dirt: float = 0.15, roughness: float = 0.35) -> Material:
    """Car paint: `flake` 0 is plain, 1 full metallic; `coat` is the clear lacquer."""
    return Material(
        color=color, texture="paint", texture_scale_m=0.004, variation=0.05, roughness=roughness, metallic=0.65 * flake, coat=coat,
        dirt=dirt, weathered=True,
    )  # fmt: skip


def lens(color: Rgb, emission_w_m2: float = 0.0) -> Material:
    """A coloured lamp glass, glowing when the lamp is on."""
    return Material(color=color, roughness=0.08, coat=1.0, variation=0.0, emission_w_m2=emission_w_m2)


RED, AMBER, CLEAR = (0.30, 0.006, 0.008), (0.55, 0.15, 0.01), (0.62, 0.63, 0.65)
GLOWING_RED, GLOWING_AMBER, GLOWING_WHITE = (1.0, 0.03, 0.015), (1.0, 0.36, 0.03), (1.0, 0.95, 0.86)


def bulb(lit: bool) -> Material:
    """The reflector of a headlamp."""
    return lens(GLOWING_WHITE, HEADLAMP_W_M2) if lit else lens(CLEAR)


def tail_lamp(lit: bool, braking: bool) -> Material:
    """A red lamp: dark, glowing with the headlights, or bright when braking."""
    if braking:
        return lens(GLOWING_RED, BRAKE_W_M2)
    return lens(GLOWING_RED, TAIL_W_M2) if lit else lens(RED)


def indicator_lamp(state: str, side: str) -> Material:
    """The amber lamp on a side ("left" or "right") when the indicators are off, left, right or both."""
    return lens(GLOWING_AMBER, INDICATOR_W_M2) if state in (side, "both") else lens(AMBER)
