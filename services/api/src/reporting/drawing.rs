//! Charts as SVG that stands on any ground: it has none of its own, and its colours follow the
//! reader's choice of light or dark (`prefers-color-scheme`).

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

const WIDTH: u32 = 760;
const LINES_HEIGHT: u32 = 320;
const BAR_HEIGHT: u32 = 30;
const LEGEND: u32 = 34;
const AXIS: u32 = 30;
/// Room for what bars are called.
const NAMES: u32 = 260;
const MARGIN: u32 = 10;

/// Why a chart can not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Undrawn(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for Undrawn {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// A colour by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Main,
    Soft,
    Other,
    /// What other things stand in front of.
    Back,
    Text,
    Rule,
}

impl Tone {
    const ALL: [Self; 6] =
        [Self::Main, Self::Soft, Self::Other, Self::Back, Self::Text, Self::Rule];

    /// On light ground and on dark.
    const fn colours(self) -> [RGBColor; 2] {
        match self {
            Self::Main => [RGBColor(0x8F, 0x34, 0x20), RGBColor(0xF2, 0xA8, 0x8E)],
            Self::Soft => [RGBColor(0xC9, 0x7B, 0x5E), RGBColor(0xB8, 0x6F, 0x55)],
            Self::Other => [RGBColor(0x23, 0x65, 0x3F), RGBColor(0x8F, 0xD3, 0xA8)],
            Self::Back => [RGBColor(0xE6, 0xCF, 0xC4), RGBColor(0x5A, 0x3D, 0x33)],
            Self::Text => [RGBColor(0x57, 0x50, 0x46), RGBColor(0xC6, 0xBC, 0xAF)],
            Self::Rule => [RGBColor(0xE4, 0xDD, 0xD2), RGBColor(0x3C, 0x36, 0x2F)],
        }
    }

    const fn light(self) -> RGBColor {
        self.colours()[0]
    }
}

/// A value for each place along the bottom.
pub(super) struct Line {
    pub name: String,
    pub tone: Tone,
    pub values: Vec<u64>,
}

/// A bar from the left.
pub(super) struct Bar {
    pub name: String,
    pub value: f64,
    /// A paler one behind it.
    pub behind: Option<f64>,
    /// Where the true value lies with 95 % confidence.
    pub interval: Option<(f64, f64)>,
}

/// What the numbers along a chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Count,
    /// 0 to 1.
    Share,
    Milliseconds,
}

impl Scale {
    fn shown(self, value: f64) -> String {
        match self {
            Self::Count => format!("{value:.0}"),
            Self::Share => format!("{:.0} %", value * 100.0),
            Self::Milliseconds => format!("{value:.0} ms"),
        }
    }

    /// The least that the end of the scale stands for.
    const fn least(self) -> f64 {
        match self {
            Self::Count => 4.0,
            Self::Share => 0.05,
            Self::Milliseconds => 10.0,
        }
    }
}

/// Lines over places that are named along the bottom.
pub(super) fn lines(title: &str, places: &[String], drawn: &[Line]) -> Result<String, Undrawn> {
    picture(title, LINES_HEIGHT, |area| {
        let (top, below) = area.split_vertically(LEGEND);
        let names: Vec<_> = drawn.iter().map(|line| (line.name.clone(), line.tone)).collect();
        legend(&top, &names)?;
        let most = drawn.iter().flat_map(|line| &line.values).max().copied().unwrap_or_default();
        let last = places.len().saturating_sub(1).max(1) as f64;
        let mut chart = ChartBuilder::on(&below)
            .margin(MARGIN)
            .x_label_area_size(AXIS)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..last, 0.0..(most as f64 * 1.05).max(Scale::Count.least()))?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(places.len().min(8))
            .y_labels(5)
            .x_label_formatter(&|place| {
                places.get(place.round() as usize).cloned().unwrap_or_default()
            })
            .y_label_formatter(&|value| Scale::Count.shown(*value))
            .label_style(text(14))
            .bold_line_style(Tone::Rule.light())
            .light_line_style(TRANSPARENT)
            .axis_style(Tone::Rule.light())
            .draw()?;
        for line in drawn {
            let points: Vec<_> =
                line.values.iter().enumerate().map(|(x, y)| (x as f64, *y as f64)).collect();
            let colour = line.tone.light();
            if let [alone] = points[..] {
                chart.draw_series([Circle::new(alone, 4, colour.filled())])?;
            }
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
        Ok(())
    })
}

/// Bars, the first on top.
pub(super) fn bars(
    title: &str,
    drawn: &[Bar],
    scale: Scale,
    names: &[(String, Tone)],
) -> Result<String, Undrawn> {
    let head = if names.is_empty() { 0 } else { LEGEND };
    let count = u32::try_from(drawn.len().max(1)).unwrap_or(u32::MAX);
    let height = head + BAR_HEIGHT.saturating_mul(count) + AXIS + 2 * MARGIN;
    picture(title, height, |area| {
        let (top, below) = area.split_vertically(head);
        legend(&top, names)?;
        let ends = drawn.iter().flat_map(|bar| {
            let high = bar.interval.map(|(_, high)| high);
            [Some(bar.value), bar.behind, high]
        });
        let most = ends.flatten().fold(scale.least(), f64::max);
        let most = if scale == Scale::Share { (most * 1.05).min(1.0) } else { most * 1.05 };
        let mut chart = ChartBuilder::on(&below)
            .margin(MARGIN)
            .margin_left(NAMES)
            .x_label_area_size(AXIS)
            .build_cartesian_2d(0.0..most, f64::from(count)..0.0)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(6)
            .x_label_formatter(&|value| scale.shown(*value))
            .label_style(text(14))
            .bold_line_style(Tone::Rule.light())
            .light_line_style(TRANSPARENT)
            .axis_style(Tone::Rule.light())
            .draw()?;
        let plain = |value: f64, at: usize, tone: Tone| {
            let (top, bottom) = (at as f64 + 0.22, at as f64 + 0.78);
            Rectangle::new([(0.0, top), (value, bottom)], tone.light().filled())
        };
        for (at, bar) in drawn.iter().enumerate() {
            let middle = at as f64 + 0.5;
            if let Some(behind) = bar.behind {
                chart.draw_series([plain(behind, at, Tone::Back)])?;
            }
            chart.draw_series([plain(bar.value, at, Tone::Main)])?;
            if let Some((low, high)) = bar.interval {
                let colour = Tone::Text.light().stroke_width(2);
                let stroke = |from, to| PathElement::new(vec![from, to], colour);
                chart.draw_series([
                    stroke((low, middle), (high, middle)),
                    stroke((low, middle - 0.15), (low, middle + 0.15)),
                    stroke((high, middle - 0.15), (high, middle + 0.15)),
                ])?;
            }
            let y = chart.backend_coord(&(0.0, middle)).1;
            let style = text(15).pos(Pos::new(HPos::Right, VPos::Center));
            let x = i32::try_from(NAMES).unwrap_or_default() - 10;
            area.draw(&Text::new(bar.name.clone(), (x, y), style))?;
        }
        Ok(())
    })
}

fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&Tone::Text.light())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What each colour stands for, side by side.
fn legend(area: &Area<'_>, names: &[(String, Tone)]) -> Result<(), Undrawn> {
    let mut x = i32::try_from(MARGIN).unwrap_or_default();
    for (name, tone) in names {
        area.draw(&Rectangle::new([(x, 12), (x + 14, 24)], tone.light().filled()))?;
        let style = text(15).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(name.clone(), (x + 20, 18), style))?;
        x += 20 + width(name) + 24;
    }
    Ok(())
}

/// About how wide a text of the legend is, in pixels: letters of most scripts take half of their
/// height, Chinese ones all of it.
fn width(text: &str) -> i32 {
    text.chars().map(|letter| if letter.is_ascii() { 8 } else { 15 }).sum()
}

fn picture(
    title: &str,
    height: u32,
    draw: impl FnOnce(&Area<'_>) -> Result<(), Undrawn>,
) -> Result<String, Undrawn> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        draw(&area)?;
        area.present()?;
    }
    Ok(dressed(&svg, title))
}

/// The picture with its title, and with a style by which its colours change on dark ground: a rule
/// of a style is stronger than an attribute.
fn dressed(svg: &str, title: &str) -> String {
    let dark: String = Tone::ALL
        .iter()
        .flat_map(|tone| {
            let [light, dark] =
                tone.colours().map(|RGBColor(r, g, b)| format!("#{r:02X}{g:02X}{b:02X}"));
            ["fill", "stroke"].map(|name| format!("[{name}=\"{light}\"]{{{name}:{dark}}}"))
        })
        .collect();
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    let head = format!(
        "<title>{title}</title><style>@media (prefers-color-scheme: dark){{{dark}}}</style>"
    );
    match svg.split_once('>') {
        Some((open, rest)) => format!("{open}>{head}{rest}"),
        None => String::new(),
    }
}
