"""The islands of the hunt, one file each: `build()` paints it."""
