import Foundation
import Values

/// Moments as people and other programs write them: with `/`, without seconds, without a zone, as 下午, with a zone behind
/// the letter that already is one.
struct MomentText: Sendable {
    private let zone: TimeZone

    /// `zone` is that of moments that name none.
    init(zone: String) {
        self.zone = TimeZone(identifier: zone) ?? TimeZone(secondsFromGMT: 0) ?? .gmt
    }

    /// The moment as RFC 3339; nil for what is none, or only a day.
    func normalised(_ text: String) -> String? {
        // A zone as in `Z-0300`: the letter is a mere mark, as other systems write it.
        var text = Fold.fold(text.trimmed)
        if let range = text.range(of: "z[+-][0-9]{2}:?[0-9]{2}$", options: .regularExpression) {
            text.remove(at: range.lowerBound)
        }
        if let instant = Instant(text) { return instant.description }
        let scalars = Array(text.unicodeScalars)
        var numbers: [(value: Int, digits: Int)] = []
        var index = 0
        var offset: Int?
        while index < scalars.count, numbers.count < 8 {
            if numbers.count >= 5, scalars[index] == "z" || scalars[index] == "+" || scalars[index] == "-" {
                offset = MomentText.offset(scalars[index...])
                if offset == nil { return nil }
                break
            }
            guard scalars[index].isASCII, scalars[index].properties.numericType != nil else {
                index += 1
                continue
            }
            var (value, digits) = (0, 0)
            while index < scalars.count, digits < 9, let digit = Int(String(scalars[index])) {
                (value, digits, index) = (value * 10 + digit, digits + 1, index + 1)
            }
            numbers.append((value, digits))
        }
        return instant(numbers, isLate: text.contains("下午") || text.contains("晚") || text.contains("pm"), offset)
    }

    private func instant(_ numbers: [(value: Int, digits: Int)], isLate: Bool, _ offset: Int?) -> String? {
        guard numbers.count >= 5, numbers[0].value > 999,
            let day = Day(year: numbers[0].value, month: numbers[1].value, day: numbers[2].value)
        else { return nil }
        var hour = numbers[3].value
        if isLate, hour < 12 { hour += 12 }
        let second = numbers.count > 5 ? numbers[5].value : 0
        guard hour < 24, numbers[4].value < 60, second < 61 else { return nil }
        var milliseconds = Int64(day.daysSince1970) * 86_400_000
        milliseconds += Int64(hour * 3600 + numbers[4].value * 60 + min(second, 59)) * 1000
        if numbers.count > 6 {
            let text = String(String(numbers[6].value + Int(pow(10, Double(numbers[6].digits)))).dropFirst())
            milliseconds += Int64((text + "00").prefix(3)) ?? 0
        }
        return Instant(milliseconds: milliseconds - Int64(offset ?? east(milliseconds)) * 1000).description
    }

    /// How many seconds east of UTC a clock in the zone is that shows this time.
    private func east(_ local: Int64) -> Int {
        let first = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local) / 1000))
        return zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local) / 1000 - Double(first)))
    }

    /// `z`, `+08:00`, `-0300` or `+8` as seconds.
    private static func offset(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
        guard let sign = scalars.first else { return nil }
        if sign == "z" { return 0 }
        let digits = scalars.dropFirst().filter { $0 != ":" && $0 != " " }.map(String.init).joined()
        guard let value = Int(digits), (1...4).contains(digits.utf8.count) else { return nil }
        let (hours, minutes) = digits.utf8.count > 2 ? (value / 100, value % 100) : (value, 0)
        guard hours < 15, minutes < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
