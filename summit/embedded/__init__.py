"""Run the system on a machine without other servers: the embedded broker, and all processes in one command."""
