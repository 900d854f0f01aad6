//! Photos out of WhatsApp and words into it, by Meta's Cloud API
//! (<https://developers.facebook.com/docs/whatsapp/cloud-api/reference>).

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use vitrine_core::{
    address::WebAddress,
    ids::MerchantId,
    photo::{MAX_BYTES, Photo},
    ports::{
        Channel, ChannelError, Fetch, FetchError, FetchRequest, Fetched, Patience, Post, Posted,
        Tell,
    },
};

use super::settings::Account;
use crate::decoding::Decoding;

/// The most characters of one message.
const MAX_CHARACTERS: usize = 4_096;
/// The most bytes of what is said of a photo.
const MAX_MEDIA: u64 = 16 * 1024;

/// The channel of merchants' numbers.
pub struct WhatsApp {
    accounts: Vec<Account>,
    fetch: Arc<dyn Fetch>,
    tell: Arc<dyn Tell>,
    decoding: Decoding,
}

impl WhatsApp {
    pub(super) fn new(
        accounts: Vec<Account>,
        fetch: Arc<dyn Fetch>,
        tell: Arc<dyn Tell>,
        decodes: usize,
    ) -> Self {
        Self { accounts, fetch, tell, decoding: Decoding::new(decodes) }
    }

    fn account(&self, merchant: &MerchantId) -> Result<&Account, ChannelError> {
        let mut accounts = self.accounts.iter();
        accounts.find(|account| account.merchant == *merchant).ok_or(ChannelError::Missing)
    }

    /// What stands at an address that the account opens.
    async fn get(
        &self,
        account: &Account,
        address: WebAddress,
        max_bytes: u64,
    ) -> Result<Vec<u8>, ChannelError> {
        let mut request = FetchRequest::new(address, max_bytes, Patience::Waiting);
        request.bearer = Some(account.bearer());
        match self.fetch.fetch(&request).await? {
            Fetched::Response(response) => Ok(response.bytes().await?.into()),
            Fetched::NotModified => Err(ChannelError::Photo("there is nothing new".into())),
        }
    }
}

#[async_trait]
impl Channel for WhatsApp {
    async fn photo(
        &self,
        merchant: &MerchantId,
        id: &str,
        side: u32,
    ) -> Result<Photo, ChannelError> {
        let account = self.account(merchant)?;
        let place = account.address(id).map_err(FetchError::from)?;
        let is_https = place.is_https();
        let said: Value = serde_json::from_slice(&self.get(account, place, MAX_MEDIA).await?)
            .map_err(|error| ChannelError::Photo(error.to_string()))?;
        let file = WebAddress::parse(said["url"].as_str().unwrap_or_default());
        let file = file.map_err(FetchError::from)?;
        if is_https && !file.is_https() {
            return Err(ChannelError::Photo("it is not to be had over https".into()));
        }
        let bytes = self.get(account, file, MAX_BYTES as u64).await?;
        let decoded = self.decoding.photo(bytes, side).await;
        Ok(decoded.map_err(|problem| ChannelError::Photo(problem.to_string()))?.0)
    }

    async fn send(
        &self,
        merchant: &MerchantId,
        address: &str,
        text: &str,
    ) -> Result<(), ChannelError> {
        let account = self.account(merchant)?;
        let to = account.messages().map_err(FetchError::from)?;
        for part in parts(text) {
            let body = json!({
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": address,
                "type": "text",
                "text": {"preview_url": false, "body": part},
            });
            let post = Post {
                address: to.clone(),
                headers: vec![("authorization", account.bearer().header())],
                body: body.to_string(),
            };
            let Posted { status, retry_after } = self.tell.post(&post).await?;
            if !(200..300).contains(&status) {
                let host = to.host().to_string();
                return Err(ChannelError::Refused { host, status, retry_after });
            }
        }
        Ok(())
    }
}

/// A text in pieces that one message holds, cut between words where there are any.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((end, _)) = rest.char_indices().nth(MAX_CHARACTERS) {
        let (whole, _) = rest.split_at(end);
        let cut = whole.rfind(char::is_whitespace).unwrap_or(end);
        let (part, after) = rest.split_at(cut);
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_sent_in_pieces_and_none_of_it_is_lost() {
        assert_eq!(parts("short"), ["short"]);
        assert_eq!(parts(&"x".repeat(MAX_CHARACTERS)).len(), 1);
        let words = "größe ".repeat(2_000);
        let pieces = parts(&words);
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().all(|piece| piece.chars().count() <= MAX_CHARACTERS));
        assert_eq!(pieces.join(" "), words.trim());
        let endless = "ä".repeat(MAX_CHARACTERS + 1);
        assert_eq!(parts(&endless).concat(), endless);
    }
}
