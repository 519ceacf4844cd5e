//! What a call brings, held against what its tool says that it takes. What does not fit is told in
//! words by which an agent can mend its call.

use serde_json::{Map, Value};

use crate::shell::report::Voice;
use crate::wording::mcp::refused;

/// What is wrong with the arguments of a call, by the schema of what its tool takes.
pub fn complaint(
    voice: Voice<'_>,
    schema: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Option<String> {
    let takes = schema.get("properties")?.as_object()?;
    if let Some(name) = given.keys().find(|name| !takes.contains_key(*name)) {
        let names: Vec<&str> = takes.keys().map(String::as_str).collect();
        let args = [("name", name.as_str()), ("names", &names.join(", "))];
        return Some(voice.say(refused::UNKNOWN, &args).join("\n"));
    }
    let mut required = schema.get("required")?.as_array()?.iter().filter_map(Value::as_str);
    if let Some(name) = required.find(|name| !given.contains_key(*name)) {
        return Some(voice.say(refused::MISSING, &[("name", name)]).join("\n"));
    }
    given.iter().find_map(|(name, value)| misfit(voice, name, takes.get(name)?, value))
}

/// What is wrong with one argument.
fn misfit(voice: Voice<'_>, name: &str, schema: &Value, value: &Value) -> Option<String> {
    let (least, most) = (schema["minimum"].as_u64(), schema["maximum"].as_u64());
    let (key, fits) = match schema["type"].as_str()? {
        "array" => {
            let items = value.as_array().filter(|items| !items.is_empty());
            (refused::TEXTS, items.is_some_and(|items| items.iter().all(Value::is_string)))
        }
        "boolean" => (refused::BOOLEAN, value.is_boolean()),
        "integer" => {
            let is_within = |it| it >= least.unwrap_or_default() && it <= most.unwrap_or(u64::MAX);
            let key = if most.is_some() { refused::RANGE } else { refused::NUMBER };
            (key, value.as_u64().is_some_and(is_within))
        }
        _ => (refused::TEXT, value.is_string()),
    };
    let said = |bound: Option<u64>| bound.unwrap_or_default().to_string();
    let args = [("name", name), ("least", &said(least)), ("most", &said(most))];
    (!fits).then(|| voice.say(key, &args).join("\n"))
}
