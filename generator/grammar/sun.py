"""Where the sun stands, to about half a degree: enough for pictures.

Formulas: P. I. Cooper, "The absorption of radiation in solar stills", Solar Energy 12 (1969), for the declination; the
elevation and azimuth from the spherical triangle, e.g. J. A. Duffie and W. A. Beckman, "Solar Engineering of Thermal
Processes", section 1.6. Time is local solar time: the sun is highest at 12 h.
"""

from __future__ import annotations

import math

_OBLIQUITY_RAD = math.radians(23.45)


def declination(day_of_year: float) -> float:
    """Angle of the sun above the equator, radians; day 1 is January 1st."""
    return _OBLIQUITY_RAD * math.sin(2 * math.pi * (284 + day_of_year) / 365)


def sun_elevation(time_of_day_h: float, latitude_rad: float, day_of_year: float) -> float:
    """Height of the sun above the horizon, radians, negative at night."""
    hour = math.pi * (time_of_day_h - 12) / 12
    tilt = declination(day_of_year)
    sine = math.sin(latitude_rad) * math.sin(tilt) + math.cos(latitude_rad) * math.cos(tilt) * math.cos(hour)
    return math.asin(min(max(sine, -1.0), 1.0))


def sun_azimuth(time_of_day_h: float, latitude_rad: float, day_of_year: float) -> float:
    """Direction of the sun, radians from east (+X) towards north (+Y), in (-pi, pi]."""
    hour = math.pi * (time_of_day_h - 12) / 12
    tilt = declination(day_of_year)
    east = -math.cos(tilt) * math.sin(hour)
    north = math.cos(latitude_rad) * math.sin(tilt) - math.sin(latitude_rad) * math.cos(tilt) * math.cos(hour)
    return math.atan2(north, east)
