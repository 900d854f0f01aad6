use std::{sync::Arc, time::Duration};

use crate::ports::{Duties, Duty, DutyError};

const HOUR: Duration = Duration::from_secs(3_600);

/// The contract of [`Duties`].
pub async fn duties<D: Duties + 'static>(duties: Arc<D>) {
    is_given_to_one_until_it_is_given_back(&*duties).await;
    goes_over_where_its_holder_is_not_heard_of(&*duties).await;
    stays_with_who_holds_it(&*duties).await;
    is_taken_again_by_the_same_holder_at_once(&*duties).await;
    is_given_to_one_of_many_who_ask_at_once(&duties).await;
}

async fn take(duties: &impl Duties, name: &'static str, holder: &str, time: Duration) -> Duty {
    duties.take(name, holder, time).await.unwrap().expect("nobody holds it")
}

async fn is_given_to_one_until_it_is_given_back(duties: &impl Duties) {
    let first = take(duties, "given", "first", HOUR).await;
    assert_eq!(first.name, "given");
    assert_eq!(duties.take("given", "second", HOUR).await.unwrap(), None, "one holds it");
    take(duties, "another", "second", HOUR).await;
    duties.release(&first).await.unwrap();
    let second = take(duties, "given", "second", HOUR).await;
    assert!(second.token > first.token, "{second:?} after {first:?}");
    duties.release(&first).await.unwrap();
    duties.hold(&second, HOUR).await.unwrap();
    assert_eq!(duties.take("given", "third", HOUR).await.unwrap(), None, "the second holds it");
    assert_eq!(duties.hold(&first, HOUR).await, Err(DutyError::Lost), "who gave it back has not");
    duties.release(&second).await.unwrap();
    assert_eq!(duties.hold(&second, HOUR).await, Err(DutyError::Lost));
}

async fn goes_over_where_its_holder_is_not_heard_of(duties: &impl Duties) {
    let first = take(duties, "silent", "first", Duration::ZERO).await;
    duties.hold(&first, Duration::ZERO).await.expect("what nobody took is held again");
    let second = take(duties, "silent", "second", HOUR).await;
    assert!(second.token > first.token);
    assert_eq!(duties.hold(&first, HOUR).await, Err(DutyError::Lost), "another has it");
    assert_eq!(duties.take("silent", "first", HOUR).await.unwrap(), None);
    duties.hold(&second, HOUR).await.unwrap();
    let nobody = Duty { name: "never taken", token: 1 };
    assert_eq!(duties.hold(&nobody, HOUR).await, Err(DutyError::Lost));
}

async fn stays_with_who_holds_it(duties: &impl Duties) {
    let first = take(duties, "held", "first", Duration::ZERO).await;
    duties.hold(&first, HOUR).await.unwrap();
    assert_eq!(duties.take("held", "second", HOUR).await.unwrap(), None, "it was held for longer");
    duties.hold(&first, Duration::ZERO).await.unwrap();
    take(duties, "held", "second", HOUR).await;
}

async fn is_taken_again_by_the_same_holder_at_once(duties: &impl Duties) {
    let before = take(duties, "same", "folder", HOUR).await;
    let after = take(duties, "same", "folder", HOUR).await;
    assert!(after.token > before.token);
    assert_eq!(duties.hold(&before, HOUR).await, Err(DutyError::Lost), "the last one counts");
    duties.hold(&after, HOUR).await.unwrap();
}

async fn is_given_to_one_of_many_who_ask_at_once<D: Duties + 'static>(duties: &Arc<D>) {
    let asked = (0..16).map(|n| {
        let duties = Arc::clone(duties);
        tokio::spawn(async move { duties.take("many", &format!("{n}"), HOUR).await.unwrap() })
    });
    let mut given = 0;
    for asked in asked.collect::<Vec<_>>() {
        given += usize::from(asked.await.unwrap().is_some());
    }
    assert_eq!(given, 1);
}
