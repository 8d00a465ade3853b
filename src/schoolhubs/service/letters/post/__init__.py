"""The post: GOV.UK Notify, sending by it, and one on this machine in its place."""
