"""How far one set of images is from another, by what, and whether that is more than chance."""
