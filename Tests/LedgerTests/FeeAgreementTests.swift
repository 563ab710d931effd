import Ledger
import Testing
import Values

@Suite struct FeeAgreementTests {
    private func day(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test func `an agreement that was given up is charged to the end of the month in which its notice ends`() throws {
        let rule = FeeTariff.Rule(base: .fixed(100_00), notice: 3)
        let agreement = FeeAgreement(
            from: try day("2026-01-10"),
            until: try day("2027-12-31"),
            cancelled: try day("2026-03-10")
        )
        #expect(try agreement.bound(by: rule) == day("2026-06-30"))
        #expect(try agreement.reason(on: day("2026-03-09"), by: rule) == nil, "it still holds by itself")
        #expect(try agreement.reason(on: day("2026-06-30"), by: rule)?.en.contains("until 2026-06-30") == true)
        #expect(try agreement.reason(on: day("2026-07-31"), by: rule) == nil)
        let end = FeeAgreement(from: nil, until: try day("2026-04-30"), cancelled: try day("2026-03-10"))
        #expect(try end.bound(by: rule) == day("2026-04-30"), "notice goes no further than what was agreed")
        #expect(agreement.bound(by: .init(base: .fixed(1))) == (try day("2026-03-31")))
    }

    @Test func `nobody pays for fewer months than the minimum term, counted from the first day`() throws {
        let rule = FeeTariff.Rule(base: .fixed(100_00), term: 12, notice: 1)
        let (first, last) = (try day("2026-02-28"), try day("2027-02-27"))
        for (until, cancelled) in [("2026-05-31", nil), ("2029-01-01", "2026-04-02")] as [(String, String?)] {
            let agreement = FeeAgreement(
                from: first,
                until: try day(until),
                cancelled: try cancelled.map { try day($0) }
            )
            #expect(agreement.bound(by: rule) == last)
            #expect(agreement.reason(on: last, by: rule)?.zh.contains("最短服务期为 12 个月") == true)
            #expect(agreement.reason(on: last.adding(days: 1), by: rule) == nil)
        }
        let late = FeeAgreement(from: first, until: try day("2029-01-01"), cancelled: try day("2027-03-05"))
        #expect(try late.bound(by: rule) == day("2027-04-30"), "after the term the notice counts")
        let undated = FeeAgreement(from: nil, until: try day("2026-05-31"))
        #expect(try undated.bound(by: rule) == day("2026-05-31"), "without a first day there is no term")
    }

    @Test func `an agreement that holds says how long it binds`() throws {
        let agreement = FeeAgreement(from: try day("2026-01-01"), until: try day("2028-12-31"))
        let rule = FeeTariff.Rule(base: .fixed(1), term: 24, notice: 2)
        #expect(try agreement.holds(on: day("2028-12-31")) && !agreement.holds(on: day("2025-12-31")))
        let words = "Minimum term until 2027-12-31. Notice: 2 months to the end of a month."
        #expect(agreement.outlook(by: rule)?.en == words)
        #expect(agreement.outlook(by: .init(base: .fixed(1))) == nil)
    }
}
