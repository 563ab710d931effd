import Database
import Foundation
import SQLText
import TestSupport
import Testing
import Values

@Suite struct NewsTests {
    private struct Broken: Error {}

    /// How long a bell is silent, in seconds.
    private func silence(_ bell: Bell, atMost limit: Duration = .seconds(5)) async -> Double {
        let start = ContinuousClock.now
        await bell.wait(atMost: limit)
        let time = (ContinuousClock.now - start).components
        return Double(time.seconds) + Double(time.attoseconds) / 1e18
    }

    @Test func `whoever waits is woken by what was committed and by nothing else`() async throws {
        let database = try await TestDatabase.make()
        let (jobs, records) = (database.news.bell(.jobs), database.news.bell(.records))
        try await database.write { $0.tell(.jobs) }
        #expect(await silence(jobs, atMost: .seconds(60)) < 50)
        #expect(await silence(records, atMost: .milliseconds(100)) >= 0.1)
        // What rang is forgotten once somebody has looked.
        #expect(await silence(jobs, atMost: .milliseconds(100)) >= 0.1)
        await #expect(throws: Broken.self) {
            try await database.write { connection in
                connection.tell(.jobs)
                throw Broken()
            }
        }
        #expect(await silence(jobs, atMost: .milliseconds(100)) >= 0.1)
        async let waiting = silence(jobs, atMost: .seconds(60))
        try await database.write { $0.tell(.jobs) }
        #expect(await waiting < 50)
    }

    @Test func `who is cancelled waits no longer`() async throws {
        let bell = try await TestDatabase.make().news.bell(.jobs)
        let task = Task { await silence(bell, atMost: .seconds(20)) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        #expect(await task.value < 15)
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `what one process commits another one hears of`() async throws {
        let address = try PostgresAddress(try #require(ProcessInfo.processInfo.environment["KEHU_TEST_DATABASE"]))
        let (here, there) = (PostgresServer(address), PostgresServer(address))
        defer {
            here.close()
            there.close()
        }
        let schema = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let (writing, hearing) = (try await here.create(schema: schema), try await there.open(schema: schema))
        let other = try await there.create(schema: schema + "_2")
        hearing.news.listen()
        let (bell, elsewhere) = (hearing.news.bell(.records), other.news.bell(.records))
        // The connection that hears is made meanwhile; then everybody looks once.
        await bell.wait(atMost: .seconds(10))
        await elsewhere.wait(atMost: .seconds(10))
        for _ in 0..<5 {
            try await writing.write { $0.tell(.records) }
            #expect(await silence(bell, atMost: .seconds(60)) < 50)
        }
        #expect(await silence(elsewhere, atMost: .milliseconds(100)) >= 0.1)
    }

    @Test(.enabled(if: TestDatabase.dialect == .postgres))
    func `a write aside does not wait for one that takes its time`() async throws {
        let database = try await TestDatabase.make()
        try await database.write { try $0.script("CREATE TABLE a (id INTEGER PRIMARY KEY)") }
        let (begun, isAside) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let slow = Task {
            try await database.write { connection in
                _ = try connection.run("INSERT INTO a (id) VALUES (1)")
                begun.signal()
                return isAside.wait(timeout: .now() + 180) == .success
            }
        }
        // It has its turn once it has begun.
        while begun.wait(timeout: .now()) == .timedOut { try await Task.sleep(for: .milliseconds(10)) }
        try await database.writeAside { _ = try $0.run("INSERT INTO a (id) VALUES (2)") }
        isAside.signal()
        #expect(try await slow.value)
        #expect(try await database.read { try $0.value("SELECT count(*) FROM a").integer } == 2)
    }
}
