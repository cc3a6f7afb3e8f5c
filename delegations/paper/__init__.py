"""What delegations get on paper."""
