import Database
import Dispatch
import Exchange
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Testing
import Values

/// Imports that find records by fields without an index: the table is read once, and what is written meanwhile counts.
@Suite(.serialized) struct MatchMapTests {
    /// More than a portion ever takes, so that somebody can write between two.
    private static let rows = 4100

    private func imports(_ shop: Workshop, _ mapped: ClosedRange<Int>) throws -> Imports {
        try Imports(shop.engine, directory: shop.folder + "/imports", mapped: mapped)
    }

    /// Imports a text to the end, through a map or without one.
    private func run(
        _ shop: Workshop,
        _ text: String,
        mapped: Bool = true,
        as actor: Actor? = nil,
        _ mode: ImportMode,
        _ match: [String]
    ) async throws -> ImportStatus {
        let imports = try imports(shop, mapped ? 1...100_000 : 1_000_000...1_000_000)
        var request = ImportRequest(file: try shop.file("a.csv", text), object: "tools")
        (request.mode, request.match) = (mode, match)
        let id = try await imports.start(request, as: actor ?? shop.admin)
        return try await imports.run(id, as: actor ?? shop.admin)
    }

    /// The statements that look for tools by what they have.
    private func looking(_ statements: [String]) -> [String] {
        statements.filter { $0.contains("kehu_fold(t.") && $0.contains("FROM \"tool\" t") }
    }

    private func isPortion(_ statement: String) -> Bool { statement.contains("ORDER BY t.\"id\" LIMIT") }

    @Test func `the table is read once, and rows are found by the ids of their records`() async throws {
        let shop = try await Workshop.open()
        try await shop.engine.write(as: shop.admin) { session in
            let tools = try session.object("tools")
            for number in 1...300 {
                let input = try JSONReader.parse(#"{"name":"t\#(number)","place":"P\#(number)"}"#)
                _ = try session.create(tools, input)
            }
        }
        var text = "place,count\n"
        for number in 1...300 { text += "p\(number),\(number)\n" }
        let (status, statements) = try await shop.engine.database.log.recording {
            try await run(shop, text, .update, ["place"])
        }
        #expect((status.counts.updated, status.counts.failed) == (300, 0))
        let looking = looking(statements)
        #expect(looking.filter(isPortion).count == 1)
        // Five slices and more of one transaction, or of several.
        let others = looking.filter { !isPortion($0) }
        #expect(others.count >= 5 && others.allSatisfy { $0.contains("t.\"id\" IN (") }, "\(others)")
        guard shop.engine.database.dialect == .sqlite else { return }
        let plans = try await shop.engine.database.read { connection in
            try looking.flatMap { try connection.plan(SQLFragment(text: $0)) }
        }
        #expect(!plans.isEmpty && plans.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plans)")
    }

    @Test func `fields with an index and objects with few records need no map`() async throws {
        let shop = try await Workshop.open()
        try await shop.make("tools", #"{"name":"Hammer","place":"Berlin"}"#)
        for (mapped, match) in [(true, "name"), (false, "place")] {
            let text = match == "name" ? "name,count\nＨammer,2\n" : "place,count\nBERLIN,3\n"
            let (status, statements) = try await shop.engine.database.log.recording {
                try await run(shop, text, mapped: mapped, .update, [match])
            }
            #expect(status.counts.updated == 1)
            #expect(looking(statements).filter(isPortion).isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `what is found does not depend on the map`(_ mapped: Bool) async throws {
        let shop = try await Workshop.open()
        for json in [
            #"{"name":"a","place":"Berlin","page":"https://example.com/A","count":1,"bought_on":"2026-01-02"}"#,
            #"{"name":"b","place":"berlin"}"#, #"{"name":"c","place":"成都","count":3}"#,
            #"{"name":"d","call":"13800138000","count":4}"#,
            #"{"name":"e","place":"x","call":"13800138000","count":5}"#,
            #"{"name":"f","place":"x","count":6}"#,
        ] { try await shop.make("tools", json) }
        func counts(_ text: String, _ mode: ImportMode, _ match: [String], as actor: Actor? = nil) async throws
            -> [Int64]
        {
            let counts = try await run(shop, text, mapped: mapped, as: actor, mode, match).counts
            return [counts.created, counts.updated, counts.skipped, counts.failed]
        }
        // Two are in Berlin; case and width do not count.
        #expect(try await counts("place,note\nＢERLIN,x\n成都,y\nnowhere,z\n", .update, ["place"]) == [0, 1, 0, 2])
        #expect(try await counts("number,note\nt-0004,n\n", .update, ["number"]) == [0, 1, 0, 0])
        #expect(try await counts("count,note\n6,six\n7,\n", .update, ["count"]) == [0, 1, 0, 1])
        #expect(try await counts("bought_on,note\n2026-01-02,day\n", .fill, ["bought_on"]) == [0, 1, 0, 0])
        // Empty equals empty.
        let pairs = "place,call,note\n,13800138000,d\nX,13800138000,e\nx,,f\n"
        #expect(try await counts(pairs, .update, ["place", "call"]) == [0, 3, 0, 0])
        // A row finds what one above has made, also where another slice looks for it.
        var text = "name,place,count\n"
        for number in 1...300 { text += "n\(number % 100),New \(number % 100),\(number)\n" }
        #expect(try await counts(text, .upsert, ["place"]) == [100, 200, 0, 0])
        #expect(try await counts("place,note\nNEW 7,again\n", .update, ["place"]) == [0, 1, 0, 0])
        // What a person may not see is as if it did not exist.
        #expect(try await counts("place,note\n成都,li\n", .update, ["place"], as: shop.li) == [0, 0, 0, 1])
        let notes = try await shop.all("tools").prefix(6).map { $0["note"]?.string ?? "" }
        #expect(notes == ["day", "", "y", "d", "e", "f"])
    }

    @Test func `what others change, delete, restore, merge or make between two portions counts`() async throws {
        let shop = try await Workshop.open()
        var ids: [String: RecordID] = [:]
        for name in ["changed", "deleted", "restored", "survivor", "loser", "twin", "calm"] {
            ids[name] = try await shop.make("tools", #"{"name":"\#(name)","place":"at \#(name)"}"#)
        }
        let (engine, admin, known) = (shop.engine, shop.admin, ids)
        let restored = try #require(ids["restored"])
        try await engine.write(as: admin) { try $0.delete(try $0.object("tools"), restored) }
        var text = "place,count\n"
        for number in 1...Self.rows { text += "nowhere \(number),0\n" }
        let asked = [
            "at changed", "at elsewhere", "at deleted", "at restored", "at survivor", "at loser", "at twin", "at new",
            "at calm",
        ]
        for (index, place) in asked.enumerated() { text += "\(place),\(index + 1)\n" }
        let visits = Visits()
        @Sendable func visit() async throws {
            try await engine.write(as: admin) { session in
                let tools = try session.object("tools")
                func id(_ name: String) -> RecordID { known[name] ?? RecordID(0) }
                func put(_ name: String, _ json: String) throws {
                    _ = try session.update(tools, id(name), try JSONReader.parse(json))
                }
                try put("changed", #"{"place":"at elsewhere"}"#)
                try session.delete(tools, id("deleted"))
                _ = try session.restore(tools, id("restored"))
                let request = MergeRequest(
                    survivor: id("survivor"),
                    others: [id("loser")],
                    choices: ["place": id("loser")]
                )
                _ = try session.merge(tools, request)
                _ = try session.create(tools, try JSONReader.parse(#"{"name":"another","place":"AT TWIN"}"#))
                _ = try session.create(tools, try JSONReader.parse(#"{"name":"new","place":"at new"}"#))
            }
        }
        let imports = try imports(shop, 1...100_000)
        var request = ImportRequest(file: try shop.file("a.csv", text), object: "tools")
        (request.mode, request.match) = (.update, ["place"])
        let id = try await imports.start(request, as: admin)
        let (status, statements) = try await engine.database.log.recording {
            try await imports.run(id, as: admin) { _ in
                guard visits.next() == 1 else { return }
                let isOver = DispatchSemaphore(value: 0)
                Task.detached {
                    do { try await visit() } catch { Issue.record(error) }
                    isOver.signal()
                }
                #expect(isOver.wait(timeout: .now() + 60) == .success)
            }
        }
        #expect(visits.next() > 2)
        #expect(looking(statements).filter(isPortion).count == 1)
        #expect(status.counts.updated == 5)
        let counts = try await shop.all("tools").reduce(into: [String: Int64]()) { counts, tool in
            counts[tool["name"]?.string ?? ""] = tool["count"]?.integer
        }
        #expect(counts == ["changed": 2, "restored": 4, "survivor": 6, "new": 8, "calm": 9])
    }

    @Test func `too many records without an index are refused in words`() async throws {
        let shop = try await Workshop.open()
        for number in 1...4 { try await shop.make("tools", #"{"name":"t\#(number)","place":"P\#(number)"}"#) }
        let imports = try imports(shop, 1...3)
        var request = ImportRequest(file: try shop.file("a.csv", "place,count\nP1,1\n"), object: "tools")
        (request.mode, request.match) = (.update, ["place"])
        var actor = shop.admin
        actor.language = .en
        let id = try await imports.start(request, as: actor)
        let status = try await imports.run(id, as: actor)
        #expect(status.state == .stopped && status.counts.updated == 0)
        #expect(status.message?.contains("unique") == true, "\(status.message ?? "")")
    }
}

/// Counts how often an import told how far it is.
private final class Visits: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
