use std::time::Duration;

/// Where Redis is, and how patiently it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisSettings {
    /// `redis://user:password@host:port/database`, `rediss://` for TLS, `redis+unix:///path` for a
    /// socket.
    pub url: String,
    /// What all keys begin with; one for each installation that shares the server.
    pub prefix: String,
    /// How long one call may take.
    pub timeout: Duration,
    /// How long the server is left alone after a call that failed.
    pub pause: Duration,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            url: "redis://localhost".into(),
            prefix: "vitrine".into(),
            timeout: Duration::from_millis(250),
            pause: Duration::from_secs(1),
        }
    }
}
