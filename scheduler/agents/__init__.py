"""The Claude layer: interprets a solved week, and may change little of it. Off without a key."""
