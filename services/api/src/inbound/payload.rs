//! What Meta brings, as its reference of the webhook `messages` has it
//! (<https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages>). Read
//! member by member, so that what is new or odd in one message keeps no other from being read.

use jiff::Timestamp;
use serde_json::Value;
use vitrine_core::{conversation::MAX_TEXT, inbound::Received};

/// The most characters of what Meta calls things by.
const MAX_ID: usize = 255;

/// A message and the phone number of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub from: String,
    pub received: Received,
}

/// The messages to one phone number, in their order; what tells of sent messages, and reactions, want
/// no answer.
pub(crate) fn messages(body: &Value, phone_number_id: &str) -> Vec<Incoming> {
    let mut incoming = Vec::new();
    for change in list(body, "entry").flat_map(|entry| list(entry, "changes")) {
        let value = &change["value"];
        let messages = list(value, "messages").filter_map(read);
        if value["metadata"]["phone_number_id"] == phone_number_id {
            incoming.extend(messages);
        } else if messages.count() > 0 {
            tracing::info!("messages to another phone number are passed over");
        }
    }
    incoming
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn read(message: &Value) -> Option<Incoming> {
    let kind = message["type"].as_str()?;
    if ["reaction", "system"].contains(&kind) {
        return None;
    }
    let Some((from, origin)) = id(&message["from"]).zip(id(&message["id"])) else {
        tracing::warn!(kind, "a message names no phone number that it could be answered at");
        return None;
    };
    let replied = &message["interactive"];
    let (text, photo) = match kind {
        "text" => (&message["text"]["body"], None),
        "button" => (&message["button"]["text"], None),
        "interactive" if replied["list_reply"].is_object() => {
            (&replied["list_reply"]["title"], None)
        }
        "interactive" => (&replied["button_reply"]["title"], None),
        "image" => (&message["image"]["caption"], id(&message["image"]["id"])),
        _ => (&Value::Null, None),
    };
    let text = text.as_str().unwrap_or_default().trim();
    let mut text: String = text.chars().take(MAX_TEXT).collect();
    let unreadable = text.is_empty() && photo.is_none();
    if unreadable {
        let kind = kind.chars().filter(|c| c.is_ascii_lowercase()).take(20);
        text = format!("({})", kind.collect::<String>());
    }
    Some(Incoming {
        from,
        received: Received { origin, text, photo, unreadable, at: Timestamp::now() },
    })
}

/// What Meta calls something by: it goes into addresses and stores.
fn id(value: &Value) -> Option<String> {
    let id = value.as_str()?;
    let of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_.=/".contains(&byte);
    ((1..=MAX_ID).contains(&id.len()) && id.bytes().all(of_id)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(message: Value) -> Vec<Incoming> {
        let metadata = json!({"phone_number_id": "1"});
        let value = json!({"metadata": metadata, "messages": [message]});
        messages(&json!({"entry": [{"changes": [{"value": value}]}]}), "1")
    }

    #[test]
    fn what_is_odd_is_no_message_and_breaks_nothing() {
        for odd in [
            json!(null),
            json!([]),
            json!({"entry": 5}),
            json!({"entry": [{"changes": [{"value": {"messages": {}}}]}]}),
            json!({"entry": [null, {"changes": [7, {"value": "x"}]}]}),
        ] {
            assert_eq!(messages(&odd, "1"), [], "{odd}");
        }
        for odd in
            [json!(1), json!({}), json!({"type": "text"}), json!({"type": "text", "from": "1"})]
        {
            assert_eq!(one(odd.clone()), [], "{odd}");
        }
        let hostile = json!({"type": "text", "from": "1\u{0}", "id": "a", "text": {"body": "x"}});
        assert_eq!(one(hostile), []);
    }

    #[test]
    fn what_is_no_text_and_no_photo_is_named_by_its_kind() {
        for (message, kind) in [
            (json!({"type": "audio", "audio": {"id": "5"}}), "(audio)"),
            (json!({"type": "text", "text": {"body": "  "}}), "(text)"),
            (json!({"type": "image", "image": {"id": "../5?x"}}), "(image)"),
            (json!({"type": "un\nknown"}), "(unknown)"),
        ] {
            let mut message = message;
            (message["from"], message["id"]) = (json!("4915"), json!("wamid.a=="));
            let [Incoming { received, .. }] = &one(message)[..] else { panic!("it is one") };
            assert!(received.unreadable);
            assert_eq!(received.text, kind);
        }
        let reaction = json!({"type": "reaction", "from": "4915", "id": "wamid.a", "reaction": {}});
        assert_eq!(one(reaction), []);
    }

    #[test]
    fn a_long_text_is_cut() {
        let text = "ä".repeat(4_096);
        let message =
            json!({"type": "text", "from": "4915", "id": "wamid.a", "text": {"body": text}});
        assert_eq!(one(message)[0].received.text.chars().count(), MAX_TEXT);
    }
}
