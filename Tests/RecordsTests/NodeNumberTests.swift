import Database
import Identity
import Records
import SQLText
import TestSupport
import Testing
import Values

@Suite struct NodeNumberTests {
    @Test func `processes on one database get numbers of their own, and those in use come last again`() async throws {
        let office = try await Office.open()
        let database = office.engine.database
        let first = try await database.write { try NodeNumbers.take(on: $0) }
        var seen: Set<Int> = [first]
        for _ in 0..<200 {
            let next = try await database.write { connection in
                try (0..<10).map { _ in
                    try NodeNumbers.keep(first, on: connection)
                    return try NodeNumbers.take(on: connection)
                }
            }
            #expect(next.allSatisfy { (1...1023).contains($0) && $0 != first })
            seen.formUnion(next)
        }
        #expect(seen.count == 1023)
    }

    @Test func `ids of several processes differ within the same millisecond`() async throws {
        let office = try await Office.open()
        let still = Clock { Instant(milliseconds: 1_900_000_000_000) }
        var ids: Set<RecordID> = []
        for _ in 0..<20 {
            let source = IDSource(clock: still)
            source.use(node: try await office.engine.database.write { try NodeNumbers.take(on: $0) })
            for _ in 0..<100 { ids.insert(source.next()) }
        }
        #expect(ids.count == 2000)
    }

    @Test(arguments: [-600, 0, 600])
    func `a process goes by the clock of the database that it shares`(_ seconds: Int64) async throws {
        let office = try await Office.open()
        let machine = Clock { Clock.system.now().adding(milliseconds: seconds * 1000) }
        let shared = SharedClock(machine)
        #expect(abs(shared.clock.now().milliseconds - machine.now().milliseconds) < 5000)
        try await shared.follow(office.engine.database)
        // A file is on the same machine: whatever its clock says is true.
        let isShared = office.engine.database.dialect == .postgres
        let expected = isShared ? Clock.system.now() : machine.now()
        #expect(abs(shared.clock.now().milliseconds - expected.milliseconds) < 5000)
    }
}
