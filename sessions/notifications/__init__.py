"""Who is told what of a change, by mail and in their calendar; what somebody has seen already."""
