use std::path::Path;

use plotters::prelude::*;
use vitrine_core::vocabulary::Category;

use super::Figures;
use crate::error::Error;

const CELL: i32 = 34;
const MARGIN: i32 = 130;

/// Draws the confusion matrix: a row a label, a column what was seen, darker for a larger share of
/// the row.
pub fn draw(figures: &Figures, file: &Path) -> Result<(), Error> {
    picture(figures, file)
        .map_err(|error| Error::Evaluation(format!("{}: {error}", file.display())))
}

fn picture(figures: &Figures, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let names: Vec<&str> = Category::ALL.iter().map(|category| category.words()).collect();
    let columns = names.len() as i32 + 1;
    let (width, height) = (MARGIN + columns * CELL + 20, MARGIN + names.len() as i32 * CELL + 20);
    let area = SVGBackend::new(file, (width as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let small = ("sans-serif", 13).into_font();
    let upright = small.clone().transform(FontTransform::Rotate270);
    for (at, name) in names.iter().copied().chain(["nothing"]).enumerate() {
        let x = MARGIN + at as i32 * CELL + CELL / 2 - 7;
        area.draw(&Text::new(name, (x, MARGIN - 8), upright.clone()))?;
    }
    for (row, (name, cells)) in names.iter().zip(&figures.confusion).enumerate() {
        let y = MARGIN + row as i32 * CELL;
        area.draw(&Text::new(*name, (8, y + 10), small.clone()))?;
        let total = cells.iter().sum::<u64>().max(1) as f64;
        for (column, count) in cells.iter().enumerate() {
            let x = MARGIN + column as i32 * CELL;
            let share = *count as f64 / total;
            let shade = |full: f64| (255.0 - share * (255.0 - full)) as u8;
            let fill = RGBColor(shade(20.0), shade(70.0), shade(140.0));
            let corners = [(x, y), (x + CELL - 1, y + CELL - 1)];
            area.draw(&Rectangle::new(corners, fill.filled()))?;
            area.draw(&Rectangle::new(corners, RGBColor(220, 220, 220)))?;
            if *count > 0 {
                let ink = if share > 0.5 { WHITE } else { BLACK };
                let number = Text::new(count.to_string(), (x + 10, y + 10), small.color(&ink));
                area.draw(&number)?;
            }
        }
    }
    area.present()?;
    Ok(())
}
