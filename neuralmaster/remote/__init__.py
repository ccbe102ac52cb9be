"""A running WebUI: its address, the jobs that it is sent, and what comes back."""
