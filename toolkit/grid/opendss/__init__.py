"""The power flow by OpenDSS: the only place that speaks to the engine."""
