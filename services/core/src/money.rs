//! Money as integer minor units and an ISO 4217 currency; never a float.

use iso_currency::Currency as Iso;
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z]{3}$", example = "EUR")]
pub struct Currency(Iso);

impl Currency {
    /// Three letters: `EUR`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn digits(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }
}

impl std::str::FromStr for Currency {
    type Err = BadMoney;
    fn from_str(text: &str) -> Result<Self, BadMoney> {
        Iso::from_code(text)
            .or_else(|| Iso::from_code(&text.to_ascii_uppercase()))
            .map(Self)
            .ok_or_else(|| BadMoney::Currency(text.chars().take(20).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = BadMoney;
    fn try_from(text: String) -> Result<Self, BadMoney> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code())
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// In minor units: cents for EUR, yen for JPY.
    pub amount: i64,
    pub currency: Currency,
}

/// Why a text is not money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    #[error("`{0}` is not an ISO 4217 currency code; write for example EUR or USD")]
    Currency(String),
    #[error(
        "`{0}` is not a price; write the amount with a decimal point and the currency, for example `49.90 EUR`"
    )]
    Shape(String),
    #[error("`{0}` has more decimals than its currency allows ({1})")]
    Decimals(String, u32),
    #[error("`{0}` is negative or too large; a price lies between 0 and 10 million")]
    Range(String),
}

impl std::str::FromStr for Money {
    type Err = BadMoney;

    /// Reads `49.90 EUR`: a decimal point, no thousands separator, a space, an ISO 4217 code
    /// (Google Merchant Center's form for `price`). `1.250 EUR` is refused: many write so what
    /// costs a thousand.
    fn from_str(text: &str) -> Result<Self, BadMoney> {
        let shown = || text.chars().take(40).collect::<String>();
        let (number, code) =
            text.trim().split_once(char::is_whitespace).ok_or_else(|| BadMoney::Shape(shown()))?;
        let currency: Currency = code.trim().parse()?;
        if number.starts_with('-') {
            return Err(BadMoney::Range(shown()));
        }
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(BadMoney::Shape(shown()));
        }
        let digits = currency.digits() as usize;
        if fraction.len() > digits {
            return Err(BadMoney::Decimals(shown(), currency.digits()));
        }
        let decimals = fraction.bytes().chain(std::iter::repeat(b'0')).take(digits);
        let amount = whole.bytes().chain(decimals).try_fold(0_i64, |amount, digit| {
            amount.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
        });
        let amount = amount.ok_or_else(|| BadMoney::Range(shown()))?;
        if amount > 10_000_000 * 10_i64.pow(currency.digits()) {
            return Err(BadMoney::Range(shown()));
        }
        Ok(Self { amount, currency })
    }
}

impl Money {
    /// The amount with its currency's decimals and without the currency: `49.90`.
    pub fn number(self) -> String {
        let digits = self.currency.digits();
        let unit = 10_i64.pow(digits);
        if digits == 0 {
            self.amount.to_string()
        } else {
            let width = digits as usize;
            format!("{}.{:0width$}", self.amount / unit, self.amount % unit)
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.number(), self.currency)
    }
}

/// The coarse price steps that the index knows, as powers of two of the whole price: band `n`
/// holds prices from 2^(n-1) up to 2^n - 1 whole units, band 0 what costs less than one.
pub fn price_band(price: Money) -> u32 {
    let whole = price.amount / 10_i64.pow(price.currency.digits());
    i64::BITS - whole.max(0).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_and_print_in_their_currencys_own_digits() {
        for (text, amount, printed) in [
            ("49.90 EUR", 4990, "49.90 EUR"),
            ("49.9 eur", 4990, "49.90 EUR"),
            ("5 USD", 500, "5.00 USD"),
            ("1200 JPY", 1200, "1200 JPY"),
            ("1.250 KWD", 1250, "1.250 KWD"),
            ("0.05 EUR", 5, "0.05 EUR"),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.amount, money.to_string().as_str()), (amount, printed));
            assert_eq!(Some(money.number().as_str()), printed.split(' ').next());
        }
    }

    #[test]
    fn what_is_not_a_price_says_why() {
        for (text, part) in [
            ("49.90", "write the amount"),
            ("49,90 EUR", "write the amount"),
            ("12.345 EUR", "more decimals"),
            ("1.250 EUR", "more decimals"),
            ("-1 EUR", "negative"),
            ("1 XYZW", "ISO 4217"),
            ("99999999999999999999 EUR", "too large"),
        ] {
            let error = text.parse::<Money>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn price_bands_double() {
        let band = |text: &str| price_band(text.parse().unwrap());
        assert_eq!([band("0.50 EUR"), band("1 EUR"), band("31 EUR"), band("32 EUR")], [0, 1, 5, 6]);
    }
}
