"""What a segmentation method is, and how it reads an image; no torch."""
