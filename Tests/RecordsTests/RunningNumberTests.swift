import Testing

@testable import Records

/// Where a running number stands, as its pattern reads it.
@Suite struct RunningNumberTests {
    @Test(
        arguments: [
            ("A-2026-0017", "A-{YYYY}-{0000}", "A-2026-{0000}", 17), ("T-0003", "T-{0000}", "T-{0000}", 3),
            ("T-123456", "T-{0000}", "T-{0000}", 123_456), ("20260731009", "{YYYY}{MM}{DD}{000}", "20260731{000}", 9),
            ("0122026/07", "{000}{YYYY}/{MM}", "{000}2026/07", 12), ("𠮷0001号", "𠮷{0000}号", "𠮷{0000}号", 1),
        ] as [(String, String, String, Int64)]
    )
    func `a number is read by its pattern`(number: String, pattern: String, series: String, value: Int64) throws {
        let found = try #require(RunningNumber(number, pattern))
        #expect(found.series == series && found.value == value)
    }

    @Test(
        arguments: [
            ("T-", "T-{0000}"), ("T-12x", "T-{0000}"), ("X-0001", "T-{0000}"), ("A-26-1", "A-{YYYY}-{0000}"),
            ("T-0001", "T-"), ("T-1234567890123456", "T-{0000}"), ("T-٣", "T-{0000}"), ("", "T-{0000}"),
        ]
    )
    func `one of another form leads to no series`(number: String, pattern: String) {
        #expect(RunningNumber(number, pattern) == nil)
    }
}
