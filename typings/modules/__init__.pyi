"""What of a WebUI's `modules` this extension uses, from A1111 1.6.0 on; written from its use here.

A name is typed as every supported WebUI has it. What some of them lack is not here: it is asked
for in neuralmaster/webui/hosts.py.
"""
