//! How much memory a process has, from `/proc/PID/status`: the one file about it that everybody may
//! read, also of a process that is not dumpable.

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// What it has now.
    pub now: u64,
    /// The most that it ever had.
    pub peak: u64,
}

impl Memory {
    /// Of the process `pid`; `None` where the system does not say.
    pub(super) fn of(pid: u32) -> Option<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
            Some(kib << 10)
        };
        Some(Memory {
            now: field("VmRSS:")?,
            peak: field("VmHWM:")?,
        })
    }

    /// An upper bound of what the process grew by at any time between two looks: its peak may be
    /// older than the first look, never younger than the last.
    pub fn growth_until(self, later: Memory) -> u64 {
        later.peak.saturating_sub(self.now)
    }
}
