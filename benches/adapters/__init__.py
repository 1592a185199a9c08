"""How far cuts of adapters are from the true ends of inserts, in simulated reads."""
