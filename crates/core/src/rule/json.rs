//! Rules in JSON, read strictly: a condition with a field too many is refused, not half understood.
//! Writing is derived; what is read here is put in normal form and held to the bounds.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{AttributeTest, Problem, Rule, Test, parse};

/// The attribute's name beside its comparison.
impl<'de> Deserialize<'de> for AttributeTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AttributeVisitor)
    }
}

struct AttributeVisitor;

impl<'de> de::Visitor<'de> for AttributeVisitor {
    type Value = AttributeTest;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .write_str("an attribute and a comparison, such as {\"name\":\"plan\",\"is\":\"pro\"}")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<AttributeTest, A::Error> {
        let (mut name, mut test, mut match_case) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            if key == "name" {
                if name.replace(map.next_value()?).is_some() {
                    return Err(de::Error::duplicate_field("name"));
                }
                continue;
            }
            if key == "match_case" {
                if match_case.replace(map.next_value()?).is_some() {
                    return Err(de::Error::duplicate_field("match_case"));
                }
                continue;
            }
            if test.is_some() {
                let message =
                    format!("`{key}` is a second comparison: write each as a condition of its own");
                return Err(de::Error::custom(message));
            }
            let entry = Entry {
                key: Some(key),
                map: &mut map,
            };
            test = Some(Test::deserialize(de::value::MapAccessDeserializer::new(
                entry,
            ))?);
        }
        let name = name.ok_or_else(|| de::Error::missing_field("name"))?;
        let test = test.ok_or_else(|| {
            de::Error::custom("a comparison is missing, such as \"is\" or \"greater_than\"")
        })?;
        Ok(AttributeTest {
            name,
            test,
            match_case: match_case.unwrap_or_default(),
        })
    }
}

/// One entry of a map whose key has been read already.
struct Entry<'a, A> {
    key: Option<String>,
    map: &'a mut A,
}

impl<'de, A: de::MapAccess<'de>> de::MapAccess<'de> for Entry<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let key = self.key.take().map(de::IntoDeserializer::into_deserializer);
        key.map(|key| seed.deserialize::<de::value::StringDeserializer<A::Error>>(key))
            .transpose()
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A rule in either spelling: text, or the JSON tree. For fields that hold a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AnySpelling(pub Rule);

impl<'de> Deserialize<'de> for AnySpelling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpellingVisitor)
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

struct SpellingVisitor;

impl<'de> de::Visitor<'de> for SpellingVisitor {
    type Value = AnySpelling;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a rule as text, such as `plan is \"pro\"`, or as a JSON tree")
    }

    fn visit_str<E: de::Error>(self, source: &str) -> Result<AnySpelling, E> {
        parse(source)
            .map(AnySpelling)
            .map_err(|problems| E::custom(lines(&problems)))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<AnySpelling, A::Error> {
        let rule = Rule::deserialize(de::value::MapAccessDeserializer::new(map))?.normal();
        let faults = rule.faults(&[]);
        if faults.is_empty() {
            Ok(AnySpelling(rule))
        } else {
            Err(de::Error::custom(lines(&faults)))
        }
    }
}
