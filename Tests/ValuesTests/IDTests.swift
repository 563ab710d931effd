import Testing
import Values

@Suite struct IDTests {
    @Test func `ids that are taken together follow one another, and none comes twice`() {
        let source = IDSource(node: 3, clock: Clock { Instant(milliseconds: 1_900_000_000_000) })
        var all: [Int64] = []
        for round in 0..<500 {
            let count: Int64 = round % 3 == 0 ? 1 : 64
            let first = source.next(count).raw
            // Never over the edge of a millisecond, where the number of the process begins.
            #expect(first >> 12 == (first + count - 1) >> 12)
            #expect(all.last ?? 0 < first)
            all += first..<(first + count)
        }
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0 >> 12 & 1023 == 3 })
    }
}
