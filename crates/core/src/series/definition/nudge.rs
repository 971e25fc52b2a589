//! Reads what only messages inside the app have: shape, picture, buttons, question, trigger.
//! Draws nothing: what the browser is told is for `drawing`.

use super::read::{ACTIONS_MAX, LIVE_FOR_MS, Reader};
use crate::{
    liquid::Template,
    series::spec::{
        Ask, ButtonAction, LayoutSpec, PositionSpec, PropertyTestSpec, RepeatSpec, TriggerSpec,
    },
    value::Value,
    wire::{Position, Repeat},
};

// LIMIT: longer selectors and names are mistakes, and every inbox would carry them.
/// The longest selector, pattern, name of an event or of a function, bytes.
pub(crate) const NAME_BYTES_MAX: usize = 500;

// LIMIT: the longest address that all browsers take.
/// The longest address, bytes.
pub(crate) const URL_BYTES_MAX: usize = 2_000;

// LIMIT: what fits on the screen of a phone.
/// How many answers one may choose from.
pub(crate) const CHOICES_MAX: usize = 10;

// LIMIT: what fits on one form.
/// How many properties a trigger may ask about.
pub(crate) const FILTERS_MAX: usize = 10;

/// A day: nobody stays on a page for longer, and browsers take no longer timer.
const PAGE_MS_MAX: i64 = 86_400_000;

/// The event that answers are recorded as where a survey does not say.
const ANSWERED: &str = "Survey Answered";

/// A message inside the app.
#[derive(Clone, Debug)]
pub struct InApp {
    /// Its shape.
    pub shape: Shape,
    /// The headline.
    pub title: Template,
    /// The text.
    pub body: Template,
    /// The picture: its address, and what it shows.
    pub image: Option<(String, Option<Template>)>,
    /// What each button says and does.
    pub buttons: Vec<(Template, ButtonAction)>,
    /// What is asked.
    pub survey: Option<Survey>,
    /// What must come true on the page first.
    pub trigger: Option<TriggerSpec>,
    /// How often it is shown.
    pub repeat: Repeat,
    /// How long it stays live, milliseconds.
    pub live_for_ms: i64,
}

/// The shape of a message inside the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A bar at an edge of the page.
    Banner(Position),
    /// A bar in the part of the page that this selector names.
    Inline(String),
    /// A dialog over the page.
    Modal,
    /// A card at the lower end of the page.
    SlideOut,
    /// A card that points at the part of the page that this selector names.
    Tooltip(String),
    /// A card that asks something.
    Survey,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How it is answered.
    pub answers: Answers,
    /// The event that the answer is recorded as.
    pub event: String,
    /// What the button says that sends it.
    pub send: Option<Template>,
}

/// How a question is answered.
#[derive(Clone, Debug)]
pub enum Answers {
    /// With a number from 0 to 10, and what the two ends stand for.
    Nps([Option<Template>; 2]),
    /// With one of these.
    Choice(Vec<Template>),
    /// In words.
    Text,
}

impl InApp {
    /// Everything in it that is filled in.
    pub(in crate::series) fn templates(&self) -> Vec<&Template> {
        let alt = self.image.as_ref().and_then(|(_, alt)| alt.as_ref());
        let labels = self.buttons.iter().map(|(label, _)| label);
        let texts = [&self.title, &self.body].into_iter();
        let texts = texts.chain(alt).chain(labels);
        let Some(survey) = &self.survey else {
            return texts.collect();
        };
        let answers: Vec<&Template> = match &survey.answers {
            Answers::Nps(ends) => ends.iter().flatten().collect(),
            Answers::Choice(choices) => choices.iter().collect(),
            Answers::Text => Vec::new(),
        };
        texts.chain(answers).chain(&survey.send).collect()
    }
}

impl Reader<'_> {
    pub(super) fn in_app(&mut self) -> Option<InApp> {
        let step = self.step;
        let title = self.template("title", Some(step.title.as_deref().unwrap_or_default()));
        let body = self.template("body", step.body.as_deref());
        let shape = self.shape();
        let image = self.image();
        let buttons = self.buttons();
        let survey = self.survey();
        self.trigger();
        let repeat = match (step.repeat, &shape) {
            (Some(RepeatSpec::Once), _) | (None, Some(Shape::Modal)) => Repeat::Once,
            (Some(RepeatSpec::UntilClosed) | None, _) => Repeat::UntilClosed,
            (Some(RepeatSpec::Every(span)), _) => {
                if span.0 == 0 {
                    let message = "`repeat.every` is no time at all: write a span such as `1d`";
                    self.error("repeat", message.to_owned());
                }
                Repeat::Every(span.0)
            }
        };
        Some(InApp {
            shape: shape?,
            title: title?,
            body: body?,
            image,
            buttons,
            survey,
            trigger: step.trigger.clone(),
            repeat,
            live_for_ms: step.live_for.map_or(LIVE_FOR_MS, |span| span.0),
        })
    }

    fn shape(&mut self) -> Option<Shape> {
        let step = self.step;
        let layout = step.layout.unwrap_or_default();
        let position = step.position.unwrap_or_default();
        let shape = match (layout, position) {
            (LayoutSpec::Banner, PositionSpec::Top) => Shape::Banner(Position::Top),
            (LayoutSpec::Banner, PositionSpec::Bottom) => Shape::Banner(Position::Bottom),
            (LayoutSpec::Banner, PositionSpec::Inline) => {
                Shape::Inline(self.target("that it stands in")?)
            }
            (LayoutSpec::Tooltip, _) => Shape::Tooltip(self.target("that it points at")?),
            (LayoutSpec::Modal, _) => Shape::Modal,
            (LayoutSpec::SlideOut, _) => Shape::SlideOut,
            (LayoutSpec::Survey, _) => Shape::Survey,
        };
        let has_target = matches!(shape, Shape::Inline(_) | Shape::Tooltip(_));
        if step.target.is_some() && !has_target {
            let message = "`target` belongs to a tooltip and to a banner whose `position` is \
                           `inline`: remove it";
            self.error("field", message.to_owned());
        }
        Some(shape)
    }

    fn target(&mut self, what: &str) -> Option<String> {
        let Some(target) = self.step.target.as_deref().filter(|text| !text.is_empty()) else {
            let mend = format!("write a selector of the part of the page {what}, such as `#menu`");
            self.missing("target", &mend);
            return None;
        };
        self.fits("target", target, NAME_BYTES_MAX);
        Some(target.to_owned())
    }

    fn image(&mut self) -> Option<(String, Option<Template>)> {
        let step = self.step;
        let alt = step.alt.as_deref();
        let alt = alt.and_then(|source| self.template("alt", Some(source)));
        if step.image.is_none() && alt.is_some() {
            self.missing(
                "image",
                "name the picture that `alt` describes, or remove `alt`",
            );
        }
        let url = self.link("image", step.image.as_deref())?;
        self.fits("image", &url, URL_BYTES_MAX);
        Some((url, alt))
    }

    fn buttons(&mut self) -> Vec<(Template, ButtonAction)> {
        let step = self.step;
        let mut buttons = Vec::new();
        if let Some(cta) = &step.cta {
            if step.buttons.is_some() {
                let message = "`cta` and `buttons` do not go together: write it as one of the \
                               `buttons`";
                self.error("field", message.to_owned());
            }
            let url = self.link("cta.url", Some(&cta.url));
            let label = self.template("cta.label", Some(&cta.label));
            buttons.extend(label.zip(url.map(ButtonAction::Open)));
        }
        let own = step.buttons.as_deref().unwrap_or_default();
        self.at_most("buttons", own.len(), ACTIONS_MAX);
        if !own.is_empty() && step.survey.is_some() {
            let message = "a survey has the buttons of its question: remove `buttons`";
            self.error("field", message.to_owned());
        }
        for button in own {
            let action = match &button.action {
                ButtonAction::Open(url) => {
                    self.fits("buttons.action.open", url, URL_BYTES_MAX);
                    let url = self.link("buttons.action.open", Some(url));
                    url.map(ButtonAction::Open)
                }
                ButtonAction::Track(name) => self
                    .named("buttons.action.track", name)
                    .map(ButtonAction::Track),
                ButtonAction::Call(name) => self
                    .named("buttons.action.call", name)
                    .map(ButtonAction::Call),
                ButtonAction::Dismiss => Some(ButtonAction::Dismiss),
            };
            let label = self.template("buttons.label", Some(&button.label));
            buttons.extend(label.zip(action));
        }
        buttons
    }

    fn survey(&mut self) -> Option<Survey> {
        let step = self.step;
        let is_survey = step.layout == Some(LayoutSpec::Survey);
        let Some(survey) = &step.survey else {
            if is_survey {
                self.missing("survey", "say what is asked, such as `{\"ask\": \"nps\"}`");
            }
            return None;
        };
        if !is_survey {
            let message = "`survey` belongs to the layout `survey`: remove it or change `layout`";
            self.error("field", message.to_owned());
        }
        if step.cta.is_some() {
            let message = "a survey has the buttons of its question: remove `cta`";
            self.error("field", message.to_owned());
        }
        let [low, high, send] = [
            ("survey.low", &survey.low),
            ("survey.high", &survey.high),
            ("survey.send", &survey.send),
        ]
        .map(|(name, source)| source.as_deref().and_then(|s| self.template(name, Some(s))));
        let answers = match &survey.ask {
            Ask::Nps => Answers::Nps([low, high]),
            Ask::Text => Answers::Text,
            Ask::Choice(choices) => {
                if choices.len() < 2 {
                    self.missing(
                        "survey.ask.choice",
                        "give two answers or more to choose from",
                    );
                }
                self.at_most("survey.ask.choice", choices.len(), CHOICES_MAX);
                let read = |choice: &String| self.template("survey.ask.choice", Some(choice));
                Answers::Choice(choices.iter().filter_map(read).collect())
            }
        };
        let is_nps = matches!(survey.ask, Ask::Nps);
        if !is_nps && (survey.low.is_some() || survey.high.is_some()) {
            let message = "`low` and `high` belong to a survey that asks for `nps`: remove them";
            self.error("field", message.to_owned());
        }
        let event = survey.event.as_deref().unwrap_or(ANSWERED);
        Some(Survey {
            answers,
            event: self.named("survey.event", event)?,
            send,
        })
    }

    fn trigger(&mut self) {
        let Some(trigger) = &self.step.trigger else {
            return;
        };
        for (name, text) in [
            ("trigger.url", &trigger.url),
            ("trigger.visible", &trigger.visible),
        ] {
            if let Some(text) = text {
                self.named(name, text);
            }
        }
        for (name, span) in [
            ("trigger.delay", trigger.delay),
            ("trigger.idle", trigger.idle),
        ] {
            if span.is_some_and(|span| span.0 > PAGE_MS_MAX) {
                let message = format!("`{name}` is longer than a day: nobody stays that long");
                self.error("trigger", message);
            }
        }
        if trigger
            .scroll
            .is_some_and(|part| !(1..=100).contains(&part))
        {
            let message = "`trigger.scroll` is a part of a hundred: write a number from 1 to 100";
            self.error("trigger", message.to_owned());
        }
        if let Some(event) = &trigger.event {
            self.named("trigger.event.name", &event.name);
            self.at_most("trigger.event.where", event.filters.len(), FILTERS_MAX);
            for filter in &event.filters {
                self.filter(filter);
            }
        }
    }

    fn filter(&mut self, filter: &PropertyTestSpec) {
        self.named("trigger.event.where.property", &filter.property);
        let values = [&filter.is, &filter.is_not];
        let tests = [
            filter.is.is_some(),
            filter.is_not.is_some(),
            filter.over.is_some(),
            filter.under.is_some(),
            filter.contains.is_some(),
        ];
        if tests.iter().filter(|is_there| **is_there).count() != 1 {
            let message = format!(
                "`trigger.event.where` asks about `{}` in no way or in several: write one of `is`, \
                 `is_not`, `over`, `under`, `contains`",
                filter.property
            );
            self.error("trigger", message);
        }
        let is_plain = |value: &Value| match value {
            Value::Bool(_) | Value::Number(_) => true,
            Value::Text(text) => text.len() <= NAME_BYTES_MAX,
            Value::Null | Value::List(_) | Value::Map(_) => false,
        };
        if !values.into_iter().flatten().all(is_plain) {
            let message = format!(
                "`{}` is compared with text of up to {NAME_BYTES_MAX} bytes, a number, `true` or \
                 `false`",
                filter.property
            );
            self.error("trigger", message);
        }
        if let Some(part) = &filter.contains {
            self.fits("trigger.event.where.contains", part, NAME_BYTES_MAX);
        }
    }

    /// A name that is there and not too long.
    fn named(&mut self, name: &str, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            self.missing(name, "write it, or remove what it belongs to");
            return None;
        }
        self.fits(name, text, NAME_BYTES_MAX);
        Some(text.to_owned())
    }

    fn fits(&mut self, name: &str, text: &str, most: usize) {
        if text.len() > most {
            let message = format!("`{name}` is longer than {most} bytes: shorten it");
            self.error("too_long", message);
        }
    }
}
