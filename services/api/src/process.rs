//! What the system says of this process, under the names that Prometheus' client libraries have for
//! it (<https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics>).

use std::sync::atomic::AtomicU64;

use procfs::{ProcResult, WithCurrentSystemInfo, process::LimitValue};
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};

/// Nothing where the system does not say.
pub(crate) fn figures() -> Registry {
    let mut figures = Registry::with_prefix("process");
    if let Err(error) = read(&mut figures) {
        tracing::debug!(%error, "the system says nothing of this process");
    }
    figures
}

fn read(to: &mut Registry) -> ProcResult<()> {
    let process = procfs::process::Process::myself()?;
    let (stat, limits) = (process.stat()?, process.limits()?);
    let ticks = procfs::ticks_per_second() as f64;
    let booted = procfs::boot_time_secs()? as f64;
    let most = match limits.max_open_files.soft_limit {
        LimitValue::Value(most) => most as f64,
        LimitValue::Unlimited => f64::INFINITY,
    };
    let spent = Counter::<f64, AtomicU64>::default();
    spent.inc_by((stat.utime + stat.stime) as f64 / ticks);
    to.register("cpu_seconds", "Seconds of processor time", spent);
    let figures = [
        ("open_fds", "Files and connections that are open", process.fd_count()? as f64),
        ("max_fds", "Files and connections that may be open", most),
        ("resident_memory_bytes", "Memory in use", stat.rss_bytes().get() as f64),
        ("start_time_seconds", "When it began, since 1970", booted + stat.starttime as f64 / ticks),
    ];
    for (name, help, value) in figures {
        let gauge = Gauge::<f64, AtomicU64>::default();
        gauge.set(value);
        to.register(name, help, gauge);
    }
    Ok(())
}
