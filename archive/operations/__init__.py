"""How a collection is kept going: schedule, health, alarms, report, metrics."""
