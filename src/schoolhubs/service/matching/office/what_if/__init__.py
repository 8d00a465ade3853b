"""What an officer changes in a what-if: the values that may be turned, pins and bans."""
