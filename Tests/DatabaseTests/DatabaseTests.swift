import Database
import SQLText
import TestSupport
import Testing
import Values

@Suite struct DatabaseTests {
    @Test func `a committed write is read back and a thrown one leaves nothing`() async throws {
        let database = try await TestDatabase.make()
        try await database.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)") }
        await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 {
                group.addTask {
                    try await database.write { connection in
                        try connection.run("INSERT INTO t VALUES (\(index), \("Ｋehu"))")
                        if index % 10 == 3 { throw CancellationError() }
                    }
                }
            }
            while await group.nextResult() != nil {}
        }
        let rows = try await database.read { try $0.rows("SELECT kehu_fold(b) FROM t") }
        #expect(rows.count == 45)
        #expect(rows[0].text(0) == "kehu")
    }
}
