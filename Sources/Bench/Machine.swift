import Foundation
import Glibc
public import Values

/// Where, when and how a measurement was made: without it no figure can be compared.
public struct Circumstances: Sendable {
    /// The commit of the program, as the person gave it; empty when unknown.
    public var commit: String
    /// The program's version.
    public var version: String
    /// The command with its arguments.
    public var command: String
    /// When the measurement began.
    public var at: Instant
    /// The processor's name.
    public var processor: String
    /// How many processors there are.
    public var processors: Int
    /// The memory of the machine in MiB.
    public var memory: Double
    /// The operating system.
    public var system: String
    /// The mean number of tasks that wanted a processor in the minute before.
    public var load: Double

    /// This machine now.
    public static func here(commit: String, version: String, command: String, at: Instant) -> Circumstances {
        func value(_ file: String, _ name: String, _ separator: Character) -> String {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            let value = line?.split(separator: separator, maxSplits: 1).last.map(String.init) ?? ""
            return value.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
        }
        let memory = value("/proc/meminfo", "MemTotal", ":").split(separator: " ").first.flatMap { Double($0) } ?? 0
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first
        return Circumstances(
            commit: commit,
            version: version,
            command: command,
            at: at,
            processor: value("/proc/cpuinfo", "model name", ":"),
            processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            memory: memory / 1024,
            system: value("/etc/os-release", "PRETTY_NAME", "="),
            load: load.flatMap { Double($0) } ?? 0
        )
    }

    /// A key, if one was given to the command, is not written down.
    public static func command(_ arguments: [String]) -> String {
        var words: [String] = []
        for (index, word) in arguments.enumerated() {
            if index > 0, arguments[index - 1] == "--key" {
                words.append("…")
            } else {
                words.append(word.hasPrefix("--key=") ? "--key=…" : word)
            }
        }
        return words.joined(separator: " ")
    }
}
