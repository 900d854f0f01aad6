use qdrant_client::qdrant::{
    BatchResult, CountPoints, CountResponse, CountResult, CreateFieldIndexCollection, DeletePoints,
    GetPoints, GetResponse, PointsOperationResponse, QueryBatchPoints, QueryBatchResponse,
    RetrievedPoint, ScoredPoint, ScrollPoints, ScrollResponse, UpdateResult, UpdateStatus,
    UpsertPoints, points_selector::PointsSelectorOneOf, points_server::Points,
};
use qdrant_edge::{
    CountRequest, OperationError, PointInsertOperations, PointOperations, Record, ScrollRequest,
    UpdateOperation, WithVector,
};
use tonic::{Request, Response, Status};

use super::{
    Doors,
    convert::{
        edge_id, field_index, filter, id, payload, point, query, vectors, with_payload,
        with_vectors,
    },
    not_here, not_here_at_all,
};

type Answer<T> = Result<Response<T>, Status>;

fn failed(error: OperationError) -> Status {
    Status::internal(error.to_string())
}

impl Doors {
    fn change(
        &self,
        collection: &str,
        operation: UpdateOperation,
        wait: Option<bool>,
    ) -> Answer<PointsOperationResponse> {
        let collection = self.collection(collection)?;
        let _alone = collection.changing.lock().unwrap();
        collection.shard.update(operation).map_err(failed)?;
        // A server that is not asked to wait has only taken note when it answers.
        let status = match wait {
            Some(true) => UpdateStatus::Completed,
            _ => UpdateStatus::Acknowledged,
        };
        let result = Some(UpdateResult { operation_id: None, status: status.into() });
        Ok(Response::new(PointsOperationResponse { result, time: 0.0, usage: None }))
    }
}

fn retrieved(record: Record) -> Result<RetrievedPoint, Status> {
    Ok(RetrievedPoint {
        id: Some(id(record.id)),
        payload: record.payload.map(payload).transpose()?.unwrap_or_default(),
        vectors: record.vector.map(vectors).transpose()?,
        ..RetrievedPoint::default()
    })
}

#[tonic::async_trait]
impl Points for Doors {
    async fn upsert(&self, request: Request<UpsertPoints>) -> Answer<PointsOperationResponse> {
        let request = self.enter("upsert", request).await?;
        let points = request.points.into_iter().map(point).collect::<Result<_, _>>()?;
        let list = PointInsertOperations::PointsList(points);
        let upsert = UpdateOperation::PointOperation(PointOperations::UpsertPoints(list));
        self.change(&request.collection_name, upsert, request.wait)
    }

    async fn delete(&self, request: Request<DeletePoints>) -> Answer<PointsOperationResponse> {
        let request = self.enter("delete", request).await?;
        let selected = request.points.and_then(|points| points.points_selector_one_of);
        let Some(PointsSelectorOneOf::Filter(selected)) = selected else { return not_here() };
        let delete = PointOperations::DeletePointsByFilter(filter(selected)?);
        let delete = UpdateOperation::PointOperation(delete);
        self.change(&request.collection_name, delete, request.wait)
    }

    async fn create_field_index(
        &self,
        request: Request<CreateFieldIndexCollection>,
    ) -> Answer<PointsOperationResponse> {
        let request = self.enter("create_field_index", request).await?;
        self.change(&request.collection_name, field_index(&request)?, request.wait)
    }

    async fn get(&self, request: Request<GetPoints>) -> Answer<GetResponse> {
        let request = self.enter("get", request).await?;
        let collection = self.collection(&request.collection_name)?;
        let ids = request.ids.into_iter().map(edge_id).collect::<Result<Vec<_>, _>>()?;
        let found = collection
            .shard
            .retrieve(
                &ids,
                Some(with_payload(request.with_payload)?),
                Some(with_vectors(request.with_vectors)?),
            )
            .map_err(failed)?;
        let result = found.into_iter().map(retrieved).collect::<Result<_, _>>()?;
        Ok(Response::new(GetResponse { result, time: 0.0, usage: None }))
    }

    async fn scroll(&self, request: Request<ScrollPoints>) -> Answer<ScrollResponse> {
        let request = self.enter("scroll", request).await?;
        if request.order_by.is_some() || request.limit == Some(0) {
            return not_here();
        }
        let collection = self.collection(&request.collection_name)?;
        let scroll = ScrollRequest {
            offset: request.offset.map(edge_id).transpose()?,
            limit: request.limit.map(|limit| limit as usize),
            filter: request.filter.map(filter).transpose()?,
            with_payload: Some(with_payload(request.with_payload)?),
            with_vector: with_vectors(request.with_vectors)?,
            order_by: None,
        };
        let (found, next) = collection.shard.scroll(scroll).map_err(failed)?;
        let result = found.into_iter().map(retrieved).collect::<Result<_, _>>()?;
        let next_page_offset = next.map(id);
        Ok(Response::new(ScrollResponse { next_page_offset, result, time: 0.0, usage: None }))
    }

    async fn count(&self, request: Request<CountPoints>) -> Answer<CountResponse> {
        let request = self.enter("count", request).await?;
        let collection = self.collection(&request.collection_name)?;
        let count = CountRequest {
            filter: request.filter.map(filter).transpose()?,
            exact: request.exact.unwrap_or(true),
        };
        let count = collection.shard.count(count).map_err(failed)? as u64;
        let result = Some(CountResult { count });
        Ok(Response::new(CountResponse { result, time: 0.0, usage: None }))
    }

    async fn query_batch(&self, request: Request<QueryBatchPoints>) -> Answer<QueryBatchResponse> {
        let request = self.enter("query_batch", request).await?;
        let collection = self.collection(&request.collection_name)?;
        let mut result = Vec::new();
        for asked in request.query_points {
            let mut asked = query(asked)?;
            asked.with_vector = WithVector::Bool(false);
            let found = collection.shard.query(asked).map_err(failed)?;
            let points = found.into_iter().map(|point| ScoredPoint {
                id: Some(id(point.id)),
                score: point.score,
                ..ScoredPoint::default()
            });
            result.push(BatchResult { result: points.collect() });
        }
        Ok(Response::new(QueryBatchResponse { result, time: 0.0, usage: None }))
    }

    not_here_at_all! {
        update_vectors: UpdatePointVectors => PointsOperationResponse,
        delete_vectors: DeletePointVectors => PointsOperationResponse,
        set_payload: SetPayloadPoints => PointsOperationResponse,
        overwrite_payload: SetPayloadPoints => PointsOperationResponse,
        delete_payload: DeletePayloadPoints => PointsOperationResponse,
        clear_payload: ClearPayloadPoints => PointsOperationResponse,
        delete_field_index: DeleteFieldIndexCollection => PointsOperationResponse,
        create_vector_name: CreateVectorNameRequest => PointsOperationResponse,
        delete_vector_name: DeleteVectorNameRequest => PointsOperationResponse,
        search: SearchPoints => SearchResponse,
        search_batch: SearchBatchPoints => SearchBatchResponse,
        search_groups: SearchPointGroups => SearchGroupsResponse,
        recommend: RecommendPoints => RecommendResponse,
        recommend_batch: RecommendBatchPoints => RecommendBatchResponse,
        recommend_groups: RecommendPointGroups => RecommendGroupsResponse,
        discover: DiscoverPoints => DiscoverResponse,
        discover_batch: DiscoverBatchPoints => DiscoverBatchResponse,
        update_batch: UpdateBatchPoints => UpdateBatchResponse,
        query: QueryPoints => QueryResponse,
        query_groups: QueryPointGroups => QueryGroupsResponse,
        facet: FacetCounts => FacetResponse,
        search_matrix_pairs: SearchMatrixPoints => SearchMatrixPairsResponse,
        search_matrix_offsets: SearchMatrixPoints => SearchMatrixOffsetsResponse,
    }
}
