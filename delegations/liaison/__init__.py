"""Liaison officers: people of the host who look after delegations, and see their agenda and travel."""
