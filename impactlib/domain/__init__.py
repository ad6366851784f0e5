"""The domain, pure: values, the events that change them, and the rules; no clock, database, widget or HTML."""
