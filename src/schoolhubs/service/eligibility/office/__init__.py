"""The office: the queue of applications, and deciding one."""
