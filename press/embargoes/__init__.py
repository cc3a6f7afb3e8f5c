"""When texts go out: moments, holds, joint publication, what follows the speech, alarms."""
