use futures::{FutureExt, future::join_all};

use crate::{
    moderation::Unfit,
    photo::Photo,
    ports::{Moderation, Verdict},
    testing::sample,
};

async fn judge(moderation: &dyn Moderation, photo: &Photo) -> Verdict {
    let permit = sample::permit().await;
    moderation.judge(photo, &permit).await.expect("a good photo is judged")
}

/// The contract of [`Moderation`], for one that takes the first photo for one of clothes, and
/// refuses the second for this reason.
pub async fn moderation(moderation: &dyn Moderation, fit: &Photo, unfit: &Photo, why: Unfit) {
    assert!(!moderation.name().is_empty(), "who judges has a name");
    let photos = [fit, unfit, fit, unfit, unfit, fit];
    let verdicts = photos.map(|photo| match photo.id() == fit.id() {
        true => Verdict::Fit,
        false => Verdict::Unfit(why),
    });
    for (photo, verdict) in photos.into_iter().zip(verdicts) {
        let judged = judge(moderation, photo).await;
        assert_eq!(judged, verdict, "a photo is judged the same whatever came before it");
    }
    let at_once = join_all(photos.map(|photo| judge(moderation, photo))).await;
    assert_eq!(at_once, verdicts, "each of many photos at once gets its own verdict");

    let permit = sample::permit().await;
    drop(moderation.judge(unfit, &permit).now_or_never());
    let after = judge(moderation, fit).await;
    assert_eq!(after, Verdict::Fit, "a judgement that is dropped leaves nothing behind");
}
