"""The exact model put to use: verified plans, the proof of a study's bound, and polishing."""
