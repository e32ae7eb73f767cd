"""What the assistant does: rasa-sdk actions. Slots in, one call to the desk or the FAQ, replies out."""
