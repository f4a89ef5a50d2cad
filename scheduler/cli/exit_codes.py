"""What the commands' exit codes mean; 0 is done."""

PAGE_FAILED = 1
RULES_BROKEN = 1
COULD_NOT_RUN = 2
