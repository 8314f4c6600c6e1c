"""Search engines, one file each, behind the interface `pipeline.index.index.Index`."""
