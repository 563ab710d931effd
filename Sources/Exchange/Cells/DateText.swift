import Foundation
import Values

/// Days and moments as people and other programs write them.
struct DateText: Sendable {
    private let zone: TimeZone

    /// What a text came to.
    enum Reading: Sendable, Equatable {
        /// A day as `2026-01-05`, or a moment as RFC 3339.
        case value(String)
        /// It is a date, but which number is the month is not known.
        case unclear
        /// It is none.
        case none
    }

    /// `zone` is that of moments that name none.
    init(zone: String) {
        self.zone = TimeZone(identifier: zone) ?? TimeZone(secondsFromGMT: 0) ?? .gmt
    }

    /// The day of a text. Of a moment with a zone it is the day here; midnight in UTC is how programs write a mere day.
    func day(_ text: String, _ order: DateOrder? = nil) -> Reading {
        if Day(text) != nil { return .value(text) }
        if let serial = DateText.serial(text) { return .value(String(serial.prefix(10))) }
        if let epoch = DateText.epoch(text) { return .value(local(epoch).description) }
        guard let parts = DateParts(text) else { return .none }
        return reading(parts, order) { day in
            guard let offset = parts.offset, let time = parts.time, offset != 0 || time != 0 else {
                return day.description
            }
            return local(DateText.milliseconds(day, time) - Int64(offset) * 1000).description
        }
    }

    /// The moment of a text; a mere day is its beginning here.
    func moment(_ text: String, _ order: DateOrder? = nil) -> Reading {
        if let instant = Instant(text) { return .value(instant.description) }
        if let epoch = DateText.epoch(text) { return .value(Instant(milliseconds: epoch).description) }
        guard let parts = DateParts(DateText.serial(text) ?? text) else { return .none }
        return reading(parts, order) { day in
            let local = DateText.milliseconds(day, parts.time ?? 0)
            return Instant(milliseconds: local - Int64(parts.offset ?? east(local)) * 1000).description
        }
    }

    private func reading(_ parts: DateParts, _ order: DateOrder?, _ value: (Day) -> String) -> Reading {
        if let day = parts.certain { return .value(value(day)) }
        guard parts.orders != nil else { return .none }
        guard let order else { return .unclear }
        return parts.day(order).map { .value(value($0)) } ?? .none
    }

    private static func milliseconds(_ day: Day, _ time: Int) -> Int64 {
        Int64(day.daysSince1970) * 86_400_000 + Int64(time)
    }

    private func local(_ milliseconds: Int64) -> Day {
        let instant = Instant(milliseconds: milliseconds)
        return Day(
            of: instant,
            offset: zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
        )
    }

    /// How many seconds east of UTC a clock in the zone is that shows this time.
    private func east(_ local: Int64) -> Int {
        let first = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local) / 1000))
        return zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local) / 1000 - Double(first)))
    }

    /// The number that a spreadsheet keeps for a day of 1927 to 2173, as `2026-01-05T00:00:00`.
    private static func serial(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0].utf8.count == 5,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let value = Double(text), value >= 10_000
        else { return nil }
        return CellFormat.instant.text(text, from1904: false)
    }

    /// Seconds or milliseconds since 1970, of 2001 to 2286, as milliseconds.
    private static func epoch(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else { return nil }
        if text.utf8.count == 13 { return value }
        return text.utf8.count == 10 && value >= 1_000_000_000 ? value * 1000 : nil
    }
}
