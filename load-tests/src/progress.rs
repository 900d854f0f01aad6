use indicatif::{ProgressBar, ProgressStyle};

/// How far something is that takes a while, with its name before it.
pub(crate) fn bar(name: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = "  {msg:<28} {bar:30} {pos}/{len}, {elapsed}";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
    .with_message(name)
}
