//! What forms of an answer a client takes (RFC 9110, 12.5.1).

use actix_web::http::header::{self, HeaderMap};

/// Whether `Accept` names this media type itself: a range such as `*/*` is content with what is
/// answered to everybody.
pub(crate) fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let accepted = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|named| named.eq_ignore_ascii_case(kind));
        is_named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn takes(accepted: &[&str], kind: &str) -> bool {
        let request = TestRequest::default();
        let request = accepted
            .iter()
            .fold(request, |request, value| request.append_header((header::ACCEPT, *value)));
        accepts(request.to_http_request().headers(), kind)
    }

    #[test]
    fn a_type_is_taken_where_it_is_named_in_any_of_the_headers_and_not_refused() {
        let csv = "text/csv";
        assert!(takes(&["text/csv"], csv));
        assert!(takes(&["application/json, Text/CSV;q=0.5"], csv));
        assert!(takes(&["application/json", "text/csv; charset=utf-8"], csv));
        assert!(!takes(&[], csv));
        assert!(!takes(&["*/*"], csv));
        assert!(!takes(&["text/csv;q=0, application/json"], csv));
        assert!(!takes(&["text/csv-schema"], csv));
    }
}
