import Database
import SQLText
import TestSupport
import Testing
import Values

/// The functions of the engines give what `Values` gives.
@Suite struct FunctionTests {
    /// Pseudo-random numbers, the same in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test func `every character is folded and capitalised as in memory`() async throws {
        let database = try await TestDatabase.make()
        let scalars = (1...0x1_FFFF).compactMap(Unicode.Scalar.init)
        var differing: [String] = []
        for start in stride(from: 0, to: scalars.count, by: 2048) {
            let part = Array(scalars[start..<min(start + 2048, scalars.count)])
            let text = part.map { String($0) }.joined(separator: "\u{1}")
            let row = try await database.read { try $0.row("SELECT kehu_fold(\(text)), kehu_upper(\(text))") }
            for (index, wanted) in [Fold.fold(text), Portable.upper(text)].enumerated() {
                guard let found = row?[index].text, found != wanted else { continue }
                for (one, (left, right)) in zip(
                    part,
                    zip(found.split(separator: "\u{1}"), wanted.split(separator: "\u{1}"))
                )
                where left != right {
                    differing.append("\(index) U+\(String(one.value, radix: 16)) \(left) \(right)")
                }
            }
        }
        #expect(differing == [])
    }

    @Test func `numbers are rounded and written as in memory`() async throws {
        let database = try await TestDatabase.make()
        var dice = Numbers(state: 7)
        var values: [Double] = [
            0, -0.0, 0.5, -0.5, 2.5, 1e15, 1e16, 123_456_789_012_345_680, 1.5e-5, 0.0001, 1e300, -1e300,
            1_234_567_890_123_456.5, 999_999_999_999_999, 9_007_199_254_740_992, 0.1 + 0.2, 1e-300,
        ]
        for _ in 0..<400 {
            values.append(Double.random(in: -1e6...1e6, using: &dice))
            values.append(
                Double.random(in: -1...1, using: &dice)
                    * Double(sign: .plus, exponent: Int.random(in: -60...70, using: &dice), significand: 1)
            )
        }
        let all = values
        try await database.read { connection in
            for (number, value) in all.enumerated() {
                let places = number % 7
                let row = try connection.row(
                    "SELECT kehu_number_text(\(SQLValue.real(value))), kehu_round(\(SQLValue.real(value)), \(places)), kehu_floor(\(SQLValue.real(value))), kehu_ceil(\(SQLValue.real(value)))"
                )
                #expect(row?[0].text == Portable.text(value), "\(value)")
                #expect(row?[1].number == Portable.round(value, places: places), "\(value) \(places)")
                #expect(row?[2].number == value.rounded(.down))
                #expect(row?[3].number == value.rounded(.up))
            }
        }
    }

    @Test func `days and moments are moved as in memory`() async throws {
        let database = try await TestDatabase.make()
        let zones = [
            "+0", "+28800", "-18000", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin",
        ]
        try await database.read { connection in
            var dice = Numbers(state: 11)
            let words = [
                "2024-02-29", "2023-02-29", "0000-01-01", "9999-12-31", "0001-01-01", "x", "2024-13-01", "2024-1-1",
            ]
            for round in 0..<400 {
                let day = Day(daysSince1970: Int.random(in: -20_000...40_000, using: &dice)).description
                let text = round < words.count ? words[round] : day
                let (months, days) = (Int.random(in: -40...40, using: &dice), Int.random(in: -400...400, using: &dice))
                let zone = zones[round % zones.count]
                let moment =
                    round % 20 == 0
                    ? [Int64.min, .max, 0, -1, 253_402_300_799_000][round / 20 % 5]
                    : Int64.random(in: -1_000_000_000_000...4_200_000_000_000, using: &dice)
                let more = Int64.random(in: -90_000_000...90_000_000, using: &dice)
                guard let known = Zone.named(zone) else { continue }
                let row = try connection.row(
                    """
                    SELECT kehu_days(\(text)), kehu_day_of(\(moment), \(zone)), kehu_move_day(\(text), \(months), \(days)),
                    kehu_move_instant(\(moment), \(months), \(more), \(zone)), kehu_day_part(\(text), 1)
                    """
                )
                #expect(row?[0].integer == Portable.number(ofDay: text).map(Int64.init), "\(text)")
                #expect(row?[1].text == Portable.day(of: moment, in: known)?.description, "\(moment) \(zone)")
                let moved = Day(text).flatMap { Portable.move($0, months: months, days: days) }
                #expect(row?[2].text == moved?.description, "\(text) \(months) \(days)")
                let wanted = Portable.move(moment, months: months, by: more, in: known)
                #expect(row?[3].integer == wanted, "\(moment) \(months) \(more) \(zone)")
                #expect(row?[4].number == Day(text).map { Double($0.parts.month) }, "\(text)")
            }
        }
    }
}
