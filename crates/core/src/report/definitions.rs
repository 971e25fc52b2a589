//! How every number of a report is computed, in words.
//! Computes nothing.

/// How every number of a report is computed.
pub const DEFINITIONS: [(&str, &str); 33] = [
    (
        "matched",
        "times that a person came to match the audience, or performed the event that lets people in",
    ),
    (
        "entered",
        "times that a person entered the series; those held out are not among them",
    ),
    ("enrollment_rate", "entered / matched"),
    (
        "held_out",
        "times that a person would have entered and, by chance, gets nothing",
    ),
    (
        "re_engaged",
        "runs that ended because the exit condition came true, up to 30 days after the last step",
    ),
    (
        "re_engagement_rate",
        "re_engaged / entered; of those held out: re_engaged / held_out",
    ),
    (
        "left_audience",
        "runs that ended because the person did not match the audience any more",
    ),
    ("left_by_step", "runs that came to a step of kind exit"),
    (
        "step_gone",
        "runs that were to move to a new version, which had no place for them",
    ),
    ("finished", "runs in which the last step fired"),
    (
        "moved",
        "runs that moved to this version from an earlier one",
    ),
    (
        "converted",
        "of a series: runs in which its goal came true in time after entry; of a message: sent ones \
         whose own goal came true in time after they fired; of a way: runs that took it and \
         converted; each once",
    ),
    (
        "conversion_rate",
        "of a series: converted / entered, of those held out: converted / held_out; of a message: \
         converted / sent; of a way: converted / took",
    ),
    (
        "churned",
        "runs whose person was not seen from entry to 30, 60, 90 days after it; counted at that \
         instant, so that younger runs are not among them",
    ),
    (
        "stayed",
        "runs whose person was seen from entry to 30, 60, 90 days after it; counted at that instant",
    ),
    ("churn_rate", "churned / (churned + stayed)"),
    (
        "sent",
        "email, push, webhook: taken by the provider; in_app: went live in the person's inbox",
    ),
    (
        "delivered",
        "sent - bounced: taken, and not heard to have come back; whether a mail lies in the inbox or \
         among spam, no provider tells",
    ),
    (
        "undelivered",
        "refused for good by the provider, or there was no device to take it; not among sent",
    ),
    (
        "delayed",
        "held back by a policy (quiet hours, cap, time of day) at least once, counted once a run",
    ),
    (
        "skipped",
        "passed over: not targeted, no address, a policy said no, or it fell into a pause",
    ),
    (
        "shown",
        "in_app: was on the person's screen, counted once a run",
    ),
    (
        "opened",
        "email: opened; push: reached a device; counted once a run",
    ),
    (
        "clicked",
        "the link or button was followed, counted once a run",
    ),
    ("dismissed", "in_app: was sent away, counted once a run"),
    (
        "bounced",
        "email: came back for good after the provider had taken it; counted as sent as well",
    ),
    (
        "complained",
        "email: was called spam by its owner, counted once an address",
    ),
    (
        "unsubscribed",
        "email: led the person to leave what it belongs to",
    ),
    (
        "ways",
        "branch: yes, no; split: its paths; wait until a rule holds: met, timed_out",
    ),
    ("took", "runs that took this way"),
    (
        "variants",
        "of a message that is tested: what came of it for the people who were given each, in the \
         first run in which they were; converted: reached the goal of the message, or of the series \
         where the message has none",
    ),
    ("assigned", "people who were given this variant, each once"),
    (
        "holdout",
        "those who were held out, to compare with those who entered",
    ),
];
