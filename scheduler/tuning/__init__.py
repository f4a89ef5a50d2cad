"""What a person tunes, checked before anything is built: settings, and the tables in `seeds/`."""
