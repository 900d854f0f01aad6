//! A small disk of its own for a service: a file system in a file, which can be full or broken.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// What it holds, in MiB.
const SIZE: u64 = 48;
/// Where the service sees it.
const PLACE: &str = "/mnt";
/// Makes the disk, puts a data folder on it, and becomes the program that follows.
const BEGIN: &str = "set -eu
image=$1; from=$2; shift 2
mount -o loop \"$image\" /mnt
if [ -n \"$from\" ]; then cp -r \"$from/.\" /mnt/data; fi
exec \"$@\"";

pub(crate) struct Disk {
    image: PathBuf,
}

impl Disk {
    /// None where the machine lets nobody make one.
    pub(crate) fn make(folder: &Path) -> Option<Self> {
        let image = folder.join("disk");
        std::fs::File::create(&image).ok()?.set_len(SIZE << 20).ok()?;
        let made = Command::new("mkfs.ext4")
            .args(["-q", "-F", "-m", "0"])
            .arg(&image)
            .env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").ok()?))
            .status();
        let tried = "mount -o loop \"$1\" /mnt && mkdir /mnt/data";
        let mut mount = Command::new("unshare");
        let mounted = mount.args(["--mount", "sh", "-c", tried, "sh"]).arg(&image).output();
        let can = made.is_ok_and(|made| made.success())
            && mounted.is_ok_and(|mounted| mounted.status.success());
        can.then_some(Self { image })
    }

    /// The data folder on it.
    pub(crate) fn data() -> PathBuf {
        Path::new(PLACE).join("data")
    }

    /// Runs a command that sees the disk, with a copy of these data where any are given.
    pub(crate) fn with(&self, from: Option<&Path>, command: &Command) -> Command {
        let mut inside = Command::new("unshare");
        inside.args(["--mount", "sh", "-c", BEGIN, "sh"]).arg(&self.image);
        inside.arg(from.unwrap_or(Path::new(""))).arg(command.get_program());
        inside.args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            inside.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }

    /// Fills it up, as another program would; answers the file that does.
    pub(crate) fn fill(process: u32) -> PathBuf {
        let filler = PathBuf::from(format!("/proc/{process}/root{PLACE}/filler"));
        let mut file = std::fs::File::create(&filler).unwrap();
        let mut size = 1 << 20;
        while size > 0 {
            // Down to the last byte.
            if file.write_all(&vec![0; size]).is_err() {
                size /= 2;
            }
        }
        filler
    }

    /// Breaks it: the system lets nobody write to it from now on, as after an error of the device.
    pub(crate) fn break_down(process: u32) {
        let (of, broken) = (process.to_string(), ["mount", "-o", "remount,abort", PLACE]);
        let mut enter = Command::new("nsenter");
        assert!(enter.args(["--mount", "--target", &of]).args(broken).status().unwrap().success());
    }

    /// Has it checked and mended, as an operator would; nothing uses it now.
    pub(crate) fn mend(&self) {
        let mut check = Command::new("e2fsck");
        check.args(["-y", "-f"]).arg(&self.image);
        check.env("PATH", format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap()));
        let checked = check.output().unwrap();
        // 1: errors were mended.
        assert!(matches!(checked.status.code(), Some(0 | 1)), "{checked:?}");
    }
}
