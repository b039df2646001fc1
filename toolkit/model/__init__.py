"""Units, feeders, plans and trades as values and pure functions, in kW, kWh and money."""
