use super::{Suite, id, merchant, products, sorted};

impl Suite<'_> {
    pub(super) async fn a_rebuild_is_seen_only_when_it_is_finished(&self) {
        let (shop, other) = (merchant("rebuilt-1"), merchant("rebuilt-2"));
        self.put(&shop, vec![self.point("old", 0.0), self.point("kept", 0.1)]).await;
        self.put(&other, vec![self.point("old", 0.0)]).await;
        let point = || vec![self.point("new", 0.2)];
        let none = self.index.fill(&shop, &[id("new")], point()).await;
        assert!(none.is_err(), "without a begin there is nothing to fill");
        assert!(self.index.finish_rebuild().await.is_err(), "and nothing to finish");

        self.index.begin_rebuild().await.unwrap();
        self.index.fill(&shop, &[id("dropped")], vec![self.point("dropped", 0.2)]).await.unwrap();
        self.index.begin_rebuild().await.unwrap();
        self.index.fill(&shop, &[id("new")], point()).await.unwrap();
        self.index.fill(&shop, &[id("kept")], vec![self.point("kept", 0.3)]).await.unwrap();
        self.put(&other, vec![self.point("written", 0.4)]).await;
        self.index.replace(&shop, &[id("kept")], Vec::new()).await.unwrap();
        let ask = self.query(0.0);
        assert_eq!(
            products(&self.search(&shop, &ask).await),
            ["old"],
            "searches see the first index until the end, with what is replaced meanwhile"
        );
        assert_eq!(sorted(&self.search(&other, &ask).await), ["old", "written"]);
        assert_eq!(self.index.count(&shop).await.unwrap(), 1, "so do counts");
        let listed = self.entries_of(std::slice::from_ref(&shop), 10).await;
        assert!(listed.len() == 1 && listed[0].product == id("old"), "so do listings: {listed:?}");

        self.index.finish_rebuild().await.unwrap();
        assert_eq!(
            products(&self.search(&shop, &ask).await),
            ["new"],
            "then the second is all there is: what was filled, but not what was removed since, \
             nor what was filled before a second begin"
        );
        let left = self.search(&other, &ask).await;
        assert_eq!(products(&left), ["written"], "what was replaced meanwhile is in both");
        assert_eq!(self.index.count(&shop).await.unwrap(), 1);
        assert_eq!(self.entries_of(&[shop.clone(), other.clone()], 10).await.len(), 2);
        assert!(self.index.finish_rebuild().await.is_err(), "it is finished once");

        self.put(&shop, vec![self.point("after", 0.1)]).await;
        assert_eq!(products(&self.search(&shop, &ask).await), ["after", "new"], "work goes on");
        self.index.begin_rebuild().await.unwrap();
        self.index.fill(&shop, &[id("new")], point()).await.unwrap();
        self.index.finish_rebuild().await.unwrap();
        assert_eq!(
            products(&self.search(&shop, &ask).await),
            ["new"],
            "and it can be rebuilt again"
        );
        assert_eq!(self.index.count(&other).await.unwrap(), 0, "for all merchants together");
        self.clear(&[shop, other]).await;
    }

    pub(super) async fn a_rebuild_can_be_given_up(&self) {
        let shop = merchant("abandoned");
        self.index.abandon_rebuild().await.unwrap();
        self.index.begin_rebuild().await.unwrap();
        self.index.fill(&shop, &[id("filled")], vec![self.point("filled", 0.0)]).await.unwrap();
        self.put(&shop, vec![self.point("written", 0.0)]).await;
        self.index.abandon_rebuild().await.unwrap();
        self.index.abandon_rebuild().await.unwrap();
        assert!(self.index.finish_rebuild().await.is_err(), "what was given up is not finished");
        assert_eq!(products(&self.search(&shop, &self.query(0.0)).await), ["written"]);
        assert_eq!(self.index.count(&shop).await.unwrap(), 1);
        self.clear(&[shop]).await;
    }
}
