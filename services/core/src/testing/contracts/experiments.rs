use crate::{
    answers::AnswerRecord,
    experiments::{Arm, Experiment, ExperimentError, Served, Varied},
    ids::MerchantId,
    ports::{Events, ExperimentPut, Experiments},
    reports::{Days, ExperimentReport},
    testing::told,
};

/// The contract of [`Experiments`], on a store that keeps [`Events`] too.
pub async fn experiments(store: &(impl Experiments + Events)) {
    is_kept_and_stopped(store).await;
    is_refused_where_it_does_not_fit(store).await;
    is_forgotten_with_what_was_counted(store).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

async fn is_kept_and_stopped(store: &impl Experiments) {
    let (shop, other) = (merchant("tries"), merchant("tries nothing"));
    let mut experiment = told::experiment("limits", &[1, 2, 3]);
    let put =
        async |experiment: &Experiment| store.put_experiment(&shop, experiment).await.unwrap();
    assert_eq!(put(&experiment).await, ExperimentPut::New);
    assert_eq!(store.experiments(&shop).await.unwrap(), [experiment.clone()]);
    assert_eq!(store.experiments(&other).await.unwrap(), []);
    experiment.running = false;
    let later = Experiment {
        created: told::now() + jiff::SignedDuration::from_hours(1),
        ..experiment.clone()
    };
    assert_eq!(put(&later).await, ExperimentPut::Changed);
    assert_eq!(store.experiments(&shop).await.unwrap(), [experiment], "created when it was");
    put(&Experiment { running: false, ..told::experiment("a", &[1, 1]) }).await;
    let names = store.experiments(&shop).await.unwrap();
    let names: Vec<&str> = names.iter().map(|experiment| experiment.name.as_str()).collect();
    assert_eq!(names, ["a", "limits"]);
}

async fn is_refused_where_it_does_not_fit(store: &impl Experiments) {
    let shop = merchant("tries too much");
    let kept = told::experiment("limits", &[1, 1]);
    store.put_experiment(&shop, &kept).await.unwrap();
    let changed = told::experiment("limits", &[1, 2]);
    let refused = async |experiment| store.put_experiment(&shop, experiment).await.unwrap();
    assert_eq!(refused(&changed).await, ExperimentPut::Refused(ExperimentError::Fixed));
    let overlapping = ExperimentError::Overlapping(kept.name.clone());
    let same = told::experiment("other", &[1, 1]);
    assert_eq!(refused(&same).await, ExperimentPut::Refused(overlapping));
    assert_eq!(store.experiments(&shop).await.unwrap(), [kept]);
    let elsewhere = merchant("tries too much elsewhere");
    assert_eq!(store.put_experiment(&elsewhere, &same).await.unwrap(), ExperimentPut::New);
}

async fn is_forgotten_with_what_was_counted(store: &(impl Experiments + Events)) {
    let shop = merchant("tried");
    let limits = told::experiment("limits", &[1, 1]);
    let advice = Experiment {
        arms: limits
            .arms
            .iter()
            .map(|arm| Arm {
                settings: Varied { advice: Some(true), ..Varied::default() },
                ..arm.clone()
            })
            .collect(),
        ..told::experiment("advice", &[1, 1])
    };
    let served = |experiment: &Experiment| Served {
        experiment: experiment.name.clone(),
        variant: experiment.arms[0].name.clone(),
    };
    store.put_experiment(&shop, &limits).await.unwrap();
    store.put_experiment(&shop, &advice).await.unwrap();
    let answer = |id| AnswerRecord {
        visitor: Some(told::visitor("v")),
        served: vec![served(&limits), served(&advice)],
        ..told::answer(id)
    };
    store.note_answers(&shop, &[answer(1)]).await.unwrap();
    let visitors = async || {
        let days = Days::last(30, told::now());
        let report = ExperimentReport::of(store, store, &shop, days).await.unwrap();
        let visitors = report.experiments.iter().map(|outcome| outcome.variants[0].visitors);
        visitors.collect::<Vec<_>>()
    };
    assert_eq!(visitors().await, [1, 1]);
    assert!(store.remove_experiment(&shop, &limits.name).await.unwrap());
    assert!(!store.remove_experiment(&shop, &limits.name).await.unwrap());
    assert_eq!(visitors().await, [1], "the other one stays");
    store.put_experiment(&shop, &limits).await.unwrap();
    assert_eq!(visitors().await, [1, 0], "by name: advice, then limits, which begins anew");
    store.note_answers(&shop, &[answer(2)]).await.unwrap();
    assert_eq!(visitors().await, [1, 1]);
}
