//! What the cards can do, as their maker says: memory in GB, memory bandwidth, and the rate of
//! matrix products in BF16 without sparsity. Sheets tell that rate with sparsity, which is twice it.

use clap::ValueEnum;

use super::working::{Figure, Source};

/// Where the models run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Card {
    /// NVIDIA L4, 24 GB.
    L4,
    /// NVIDIA A10G, 24 GB.
    #[value(name = "a10g")]
    A10g,
    /// NVIDIA L40S, 48 GB.
    #[value(name = "l40s")]
    L40s,
    /// NVIDIA A100 SXM, 80 GB.
    #[value(name = "a100-80gb")]
    A100,
    /// NVIDIA H100 SXM, 80 GB.
    H100,
    /// NVIDIA H200 SXM, 141 GB.
    H200,
    /// GeForce RTX 4090, 24 GB.
    #[value(name = "rtx-4090")]
    Rtx4090,
    /// GeForce RTX 4080, 16 GB.
    #[value(name = "rtx-4080")]
    Rtx4080,
    /// No card: the small model that comes with Vitrine, for trying and testing.
    Cpu,
}

/// A card's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    pub(super) name: &'static str,
    /// Bytes.
    pub(super) memory: Figure,
    /// Bytes a second.
    pub(super) bandwidth: Figure,
    /// Operations a second.
    pub(super) operations: Figure,
}

impl Sheet {
    const fn new(
        name: &'static str,
        gb: f64,
        gb_per_second: f64,
        teraflops: f64,
        sheet: Source,
        rate: Source,
    ) -> Self {
        Self {
            name,
            memory: Figure { value: gb * 1e9, source: sheet },
            bandwidth: Figure { value: gb_per_second * 1e9, source: sheet },
            operations: Figure { value: teraflops * 1e12, source: rate },
        }
    }
}

impl Card {
    /// Every card, as the help lists them.
    pub(super) const ALL: [Self; 8] = [
        Self::L4,
        Self::A10g,
        Self::L40s,
        Self::A100,
        Self::H100,
        Self::H200,
        Self::Rtx4090,
        Self::Rtx4080,
    ];

    /// What the sheet says; none of a CPU.
    pub(super) const fn sheet(self) -> Option<Sheet> {
        use Source::{Datasheet, Unconfirmed};
        Some(match self {
            Self::Cpu => return None,
            Self::L4 => {
                const FROM: Source = Datasheet("NVIDIA L4 Tensor Core GPU");
                Sheet::new("L4", 24.0, 300.0, 121.0, FROM, FROM)
            }
            Self::A10g => {
                const FROM: Source = Datasheet("NVIDIA A10G, as in Amazon EC2 G5");
                const RATE: Source = Unconfirmed("NVIDIA A10G, as in Amazon EC2 G5");
                Sheet::new("A10G", 24.0, 600.0, 70.0, FROM, RATE)
            }
            Self::L40s => {
                const FROM: Source = Datasheet("NVIDIA L40S");
                Sheet::new("L40S", 48.0, 864.0, 362.05, FROM, FROM)
            }
            Self::A100 => {
                const FROM: Source = Datasheet("NVIDIA A100 Tensor Core GPU, 80 GB SXM");
                Sheet::new("A100 80 GB", 80.0, 2_039.0, 312.0, FROM, FROM)
            }
            Self::H100 => {
                const FROM: Source = Datasheet("NVIDIA H100 Tensor Core GPU, SXM");
                Sheet::new("H100", 80.0, 3_350.0, 989.4, FROM, FROM)
            }
            Self::H200 => {
                const FROM: Source = Datasheet("NVIDIA H200 Tensor Core GPU, SXM");
                Sheet::new("H200", 141.0, 4_800.0, 989.4, FROM, FROM)
            }
            Self::Rtx4090 => {
                const FROM: Source = Datasheet("NVIDIA Ada GPU Architecture, GeForce RTX 4090");
                Sheet::new("RTX 4090", 24.0, 1_008.0, 165.2, FROM, FROM)
            }
            Self::Rtx4080 => {
                const FROM: Source = Unconfirmed("NVIDIA Ada GPU Architecture, GeForce RTX 4080");
                Sheet::new("RTX 4080", 16.0, 716.8, 97.5, FROM, FROM)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_but_the_cpu_has_a_sheet() {
        let named = Card::value_variants().iter().filter(|card| **card != Card::Cpu);
        assert!(named.eq(Card::ALL.iter()), "ALL lacks a card");
        for card in Card::ALL {
            let sheet = card.sheet().unwrap();
            assert!(sheet.memory.value >= 16e9 && sheet.operations.value > sheet.bandwidth.value);
        }
        assert_eq!(Card::Cpu.sheet(), None);
    }

    #[test]
    fn names_are_those_that_people_type() {
        let names: Vec<_> = Card::value_variants()
            .iter()
            .map(|card| card.to_possible_value().unwrap().get_name().to_owned())
            .collect();
        let expected =
            ["l4", "a10g", "l40s", "a100-80gb", "h100", "h200", "rtx-4090", "rtx-4080", "cpu"];
        assert_eq!(names, expected);
    }
}
