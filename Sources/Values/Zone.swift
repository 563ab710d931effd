import Foundation
import Synchronization

/// A time zone with its changes between summer and winter time: decides on which day a moment falls, in memory and
/// inside the database alike.
public struct Zone: Sendable, Hashable {
    private struct Change: Sendable, Hashable {
        /// The first millisecond of the offset.
        let from: Int64
        /// Milliseconds east of UTC.
        let offset: Int64
    }

    /// The IANA name, or seconds east of UTC with a sign: `Asia/Shanghai`, `+28800`.
    public let name: String
    /// In order; the first also holds for all time before.
    private let changes: [Change]

    /// A zone that lies so many seconds east of UTC all year.
    public static func fixed(_ seconds: Int) -> Zone {
        Zone(
            name: (seconds < 0 ? "" : "+") + String(seconds),
            changes: [Change(from: .min, offset: Int64(seconds) * 1000)]
        )
    }

    /// The zone of a name; nil for one that there is not.
    public static func named(_ name: String) -> Zone? {
        if let known = known.withLock({ $0[name] }) { return known }
        guard name.utf8.count <= 64, let zone = made(name) else { return nil }
        known.withLock { $0[name] = zone }
        return zone
    }

    private static let known = Mutex<[String: Zone]>([:])

    private static func made(_ name: String) -> Zone? {
        if let first = name.utf8.first, first == 0x2B || first == 0x2D {
            return Int(name).flatMap { abs($0) <= 86_400 ? fixed($0) : nil }
        }
        guard let zone = TimeZone(identifier: name) else { return nil }
        func offset(_ at: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(at) / 1000))) * 1000
        }
        // From 1970 to 2100, week by week; where the offset differs, the moment is looked for.
        let (week, end): (Int64, Int64) = (604_800_000, 4_102_444_800_000)
        var changes = [Change(from: .min, offset: offset(0))]
        var at: Int64 = 0
        while at < end {
            let (last, next) = (changes[changes.count - 1].offset, offset(at + week))
            if next != last {
                var (low, high) = (at, at + week)
                while high - low > 1000 {
                    let middle = (low + high) / 2000 * 1000
                    if offset(middle) == last { low = middle } else { high = middle }
                }
                changes.append(Change(from: high, offset: next))
            }
            at += week
        }
        return Zone(name: name, changes: changes)
    }

    private func index(at milliseconds: Int64) -> Int {
        var (low, high) = (0, changes.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if changes[middle].from <= milliseconds { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// How many seconds the zone lies east of UTC at a moment.
    public func offset(at moment: Instant) -> Int { Int(milliseconds(at: moment.milliseconds) / 1000) }

    func milliseconds(at moment: Int64) -> Int64 { changes[index(at: moment)].offset }

    /// The moment of a reading of the clock: the first one where there are two. A reading that a change leaves out is
    /// as far behind the change as if the clock had not changed.
    func moment(ofLocal local: Int64) -> Int64? {
        let day: Int64 = 129_600_000
        let (before, overflow) = local.subtractingReportingOverflow(day)
        let (after, tooFar) = local.addingReportingOverflow(day)
        guard !overflow, !tooFar else { return nil }
        let near = changes[index(at: before)...index(at: after)]
        let fitting = near.map { local - $0.offset }.filter { local - milliseconds(at: $0) == $0 }
        return fitting.min() ?? near.first.map { local - $0.offset }
    }

    /// The first millisecond of a day.
    public func start(of day: Day) -> Int64 {
        let local = Int64(day.daysSince1970) * 86_400_000
        guard let moment = moment(ofLocal: local) else { return local }
        // A day whose midnight is left out begins with the change.
        return local - milliseconds(at: moment) == moment ? moment : changes[index(at: moment)].from
    }
}
