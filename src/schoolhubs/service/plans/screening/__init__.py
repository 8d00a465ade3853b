"""The equality screen of an action: answered by authors, reviewed by somebody who is none."""
