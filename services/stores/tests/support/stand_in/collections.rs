use std::sync::{Arc, Mutex, atomic::Ordering};

use qdrant_client::qdrant::{
    AliasDescription, ChangeAliases, CollectionDescription, CollectionExists,
    CollectionExistsRequest, CollectionExistsResponse, CollectionInfo, CollectionOperationResponse,
    CollectionStatus, CreateCollection, DeleteCollection, GetCollectionInfoRequest,
    GetCollectionInfoResponse, ListAliasesRequest, ListAliasesResponse, ListCollectionsRequest,
    ListCollectionsResponse, alias_operations::Action, collections_server::Collections,
};
use qdrant_edge::EdgeShard;
use tonic::{Request, Response, Status};

use super::{Collection, Doors, convert::config, not_here, not_here_at_all};

type Answer<T> = Result<Response<T>, Status>;

fn done() -> Answer<CollectionOperationResponse> {
    Ok(Response::new(CollectionOperationResponse { result: true, time: 0.0 }))
}

#[tonic::async_trait]
impl Collections for Doors {
    async fn create(
        &self,
        request: Request<CreateCollection>,
    ) -> Answer<CollectionOperationResponse> {
        let request = self.enter("create_collection", request).await?;
        let state = &self.0;
        let name = request.collection_name.clone();
        let mut collections = state.collections.write().unwrap();
        if collections.contains_key(&name) || state.aliases.read().unwrap().contains_key(&name) {
            return Err(Status::already_exists(format!("Collection `{name}` already exists!")));
        }
        let number = state.numbers.fetch_add(1, Ordering::SeqCst);
        let dir = state.dir.path().join(number.to_string());
        std::fs::create_dir(&dir)?;
        let shard = EdgeShard::new(&dir, config(&request)?)
            .map_err(|error| Status::invalid_argument(error.to_string()))?;
        collections.insert(name, Arc::new(Collection { shard, changing: Mutex::new(()) }));
        state.created.lock().unwrap().push(request);
        done()
    }

    async fn delete(
        &self,
        request: Request<DeleteCollection>,
    ) -> Answer<CollectionOperationResponse> {
        let DeleteCollection { collection_name, .. } =
            self.enter("delete_collection", request).await?;
        let removed = self.0.collections.write().unwrap().remove(&collection_name).is_some();
        self.0.aliases.write().unwrap().retain(|_, name| *name != collection_name);
        Ok(Response::new(CollectionOperationResponse { result: removed, time: 0.0 }))
    }

    async fn list(
        &self,
        request: Request<ListCollectionsRequest>,
    ) -> Answer<ListCollectionsResponse> {
        self.enter("list_collections", request).await?;
        let names = self.0.collections.read().unwrap().keys().cloned().collect::<Vec<_>>();
        let collections = names.into_iter().map(|name| CollectionDescription { name }).collect();
        Ok(Response::new(ListCollectionsResponse { collections, time: 0.0 }))
    }

    async fn get(
        &self,
        request: Request<GetCollectionInfoRequest>,
    ) -> Answer<GetCollectionInfoResponse> {
        let request = self.enter("collection_info", request).await?;
        self.collection(&request.collection_name)?;
        let mut info = CollectionInfo::default();
        info.set_status(CollectionStatus::Green);
        Ok(Response::new(GetCollectionInfoResponse { result: Some(info), time: 0.0 }))
    }

    async fn collection_exists(
        &self,
        request: Request<CollectionExistsRequest>,
    ) -> Answer<CollectionExistsResponse> {
        let request = self.enter("collection_exists", request).await?;
        let exists = self.collection(&request.collection_name).is_ok();
        let result = Some(CollectionExists { exists });
        Ok(Response::new(CollectionExistsResponse { result, time: 0.0 }))
    }

    async fn update_aliases(
        &self,
        request: Request<ChangeAliases>,
    ) -> Answer<CollectionOperationResponse> {
        let request = self.enter("update_aliases", request).await?;
        let collections = self.0.collections.read().unwrap();
        let mut aliases = self.0.aliases.write().unwrap();
        for action in request.actions {
            let Some(Action::CreateAlias(create)) = action.action else { return not_here() };
            if collections.contains_key(&create.alias_name) {
                return Err(Status::already_exists("a collection has this name"));
            }
            if !collections.contains_key(&create.collection_name) {
                return Err(Status::not_found(format!("no `{}`", create.collection_name)));
            }
            aliases.insert(create.alias_name, create.collection_name);
        }
        done()
    }

    async fn list_aliases(
        &self,
        request: Request<ListAliasesRequest>,
    ) -> Answer<ListAliasesResponse> {
        self.enter("list_aliases", request).await?;
        let aliases = self.0.aliases.read().unwrap().clone().into_iter();
        let aliases = aliases
            .map(|(alias_name, collection_name)| AliasDescription { alias_name, collection_name })
            .collect();
        Ok(Response::new(ListAliasesResponse { aliases, time: 0.0 }))
    }

    not_here_at_all! {
        update: UpdateCollection => CollectionOperationResponse,
        list_collection_aliases: ListCollectionAliasesRequest => ListAliasesResponse,
        collection_cluster_info: CollectionClusterInfoRequest => CollectionClusterInfoResponse,
        update_collection_cluster_setup:
            UpdateCollectionClusterSetupRequest => UpdateCollectionClusterSetupResponse,
        create_shard_key: CreateShardKeyRequest => CreateShardKeyResponse,
        delete_shard_key: DeleteShardKeyRequest => DeleteShardKeyResponse,
        list_shard_keys: ListShardKeysRequest => ListShardKeysResponse,
    }
}
