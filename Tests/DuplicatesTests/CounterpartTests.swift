import Database
import Duplicates
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

/// Leads, customers and contacts that are the same across objects, and keys that very many records share.
@Suite struct `Duplicates across objects` {
    @Test func `a new lead is known as a customer and as a contact`() async throws {
        let bureau = try await Bureau.open()
        let customer = try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.chen)
        let contact = try await bureau.make("contacts", #"{"name":"吕磊","mobile":"13900001234"}"#, as: bureau.chen)
        let check = try await bureau.check(
            "leads",
            #"{"name":"吕先生","company":"分享科技","mobile":"139 0000 1234"}"#,
            as: bureau.chen
        )
        #expect(Set(check.found.map(\.object)) == ["customer", "contact"])
        #expect(Set(check.found.map(\.record?.id)) == [customer, contact])
        #expect(check.found.allSatisfy { !$0.blocks && $0.score != nil })
        let other = #"{"name":"张三","company":"上海别处贸易有限公司","mobile":"13800009999"}"#
        #expect(try await bureau.check("leads", other, as: bureau.chen).found.isEmpty)
    }

    @Test func `a new contact and a new customer are known as a lead, until that is converted`() async throws {
        let bureau = try await Bureau.open()
        let lead = try await bureau.make(
            "leads",
            #"{"name":"吕磊","company":"宁波鑫源包装有限公司","mobile":"13900001234","phone":"0574-60000001"}"#,
            as: bureau.chen
        )
        let asked = [
            ("contacts", #"{"name":"吕磊","mobile":"13900001234"}"#),
            ("customers", #"{"name":"鑫源包装","type":"company","phone":"0574 6000 0001"}"#),
        ]
        for (plural, json) in asked {
            let found = try await bureau.check(plural, json, as: bureau.chen).found
            #expect(found.map(\.object) == ["lead"] && found.first?.record?.id == lead, "\(plural)")
            // A colleague learns whose it is, and no more.
            let masked = try await bureau.check(plural, json, as: bureau.lin).found.first
            #expect(masked?.record == nil && masked?.score == nil && masked?.owner == "陈", "\(plural)")
        }
        try await bureau.engine.database.write { connection in
            _ = try connection.run("UPDATE lead SET status = 'converted' WHERE id = \(lead)")
        }
        for (plural, json) in asked {
            #expect(try await bureau.check(plural, json, as: bureau.chen).found.isEmpty, "\(plural)")
        }
    }

    @Test func `a search over the leads finds customers and contacts, and remembers what was said`() async throws {
        let bureau = try await Bureau.open()
        let customer = try await bureau.make("customers", #"{"name":"北京分享科技有限公司"}"#, as: bureau.head)
        let contact = try await bureau.make("contacts", #"{"name":"吕磊","mobile":"13900001234"}"#, as: bureau.head)
        let first = try await bureau.make("leads", #"{"name":"李四","company":"分享科技"}"#, as: bureau.head)
        let second = try await bureau.make("leads", #"{"name":"吕磊","mobile":"13900001234"}"#, as: bureau.head)
        try await bureau.make("leads", #"{"name":"别人","company":"远洋渔业","mobile":"13700000000"}"#, as: bureau.head)
        func search() async throws -> [[RecordID]] {
            _ = try await bureau.engine.startDuplicateRun(of: "leads", as: bureau.head)
            try await bureau.engine.continueDuplicateRun(of: "lead")
            return try await bureau.engine.read(as: bureau.head) { session in
                try session.crossPairs(of: try session.object("leads")).map { [$0.own.id, $0.other.id] }
            }
        }
        #expect(Set(try await search()) == [[first, customer], [second, contact]])
        let hidden = try await bureau.engine.read(as: bureau.chen) { session in
            try session.crossPairs(of: try session.object("leads")).count
        }
        #expect(hidden == 0)
        try await bureau.engine.write(as: bureau.head) { session in
            let (leads, customers) = (try session.object("leads"), try session.object("customers"))
            try session.decideCounterparts(leads, first, against: customers, customer, .different)
        }
        #expect(try await search() == [[second, contact]])
    }

    @Test func `of a key that many records share, each copy is found with bounded work`() async throws {
        let bureau = try await Bureau.open()
        // 600 people at one switchboard, of whom 20 are there twice, and 300 records of one company name.
        try await bureau.engine.write(as: bureau.head) { session in
            let (leads, customers) = (try session.object("leads"), try session.object("customers"))
            for number in 0..<600 {
                let name = "员工\(number)号"
                for _ in 0..<(number < 20 ? 2 : 1) {
                    let json =
                        #"{"name":"\#(name)","phone":"0571-80000001","email":"p\#(number)@kt\#(number).example"}"#
                    _ = try session.create(leads, try JSONReader.parse(json))
                }
            }
            for number in 0..<300 {
                let json = #"{"name":"北京分享科技有限公司","email":"q\#(number)@gmail.com"}"#
                _ = try session.create(customers, try JSONReader.parse(json))
            }
        }
        func pairs(_ plural: String, _ object: String) async throws -> (pairs: [[RecordID]], left: Int64) {
            _ = try await bureau.engine.startDuplicateRun(of: plural, as: bureau.head)
            try await bureau.engine.continueDuplicateRun(of: object)
            return try await bureau.engine.read(as: bureau.head) { session in
                let rows = try session.connection.rows(
                    "SELECT a, b FROM sys_duplicate_pair WHERE object = \(object) AND score >= 80"
                )
                let run = try session.duplicateRuns(of: try session.object(plural)).first
                return (
                    rows.compactMap { row in row.id(0).flatMap { a in row.id(1).map { [a, $0] } } }, run?.tooLarge ?? -1
                )
            }
        }
        let leads = try await pairs("leads", "lead")
        #expect(leads.pairs.count == 20 && leads.left == 0)
        _ = try await bureau.engine.startDuplicateRun(of: "customers", as: bureau.head)
        try await bureau.engine.continueDuplicateRun(of: "customer")
        let groups = try await bureau.engine.read(as: bureau.head) { session in
            try session.connection.rows("SELECT a, b FROM sys_duplicate_pair WHERE object = 'customer'").count
        }
        // One chain holds all of them together: not every two of 300, and none left out.
        #expect(groups == 299)
    }
}
