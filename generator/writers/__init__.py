"""Writers: encoders, the COCO record of an image, the crash-safe dataset folder, and exports to other formats."""
