import Database
import SQLText
import TestSupport
import Testing
import Values

/// A database that may only be read, because it is on its way to another one.
@Suite struct WriteStopTests {
    private func database() async throws -> Database {
        let database = try await TestDatabase.make()
        try await database.write { try $0.script("CREATE TABLE note (id INTEGER PRIMARY KEY)") }
        return database
    }

    /// The same database as another process sees it.
    private func beside(_ database: Database) throws -> Database {
        switch database.dialect {
        case .sqlite: try Database(sqlite: database.path, readers: 1)
        case .postgres: try TestDatabase.again(database)
        }
    }

    private func add(_ id: Int64, _ database: Database, aside: Bool = false, always: Bool = false) async -> String {
        do {
            if aside {
                _ = try await database.writeAside(always: always) {
                    try $0.run("INSERT INTO note (id) VALUES (\(id))")
                }
            } else {
                _ = try await database.write(always: always) { try $0.run("INSERT INTO note (id) VALUES (\(id))") }
            }
            return "written"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }

    private func count(_ database: Database) async throws -> Int64? {
        try await database.read { try $0.value("SELECT count(*) FROM note").integer }
    }

    @Test func `while writes are stopped every process may read and none may write, but whoever stopped them`()
        async throws
    {
        let database = try await database()
        let other = try beside(database)
        #expect(await add(1, other) == "written")
        let number = try await database.stopWrites()
        #expect(try await database.stopWrites() == number, "a move that goes on is the same move")
        #expect(try await other.writeStop() == .moving(number))
        for each in [database, other] {
            #expect(await add(2, each) == "workspace_moving")
            #expect(await add(2, each, aside: true) == "workspace_moving")
            #expect(try await count(each) == 1)
        }
        #expect(await add(3, other, always: true) == "written")
        #expect(await add(4, other, aside: true, always: true) == "written")
        try await database.allowWrites()
        #expect(try await other.writeStop() == nil)
        #expect(await add(5, other) == "written")
        #expect(try await database.stopWrites() != 0)
    }

    @Test func `what has moved stays as it is and is not moved again`() async throws {
        let database = try await database()
        try await database.write(always: true) { try $0.setWriteStop(.moved) }
        #expect(await add(1, database) == "workspace_moved")
        await #expect(throws: Problem(WriteStop.moved)) { try await database.stopWrites() }
        #expect(try await database.writeStop() == .moved)
        try await database.allowWrites()
        #expect(await add(1, database) == "written")
    }

    @Test func `of many who write while writes are stopped each is either in the database or was refused`()
        async throws
    {
        let database = try await database()
        let other = try beside(database)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for id in 0..<200 {
                let (place, aside) = (id % 2 == 0 ? database : other, id % 3 == 0)
                group.addTask { await self.add(Int64(id), place, aside: aside) }
            }
            group.addTask {
                _ = try await database.stopWrites()
                return "stopped"
            }
            return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }
        let kept = try await count(database)
        #expect(Set(answers.keys).isSubset(of: ["written", "workspace_moving", "stopped"]), "\(answers)")
        #expect(kept == Int64(answers["written"] ?? 0))
        try await Task.sleep(for: .milliseconds(50))
        #expect(try await count(other) == kept)
    }
}
