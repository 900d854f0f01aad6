use crate::vocabulary::Colour;

/// How well the colours of different families go together: quiet beside anything, the same twice,
/// side by side on the colour wheel, opposite each other on it, and all else.
const QUIET: f32 = 1.0;
const SAME: f32 = 0.7;
const BESIDE: f32 = 0.8;
const OPPOSITE: f32 = 0.75;
const ELSE: f32 = 0.35;

/// Places on the painters' colour wheel (red, yellow and blue a third apart), in degrees. Colours
/// that are not on it are quiet and go with anything.
const WHEEL: [(Colour, f32); 11] = [
    (Colour::Red, 0.0),
    (Colour::Burgundy, 350.0),
    (Colour::Orange, 60.0),
    (Colour::Yellow, 120.0),
    (Colour::Olive, 150.0),
    (Colour::Green, 180.0),
    (Colour::Turquoise, 210.0),
    (Colour::LightBlue, 235.0),
    (Colour::Blue, 240.0),
    (Colour::Purple, 300.0),
    (Colour::Pink, 340.0),
];
/// How far apart, in degrees, colours lie side by side, and how far from opposite they may be.
const SIDE_BY_SIDE: f32 = 50.0;
const FROM_OPPOSITE: f32 = 25.0;

/// How well a colour goes with those that are worn, 0 to 1: as with the one that it goes with
/// least.
pub(super) fn harmony(colour: Colour, worn: &[Colour]) -> f32 {
    worn.iter().map(|other| pair(colour, *other)).fold(QUIET, f32::min)
}

fn pair(one: Colour, other: Colour) -> f32 {
    if one == other {
        return SAME;
    }
    let (Some(one), Some(other)) = (place(one), place(other)) else { return QUIET };
    let apart = (one - other).abs();
    let apart = apart.min(360.0 - apart);
    if apart <= SIDE_BY_SIDE {
        BESIDE
    } else if 180.0 - apart <= FROM_OPPOSITE {
        OPPOSITE
    } else {
        ELSE
    }
}

fn place(colour: Colour) -> Option<f32> {
    WHEEL.iter().find(|(known, _)| *known == colour).map(|(_, place)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_the_wheel_is_what_goes_with_anything() {
        let quiet: Vec<Colour> =
            Colour::ALL.iter().copied().filter(|colour| place(*colour).is_none()).collect();
        let expected = [
            Colour::Black,
            Colour::White,
            Colour::Grey,
            Colour::Beige,
            Colour::Brown,
            Colour::Navy,
        ];
        assert_eq!(quiet, expected);
    }

    #[test]
    fn quiet_goes_with_all_and_loud_ones_with_their_own_side_or_the_opposite() {
        assert!(pair(Colour::White, Colour::Red) > pair(Colour::Pink, Colour::Red));
        assert!(pair(Colour::Pink, Colour::Red) > pair(Colour::Red, Colour::Red));
        assert!(pair(Colour::Green, Colour::Red) > pair(Colour::Yellow, Colour::Red));
        assert!((pair(Colour::Orange, Colour::Blue) - OPPOSITE).abs() < 1e-6);
        for one in Colour::ALL {
            for other in Colour::ALL {
                assert!((pair(*one, *other) - pair(*other, *one)).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_worst_of_the_pairs_counts() {
        let worn = [Colour::Navy, Colour::Red];
        assert!((harmony(Colour::Yellow, &worn) - ELSE).abs() < 1e-6);
        assert!((harmony(Colour::White, &worn) - QUIET).abs() < 1e-6);
        assert!((harmony(Colour::Yellow, &[]) - QUIET).abs() < 1e-6);
    }
}
