import Database
import Duplicates
import Identity
import Records
import SQLText
import Sales
import Schema
import Testing
import Values

/// Merges taken back in any order, and what belongs to a merge beside values and links.
@Suite struct `Taking back any merge` {
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `in any order ends where it began`(order: [Int]) async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲","tags":["a"]}"#, as: bureau.head)
        var others: [RecordID] = []
        for number in 1...3 {
            let id = try await bureau.make(
                "customers",
                #"{"name":"乙\#(number)","phone":"1390000000\#(number)","email":"b\#(number)@example.com","tags":["t\#(number)"]}"#,
                as: bureau.head
            )
            try await bureau.make("contacts", #"{"name":"联系\#(number)","customer":"\#(id)"}"#, as: bureau.head)
            others.append(id)
        }
        let ids = others
        try await bureau.engine.write(as: bureau.head) { session in
            let customers = try session.object("customers")
            for id in ids.prefix(2) {
                try session.share(customers, id, user: bureau.lin.userID, team: nil, canEdit: true)
            }
        }
        let before = try await bureau.everything()
        var merges: [RecordID] = []
        for id in others {
            merges.append(try await bureau.merge("customers", keep, [id], choices: ["email": id], as: bureau.head).id)
        }
        for index in order {
            _ = try await bureau.unmerge("customers", keep, merge: merges[index], as: bureau.head)
            #expect(try await bureau.engine.verifyKept() == [])
        }
        let after = try await bureau.everything()
        for (table, rows) in before { #expect(after[table] == rows, "\(table) after \(order)") }
    }

    @Test func `an earlier one leaves what a later one brought`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let first = try await bureau.make("customers", #"{"name":"乙","phone":"13900000001"}"#, as: bureau.head)
        let second = try await bureau.make("customers", #"{"name":"丙","email":"c@example.com"}"#, as: bureau.head)
        let mine = try await bureau.make("contacts", #"{"name":"一","customer":"\#(first)"}"#, as: bureau.head)
        let theirs = try await bureau.make("contacts", #"{"name":"二","customer":"\#(second)"}"#, as: bureau.head)
        let merge = try await bureau.merge("customers", keep, [first], as: bureau.head)
        _ = try await bureau.merge("customers", keep, [second], as: bureau.head)
        let outcome = try await bureau.unmerge("customers", keep, merge: merge.id, as: bureau.head)
        #expect(outcome.restored == [first] && outcome.kept.isEmpty && outcome.added.isEmpty)
        let record = try await bureau.show("customers", keep, as: bureau.head)
        #expect(record["phone"]?.isNull == true && record["email"]?.string == "c@example.com")
        #expect(try await bureau.show("contacts", mine, as: bureau.head)["customer"]?["id"]?.string == "\(first)")
        #expect(try await bureau.show("contacts", theirs, as: bureau.head)["customer"]?["id"]?.string == "\(keep)")
    }

    @Test func `tells what was added since, however old it says to be`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let other = try await bureau.make("customers", #"{"name":"乙"}"#, as: bureau.head)
        try await bureau.make("contacts", #"{"name":"一","customer":"\#(other)"}"#, as: bureau.head)
        try await bureau.make("contacts", #"{"name":"二","customer":"\#(keep)"}"#, as: bureau.head)
        _ = try await bureau.merge("customers", keep, [other], as: bureau.head)
        let brought = try JSONReader.parse(
            #"{"name":"王小明 𠮷","customer":"\#(keep)","created_at":"2015-06-01T00:00:00Z"}"#
        )
        try await bureau.engine.write(as: bureau.head) { session in
            _ = try session.create(try session.object("contacts"), brought, withPast: true)
        }
        let outcome = try await bureau.unmerge("customers", keep, as: bureau.head)
        #expect(outcome.added.filter { $0.object == "contact" }.map(\.count) == [1])
        #expect(try await bureau.engine.verifyKept() == [])
    }

    @Test func `of a record that went on into another is refused with what must go first`() async throws {
        let bureau = try await Bureau.open()
        let a = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let b = try await bureau.make("customers", #"{"name":"乙"}"#, as: bureau.head)
        let c = try await bureau.make("customers", #"{"name":"丙"}"#, as: bureau.head)
        let inner = try await bureau.merge("customers", b, [a], as: bureau.head)
        let outer = try await bureau.merge("customers", c, [b], as: bureau.head)
        let refused = await problem { _ = try await bureau.unmerge("customers", c, merge: inner.id, as: bureau.head) }
        #expect(refused?.code == "later_merge")
        #expect(refused?.message.zh.contains("\(outer.id)") == true, "\(refused?.message.zh ?? "")")
        _ = try await bureau.unmerge("customers", c, merge: outer.id, as: bureau.head)
        #expect(try await bureau.unmerge("customers", b, merge: inner.id, as: bureau.head).restored == [a])
    }

    @Test func `the stages of a merged opportunity are read on the one that stays, and go back with it`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("opportunities", #"{"name":"采购一"}"#, as: bureau.head)
        let other = try await bureau.make("opportunities", #"{"name":"采购二"}"#, as: bureau.head)
        try await bureau.change("opportunities", other, #"{"stage":"interested"}"#, as: bureau.head)
        try await bureau.change("opportunities", other, #"{"stage":"negotiating"}"#, as: bureau.head)
        func stages(_ id: RecordID) async throws -> [String] {
            try await bureau.engine.read(as: bureau.head) { try StageHistory.of(id, $0).map(\.stage) }
        }
        let before = try await bureau.everything()
        _ = try await bureau.merge("opportunities", keep, [other], choices: ["stage": other], as: bureau.head)
        let visits = try await bureau.engine.read(as: bureau.head) { try StageHistory.of(keep, $0) }
        #expect(Set(visits.filter { $0.record == other }.map(\.stage)) == ["potential", "interested", "negotiating"])
        #expect(visits.filter { $0.record == other }.allSatisfy { $0.leftAt != nil })
        #expect(visits.last { $0.record == keep }?.stage == "negotiating")
        _ = try await bureau.unmerge("opportunities", keep, as: bureau.head)
        #expect(try await stages(keep) == ["potential"])
        #expect(try await stages(other) == ["potential", "interested", "negotiating"])
        let after = try await bureau.everything()
        for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
    }

    @Test func `hooks run in a merge, and what they wrote goes back with it`() async throws {
        let bureau = try await Bureau.open()
        let (a, b) = (
            try await bureau.make("customers", #"{"name":"甲公司"}"#, as: bureau.head),
            try await bureau.make("customers", #"{"name":"乙公司"}"#, as: bureau.head)
        )
        let keep = try await bureau.make("contacts", #"{"name":"王芳","customer":"\#(a)"}"#, as: bureau.head)
        let other = try await bureau.make("contacts", #"{"name":"王芳","customer":"\#(b)"}"#, as: bureau.head)
        let before = try await bureau.everything()
        _ = try await bureau.merge("contacts", keep, [other], choices: ["customer": other], as: bureau.head)
        // Who moves leaves a history behind: what the contact was at the first company has ended.
        let ended = try await bureau.engine.database.read { connection in
            try connection.value(
                "SELECT count(*) FROM contact_role WHERE contact = \(keep) AND customer = \(a) AND ended_on IS NOT NULL"
            ).integer
        }
        #expect(ended == 1)
        _ = try await bureau.unmerge("contacts", keep, as: bureau.head)
        let after = try await bureau.everything()
        for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
        // A merge that would leave what a rule of the program does not take is refused.
        let lead = try await bureau.make("leads", #"{"name":"线索甲"}"#, as: bureau.head)
        let converted = try await bureau.make("leads", #"{"name":"线索乙"}"#, as: bureau.head)
        try await bureau.engine.database.write { connection in
            _ = try connection.run("UPDATE lead SET status = 'converted' WHERE id = \(converted)")
        }
        let refused = await problem {
            _ = try await bureau.merge("leads", lead, [converted], choices: ["status": converted], as: bureau.head)
        }
        #expect(refused?.fields.first?.field == "status", "\(String(describing: refused))")
    }

    @Test func `a link to any object must name the object that its record is of, also where that record is known`()
        async throws
    {
        let bureau = try await Bureau.open()
        let customer = try await bureau.make("customers", #"{"name":"宁波鑫源包装有限公司"}"#, as: bureau.chen)
        for (object, isRight) in [("customer", true), ("contact", false)] {
            let failure = await problem {
                try await bureau.engine.write(as: bureau.chen) { session in
                    func make(_ plural: String, _ json: String) throws {
                        try session.create(try session.object(plural), try JSONReader.parse(json))
                    }
                    try make("contacts", #"{"name":"吕磊","customer":"\#(customer)"}"#)
                    try make(
                        "activities",
                        #"{"kind":"call","subject":"回访","about":{"object":"\#(object)","id":"\#(customer)"}}"#
                    )
                }
            }
            #expect((failure == nil) == isRight, "\(object): \(failure as Any)")
        }
    }
}
