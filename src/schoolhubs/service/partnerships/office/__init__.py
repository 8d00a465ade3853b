"""What the programme office sees of partnerships: objections, requests, hubs that step down."""
