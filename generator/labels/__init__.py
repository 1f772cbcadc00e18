"""Labels: from a frame and its SceneSpec to the truth of one image, and the checks on it."""
