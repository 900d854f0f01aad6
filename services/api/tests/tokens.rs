//! Who is let in.

mod common;

use std::time::Duration;

use common::{SECRET, form, keys, png, problem, start, token};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use vitrine_api::{Role, TokenKeys};
use vitrine_core::testing::sample;

fn signed(algorithm: Algorithm, secret: &[u8], change: impl Fn(&mut Value)) -> String {
    let now = get_current_timestamp();
    let mut claims = json!({
        "iss": "vitrine", "sub": "demo", "role": "shopper", "iat": now, "exp": now + 600,
        "jti": "0192d3a4-0000-7000-8000-000000000000"
    });
    change(&mut claims);
    encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret)).unwrap()
}

#[tokio::test]
async fn all_four_roles_may_send_photos() {
    let service = start().await;
    for role in [Role::Shopper, Role::Agent, Role::Merchant, Role::Admin] {
        let token = keys().issue(role, &sample::merchant(), Duration::from_secs(60)).unwrap();
        let request = service.client.post(service.url("/v1/looks")).bearer_auth(token);
        let response = request.multipart(form(png(96, 96))).send().await.unwrap();
        assert_eq!(response.status(), 200, "{role:?}");
    }
}

#[tokio::test]
async fn without_a_good_token_nobody_is_let_in_and_is_told_why() {
    let service = start().await;
    let stranger = TokenKeys::from_secret(&[1; 32]).unwrap();
    let stranger =
        stranger.issue(Role::Admin, &sample::merchant(), Duration::from_secs(60)).unwrap();
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJ2aXRyaW5lIn0.".to_owned();
    let bearer = |token: String| Some(format!("Bearer {token}"));
    let good = |change: &dyn Fn(&mut Value)| bearer(signed(Algorithm::HS256, SECRET, change));
    for (header, code) in [
        (None, "token_missing"),
        (Some("Basic dTpw".into()), "token_missing"),
        (Some("Bearer".into()), "token_missing"),
        (Some("Bearer  ".into()), "token_missing"),
        (Some("Bearer nonsense".into()), "token_invalid"),
        (bearer(stranger), "token_invalid"),
        (bearer(unsigned), "token_invalid"),
        (bearer(signed(Algorithm::HS384, SECRET, |_| {})), "token_invalid"),
        (good(&|claims| claims["iss"] = "other".into()), "token_invalid"),
        (good(&|claims| claims["role"] = "king".into()), "token_invalid"),
        (good(&|claims| claims["sub"] = "".into()), "token_invalid"),
        (good(&|claims| _ = claims.as_object_mut().unwrap().remove("exp")), "token_invalid"),
        (good(&|claims| claims["exp"] = (get_current_timestamp() - 60).into()), "token_expired"),
    ] {
        let mut request = service.client.post(service.url("/v1/looks"));
        if let Some(header) = &header {
            request = request.header("Authorization", header);
        }
        let response = request.multipart(form(png(96, 96))).send().await.unwrap();
        let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.starts_with("Bearer realm=\"vitrine\""), "{challenge}");
        assert_eq!(challenge.contains("invalid_token"), code != "token_missing");
        let body = problem(response, 401, code).await.to_string();
        assert!(header.is_none_or(|header| header.len() < 20 || !body.contains(&header[7..])));
    }
    let request = service.client.post(service.url("/v1/looks"));
    let lower = request.header("Authorization", format!("bearer {}", token()));
    assert_eq!(lower.multipart(form(png(96, 96))).send().await.unwrap().status(), 200);
}
