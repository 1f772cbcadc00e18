"""Things on wheels: cars, vans, lorries, buses, bicycles and motorcycles."""
