"""People in a party's categories up to its quotas: naming, confirming, moving, replacing; particulars, photographs,
duplicates."""
