"""Drawings of garments: kinds, colours, patterns and shapes, as SVG."""
