"""`make bench`: drives a gateway with SIPp and telephones, and says what this machine carries."""
