"""Importers: what meters, weather stations and chargers wrote, turned into columns of profiles."""
