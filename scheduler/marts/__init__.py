"""What Python reads and writes of the warehouse, and how the marts are built."""
