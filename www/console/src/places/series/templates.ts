// Series to begin with: whole ones, with texts that could be sent as they are. What is particular to a
// company (a link, the name of an event) is left to be seen in Review, never to break a message.
import type { SeriesSpec } from "~/api/types.ts";

export type Template = { id: string; name: string; about: string; spec: SeriesSpec };

export const SCRATCH: Template = {
  id: "scratch",
  name: "Start from scratch",
  about: "An empty canvas: choose who enters and add the first step.",
  spec: { name: "New series", steps: [] },
};

const LAPSED: Template = {
  id: "lapsed",
  name: "Re-engage lapsed users",
  about: "Three touches for people who stopped coming, and silence the moment they are back.",
  spec: {
    name: "Re-engage lapsed users",
    audience: { rule: "last_seen > 30 days ago" },
    reentry: { after: "90d" },
    exit: 'performed "Logged In"',
    goal: { rule: 'performed "Logged In"', within: "14d" },
    steps: [
      {
        id: "miss-you",
        kind: "email",
        delay: "1d",
        subject: 'We miss you, {{ first_name | default: "there" }}',
        body: 'Hi {{ first_name | default: "there" }},\n\nit has been a while. Your work is where you left it, and a few things are better than they were.\n\nIf something kept you from coming back, answer this mail: a person reads it.',
      },
      {
        id: "nudge",
        kind: "in_app",
        delay: "3d",
        layout: "banner",
        title: 'Good to see you, {{ first_name | default: "there" }}',
        body: "Here is what is new since your last visit.",
        when: 'performed "Page Viewed" in last 1 day',
        live_for: "7d",
      },
      {
        id: "reminder",
        kind: "push",
        delay: "5d",
        title: "Still here when you are",
        body: 'Pick up where you left off, {{ first_name | default: "any time" }}.',
        when: "push_enabled is true",
      },
    ],
  },
};

const ONBOARDING: Template = {
  id: "onboarding",
  name: "Onboarding",
  about: "A welcome, a wait for the first success, and a hand for those who got stuck.",
  spec: {
    name: "Onboarding",
    audience: { rule: "first_seen < 7 days ago" },
    entry: "future",
    goal: { rule: 'performed "Project Created"', within: "14d" },
    exit_when_left: false,
    exit: 'performed "Subscription Started"',
    steps: [
      {
        id: "welcome",
        kind: "email",
        subject: 'Welcome, {{ first_name | default: "and good to have you" }}',
        body: 'Hi {{ first_name | default: "there" }},\n\nthe quickest way to see what this is good for is to make your first project. It takes about two minutes.\n\nQuestions? Answer this mail.',
      },
      { id: "first-project", kind: "wait", until: { rule: 'performed "Project Created"' }, timeout: "3d", met: "well-done", timed_out: "help" },
      {
        id: "help",
        kind: "email",
        subject: "Can we help you get started?",
        body: 'Hi {{ first_name | default: "there" }},\n\nyou have not made a project yet. Most people who get stuck miss one of two things: inviting a colleague, or importing what they have.\n\nTell us where you are and we will help.',
        next: "end",
      },
      {
        id: "well-done",
        kind: "in_app",
        layout: "banner",
        title: "Your first project is ready",
        body: "Next: invite someone to see it with you.",
        live_for: "7d",
      },
    ],
  },
};

const TRIAL: Template = {
  id: "trial",
  name: "Trial ending",
  about: "A reminder three days before a trial ends, and a last one for those who have not decided.",
  spec: {
    name: "Trial ending",
    audience: { rule: "trial_ends within next 3 days" },
    reentry: { after: "30d" },
    exit: 'performed "Subscription Started"',
    goal: { rule: 'performed "Subscription Started"', within: "7d" },
    steps: [
      {
        id: "three-days",
        kind: "email",
        subject: "Your trial ends in three days",
        body: 'Hi {{ first_name | default: "there" }},\n\nyour trial of the {{ plan | default: "full" }} plan ends in three days. Choose a plan to keep everything as it is; otherwise your work stays readable and nothing is deleted.',
      },
      { id: "heavy-user", kind: "branch", delay: "2d", if: 'performed "Project Created" at least 3 times', yes: "call", no: "last-day" },
      {
        id: "call",
        kind: "email",
        subject: "Shall we talk before your trial ends?",
        body: 'Hi {{ first_name | default: "there" }},\n\nyou have built a lot in two weeks. If a call of fifteen minutes would help you decide, answer with a time that suits you.',
        next: "end",
      },
      {
        id: "last-day",
        kind: "in_app",
        layout: "banner",
        title: "Your trial ends tomorrow",
        body: "Choose a plan to keep working without a break.",
        live_for: "2d",
      },
    ],
  },
};

const HOLDOUT: Template = {
  id: "win-back",
  name: "Win-back with a holdout",
  about: "An offer for former customers, with one in ten held out so that you know what it brings.",
  spec: {
    name: "Win-back with a holdout",
    audience: { rule: "last_seen > 60 days ago and total_spend > 0" },
    reentry: { after: "180d" },
    exit: 'performed "Purchased"',
    goal: { rule: 'performed "Purchased"', within: "30d" },
    holdout_percent: 10,
    steps: [
      {
        id: "offer",
        kind: "email",
        delay: "1d",
        subject: 'Something for you, {{ first_name | default: "because it has been a while" }}',
        body: 'Hi {{ first_name | default: "there" }},\n\nit has been two months. If you come back this week, the next order ships free: the code is **WELCOMEBACK**.',
      },
      { id: "bought", kind: "wait", until: { rule: 'performed "Purchased"' }, timeout: "5d", met: "end", timed_out: "last" },
      {
        id: "last",
        kind: "email",
        subject: "Your code ends tomorrow",
        body: 'Hi {{ first_name | default: "there" }},\n\na short reminder: **WELCOMEBACK** is good until tomorrow night. After that we will leave you in peace.',
      },
    ],
  },
};

const BASKET: Template = {
  id: "basket",
  name: "Abandoned basket",
  about: "Starts when a basket is left, at most once a week, and ends with the purchase.",
  spec: {
    name: "Abandoned basket",
    entry: { event: { name: "Cart Left", where: "total > 20" } },
    reentry: { after: "7d" },
    exit: 'performed "Purchased"',
    goal: { rule: 'performed "Purchased"', within: "3d" },
    steps: [
      {
        id: "still-there",
        kind: "email",
        delay: "1h",
        subject: '{{ event.item | default: "Your basket" }} waits for you',
        body: 'Hi {{ first_name | default: "there" }},\n\nwe kept your basket{% if event.item %} with {{ event.item }}{% endif %}. It takes one step to finish.',
      },
      {
        id: "next-day",
        kind: "push",
        delay: "1d",
        title: "Your basket is still here",
        body: '{{ event.item | default: "What you chose" }} is in stock today.',
        when: "push_enabled is true",
      },
    ],
  },
};

const FEEDBACK: Template = {
  id: "feedback",
  name: "Ask for feedback",
  about: "One question to people who know you well, and one polite reminder.",
  spec: {
    name: "Ask for feedback",
    audience: { rule: "sessions >= 10 and first_seen > 30 days ago" },
    reentry: { after: "180d" },
    exit: 'performed "Feedback Given"',
    goal: { rule: 'performed "Feedback Given"', within: "14d" },
    steps: [
      {
        id: "question",
        kind: "in_app",
        layout: "modal",
        title: "One question",
        body: "How likely are you to recommend us to a colleague? It takes ten seconds.",
        live_for: "7d",
      },
      {
        id: "by-mail",
        kind: "email",
        delay: "7d",
        subject: 'How are we doing, {{ first_name | default: "in a word" }}?',
        body: 'Hi {{ first_name | default: "there" }},\n\non a scale from 0 to 10: how likely are you to recommend us? Answer this mail with the number, and a word why if you like.',
      },
    ],
  },
};

export const TEMPLATES: readonly Template[] = [SCRATCH, LAPSED, ONBOARDING, TRIAL, HOLDOUT, BASKET, FEEDBACK];
