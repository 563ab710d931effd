public import Values

/// A timer that somebody has started for a call, meeting or visit. Everybody has one at most; it ends as an activity.
public struct WorkTimer: Sendable, Equatable {
    /// How the time is taken.
    public enum Method: String, Sendable, CaseIterable {
        /// Somebody pressed start and stop.
        case timer
        /// Somebody checked in where a customer is, and checked out again.
        case checkIn = "check_in"
    }

    /// Whose it is.
    public let person: RecordID
    /// Since when it runs.
    public let startedAt: Instant
    /// What it will be: a kind of activity.
    public let kind: String
    /// How the time is taken.
    public let method: Method
    /// The key of the object of the record that it is about.
    public let object: String
    /// That record.
    public let record: RecordID
    /// Where it was started, if the person allowed that to be noted.
    public let place: String?

    /// What can be timed.
    public static let kinds = ["call", "meeting", "visit"]
    /// After so many milliseconds it was probably forgotten: nobody's minutes are counted without being asked.
    static let longest: Int64 = 12 * 3_600_000

    /// Whether it has been running for so long that it was probably forgotten.
    public func isForgotten(at now: Instant) -> Bool {
        now.milliseconds - startedAt.milliseconds > WorkTimer.longest
    }

    /// Whole minutes since it was started, half of one counts as one; one at least.
    public func minutes(at now: Instant) -> Int64 {
        max(1, (now.milliseconds - startedAt.milliseconds + 30_000) / 60_000)
    }
}

/// Where somebody checked in, as their browser told.
public struct TimerPlace: Sendable, Equatable {
    /// As it is noted: degrees north and east, and how exact they are.
    public let text: String

    /// Reads degrees and metres; nil where no position was sent. Throws `invalid_position` for what is none.
    public init?(latitude: String, longitude: String, accuracy: String) throws {
        if latitude.isEmpty, longitude.isEmpty { return nil }
        guard let north = Double(latitude), let east = Double(longitude), abs(north) <= 90, abs(east) <= 180 else {
            throw Problem.invalid(
                "latitude",
                "invalid_position",
                Label("The position is not in degrees.", zh: "位置坐标无效。")
            )
        }
        func degrees(_ value: Double) -> String {
            FixedPoint.text(Int64((value * 100_000).rounded()), digits: 5)
        }
        let exact = Double(accuracy).flatMap { (0...100_000).contains($0) ? Int($0.rounded()) : nil }
        text = degrees(north) + ", " + degrees(east) + (exact.map { " (±\($0) m)" } ?? "")
    }
}

/// The table of running timers.
enum TimerTable {
    static let statements = [
        """
        CREATE TABLE IF NOT EXISTS sys_timer (id INTEGER PRIMARY KEY, person INTEGER NOT NULL UNIQUE,
            started_at INTEGER NOT NULL, kind TEXT NOT NULL, method TEXT NOT NULL, object TEXT NOT NULL,
            record INTEGER NOT NULL, place TEXT)
        """
    ]
}
