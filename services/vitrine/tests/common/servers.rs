//! Servers of others, played in this process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use serde_json::{Value, json};

/// What came in: its head in lower case, and its body.
pub(crate) struct Asked {
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// What a header says.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Serves what is said to each request, as events; answers where.
pub(crate) fn serve(says: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let says = Arc::new(says);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let says = Arc::clone(&says);
            std::thread::spawn(move || answer(stream.unwrap(), &*says));
        }
    });
    address
}

/// One request of a connection, none where it ended.
pub(crate) fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while reader.read_line(&mut head).ok()? > 2 {}
    let head = head.to_lowercase();
    let mut asked = Asked { head, body: Vec::new() };
    let length = asked.header("content-length").map_or(0, |told| told.trim().parse().unwrap());
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

fn answer(mut stream: TcpStream, says: &dyn Fn(&Asked) -> Vec<u8>) {
    let Some(asked) = read(&stream) else { return };
    let told = says(&asked);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        told.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&told));
}

/// What a model says that sees one red dress in every photo, and always advises the first candidate.
pub(crate) fn dress(asked: &Asked) -> Vec<u8> {
    let body = asked.json();
    assert_eq!(body["model"], "eye");
    let schema = &body["response_format"]["json_schema"]["schema"];
    let said = if schema["properties"]["suggestions"].is_object() {
        json!({
            "text": "A dress for the evening.",
            "suggestions": [{"text": "Wear it out.", "product_ids": ["p1"]}]
        })
    } else if schema["items"]["properties"]["category"].is_object() {
        json!([{
            "category": "dress", "bbox_2d": [100, 100, 900, 900], "colours": ["red"],
            "pattern": "plain", "sleeve": null, "length": "midi", "text": "",
            "description": "A red midi dress."
        }])
    } else {
        json!(["ok"])
    };
    events(&said.to_string())
}

/// Words as the events of an OpenAI-compatible server.
pub(crate) fn events(said: &str) -> Vec<u8> {
    let event = json!({"choices": [{"delta": {"content": said}}]});
    format!("data: {event}\n\ndata: [DONE]\n\n").into_bytes()
}
