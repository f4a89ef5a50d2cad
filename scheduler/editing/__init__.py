"""A person's hand in a planned week: messages that are locked.

What was changed is a row of `schedule_edits`, written by `marts.edit_tables`; what a lock means to
a plan is `planning.kept_messages`. The files are written again by `export`, which audits the week.
"""
