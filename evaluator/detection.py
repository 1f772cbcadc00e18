"""Detectors on datasets, in three calls: `load_detector`, `detect`, `score`.

    from evaluator.datasets import open_images
    from evaluator.detection import detect, load_detector, score

    photos = open_images("photos")
    results = detect(load_detector("out/train/seed_0/best.pt"), photos)
    print(score(photos, results).ap50)

Importing this needs torch: `evaluator.packages.need_training_packages` says so kindly.
"""

from evaluator.detectors.checkpoints import Detector, load_detector, save_detector
from evaluator.detectors.inference import detect
from evaluator.scores import Overlap, Scores, category_ids, score

__all__ = ["Detector", "Overlap", "Scores", "category_ids", "detect", "load_detector", "save_detector", "score"]
