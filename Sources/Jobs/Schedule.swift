import Foundation
public import Values

/// When a recurring job is due.
public enum Schedule: Sendable, Equatable {
    /// So many seconds after the last time.
    case every(seconds: Int)
    /// Each day at a time of the workspace's zone.
    case daily(hour: Int, minute: Int)
    /// Each week on a day (1 is Monday, 7 Sunday) at a time of the workspace's zone.
    case weekly(day: Int, hour: Int, minute: Int)

    /// The first time after `moment` in a zone such as `Asia/Shanghai`; an unknown zone counts as UTC.
    ///
    /// A time that the change to summer time leaves out comes an hour later; one that there is twice comes once.
    public func next(after moment: Instant, zone name: String) -> Instant {
        let zone = TimeZone(identifier: name) ?? .gmt
        switch self {
        case .every(let seconds): return moment.adding(milliseconds: Int64(max(1, seconds)) * 1000)
        case .daily(let hour, let minute):
            return Schedule.first(after: moment, zone, hour, minute) { _ in true }
        case .weekly(let day, let hour, let minute):
            // 1970-01-01 was a Thursday.
            return Schedule.first(after: moment, zone, hour, minute) { (($0.daysSince1970 + 3) % 7 + 7) % 7 == day - 1 }
        }
    }

    private static func first(
        after moment: Instant,
        _ zone: TimeZone,
        _ hour: Int,
        _ minute: Int,
        where fits: (Day) -> Bool
    ) -> Instant {
        let today = Day(of: moment, offset: offset(zone, moment)).daysSince1970
        for day in (today - 1)...(today + 8) where fits(Day(daysSince1970: day)) {
            let local = Int64(day) * 86_400_000 + Int64(hour * 60 + minute) * 60_000
            // Twice, because the offset depends on the moment that is looked for.
            var at = Instant(milliseconds: local - Int64(offset(zone, Instant(milliseconds: local))) * 1000)
            at = Instant(milliseconds: local - Int64(offset(zone, at)) * 1000)
            if at > moment { return at }
        }
        return moment.adding(milliseconds: 86_400_000)
    }

    private static func offset(_ zone: TimeZone, _ moment: Instant) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }
}
