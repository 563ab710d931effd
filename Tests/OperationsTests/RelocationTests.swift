import Database
import Identity
import Records
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@testable import Operations

/// Moves of a workspace for good: what is broken off goes on, and nobody writes meanwhile.
@Suite struct RelocationTests {
    @Test func `a move that is broken off again and again goes on where it was, there and back`() async throws {
        let cabinet = try await Cabinet()
        let modules = cabinet.engine.modules
        let before = try await Inspection.of(cabinet.database, content: true)
        let file = try Database(sqlite: cabinet.path("moved.db"), readers: 2)
        defer { file.close() }
        let whole = Fuse(.max)
        _ = try await relocation(cabinet.database, try await TestDatabase.make(), modules, whole).run()

        let there = try await brokenOff(cabinet.database, file, modules)
        #expect(there.tries > 3)
        #expect(there.portions <= whole.portions + there.tries, "nothing was copied twice")
        #expect(there.sent.rows == before.rows && there.sent.content == before.content)
        let target = try await TestDatabase.make()
        let back = try await brokenOff(file, target, modules)
        #expect(back.sent.rows == before.rows && back.sent.content == before.content)

        let after = try await Inspection.of(target, content: true)
        #expect(after.faults.isEmpty && after.content == before.content)
        #expect(try await indexes(target) == indexes(cabinet.database))
        let engine = try await RecordEngine(database: target, modules: modules)
        let found = try await engine.read(as: .system("test")) {
            var query = ListQuery()
            query.search = "客户"
            return try $0.list(try $0.object("customer"), query).rows.count
        }
        #expect(found == 20)
    }

    @Test func `what is being moved may be read and not be written until the move is given up`() async throws {
        let cabinet = try await Cabinet()
        let target = try await TestDatabase.make()
        let fuse = Fuse(4)
        await #expect(throws: Fuse.Blown.self) {
            try await relocation(cabinet.database, target, cabinet.engine.modules, fuse).run()
        }
        let code = await refusal { try await cabinet.add("后来") }
        #expect(code == "workspace_moving")
        let names = try await cabinet.engine.read(as: .system("test")) {
            try $0.list(try $0.object("customer"), ListQuery()).rows.count
        }
        #expect(names == 20)
        let number = try #require(try await Relocation.number(of: target))
        #expect(try await cabinet.database.writeStop() == .moving(number))

        try await cabinet.database.allowWrites()
        try await cabinet.add("后来")
        // Another move, though into what the one before has left: nothing of that stays.
        let sent = try await relocation(cabinet.database, target, cabinet.engine.modules, Fuse(.max)).run()
        #expect(sent.rows["customer"] == 21)
        #expect(try await Relocation.number(of: target) != number)
        try await target.write { try Relocation.settle(on: $0) }
        #expect(try await Relocation.number(of: target) == nil)
        #expect(try await Inspection.of(target, content: true).content == sent.content)
    }

    @Test func `a copy that differs is found`() async throws {
        let cabinet = try await Cabinet()
        let target = try await TestDatabase.make()
        let fuse = Fuse(30)
        await #expect(throws: Fuse.Blown.self) {
            try await relocation(cabinet.database, target, cabinet.engine.modules, fuse).run()
        }
        // Somebody who knows nothing of the move has written after its row was copied.
        _ = try await cabinet.database.write(always: true) {
            try $0.run("UPDATE sys_audit SET actor_name = 'somebody else' WHERE seq = 3")
        }
        let code = await refusal {
            _ = try await relocation(cabinet.database, target, cabinet.engine.modules, Fuse(.max)).run()
        }
        #expect(code == "copy_differs")
    }

    private func relocation(_ source: Database, _ target: Database, _ modules: [Module], _ fuse: Fuse) -> Relocation {
        var relocation = Relocation(from: source, to: target, modules: modules)
        (relocation.portion, relocation.many) = (3, 10)
        relocation.afterPortion = { try fuse.burn() }
        return relocation
    }

    /// Moves with a few transactions each time.
    private func brokenOff(
        _ source: Database,
        _ target: Database,
        _ modules: [Module]
    ) async throws -> (sent: Transfer.Sent, tries: Int, portions: Int) {
        var portions = 0
        for tries in 1...1000 {
            let fuse = Fuse(7)
            do {
                let sent = try await relocation(source, target, modules, fuse).run()
                try await target.write { try Relocation.settle(on: $0) }
                return (sent, tries, portions + fuse.portions)
            } catch is Fuse.Blown {
                portions += fuse.portions
            }
        }
        throw Fuse.Blown()
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "none"
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }

    /// The names of the indexes of a database.
    private func indexes(_ database: Database) async throws -> [String] {
        try await database.read { connection in
            let question: SQLFragment =
                switch connection.dialect {
                case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY 1"
                case .postgres:
                    "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1"
                }
            return try connection.rows(question).map { $0.text(0) }
        }
    }
}

/// Breaks a move off after so many transactions.
private final class Fuse: Sendable {
    struct Blown: Error {}
    private let length: Int
    private let burnt = Mutex(0)

    init(_ length: Int) { self.length = length }

    var portions: Int { burnt.withLock { $0 } }

    func burn() throws {
        let burnt = burnt.withLock { burnt in
            burnt += 1
            return burnt
        }
        if burnt >= length { throw Blown() }
    }
}
