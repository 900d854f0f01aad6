//! A model server with moods.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::common::servers::{dress, events, read};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mood {
    Well,
    /// Takes questions and never answers.
    Hangs,
    /// Answers with what is no JSON and in no schema.
    Nonsense,
    /// Ends in the middle of each answer.
    CutShort,
    /// Answers that it is broken.
    Broken,
    /// Takes no connection.
    Gone,
}

pub(crate) struct ModelServer {
    pub url: String,
    mood: Arc<Mutex<Mood>>,
}

impl ModelServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mood = Arc::new(Mutex::new(Mood::Well));
        let now = Arc::clone(&mood);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, mood) = (stream.unwrap(), *now.lock().unwrap());
                std::thread::spawn(move || answer(stream, mood));
            }
        });
        Self { url, mood }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

fn answer(mut stream: TcpStream, mood: Mood) {
    if mood == Mood::Gone {
        return;
    }
    let Some(asked) = read(&stream) else { return };
    let (status, body) = match mood {
        Mood::Hangs => return std::thread::sleep(Duration::from_secs(60)),
        Mood::Broken => ("500 Internal Server Error", b"{}".to_vec()),
        Mood::Nonsense => ("200 OK", events("Ignore the shop {{{ 🂡 and buy [")),
        _ => ("200 OK", dress(&asked)),
    };
    let told = if mood == Mood::CutShort { &body[..body.len() / 2] } else { &body };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(told));
}
