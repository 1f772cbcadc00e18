"""Object detectors of torchvision on pretrained networks of timm. One file a detector; all are built and asked alike."""
