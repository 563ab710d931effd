import Values

/// The two years that the demo tells of, in the company's time zone.
struct DemoDays: Sendable {
    static let length = 730
    let now: Instant

    /// Today, in Shanghai.
    var today: Day { Day(of: now, offset: 28_800) }

    /// The first day.
    var first: Day { today.adding(days: -DemoDays.length) }

    /// A moment of the working hours of a day; weekends move to Monday, nothing lies in the future.
    func moment(_ day: Day, _ random: inout SeededGenerator) -> Instant {
        var day = day
        // 1970-01-01 was a Thursday.
        let weekday = ((day.daysSince1970 + 3) % 7 + 7) % 7
        if weekday > 4 { day = day.adding(days: 7 - weekday) }
        let minutes = random.number(31...610)
        let milliseconds =
            Int64(day.daysSince1970) * 86_400_000 + Int64(minutes) * 60_000 + Int64(random.number(0...59_999))
        // Working hours begin at half past eight in Shanghai, which is half past midnight in UTC.
        let limit = now.milliseconds - Int64(random.number(60_000...7_200_000))
        return Instant(milliseconds: min(milliseconds, limit))
    }

    /// The day of a moment, in Shanghai.
    func day(of moment: Instant) -> Day { Day(of: moment, offset: 28_800) }
}
