use std::{fmt::Display, str::FromStr};

use jiff::Timestamp;

use super::is_told;
use vitrine_core::{
    address::WebAddress,
    gtin::Gtin,
    ids::{MerchantId, ProductId},
    keys::{KeySecret, PREFIX},
    money::{Currency, Money},
    reports::Days,
    search::Cursor,
};

/// A text is an address that may be asked, which is the same when it is read again, or an error that
/// repeats nothing of a password. `location` is where a server there says to go on.
pub fn address(text: &str, location: &str) {
    match WebAddress::parse(text) {
        Err(error) => is_told(&error),
        Ok(address) => {
            is_of_the_web(&address);
            match address.join(location) {
                Ok(next) => is_of_the_web(&next),
                Err(error) => is_told(&error),
            }
        }
    }
}

fn is_of_the_web(address: &WebAddress) {
    let url = address.url();
    assert!(matches!(url.scheme(), "http" | "https"), "{address}");
    assert!(url.username().is_empty() && url.password().is_none(), "{address}");
    assert!(url.fragment().is_none(), "{address}");
    assert!(!address.host().to_string().is_empty(), "{address}");
    assert!(address.port() != 0 && address.port() != 22, "{address}");
    assert_eq!(WebAddress::parse(address.as_str()).as_ref(), Ok(address));
}

/// A text is each of the small things that are written as text, or is not. What is one is the same
/// when it is written and read again.
pub fn value(text: &str) {
    same_again::<Currency>(text);
    same_again::<MerchantId>(text);
    same_again::<ProductId>(text);
    if let Some(money) = same_again::<Money>(text) {
        let unit = 10_i64.pow(money.currency.digits());
        assert!((0..=10_000_000 * unit).contains(&money.amount), "{money}");
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse::<Cursor>().ok(), Some(cursor));
    }
    if let Some(gtin) = Gtin::read(text) {
        assert_eq!(gtin.as_str().len(), 14);
        assert_eq!(Gtin::read(gtin.as_str()), Some(gtin));
    }
    if let Some(secret) = KeySecret::parse(text) {
        assert_eq!(text.len(), PREFIX.len() + 64);
        let again = KeySecret::parse(&secret.reveal()).map(|secret| secret.hash());
        assert_eq!(again, Some(secret.hash()));
    }
    let (from, to) = text.split_once(' ').map_or((text, None), |(from, to)| (from, Some(to)));
    if let Err(error) = Days::read(Some(from), to, Timestamp::UNIX_EPOCH) {
        is_told(&error);
    }
}

fn same_again<T>(text: &str) -> Option<T>
where
    T: FromStr<Err: Display> + Display + PartialEq + std::fmt::Debug,
{
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(value.to_string().parse::<T>().ok().as_ref(), Some(&value));
            Some(value)
        }
        Err(error) => {
            is_told(&error);
            None
        }
    }
}
