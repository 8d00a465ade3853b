"""Writing a plan: its objectives, actions and consultations, with the library beside."""
