import Database
import Foundation
import SQLText
import Synchronization
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

    @Test func `a database may be closed twice and then refuses`() async throws {
        let database = try await TestDatabase.make(.sqlite)
        try await database.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY)") }
        database.close()
        database.close()
        database.checkpoint()
        await #expect(throws: (any Error).self) { try await database.write { try $0.script("DROP TABLE t") } }
    }

    @Test func `a patient write lets those who wait go first and learns that they do`() async throws {
        let database = try await TestDatabase.make()
        try await database.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY, who TEXT)") }
        @Sendable func next(_ who: String) -> SQLFragment {
            "INSERT INTO t (a, who) SELECT count(*), CAST(\(who) AS TEXT) FROM t"
        }
        let hasBegun = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await database.write(patient: true) { connection in
                    hasBegun.signal()
                    while database.log.traffic.now.waiting < 5 { usleep(1000) }
                    #expect(connection.othersWait)
                    try connection.run(next("first"))
                }
            }
            // As long as it only waits, it would let the others go first.
            while hasBegun.wait(timeout: .now()) == .timedOut { try await Task.sleep(for: .milliseconds(1)) }
            group.addTask {
                try await database.write(patient: true) { _ = try $0.run(next("patient")) }
            }
            try await Task.sleep(for: .milliseconds(20))
            for _ in 0..<3 {
                group.addTask {
                    try await database.write { _ = try $0.run(next("person")) }
                }
            }
            try await group.waitForAll()
        }
        let order = try await database.read { try $0.rows("SELECT who FROM t ORDER BY a").map { $0.text(0) } }
        #expect(order == ["first", "person", "person", "person", "patient"])
    }

    @Test func `what is answered is on disk; beside people, other work is flushed with their next write`() async throws
    {
        let database = try await TestDatabase.make(.sqlite)
        // 2: the log is flushed with every commit; 1: when it is copied into the file.
        @Sendable func flushes(_ connection: Connection) throws -> Int64? {
            try connection.value("PRAGMA synchronous").integer
        }
        #expect(try await database.write { try flushes($0) } == 2)
        let beside = try await database.write(patient: true) { ($0.isAlone, try flushes($0)) }
        #expect(beside.0 ? beside.1 == 2 : beside.1 == 1)
        #expect(try await database.writeAside { try flushes($0) } == 2)
        #expect(try await database.write { try flushes($0) } == 2)
    }

    @Test func `statements that nobody waits for run in their order, and what one of them meets undoes its own write`()
        async throws
    {
        let database = try await TestDatabase.make()
        try await database.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)") }
        let seen = try await database.write { connection in
            for index in 0..<500 { try connection.later("INSERT INTO t VALUES (\(index), \("first"))") }
            try connection.later("UPDATE t SET b = 'second' WHERE a < 10")
            return try connection.value("SELECT count(*) FROM t WHERE b = 'first'").integer
        }
        #expect(seen == 490)
        // Among others that are committed with it.
        let kept = await withTaskGroup(of: Int64?.self) { group in
            for index in 0..<40 {
                group.addTask {
                    try? await database.write { connection in
                        try connection.later("INSERT INTO t VALUES (\(1000 + index), NULL)")
                        // These are there already.
                        if index % 4 == 0 { try connection.later("INSERT INTO t VALUES (\(index), NULL)") }
                        return Int64(1000 + index)
                    }
                }
            }
            return await group.reduce(into: [Int64]()) { kept, id in if let id { kept.append(id) } }.sorted()
        }
        let stored = try await database.read { try $0.rows("SELECT a FROM t WHERE a >= 1000 ORDER BY a") }
        #expect(kept.count == 30 && stored.map { $0.integer(0) } == kept)
        await #expect(throws: StorageFailure.self) {
            try await database.write { try $0.later("INSERT INTO t VALUES (1, NULL)") }
        }
        // The connection is as good as before.
        try await database.write { try $0.later("INSERT INTO t VALUES (2000, NULL)") }
        #expect(try await database.read { try $0.value("SELECT count(*) FROM t").integer } == 531)
    }

    @Test func `a statement that takes long is told with its plan and without its values`() async throws {
        let database = try await TestDatabase.make()
        try await database.write { connection in
            try connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX t_b ON t (b)")
            try connection.runAll("INSERT INTO t VALUES (?, ?)", (0..<3000).map { [.integer($0), .text("张\($0)")] })
            // Of this table alone: those of all other tests are in the same database.
            try connection.script("ANALYZE t")
        }
        let told = Mutex<[SlowStatement]>([])
        database.log.slow.watch(from: .zero) { statement in told.withLock { $0.append(statement) } }
        try await database.read { connection in
            for _ in 0..<3 { _ = try connection.rows("SELECT a FROM t WHERE b = \("张77") AND a > \(5)") }
            // What cannot be explained is told all the same, and the transaction goes on.
            #expect(try connection.value("SELECT count(*) FROM t").integer == 3000)
            try connection.last("SELECT b FROM t WHERE a = \(7)") { _ in false }
        }
        try await database.write { connection in
            try connection.run("UPDATE t SET b = \("李四") WHERE a = \(3)")
            let empty = SQLValue.null
            try connection.run("UPDATE t SET b = \(empty) WHERE a = \(4)")
        }
        let found = told.withLock { $0 }
        // Each once a minute.
        #expect(found.map(\.text).count { $0.hasPrefix("SELECT a") } == 1)
        #expect(found.filter { $0.text.hasPrefix("UPDATE") }.allSatisfy { !$0.plan.isEmpty })
        // Also what was told when the read had ended.
        #expect(found.filter { $0.text.hasPrefix("SELECT b") }.map(\.plan.isEmpty) == [false])
        let select = try #require(found.first { $0.text.hasPrefix("SELECT a") })
        #expect(select.plan.contains { $0.contains("t_b") }, "\(select.plan)")
        let all = found.flatMap { $0.plan + [$0.text] }.joined(separator: " ")
        #expect(!all.contains("张") && !all.contains("李") && !all.contains("77"))
        #expect(try await database.read { try $0.value("SELECT b FROM t WHERE a = 3").text } == "李四")
    }

    @Test func `many rows of one statement are written, and one that is refused is told`() async throws {
        let database = try await TestDatabase.make()
        try await database.write { connection in
            try connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
            let rows = (0..<100).map { [.integer($0), .text("行\($0)")] as [SQLValue] }
            try connection.runAll("INSERT INTO t (a, b) VALUES (?, ?)", rows)
        }
        await #expect(throws: StorageFailure.self) {
            try await database.write {
                try $0.runAll("INSERT INTO t (a, b) VALUES (?, ?)", [[.integer(5), .text("x")]])
            }
        }
        let rows = try await database.read { try $0.rows("SELECT b FROM t ORDER BY a") }
        #expect(rows.count == 100 && rows[99].text(0) == "行99")
    }

    @Test(arguments: [0, 1, 31, 32, 33, 127])
    func `however many rows there are, each is written once, in whatever form the statement has`(_ count: Int)
        async throws
    {
        let database = try await TestDatabase.make()
        try await database.write { connection in
            try connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c INTEGER)")
            let rows = (0..<count).map { [.integer(Int64($0)), .text("VALUES (\($0))")] as [SQLValue] }
            try connection.runAll("INSERT INTO t (a, b, c) VALUES (?, upper(substr(?, 1, 99)), 7)", rows)
            // Rows that stand there already, and the same row twice.
            let more = (0..<2 * count).map { [.integer(Int64($0 / 2))] as [SQLValue] }
            try connection.runAll("INSERT INTO t (a) VALUES (?) ON CONFLICT DO NOTHING", more)
            try connection.runAll("INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET c = t.c + 1", more)
            try connection.runAll("UPDATE t SET b = b || 'x' WHERE a = ?", (0..<count).map { [.integer(Int64($0))] })
        }
        let rows = try await database.read { try $0.rows("SELECT a, b, c FROM t ORDER BY a") }
        #expect(rows.map { $0.integer(0) } == (0..<count).map { Int64($0) })
        #expect(rows.map { $0.text(1) } == (0..<count).map { "VALUES (\($0))x" })
        #expect(rows.allSatisfy { $0.integer(2) == 9 })
    }

    @Test func `texts of every length are stored as they are, whatever was stored before them`() async throws {
        let database = try await TestDatabase.make()
        let texts = ["", "a", "𠮷", String(repeating: "长", count: 5000), "", "短"]
        try await database.write { connection in
            try connection.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT, d TEXT)")
            for (index, text) in texts.enumerated() {
                try connection.run("INSERT INTO t VALUES (\(index), \(text), NULL, \(String(text.reversed())))")
            }
            // A row may be made with the help of other statements.
            var left = texts.enumerated().map { index, text -> [SQLValue] in
                [.integer(Int64(index + 100)), .text(text), .null, .text(text)]
            }[...]
            try connection.runAll("INSERT INTO t (a, b, c, d) VALUES (?, ?, ?, ?)") {
                _ = try? connection.run("UPDATE t SET c = \("beside") WHERE a = 0")
                return left.popFirst()
            }
        }
        let rows = try await database.read { try $0.rows("SELECT b, d, c FROM t ORDER BY a") }
        #expect(rows.map { $0.text(0) } == texts + texts)
        #expect(rows.map { $0.text(1) } == texts.map { String($0.reversed()) } + texts)
        #expect(rows[0].text(2) == "beside" && rows[1][2].isNull)
    }

    @Test func `reads take turns when there are more than connections, and each sees one moment`() async throws {
        let file = try await TestDatabase.make(.sqlite)
        try await file.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY)") }
        let database = try Database(sqlite: file.path, readers: 2)
        defer { database.close() }
        let turns = Turns()
        await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    if index % 4 == 0 {
                        _ = try await database.write { try $0.run("INSERT INTO t VALUES (\(index))") }
                    }
                    return try await database.read { connection in
                        let running = turns.now.withLock { now in
                            now += 1
                            return now
                        }
                        defer { turns.now.withLock { $0 -= 1 } }
                        turns.most.withLock { $0 = max($0, running) }
                        let first = try connection.value("SELECT count(*) FROM t")
                        usleep(500)
                        if index % 50 == 7 { throw CancellationError() }
                        return try first == connection.value("SELECT count(*) FROM t")
                    }
                }
            }
            var (same, thrown) = (0, 0)
            while let result = await group.nextResult() {
                switch result {
                case .success(let isSame): same += isSame ? 1 : 0
                case .failure: thrown += 1
                }
            }
            #expect(same == 196 && thrown == 4)
        }
        #expect(turns.most.withLock { $0 } == 2)
    }
}

/// How many reads run, and how many ever did.
private final class Turns: Sendable {
    let now = Mutex(0)
    let most = Mutex(0)
}
