//! What a load shows.

use serde_json::{Value, json};

use super::ledger::{Answer, Asked};

pub(super) struct Verdict {
    pub(super) what: String,
    /// None where nothing can be said.
    pub(super) kept: Option<bool>,
    /// The figures.
    pub(super) said: String,
}

impl Verdict {
    pub(super) fn print(&self) {
        let kept = match self.kept {
            Some(true) => "kept",
            Some(false) => "missed",
            None => "not told",
        };
        println!("{:<44} {kept:<9} {}", self.what, self.said);
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"what": self.what, "kept": self.kept, "said": self.said})
    }
}

pub(super) fn none_failed(asked: &[Asked]) -> Verdict {
    let failed = asked.iter().filter(|it| matches!(it.answer, Answer::Failed(_))).count();
    let refused = asked.iter().filter(|it| matches!(it.answer, Answer::Refused { .. })).count();
    Verdict {
        what: "no accepted request fails".into(),
        kept: (!asked.is_empty()).then_some(failed == 0),
        said: format!("{failed} of {} failed, {refused} told to come back", asked.len()),
    }
}

pub(super) fn all_told_when(asked: &[Asked]) -> Verdict {
    let told = |told: bool| {
        let such = Answer::Refused { told_when: told };
        asked.iter().filter(|it| it.answer == such).count()
    };
    let (with, without) = (told(true), told(false));
    Verdict {
        what: "429 says when to come back".into(),
        kept: (with + without > 0).then_some(without == 0),
        said: format!("{with} with Retry-After, {without} without"),
    }
}
