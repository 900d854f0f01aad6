//! Photos that are refused.

use super::*;
use crate::{
    moderation::{Moderated, Unfit},
    testing::FakeModeration,
};

/// A shop whose photos are judged.
fn judged(fakes: &Fakes, moderation: &Arc<FakeModeration>) -> Shopping {
    let vision = Moderated::new(fakes.vision.clone(), moderation.clone());
    Shopping { vision: Arc::new(vision), ..fakes.shop() }
}

/// Refuses the photo of [`request`].
fn refusing(why: Unfit) -> Arc<FakeModeration> {
    Arc::new(FakeModeration::refusing([(&sample::photo(1), why)]))
}

fn refused<T>(why: Unfit) -> Result<T, Unanswered> {
    Err(Unanswered::Model(ModelError::Refused(why)))
}

fn room_for_all() -> Arc<Admission> {
    Arc::new(Admission::new(1_000, 0))
}

async fn answers_counted(fakes: &Fakes, shop: &Shopping) -> u64 {
    shop.answered.flush().await.unwrap();
    let days = Days::last(1, jiff::Timestamp::now());
    let overview = Overview::of(&*fakes.catalog, &sample::merchant(), days).await.unwrap();
    overview.looks.answers
}

#[tokio::test]
async fn a_refused_photo_is_shown_to_no_model_and_leaves_nothing_behind() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let indexed = fakes.asked();
    for why in Unfit::ALL {
        let shop = Arc::new(judged(&fakes, &refusing(*why)));
        assert_eq!(told(&events(&shop).await), ["created", "failed"]);
        let focus = Some(Focus::Point { x: 0.5, y: 0.5 });
        for request in [request(), LookRequest { focus, ..request() }] {
            assert_eq!(shop.look(request, &queue()).await, refused(*why));
        }
        let (photo, merchant) = (sample::photo(1), sample::merchant());
        let searched = shop.garments_of(&photo, &merchant, &queue()).await;
        assert_eq!(searched, refused(*why));

        assert_eq!(fakes.asked(), indexed);
        let key = shop.garments_key(photo.id());
        assert_eq!(shop.cache.get(&key).await, Ok(None));
        let kept = shop.photos.find(&merchant, photo.id(), 64).await.unwrap();
        assert!(kept.is_none());
        assert_eq!(answers_counted(&fakes, &shop).await, 0);
    }
}

#[tokio::test]
async fn a_fit_photo_is_judged_once_answered_and_kept() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let moderation = refusing(Unfit::Document);
    let shop = Arc::new(judged(&fakes, &moderation));
    let photo = sample::photo(2);
    let request = LookRequest { sight: Sight::Photo(photo.clone()), ..request() };
    let first = asking(&shop, request.clone()).await;
    assert_eq!((product_ids(&first), first.cached), (vec!["p1"], false));
    assert_eq!(first.model, "fake-vision checked by fake-moderation");
    assert!(asking(&shop, request).await.cached);
    assert_eq!((moderation.asked(), fakes.vision.asked()), (1, 1));
    assert!(shop.photos.find(&sample::merchant(), photo.id(), 64).await.unwrap().is_some());
    assert_eq!(answers_counted(&fakes, &shop).await, 2);
}

#[tokio::test]
async fn where_the_judge_fails_no_photo_is_answered() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let moderation = Arc::new(FakeModeration::failing(trouble()));
    let shop = Arc::new(judged(&fakes, &moderation));
    let answer = shop.look(request(), &queue()).await;
    assert_eq!(answer, Err(Unanswered::Model(trouble())));
    assert_eq!((moderation.asked(), fakes.vision.asked()), (1, 0));
}

#[tokio::test]
async fn what_was_remembered_before_photos_were_judged_is_no_way_around_the_judge() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let before = Arc::new(fakes.shop());
    look(&before).await;
    let (cache, photos) = (Arc::clone(&before.cache), Arc::new(MemoryCache::default()));
    let photos = Photos::new(photos, PhotoKeeping::default());
    let moderation = refusing(Unfit::Nakedness);
    let shop = Arc::new(Shopping { cache, photos, ..judged(&fakes, &moderation) });
    for sight in [Sight::Photo(sample::photo(1)), Sight::KeptPhoto(sample::photo(1))] {
        let request = LookRequest { sight, ..request() };
        assert_eq!(shop.look(request, &queue()).await, refused(Unfit::Nakedness));
    }
    assert_eq!((moderation.asked(), fakes.vision.asked()), (2, 1));
    assert!(look(&before).await.cached, "it is still remembered where nobody judges");
}

#[tokio::test]
async fn who_waits_while_the_same_photo_is_refused_is_judged_anew() {
    let fakes = Fakes::seeing(vec![dress()]).await;
    let moderation = refusing(Unfit::NoClothes);
    let shop = Arc::new(judged(&fakes, &moderation));
    let room = room_for_all();
    let answers = (0..20).map(|_| shop.look(request(), &room));
    for answer in futures::future::join_all(answers).await {
        assert_eq!(answer, refused(Unfit::NoClothes));
    }
    assert_eq!((moderation.asked(), fakes.vision.asked()), (20, 0));
}
