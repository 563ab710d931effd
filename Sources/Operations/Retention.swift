import Foundation
public import Values

/// Which scheduled archives stay: the newest of each of the last days and of each of the last weeks that have any.
public struct Retention: Sendable, Equatable {
    /// How many days.
    public var daily: Int
    /// How many weeks.
    public var weekly: Int

    /// So many days and weeks; the newest archive always stays.
    public init(daily: Int, weekly: Int) {
        self.daily = daily
        self.weekly = weekly
    }

    /// Those of `times` that stay, by days and weeks of UTC.
    public func kept(_ times: [Instant]) -> Set<Instant> {
        let sorted = times.sorted(by: >)
        var kept = Set(sorted.prefix(1))
        var (days, weeks): (Set<Int>, Set<Int>) = ([], [])
        for time in sorted {
            let day = Day(of: time, offset: 0).daysSince1970
            // Weeks begin on Monday; 1970-01-01 was a Thursday.
            let week = (day + 3) / 7
            if days.count < daily, days.insert(day).inserted { kept.insert(time) }
            if weeks.count < weekly, weeks.insert(week).inserted { kept.insert(time) }
        }
        return kept
    }
}

/// An archive that was made by itself.
public struct ScheduledArchive: Sendable, Equatable {
    /// Where it lies.
    public let path: String
    /// When it was made.
    public let at: Instant
    /// Whether attachments were missing or damaged when it was made.
    public let hasFaults: Bool
}

/// The folder where scheduled archives of a workspace lie: `NAME-20261122T023000Z.kehu`, and with `.faults` before the
/// ending those in which attachments are missing or damaged.
public struct ArchiveFolder: Sendable {
    /// The folder.
    public let path: String
    let workspace: String
    private static let suffix = ".kehu"
    private static let mark = ".faults"

    /// The folder of a workspace's archives.
    public init(_ path: String, workspace: String) {
        self.path = path
        self.workspace = workspace
    }

    /// Makes the folder where it is missing.
    public func make() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Problem.cannotWrite(path, errno)
        }
    }

    /// The path of an archive made at a moment.
    public func archive(at moment: Instant) -> String { start(moment) + ArchiveFolder.suffix }

    /// The path of one in which attachments are missing or damaged.
    public func faultyArchive(at moment: Instant) -> String {
        start(moment) + ArchiveFolder.mark + ArchiveFolder.suffix
    }

    private func start(_ moment: Instant) -> String {
        let digits = moment.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        return path + "/" + workspace + "-" + digits + "Z"
    }

    /// The archives that are there, newest first. Files with other names are none of our business.
    public func archives() -> [ScheduledArchive] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name -> ScheduledArchive? in
            guard name.hasPrefix(workspace + "-"), name.hasSuffix(ArchiveFolder.suffix) else { return nil }
            let rest = name.dropFirst(workspace.count + 1).dropLast(ArchiveFolder.suffix.count)
            let hasFaults = rest.hasSuffix(ArchiveFolder.mark)
            let stamp = Array(rest.dropLast(hasFaults ? ArchiveFolder.mark.count : 0))
            guard stamp.count == 16, stamp[8] == "T", stamp[15] == "Z" else { return nil }
            let (day, time) = (stamp[0..<8], stamp[9..<15])
            let text =
                "\(String(day[0..<4]))-\(String(day[4..<6]))-\(String(day[6..<8]))T"
                + "\(String(time[9..<11])):\(String(time[11..<13])):\(String(time[13..<15]))Z"
            return Instant(text).map { ScheduledArchive(path: path + "/" + name, at: $0, hasFaults: hasFaults) }
        }.sorted { $0.at > $1.at }
    }

    /// Removes what a backup that was cut off left behind.
    func clearLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(workspace + "-") && !name.hasSuffix(ArchiveFolder.suffix) {
            guard name.contains(ArchiveFolder.suffix + ".") else { continue }
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }

    /// Removes archives that need not stay; the answer is how many. Those with faults push out none without: among these
    /// as many days and weeks stay as if there were no others.
    @discardableResult
    public func clear(_ retention: Retention) -> Int {
        let all = archives()
        let kept = retention.kept(all.map(\.at)).union(retention.kept(all.filter { !$0.hasFaults }.map(\.at)))
        let old = all.filter { !kept.contains($0.at) }
        for archive in old { try? FileManager.default.removeItem(atPath: archive.path) }
        return old.count
    }
}
