//! Which message of the inbox is due now, and when that may change by time alone.
//! Shows nothing and remembers nothing.

use rekindle_core::{
    residual::{Local, Residual},
    wire::{Bundle, Content, InApp, Inbox, InboxItem, Layout, Repeat},
};

use crate::seen::{Reaction, Seen};

/// What a choice rests on.
pub(crate) struct Facts<'a, L> {
    pub(crate) inbox: &'a Inbox,
    pub(crate) bundle: Option<&'a Bundle>,
    pub(crate) seen: &'a Seen,
    pub(crate) local: &'a L,
    pub(crate) now: i64,
}

impl<'a, L: Local> Facts<'a, L> {
    /// The first message of the inbox that is due. Others that wait for something on the page, which
    /// `happened` is asked about, do not hold it up.
    pub(crate) fn due(
        &self,
        happened: fn(&str, &str) -> bool,
    ) -> Option<(&'a InboxItem, &'a InApp)> {
        self.inbox.items.iter().find_map(|item| {
            let content = self.content(item)?;
            let over = match repeat(content) {
                Repeat::UntilClosed => false,
                Repeat::Once => self.seen.has(&item.effect, Reaction::Shown),
                Repeat::Every(_) => self.again(item).is_some_and(|again| self.now < again),
            };
            let is_ready = !over && self.now >= item.live_from && self.may_stand(item);
            let is_due = is_ready
                && match &content.layout {
                    Layout::Banner(_) | Layout::Modal => true,
                    Layout::Nudge(nudge) => {
                        nudge.trigger.is_empty() || happened(&item.effect, &nudge.trigger)
                    }
                };
            is_due.then_some((item, content))
        })
    }

    /// Whether the message that is on the screen may stay there.
    pub(crate) fn stands(&self, effect: &str) -> bool {
        let item = self.inbox.items.iter().find(|item| item.effect == effect);
        item.is_some_and(|item| self.may_stand(item))
    }

    /// The earliest instant after now at which the answers may differ, if nothing else happens.
    pub(crate) fn next_change(&self) -> Option<i64> {
        let items = self.inbox.items.iter().filter(|item| !self.is_over(item));
        items
            .filter_map(|item| {
                let ends = [Some(item.live_from), item.live_until, self.again(item)];
                let ends = ends
                    .into_iter()
                    .flatten()
                    .filter(|instant| *instant > self.now)
                    .min();
                let rule = item.when.next_change(self.local, self.now);
                [ends, rule].into_iter().flatten().min()
            })
            .min()
    }

    fn content(&self, item: &'a InboxItem) -> Option<&'a InApp> {
        match &item.content {
            Content::Own(content) => Some(content),
            Content::Shared(hash) => {
                let contents = &self.bundle?.contents;
                contents
                    .iter()
                    .find(|(known, _)| known == hash)
                    .map(|(_, content)| content)
            }
        }
    }

    fn is_over(&self, item: &'a InboxItem) -> bool {
        self.seen.has(&item.effect, Reaction::Clicked)
            || self.seen.has(&item.effect, Reaction::Dismissed) && self.every(item).is_none()
    }

    /// After how many milliseconds it comes again, if it does.
    pub(crate) fn every(&self, item: &'a InboxItem) -> Option<i64> {
        match repeat(self.content(item)?) {
            Repeat::Every(ms) => Some(ms),
            Repeat::Once | Repeat::UntilClosed => None,
        }
    }

    /// When it comes again, once it was there.
    fn again(&self, item: &'a InboxItem) -> Option<i64> {
        Some(self.seen.shown_at(&item.effect)? + self.every(item)?)
    }

    /// A message that was shown stays until the person closes it, so that it does not vanish under
    /// their hand when a count expires; only a rule about pages keeps being asked.
    fn may_stand(&self, item: &'a InboxItem) -> bool {
        // Not asked again whether it began: an answer of the edge may set the clock back a little.
        let live = item.live_until.is_none_or(|until| self.now < until) && !self.is_over(item);
        let sticks = self.seen.has(&item.effect, Reaction::Shown) && !asks_for_page(&item.when);
        live && (sticks || item.when.eval(self.local, self.now))
    }
}

/// How often a message is shown.
fn repeat(content: &InApp) -> Repeat {
    match &content.layout {
        Layout::Banner(_) => Repeat::UntilClosed,
        Layout::Modal => Repeat::Once,
        Layout::Nudge(nudge) => nudge.repeat,
    }
}

fn asks_for_page(rule: &Residual) -> bool {
    match rule {
        Residual::Page { .. } => true,
        Residual::All(parts) | Residual::Any(parts) => parts.iter().any(asks_for_page),
        Residual::Not(part) => asks_for_page(part),
        Residual::Always(_)
        | Residual::From(_)
        | Residual::Event { .. }
        | Residual::LastSeen { .. }
        | Residual::Recurs { .. }
        | Residual::Sequence { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use rekindle_core::{
        residual::{PageField, PageTest},
        window::{Count, Window},
        wire::{Nudge, Position},
    };

    use super::*;
    use crate::{history::History, storage::Storage};

    fn in_app(layout: Layout) -> InApp {
        InApp {
            layout,
            title: "T".into(),
            body: "B".into(),
            cta: None,
        }
    }

    fn item(effect: &str, when: Residual, layout: Layout) -> InboxItem {
        InboxItem {
            effect: effect.into(),
            live_from: 100,
            live_until: Some(200),
            when,
            content: Content::Own(in_app(layout)),
        }
    }

    fn logged_in() -> Residual {
        Residual::Event {
            name: "Logged In".into(),
            count: Count::AtLeast(1),
            window: Window::Last(30),
            known: vec![],
        }
    }

    const BANNER: Layout = Layout::Banner(Position::Top);

    struct Story {
        inbox: Inbox,
        seen: Seen,
        storage: Storage,
        local: History,
    }

    impl Story {
        fn new(items: Vec<InboxItem>) -> Self {
            let storage = Storage::new("wk_test");
            let inbox = Inbox { bundle: 0, items };
            Self {
                inbox,
                seen: Seen::new(&storage),
                storage,
                local: History::default(),
            }
        }

        fn facts(&self, now: i64) -> Facts<'_, History> {
            let (inbox, seen, local) = (&self.inbox, &self.seen, &self.local);
            Facts {
                inbox,
                bundle: None,
                seen,
                local,
                now,
            }
        }

        fn due(&self, now: i64) -> Option<&str> {
            let facts = self.facts(now);
            facts.due(|_, _| true).map(|(item, _)| item.effect.as_str())
        }

        fn react(&mut self, effect: &str, reaction: Reaction) {
            self.seen.add(&mut self.storage, effect, reaction);
        }
    }

    #[test]
    fn the_first_that_is_live_and_whose_rule_holds() {
        let mut story = Story::new(vec![
            item("a", logged_in(), BANNER),
            item("b", Residual::Always(true), BANNER),
        ]);
        assert_eq!(story.due(99), None);
        assert_eq!(story.due(100), Some("b"));
        story.local.add("1", "Logged In", 110);
        assert_eq!(story.due(110), Some("a"));
        assert_eq!(story.due(141), Some("b"));
        assert_eq!(story.due(200), None);
    }

    #[test]
    fn a_banner_stays_until_closed_and_a_modal_comes_once() {
        let mut story = Story::new(vec![item("a", logged_in(), BANNER)]);
        story.local.add("1", "Logged In", 110);
        story.react("a", Reaction::Shown);
        assert_eq!(
            story.due(190),
            Some("a"),
            "although the login is over 30 ago"
        );
        story.react("a", Reaction::Dismissed);
        assert_eq!(story.due(190), None);
        assert!(!story.facts(190).stands("a"));

        let mut story = Story::new(vec![item("m", Residual::Always(true), Layout::Modal)]);
        assert_eq!(story.due(150), Some("m"));
        story.react("m", Reaction::Shown);
        assert_eq!(story.due(150), None);
        assert!(story.facts(150).stands("m"), "while it is open");
    }

    #[test]
    fn one_that_repeats_comes_again_after_its_time_until_it_is_clicked() {
        let nudge = Layout::Nudge(Nudge {
            repeat: Repeat::Every(50),
            trigger: String::new(),
            drawing: "{}".into(),
        });
        let mut story = Story::new(vec![item("e", Residual::Always(true), nudge)]);
        assert_eq!(story.due(110), Some("e"));
        story.react("e", Reaction::Shown);
        story.seen.note_show(&mut story.storage, "e", 110);
        assert!(story.facts(120).stands("e"));
        story.react("e", Reaction::Dismissed);
        assert_eq!(story.due(159), None);
        assert_eq!(story.facts(120).next_change(), Some(160));
        assert_eq!(story.due(160), Some("e"));
        story.react("e", Reaction::Clicked);
        assert_eq!(story.due(160), None);
    }

    #[test]
    fn a_page_condition_keeps_being_asked() {
        let pricing = Residual::Page {
            field: PageField::Path,
            test: PageTest::StartsWith("/pricing".into()),
        };
        let mut story = Story::new(vec![item("a", pricing, BANNER)]);
        story.local.page.path = "/pricing/pro".into();
        assert_eq!(story.due(150), Some("a"));
        story.react("a", Reaction::Shown);
        story.local.page.path = "/".into();
        assert!(!story.facts(150).stands("a"));
    }

    #[test]
    fn the_timer_is_set_for_the_earliest_change() {
        let mut story = Story::new(vec![item("a", logged_in(), BANNER)]);
        assert_eq!(story.facts(50).next_change(), Some(100));
        assert_eq!(story.facts(100).next_change(), Some(200));
        story.local.add("1", "Logged In", 110);
        assert_eq!(story.facts(110).next_change(), Some(141));
        story.react("a", Reaction::Clicked);
        assert_eq!(story.facts(110).next_change(), None);
    }

    #[test]
    fn shared_contents_wait_for_their_bundle() {
        let mut story = Story::new(vec![item("a", Residual::Always(true), BANNER)]);
        story.inbox.items[0].content = Content::Shared(7);
        assert_eq!(story.due(150), None);
        let bundle = Bundle {
            version: 1,
            contents: vec![(7, in_app(BANNER))],
        };
        let facts = Facts {
            bundle: Some(&bundle),
            ..story.facts(150)
        };
        assert!(facts.due(|_, _| true).is_some());
    }
}
