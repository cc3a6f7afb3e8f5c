"""What runs on a machine without servers: the embedded broker, and all processes under one roof."""
