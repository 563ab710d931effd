/// How long to wait after tries that failed: longer each time, and not all at the same moment.
public enum Backoff {
    /// How often a message is tried before it is given up.
    public static let tries = 12
    private static let longest: Int64 = 12 * 3_600_000

    /// The pause after a number of failed tries, in milliseconds: 5 seconds, four times as long each time, at most 12
    /// hours; all in all some 55 hours. `chance` from 0 to 1 moves it by up to a fifth to either side.
    public static func pause(afterTries tries: Int, chance: Double) -> Int64 {
        spread(grown(5000, by: 4, tries, longest), chance)
    }

    /// How long a receiver that is away as a whole is left alone: 5 seconds, doubled each time, at most 5 minutes.
    public static func rest(afterFailures failures: Int, chance: Double) -> Int64 {
        spread(grown(5000, by: 2, failures, 300_000), chance)
    }

    private static func grown(_ first: Int64, by factor: Int64, _ times: Int, _ longest: Int64) -> Int64 {
        var pause = first
        for _ in 1..<max(1, min(times, 40)) { pause = min(longest, pause * factor) }
        return pause
    }

    private static func spread(_ pause: Int64, _ chance: Double) -> Int64 {
        Int64(Double(pause) * (0.8 + 0.4 * min(1, max(0, chance))))
    }
}
