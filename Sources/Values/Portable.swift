/// What an expression computes both in memory and inside the database: written once, so that both agree.
public enum Portable {
    /// Rounds half away from zero to `places` decimals; nil when the result is out of range.
    public static func round(_ value: Double, places: Int) -> Double? {
        var power = 1.0
        for _ in 0..<max(0, min(places, 15)) { power *= 10 }
        let size = (value.magnitude * power + 0.5).rounded(.down) / power
        return size.isFinite ? (value < 0 ? 0 - size : size) : nil
    }

    /// A number as text: `12`, `12.5`.
    public static func text(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }

    /// The text in upper case, scalar by scalar; scalars without a single upper-case scalar stay.
    public static func upper(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let upper = scalar.properties.uppercaseMapping.unicodeScalars
            result.append(upper.count == 1 ? upper.first ?? scalar : scalar)
        }
        return String(result)
    }

    /// Days since 1970 of a stored day; nil for anything else.
    public static func number(ofDay text: String) -> Int? { Day(text)?.daysSince1970 }

    /// The day of an instant in a zone; nil beyond the years 1 to 9999.
    public static func day(of milliseconds: Int64, in zone: Zone) -> Day? {
        let (local, overflow) = milliseconds.addingReportingOverflow(zone.milliseconds(at: milliseconds))
        return overflow ? nil : valid(Int(local.dividedDown(by: 86_400_000)))
    }

    /// The day so many months, then days later; nil beyond the years 1 to 9999.
    public static func move(_ day: Day, months: Int, days: Int) -> Day? {
        let (year, month, _) = day.parts
        let index = year * 12 + month - 1 + months
        guard (12...119_999).contains(index) else { return nil }
        return valid(day.adding(months: months).daysSince1970 + days)
    }

    /// The instant so many calendar months of a zone, then milliseconds later; nil when out of range.
    public static func move(_ milliseconds: Int64, months: Int, by more: Int64, in zone: Zone) -> Int64? {
        var start = milliseconds
        if months != 0 {
            guard let day = day(of: milliseconds, in: zone), let moved = move(day, months: months, days: 0),
                let moment = zone.moment(
                    ofLocal: milliseconds + zone.milliseconds(at: milliseconds)
                        + Int64(moved.daysSince1970 - day.daysSince1970) * 86_400_000
                )
            else { return nil }
            start = moment
        }
        let (result, overflow) = start.addingReportingOverflow(more)
        return overflow ? nil : result
    }

    private static func valid(_ number: Int) -> Day? {
        (-719_162...2_932_896).contains(number) ? Day(daysSince1970: number) : nil
    }
}
