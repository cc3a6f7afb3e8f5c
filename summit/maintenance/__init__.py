"""Sweeps, which run at intervals and do the work that is due, and the heartbeats of sweeps."""
