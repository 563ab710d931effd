import Database
import Exchange
import Foundation
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Testing
import Values

/// Imports while nobody else writes: their rows are put in the order of names, here two hundred first, then four hundred
/// at a time.
@Suite struct RowOrderTests {
    private static let size = 1300

    /// Names in no order, each once.
    private static func name(_ number: Int) -> String { "工具\(number * 7919 % 10_007 + 10_000)号" }

    /// Runs a large import, begun when nobody has written for a while: at least its first stretch is put in order.
    private func run(_ shop: Workshop, _ object: String, _ text: String) async throws -> ImportStatus {
        let imports = try Imports(shop.engine, directory: shop.folder + "/imports", stretch: 400)
        let request = ImportRequest(file: try shop.file("large.csv", text), object: object)
        let id = try await imports.start(request, as: shop.admin)
        try await Task.sleep(for: .seconds(2.1))
        return try await imports.run(id, as: shop.admin)
    }

    private func names(_ shop: Workshop, _ table: String) async throws -> [String] {
        try await shop.engine.database.read { connection in
            try connection.rows("SELECT name FROM \(name: table) ORDER BY id").map { $0.text(0) }
        }
    }

    @Test func `rows of a large import are written by names, and what is wrong is told as in the file`() async throws {
        let shop = try await Workshop.open()
        var text = "name,employees\n"
        for number in 1...Self.size { text += "\(Self.name(number)),\(number % 100 == 0 ? "viel" : "12")\n" }
        let status = try await run(shop, "customers", text)
        #expect(status.state == .done)
        #expect((status.counts.created, status.counts.failed) == (1287, 13))
        let found = try await names(shop, "customer")
        let expected = (1...Self.size).filter { $0 % 100 != 0 }.map(Self.name)
        #expect(found.sorted() == expected.sorted())
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        let wrong = try rows(path).dropFirst().map { $0.cells[0] }
        #expect(wrong == (1...Self.size).filter { $0 % 100 == 0 }.map(Self.name))
        // On SQLite pages of the index of names are what an import costs most.
        let first = found.prefix(198)
        let isOrdered = zip(first, first.dropFirst()).allSatisfy { $0 < $1 }
        #expect(isOrdered == (shop.engine.database.dialect == .sqlite))
    }

    @Test(arguments: [300, 900])
    func `of two rows with the same code the upper one counts`(_ lower: Int) async throws {
        let shop = try await Workshop.open()
        var text = "name,code\n"
        for number in 1...Self.size { text += "\(Self.name(number)),K\(number)\n" }
        text = text.replacing(",K1\n", with: ",K\(lower) \n")
        let status = try await run(shop, "customers", text)
        #expect((status.counts.created, status.counts.failed) == (Int64(Self.size) - 1, 1), "\(status)")
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        #expect(try rows(path).dropFirst().map { $0.cells[0] } == [Self.name(lower)])
    }

    @Test func `rows that break a rule once they are written fail alone`() async throws {
        let shop = try await Workshop.open()
        var text = "subject,kind,duration_minutes\n"
        for number in 1...Self.size { text += "\(Self.name(number)),call,\(number % 100 == 0 ? 20_000 : 5)\n" }
        let status = try await run(shop, "activities", text)
        #expect((status.state, status.counts.created, status.counts.failed) == (.done, 1287, 13))
        let path = try #require(try await shop.imports.errorsFile(status.id, as: shop.admin))
        #expect(
            try rows(path).dropFirst().map { $0.cells[0] } == stride(from: 100, through: 1300, by: 100).map(Self.name)
        )
        #expect(try await shop.count("activities") == 1287)
    }

    @Test func `somebody who comes to write is let in, and no row is lost or made twice`() async throws {
        /// Somebody writes while a row in the middle of a stretch is saved, and waits until that write has come.
        final class Visit: Sendable {
            let engine = Mutex<(RecordEngine, Actor)?>(nil)
            let seen = Mutex(0)
            let written = Mutex<Task<RecordID, any Error>?>(nil)
        }
        let visit = Visit()
        let hooks = ObjectHooks().afterSave("visit") { _, session in
            let seen = visit.seen.withLock { seen in
                seen += 1
                return seen
            }
            guard seen == 200, let (engine, admin) = visit.engine.withLock({ $0 }) else { return }
            let task = Task {
                try await engine.write(as: admin) { session in
                    try session.create(try session.object("tools"), try JSONReader.parse(#"{"name":"来客"}"#)).id
                }
            }
            visit.written.withLock { $0 = task }
            for _ in 0..<500 where engine.database.log.traffic.now.waiting < 2 { Thread.sleep(forTimeInterval: 0.01) }
        }
        let label = Label("Guest", zh: "来宾")
        let name = FieldDefinition(id: "name", key: "name", label: label, kind: .text(max: 100))
        let guests = ObjectDefinition.declared(
            "guest",
            plural: "guests",
            label,
            many: label,
            icon: "user",
            fields: [name]
        )
        let shop = try await Workshop.open(Module(name: "guests", objects: [guests], hooks: ["guest": hooks]))
        visit.engine.withLock { $0 = (shop.engine, shop.admin) }
        var text = "name\n"
        for number in 1...Self.size { text += "\(Self.name(number))\n" }
        let status = try await run(shop, "guests", text)
        #expect((status.counts.created, status.counts.failed) == (Int64(Self.size), 0))
        let found = try await names(shop, "guest")
        #expect(found.sorted() == (1...Self.size).map(Self.name).sorted())
        let task = try #require(visit.written.withLock { $0 })
        _ = try await task.value
        #expect(try await shop.count("tools") == 1)
        // The stretch was given up and its rows saved again.
        let seen = visit.seen.withLock { $0 }
        #expect(shop.engine.database.dialect == .postgres || seen > Self.size)
    }
}
