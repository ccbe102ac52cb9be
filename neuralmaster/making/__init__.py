"""Making two-channel masks: edits by hand, finding the object, whole compositions."""
