import Database
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Testing
import Values

@Suite struct BulkRunTests {
    /// A clock that tests move.
    private final class Time: Sendable {
        let at = Mutex(Int64(1_800_000_000_000))
        var clock: Clock { Clock { Instant(milliseconds: self.at.withLock { $0 }) } }
        func pass(days: Int64) { at.withLock { $0 += days * 86_400_000 } }
    }

    /// Begins a change of all companies that are ada's. No job does it: the tests do.
    private func begin(_ action: BulkAction, _ office: Office) async throws -> RecordID {
        try await office.engine.beginBulk("companies", BulkSelection(), action, as: office.ada) { _, _ in }
    }

    private func undo(_ id: RecordID, _ office: Office, as actor: Actor) async throws {
        try await office.engine.beginUndo(ofBulk: id, as: actor) { _, _ in }
    }

    private func run(_ office: Office, _ id: RecordID, as actor: Actor) async throws -> BulkRun {
        while try await office.engine.workOnBulk(id, as: actor) {}
        return try await office.engine.bulkRun(id, as: actor)
    }

    @Test func `a change of many records is undone where nobody has changed them since`() async throws {
        let office = try await Office.open()
        var ids: [RecordID] = []
        for index in 0..<130 {
            ids.append(try await office.company(#"{"name":"c\#(index)","staff":\#(index)}"#, as: office.ada).id)
        }
        try await office.company(#"{"name":"not hers","staff":1}"#, as: office.bob)
        let action = BulkAction.set(try JSONReader.parse(#"{"staff":500}"#))
        let id = try await begin(action, office)
        #expect(try await office.engine.bulkRun(id, as: office.ada).waiting == 130)
        let done = try await run(office, id, as: office.ada)
        #expect(done.changed == 130 && done.refused == 0 && done.isDone)
        let seventh = ids[7]
        try await office.engine.write(as: office.ada) { session in
            _ = try session.update(try session.object("companies"), seventh, try JSONReader.parse(#"{"staff":7777}"#))
        }
        try await undo(id, office, as: office.ada)
        let undone = try await run(office, id, as: office.ada)
        #expect(undone.isUndone && undone.changed == 129 && undone.refused == 1)
        var query = ListQuery()
        query.filter = "staff = 7777"
        #expect(try await office.names("companies", query, as: office.ada) == ["c7"])
        query.filter = "staff = 9"
        #expect(try await office.names("companies", query, as: office.ada) == ["c9"])
        let again = await problem { try await undo(id, office, as: office.ada) }
        #expect(again?.kind == .conflict)
    }

    @Test func `deleted records come back, and nobody else sees or undoes the run`() async throws {
        let office = try await Office.open()
        for index in 0..<5 { try await office.company(#"{"name":"c\#(index)"}"#, as: office.ada) }
        let id = try await begin(.delete, office)
        #expect(try await run(office, id, as: office.ada).changed == 5)
        #expect(try await office.names(as: office.ada).isEmpty)
        #expect(await problem { try await undo(id, office, as: office.bob) }?.kind == .notFound)
        try await undo(id, office, as: office.ada)
        #expect(try await run(office, id, as: office.ada).changed == 5)
        #expect(try await office.names(as: office.ada).count == 5)
    }

    @Test func `a bulk change is forgotten after thirty days, and a younger one is still undone`() async throws {
        let time = Time()
        let office = try await Office.open(clock: time.clock)
        for index in 0..<3 { try await office.company(#"{"name":"c\#(index)","staff":1}"#, as: office.ada) }
        var runs: [RecordID] = []
        for staff in [2, 3] {
            let action = BulkAction.set(try JSONReader.parse(#"{"staff":\#(staff)}"#))
            let id = try await begin(action, office)
            #expect(try await run(office, id, as: office.ada).changed == 3)
            runs.append(id)
            time.pass(days: 20)
        }
        let (old, young) = (runs[0], runs[1])
        while try await office.engine.forgetOldBulk() {}
        #expect(await problem { _ = try await office.engine.bulkRun(old, as: office.ada) }?.kind == .notFound)
        #expect(await problem { try await undo(old, office, as: office.ada) }?.kind == .notFound)
        let kept = try await office.engine.database.read { connection in
            try connection.rows("SELECT DISTINCT bulk FROM sys_bulk_item").compactMap { $0.id(0) }
        }
        #expect(kept == [young])
        try await undo(young, office, as: office.ada)
        #expect(try await run(office, young, as: office.ada).changed == 3)
        var query = ListQuery()
        query.filter = "staff = 2"
        #expect(try await office.names("companies", query, as: office.ada).count == 3)
    }

    @Test func `a record that refuses is counted with its reason and the others are changed`() async throws {
        let office = try await Office.open()
        for index in 0..<3 { try await office.company(#"{"name":"c\#(index)","code":"\#(index)"}"#, as: office.ada) }
        let action = BulkAction.set(try JSONReader.parse(#"{"code":"same"}"#))
        let id = try await begin(action, office)
        let done = try await run(office, id, as: office.ada)
        #expect(done.changed == 1 && done.refused == 2 && done.reason != nil)
    }

    @Test func `a shared view is not shown to who may not read a field of its filter`() async throws {
        let office = try await Office.open()
        try await office.engine.write(as: office.admin) { session in
            let object = try session.object("companies")
            try session.save(SavedView(name: "plain", sharing: .all, filter: "staff > 3"), of: object)
            try session.save(SavedView(name: "secret", sharing: .all, filter: "secret = \"x\""), of: object)
            try session.save(SavedView(name: "own", sharing: .own), of: object)
        }
        var blind = office.bob
        blind.rights.fields["company.secret"] = .hidden
        let bob = blind
        let names = try await office.engine.read(as: bob) { session in
            try session.savedViews(try session.object("companies")).map(\.name)
        }
        #expect(names == ["plain"])
        let refused = await problem {
            try await office.engine.write(as: office.bob) { session in
                let object = try session.object("companies")
                guard let view = try session.savedViews(object).first else { return }
                try session.delete(view.id, of: object)
            }
        }
        #expect(refused?.kind == .forbidden)
    }

    @Test func `sums over a list count what the person may see`() async throws {
        let office = try await Office.open()
        for index in 1...4 {
            try await office.company(
                #"{"name":"c\#(index)","worth":"\#(index)","staff":\#(index)}"#,
                as: index == 4 ? office.bob : office.ada
            )
        }
        let sums = try await office.engine.read(as: office.ada) { session in
            try session.sums(try session.object("companies"), of: ["worth", "staff"], ListQuery())
        }
        #expect(sums.count == 3 && sums.sums == ["worth": 600, "staff": 6] && !sums.isCapped)
    }
}
