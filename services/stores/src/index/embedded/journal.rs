use std::{fs, io, path::Path};

/// Drops the parts of qdrant-edge's journal that nothing will read. Version 0.7.2 writes a journal
/// of all updates, never reads it again and never shortens it. Only the numbering of updates
/// continues from it, for which the last finished part and the open one are enough; Qdrant's own
/// shortening leaves the same files. Call it while the folder is not open.
pub(super) fn shorten(folder: &Path) -> io::Result<()> {
    let mut finished = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("closed-"));
        if let Some(number) = number.and_then(|number| number.parse::<u64>().ok()) {
            finished.push((number, entry.path()));
        }
    }
    finished.sort_unstable();
    finished.pop();
    finished.iter().try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_finished_part_and_the_open_one_stay() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["closed-0", "closed-9", "closed-120", "open-4", "first-index"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        shorten(folder.path()).unwrap();
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort_unstable();
        assert_eq!(left, ["closed-120", "first-index", "open-4"]);
    }
}
