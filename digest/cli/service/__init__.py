"""`digest run --service`: units for service managers."""
