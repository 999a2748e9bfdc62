"""Regions: the 514 kabupaten and kota. What others need is named here."""

from backend.regions.region import Kind, Province, Region, UnknownRegion, all_regions, by_code, provinces

__all__ = ["Kind", "Province", "Region", "UnknownRegion", "all_regions", "by_code", "provinces"]
