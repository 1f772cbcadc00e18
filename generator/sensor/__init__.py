"""From linear light to an 8-bit picture, as a camera does it: optics, exposure, noise, colour, tone curve, sharpening, JPEG.

Pure and repeatable: the same light, settings and random stream give the same bytes. Numpy and OpenCV only.
"""

from generator.sensor.develop import develop

__all__ = ["develop"]
