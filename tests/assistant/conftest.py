"""What is in inside/ runs in the assistant's own environment: test_inside.py starts it there."""

collect_ignore = ["inside"]
