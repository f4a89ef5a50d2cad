"""A person's hand in a planned week: locked, imported, compared, taken back, approved.

Every change makes a new version of a week, as a run does: its rows are written by `marts.publish`,
held against the rulebook there, and published in one statement or not at all. What an edited
message is worth says the response, as if the whole week were locked (`planning.kept_messages`).
Sheets are read by `sheet`, files written by `export`. `merge` and `version_diff` are pure; each
edit is a row of `schedule_edits`, each approval one of `schedule_approvals`.
"""
