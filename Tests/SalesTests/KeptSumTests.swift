import Database
import Identity
import Records
import SQLText
import Sales
import Schema
import TestFirm
import Testing
import Values

struct KeptSumTests {
    /// Stage and pipeline with count and sum, as the report says and as the records say.
    private func report(_ firm: Firm, as actor: Actor, filter: String? = nil) async throws -> [String] {
        try await firm.engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = filter
            return try session.groups(
                try session.object("opportunities"),
                by: ["pipeline", "stage"],
                sum: "amount",
                query
            ).map { "\($0.values) \($0.count) \($0.sum)" }.sorted()
        }
    }

    private func counted(_ firm: Firm, as actor: Actor, filter: String? = nil) async throws -> Int64 {
        try await firm.engine.read(as: actor) { session in
            var query = ListQuery()
            query.filter = filter
            return try session.count(try session.object("opportunities"), query)
        }
    }

    /// A filter that is always true and that no kept sum knows.
    private let everything = "version >= 1"

    @Test func `kept sums follow every kind of change`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"上海恒丰"}"#, as: firm.head)
        var ids: [RecordID] = []
        var random = SystemRandomNumberGenerator()
        let people = [firm.chen, firm.lin, firm.head]
        let stages = ["potential", "interested", "negotiating"]
        for step in 0..<120 {
            let one = ids.randomElement(using: &random)
            let owner = people.randomElement(using: &random)?.userID?.description ?? ""
            switch (one, step % 8) {
            case (nil, _), (_, 0), (_, 1):
                let made = try await firm.make(
                    "opportunities",
                    """
                    {"name":"机会\(step)","customer":"\(customer.id)","owner":"\(owner)",
                     "stage":"\(stages[step % 3])","amount":{"value":"\(step * 100).5\(step % 10)","currency":"CNY"}}
                    """,
                    as: firm.head
                )
                ids.append(made.id)
            case (let id?, 2): try await firm.change("opportunities", id, #"{"owner":"\#(owner)"}"#, as: firm.head)
            case (let id?, 3): try await firm.change("opportunities", id, #"{"amount":null}"#, as: firm.head)
            case (let id?, 4):
                try await firm.change("opportunities", id, #"{"stage":"\#(stages[step % 3])"}"#, as: firm.head)
            case (let id?, 5):
                try await firm.engine.write(as: firm.head) { session in
                    let object = try session.object("opportunities")
                    try session.delete(object, id)
                    if step % 3 == 0 { try session.restore(object, id) }
                    if step % 3 == 1 { try session.purge(object, id) }
                }
                if step % 3 != 0 { ids.removeAll { $0 == id } }
            case (let id?, 6):
                // What is undone leaves nothing behind.
                struct Stop: Error {}
                await #expect(throws: Stop.self) {
                    try await firm.engine.write(as: firm.head) { session in
                        try session.delete(try session.object("opportunities"), id)
                        throw Stop()
                    }
                }
            default:
                _ = try await firm.engine.updateAll(
                    "opportunities",
                    BulkSelection(filter: "owner = \"\(owner)\""),
                    data: try JSONReader.parse(#"{"amount":{"value":"77","currency":"CNY"}}"#),
                    as: firm.head
                )
            }
            let kept = try await report(firm, as: firm.head)
            #expect(try await kept == report(firm, as: firm.head, filter: everything))
        }
        for person in people {
            let one = "owner = \"\(person.userID?.description ?? "")\""
            let read = try await report(firm, as: firm.head, filter: one + " and " + everything)
            #expect(try await report(firm, as: firm.head, filter: one) == read)
            #expect(
                try await counted(firm, as: firm.head, filter: one) == counted(firm, as: person, filter: "owner = me")
            )
        }
        #expect(try await counted(firm, as: firm.head) == Int64(ids.count))
        #expect(try await firm.engine.verifyKept() == [])
    }

    @Test func `a report says the same from what is kept as from the records`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"杭州云栖"}"#, as: firm.head)
        let people = [firm.chen, firm.lin, firm.head]
        for step in 0..<40 {
            let owner = people[step % 3].userID?.description ?? ""
            let stage = ["potential", "interested", "negotiating", "won"][step % 4]
            let amount = step % 7 == 0 ? "null" : #"{"value":"\#(step * 10).25","currency":"CNY"}"#
            try await firm.make(
                "opportunities",
                #"{"name":"机会\#(step)","customer":"\#(customer.id)","owner":"\#(owner)","stage":"\#(stage)","amount":\#(amount)}"#,
                as: firm.head
            )
        }
        let chen = firm.chen.userID?.description ?? ""
        let filters = [
            nil, "outcome = \"open\"", "outcome in (\"won\", \"open\")", "owner = me", "owner = \"\(chen)\"",
            "owner = me and outcome = \"won\"", "stage = \"potential\" and outcome = \"won\"",
            "outcome = \"open\" and owner in (me, \"\(chen)\")", "owner = me and owner = \"\(chen)\"",
        ]
        let groups: [[ReportDimension]] = [
            [], [.init("stage")], [.init("owner")], [.init("owner"), .init("stage")], [.init("outcome")],
        ]
        var known = 0
        for person in people {
            for (filter, group) in filters.flatMap({ filter in groups.map { (filter, $0) } }) {
                let told = try await figures(firm, as: person, filter, group)
                let read = try await figures(
                    firm,
                    as: person,
                    [filter, everything].compactMap(\.self).joined(separator: " and "),
                    group
                )
                #expect(told.cells == read.cells, "\(person.name): \(filter ?? "-") by \(group.map(\.field))")
                #expect(!read.isKept)
                known += told.isKept ? 1 : 0
            }
        }
        // All of them for who sees all, and what is about themselves for who does not.
        #expect(known >= filters.count * groups.count + 2 * 3 * groups.count)
    }

    private func figures(_ firm: Firm, as actor: Actor, _ filter: String?, _ group: [ReportDimension]) async throws -> (
        cells: [String], isKept: Bool
    ) {
        try await firm.engine.read(as: actor) { session in
            let object = try session.object("opportunities")
            var query = ListQuery()
            query.filter = filter
            let measures = ReportMeasures(sums: ["amount"], counted: false)
            let cells = try session.report(object, by: group, measures, query)
            let known = try session.knownGroups(object, by: group.map(\.field), sum: "amount", query)
            return (cells.map { "\($0.keys) \($0.count) \($0.sums)" }.sorted(), known != nil)
        }
    }

    @Test func `somebody who sees their own gets sums of their own`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"北京华达"}"#, as: firm.chen)
        for (person, amount) in [(firm.chen, 100), (firm.head, 900)] {
            try await firm.make(
                "opportunities",
                """
                {"name":"采购","customer":"\(customer.id)","owner":"\(person.userID?.description ?? "")",
                 "amount":{"value":"\(amount)","currency":"CNY"}}
                """,
                as: firm.head
            )
        }
        #expect(try await counted(firm, as: firm.lin) == 0)
        #expect(try await counted(firm, as: firm.lin, filter: "owner = me") == 0)
        let head = firm.head.userID?.description ?? ""
        #expect(try await counted(firm, as: firm.lin, filter: "owner = \"\(head)\"") == 0)
        #expect(try await report(firm, as: firm.lin) == [])
        #expect(try await counted(firm, as: firm.head) == 2)
    }

    @Test func `sums beyond what is exact are read from the records`() async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"深圳创利"}"#, as: firm.head)
        for _ in 0..<2 {
            try await firm.make(
                "opportunities",
                """
                {"name":"巨额","customer":"\(customer.id)","amount":{"value":"90000000000000000","currency":"CNY"}}
                """,
                as: firm.head
            )
        }
        let kept = try await report(firm, as: firm.head)
        #expect(try await kept == report(firm, as: firm.head, filter: everything))
        #expect(kept.count == 1)
        #expect(try await firm.engine.verifyKept() == [])
    }

    @Test(arguments: ["changed", "added", "removed"])
    func `a kept figure that differs from the records is named and can be counted anew`(fault: String) async throws {
        let firm = try await Firm.open()
        let customer = try await firm.make("customers", #"{"name":"宁波海通"}"#, as: firm.head)
        for amount in ["100", "250.50"] {
            try await firm.make(
                "opportunities",
                #"{"name":"采购","customer":"\#(customer.id)","amount":{"value":"\#(amount)","currency":"CNY"}}"#,
                as: firm.head
            )
        }
        #expect(try await firm.engine.verifyKept() == [])
        _ = try await firm.engine.database.write { connection in
            let kind: SQLFragment = "object = 'opportunity' AND kind LIKE '%:amount' AND owner > 0"
            switch fault {
            case "changed": try connection.run("UPDATE sys_kept SET total = total + 1 WHERE \(kind)")
            case "removed": try connection.run("DELETE FROM sys_kept WHERE \(kind)")
            default:
                try connection.run(
                    "INSERT INTO sys_kept SELECT object, kind, 7, value, 1, 5 FROM sys_kept WHERE \(kind) LIMIT 1"
                )
            }
        }
        let faults = try await firm.engine.verifyKept()
        #expect(faults.count == 1 && faults[0].en.contains("amount") && faults[0].zh.contains("--repair"), "\(faults)")
        #expect(try await firm.engine.verifyKept(repair: true).count == 1)
        #expect(try await firm.engine.verifyKept() == [])
        #expect(try await report(firm, as: firm.head) == report(firm, as: firm.head, filter: everything))
    }
}
