//! Messages that others bring: Meta's WhatsApp Cloud API, and chat systems that sign as Standard
//! Webhooks has it. Both are doors to the same conversations (docs/inbound.md).

pub(crate) mod payload;
mod settings;
mod whatsapp;

use std::sync::Arc;

use tokio::sync::Notify;
use vitrine_core::{
    ids::MerchantId,
    ports::{Fetch, Mailbox, Tell},
    webhooks::SenderSecret,
};

pub(crate) use settings::{Account, WHATSAPP};
pub use settings::{InboundError, InboundSettings};
pub use whatsapp::WhatsApp;

/// Who may bring messages, and where those wait that are answered later.
pub struct Inbound {
    settings: InboundSettings,
    pub(crate) mailbox: Arc<dyn Mailbox>,
    wake: Arc<Notify>,
}

impl Inbound {
    pub fn new(settings: InboundSettings, mailbox: Arc<dyn Mailbox>) -> Result<Self, InboundError> {
        settings.check()?;
        Ok(Self { settings, mailbox, wake: Arc::new(Notify::new()) })
    }

    /// Notified when a message came in that is answered later.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// WhatsApp for those merchants that have it, if any does; decodes so many photos at once.
    pub fn whatsapp(
        &self,
        fetch: Arc<dyn Fetch>,
        tell: Arc<dyn Tell>,
        decodes: usize,
    ) -> Option<WhatsApp> {
        let accounts = self.settings.whatsapp.clone();
        (!accounts.is_empty()).then(|| WhatsApp::new(accounts, fetch, tell, decodes))
    }

    /// The WhatsApp of a merchant, by the merchant's name in an address.
    pub(crate) fn account(&self, merchant: &str) -> Option<&Account> {
        self.settings.whatsapp.iter().find(|account| account.merchant.as_str() == merchant)
    }

    /// A merchant's chat system and its secret, by both names in an address.
    pub(crate) fn sender(
        &self,
        merchant: &str,
        name: &str,
    ) -> Option<(&MerchantId, &SenderSecret)> {
        let mut senders = self.settings.webhooks.iter();
        let is_it =
            |merchants: &MerchantId, own: &str| merchants.as_str() == merchant && own == name;
        let sender = senders.find(|sender| is_it(&sender.merchant, &sender.name))?;
        Some((&sender.merchant, &sender.secret))
    }
}
