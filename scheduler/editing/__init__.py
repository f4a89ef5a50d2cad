"""A person's hand in a planned week: locked, changed, imported, compared, taken back, approved.

Command line, Python API and web pages call the same functions:

- `changes`: `judge_changes` says at once what changes earn and break, `apply_changes` makes them;
  both take the week that `prepared_week.prepare_week` read once.
- `lock.lock`, `sheet_import.import_sheet`, `rollback.roll_back`, `approval.approve`.
- `version_diff`: `history`, `diff_versions`; `what_if.what_if` plans a week under other rules.

Every change makes a new version of a week, as a run does: its rows are written by `marts.publish`,
held against the rulebook, and published in one statement or not at all. What an edited message is
worth says the response, as if the whole week were locked (`planning.kept_messages`). Each edit is a
row of `schedule_edits`, each approval one of `schedule_approvals`. `merge` and `version_changes`
are pure.
"""
