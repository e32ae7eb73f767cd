"""What customers talk to: the assistant, the gateway, the channels and the widget."""
