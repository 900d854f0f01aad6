//! When a person must answer, and what helps them to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Intent;
use crate::{ids::ProductId, vocabulary::vocabulary};

/// Times in a row that a customer may not be understood.
pub(crate) const UNSURE: u32 = 2;

vocabulary! {
    /// Why a person is needed.
    HandoverReason {
        Asked = "asked", "the customer asked for a person";
        Unsure = "unsure", "the customer was not understood twice";
        Complaint = "complaint", "the customer complains";
        Order = "order", "it is about an order";
    }
}

/// A conversation that waits for an agent, or had one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Handover {
    pub reason: HandoverReason,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What the agent must know, in plain words.
    pub summary: String,
}

/// A reply for an agent to send as it is, or to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplySuggestion {
    pub text: String,
    /// The products that it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub product_ids: Vec<ProductId>,
}

const PERSON: &[&str] = &[
    "a human",
    "human being",
    "real person",
    "to a person",
    "with a person",
    "a person please",
    "talk to someone",
    "speak to someone",
    "talk to somebody",
    "speak with someone",
    "customer service",
    "customer support",
    "live agent",
    "an agent",
    "your manager",
    "the manager",
    "an employee",
    "call me",
    "stop this bot",
    "mit einem menschen",
    "mitarbeiter",
    "kundendienst",
    "kundenservice",
    "echten menschen",
    "à une personne",
    "une vraie personne",
    "un humain",
    "un conseiller",
    "service client",
    "con una persona",
    "una persona real",
    "un humano",
    "un agente",
    "atención al cliente",
];
const COMPLAINT: &[&str] = &[
    "complain",
    "complaint",
    "worst service",
    "unacceptable",
    "outrageous",
    "a scam",
    "my lawyer",
    "very angry",
    "beschwerde",
    "beschweren",
    "unverschämt",
    "inakzeptabel",
    "mein anwalt",
    "une plainte",
    "réclamation",
    "inadmissible",
    "inacceptable",
    "arnaque",
    "una queja",
    "reclamación",
    "inaceptable",
    "una estafa",
];
const ORDER: &[&str] = &[
    "my order",
    "order number",
    "order status",
    "my parcel",
    "the parcel",
    "my package",
    "my delivery",
    "delivery address",
    "track order",
    "return policy",
    "my refund",
    "a refund",
    "money back",
    "charged twice",
    "my invoice",
    "i ordered",
    "i want to return",
    "send it back",
    "exchange my",
    "want to exchange",
    "how can i pay",
    "ship abroad",
    "how much is delivery",
    "meine bestellung",
    "bestellnummer",
    "mein paket",
    "lieferung",
    "rückgabe",
    "zurückschicken",
    "erstattung",
    "rechnung",
    "ma commande",
    "mon colis",
    "la livraison",
    "un retour",
    "remboursement",
    "ma facture",
    "mi pedido",
    "mi paquete",
    "el envío",
    "devolución",
    "reembolso",
    "mi factura",
];

/// Why a message needs a person, as its words or its intent say.
pub fn called_for(text: &str, intent: Option<Intent>) -> Option<HandoverReason> {
    let words = words(text);
    let says =
        |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase}")));
    if says(COMPLAINT) {
        Some(HandoverReason::Complaint)
    } else if says(PERSON) || intent == Some(Intent::HandOver) {
        Some(HandoverReason::Asked)
    } else if says(ORDER) || intent == Some(Intent::AskOrder) {
        Some(HandoverReason::Order)
    } else {
        None
    }
}

/// In small letters, with one space before each word.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(String::new(), |all, word| all + " " + word)
}
