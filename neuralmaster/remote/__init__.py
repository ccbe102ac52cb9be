"""A client for a running WebUI: its address, the jobs sent to it, and their results."""
