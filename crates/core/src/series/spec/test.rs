//! An A/B test of a message, as it is written: variants that replace some of its fields.
//! Draws no one, and checks nothing but the names of fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ButtonSpec, CtaSpec, LayoutSpec, Method, PositionSpec, StepSpec, SurveySpec};
use crate::value::Value;

/// The name of the step itself among its variants.
pub const CONTROL: &str = "a";

/// Variants of a message, and what decides between them. The step itself is the control,
/// [`CONTROL`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSpec {
    /// What decides.
    #[serde(default)]
    pub metric: TestMetric,
    /// The share of the step itself, against the variants.
    pub weight: f64,
    /// What is tried instead.
    pub variants: Vec<VariantSpec>,
}

/// One variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantSpec {
    /// Its name.
    pub name: String,
    /// Its share, against the others.
    pub weight: f64,
    /// What it says differently.
    pub changes: ChangesSpec,
}

/// What a test is decided by: the share of people who did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestMetric {
    /// Opened it.
    Opened,
    /// Clicked.
    #[default]
    Clicked,
    /// Reached the goal: of the message, or of the series where the message has none.
    Converted,
    /// Left by the exit condition.
    ReEngaged,
}

/// The fields of a message that a variant replaces: each as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesSpec {
    /// See [`StepSpec`] for this and the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the list of mails shows after the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// What a mail says as blocks; takes the place of `body` and `html`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Value>,
    /// What a mail says as a document; takes the place of `body` and `blocks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// What `html` was made from: no change of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// The headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutSpec>,
    /// The edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionSpec>,
    /// The part of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What the picture shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// The button; takes the place of `buttons`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta: Option<CtaSpec>,
    /// The buttons; take the place of `cta`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<ButtonSpec>>,
    /// What is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<SurveySpec>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
}

/// Puts a field in the place of another, if there is one; its name, if that changes anything.
fn replace<T: Clone + PartialEq>(
    name: &'static str,
    place: &mut Option<T>,
    with: Option<&T>,
) -> Option<&'static str> {
    let with = with.filter(|with| place.as_ref() != Some(*with))?;
    *place = Some(with.clone());
    Some(name)
}

impl ChangesSpec {
    /// The step with these changes, and the names of the fields that are others now.
    #[must_use]
    pub fn apply(&self, step: &StepSpec) -> (StepSpec, Vec<&'static str>) {
        let Self {
            subject,
            preheader,
            blocks,
            html,
            mjml,
            title,
            body,
            layout,
            position,
            target,
            image,
            alt,
            cta,
            buttons,
            survey,
            url,
            method,
            headers,
        } = self;
        let mut step = step.clone();
        step.experiment = None;
        // A mail says one thing: what a variant says takes the place of what the control does.
        if body.is_some() || blocks.is_some() || html.is_some() {
            step.body = step.body.filter(|_| body.is_some());
            step.blocks = step.blocks.filter(|_| blocks.is_some());
            step.html = step.html.filter(|_| html.is_some());
            step.mjml.clone_from(mjml);
        }
        if cta.is_some() {
            step.buttons = None;
        } else if buttons.is_some() {
            step.cta = None;
        }
        // A request without headers is written as one with none.
        let mut own_headers = Some(std::mem::take(&mut step.headers));
        let changed = [
            replace("subject", &mut step.subject, subject.as_ref()),
            replace("preheader", &mut step.preheader, preheader.as_ref()),
            replace("blocks", &mut step.blocks, blocks.as_ref()),
            replace("html", &mut step.html, html.as_ref()),
            replace("title", &mut step.title, title.as_ref()),
            replace("body", &mut step.body, body.as_ref()),
            replace("layout", &mut step.layout, layout.as_ref()),
            replace("position", &mut step.position, position.as_ref()),
            replace("target", &mut step.target, target.as_ref()),
            replace("image", &mut step.image, image.as_ref()),
            replace("alt", &mut step.alt, alt.as_ref()),
            replace("cta", &mut step.cta, cta.as_ref()),
            replace("buttons", &mut step.buttons, buttons.as_ref()),
            replace("survey", &mut step.survey, survey.as_ref()),
            replace("url", &mut step.url, url.as_ref()),
            replace("method", &mut step.method, method.as_ref()),
            replace("headers", &mut own_headers, headers.as_ref()),
        ];
        step.headers = own_headers.unwrap_or_default();
        (step, changed.into_iter().flatten().collect())
    }
}
