"""Making two-channel masks: manual edits, object finders, presets."""
