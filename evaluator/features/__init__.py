"""Numbers of pictures: what the gap is measured on."""
