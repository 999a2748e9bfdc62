"""Pages by audience: organiser, auditor, signatory, witness, public. No rule lives here; the actions decide."""
