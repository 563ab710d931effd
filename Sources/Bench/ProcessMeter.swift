import Foundation
import Glibc
import Values

/// The memory of a process in MiB.
public struct Memory: Sendable {
    /// What lies in memory for it, parts shared with others included.
    public var resident = 0.0
    /// The same with its share of what others use too.
    public var proportional = 0.0
    /// The most that lay in memory since the start or the last `forgetPeak`.
    public var peak = 0.0
}

/// Processor time and memory of a process on this machine.
struct ProcessMeter: Sendable {
    let pid: Int32

    /// The server under a number that a person gave. Throws when there is no such process.
    static func given(_ pid: Int32) throws -> ProcessMeter {
        let meter = ProcessMeter(pid: pid)
        guard !meter.statistics.isEmpty else {
            throw Problem(
                .notFound,
                "bench_pid",
                Label("There is no process \(pid) on this machine.", zh: "本机没有进程 \(pid)。")
            )
        }
        return meter
    }

    /// Seconds of processor time, of all its threads, in the program and in the kernel for it.
    var processorSeconds: Double {
        let fields = statistics
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    var memory: Memory {
        let (status, rollup) = (lines("status"), lines("smaps_rollup"))
        func value(_ name: String, _ lines: [Substring]) -> Double {
            let line = lines.first { $0.hasPrefix(name) }
            let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
            return (number.flatMap { Double($0) } ?? 0) / 1024
        }
        return Memory(
            resident: value("VmRSS:", status),
            proportional: value("Pss:", rollup),
            peak: value("VmHWM:", status)
        )
    }

    /// Lets the highest memory begin anew.
    func forgetPeak() {
        guard let file = FileHandle(forWritingAtPath: "/proc/\(pid)/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
        try? file.close()
    }

    /// Waits until the process uses no processor any more, at most five seconds.
    func waitUntilIdle() {
        var last = processorSeconds
        for _ in 0..<50 {
            usleep(100_000)
            let now = processorSeconds
            if now == last { return }
            last = now
        }
    }

    private func lines(_ file: String) -> [Substring] {
        ((try? String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)) ?? "").split(separator: "\n")
    }

    // Behind the name in parentheses, which may hold anything.
    private var statistics: [Substring] {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
