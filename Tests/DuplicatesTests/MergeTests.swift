import Database
import Duplicates
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

@Suite struct `Merging records` {
    @Test func `keeps every child, share, file and tag, and fills what was empty`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make(
            "customers",
            #"{"name":"北京分享科技有限公司","tags":["vip","北方"],"employees":0}"#,
            as: bureau.head
        )
        let other = try await bureau.make(
            "customers",
            #"{"name":"分享科技","tags":["北方","老客户"],"employees":80,"phone":"010-60000001","code":"K1"}"#,
            as: bureau.head
        )
        let contact = try await bureau.make("contacts", #"{"name":"王芳","customer":"\#(other)"}"#, as: bureau.head)
        for number in 1...30 {
            try await bureau.make(
                "activities",
                #"{"kind":"call","body":"\#(number)","customer":"\#(other)"}"#,
                as: bureau.head
            )
        }
        let about = try await bureau.make(
            "activities",
            #"{"kind":"note","body":"x","about":{"object":"customer","id":"\#(other)"}}"#,
            as: bureau.head
        )
        try await bureau.engine.write(as: bureau.head) { session in
            let customers = try session.object("customers")
            try session.share(customers, other, user: bureau.lin.userID, team: nil, canEdit: true)
            try session.connection.run(
                """
                INSERT INTO sys_file (id, name, size, type, hash, created_at, object, record)
                VALUES (1, 'a', 1, 'text/plain', 'h', 0, 'customer', \(other))
                """
            )
        }
        let outcome = try await bureau.merge("customers", keep, [other], as: bureau.head)
        #expect(outcome.moved.first { $0.object == "activity" }?.count ?? 0 >= 31)
        let record = try await bureau.show("customers", keep, as: bureau.head)
        #expect(record["name"]?.string == "北京分享科技有限公司")
        #expect(record["employees"]?.integer == 0, "nought is a value")
        #expect(record["code"]?.string == "K1")
        #expect(record["tags"]?.array?.compactMap(\.string) == ["vip", "北方", "老客户"])
        #expect(try await bureau.show("contacts", contact, as: bureau.head)["customer"]?["id"]?.string == "\(keep)")
        let shown = try await bureau.show("activities", about, as: bureau.head)
        #expect(shown["about"]?["id"]?.string == "\(keep)")
        // Who was given the other record sees the one that stays.
        #expect(try await bureau.show("customers", keep, as: bureau.lin)["id"]?.string == "\(keep)")
        let file = try await bureau.engine.database.read {
            try $0.value("SELECT record FROM sys_file WHERE id = 1").integer
        }
        #expect(file == keep.raw)
        let into = try await bureau.engine.read(as: bureau.head) { session in
            try session.mergedInto(try session.object("customers"), other)
        }
        #expect(into == keep)
        let history = try await bureau.engine.read(as: bureau.head) { session in
            try session.history(try session.object("customers"), keep)
        }
        #expect(history.contains { $0.record == other && $0.action == "create" }, "history stays readable")
        let refused = await problem {
            try await bureau.engine.write(as: bureau.head) { session in
                _ = try session.restore(try session.object("customers"), other)
            }
        }
        #expect(refused?.code == "merged")
    }

    @Test(arguments: 1...12) func `and taking it back leaves every row of every table as it was`(seed: UInt64)
        async throws
    {
        let bureau = try await Bureau.open()
        var dice = Dice(seed)
        let (customers, contacts) = try await bureau.fill(&dice)
        let before = try await bureau.everything()
        for (plural, all) in [("customers", customers), ("contacts", contacts)] {
            let group = Array(all.shuffled(using: &dice).prefix(Int.random(in: 2...4, using: &dice)))
            var choices: [String: RecordID] = [:]
            for key in ["phone", "email", "tags", "description"] where Bool.random(using: &dice) {
                choices[key] = group.randomElement(using: &dice)
            }
            _ = try await bureau.merge(plural, group[0], Array(group.dropFirst()), choices: choices, as: bureau.head)
        }
        // Merged records can be merged again; the last merge is taken back first.
        let alive = try await bureau.engine.read(as: bureau.head) { session in
            try session.records(try session.object("customers"), customers).map(\.id).sorted()
        }
        #expect(try await bureau.everything() != before)
        #expect(try await bureau.engine.verifyKept() == [])
        var again: RecordID?
        if alive.count > 2 {
            again = alive[1]
            _ = try await bureau.merge("customers", alive[1], [alive[0]], as: bureau.head)
        }
        if let again {
            #expect(try await bureau.unmerge("customers", again, as: bureau.head).kept.isEmpty)
        }
        for (plural, all) in [("contacts", contacts), ("customers", customers)] {
            for id in all {
                let open = try? await bureau.engine.read(as: bureau.head) { session in
                    try session.merges(into: try session.object(plural), id).count
                }
                for _ in 0..<(open ?? 0) {
                    #expect(try await bureau.unmerge(plural, id, as: bureau.head).kept.isEmpty)
                }
            }
        }
        let after = try await bureau.everything()
        for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
        #expect(try await bureau.engine.verifyKept() == [])
    }

    @Test func `moves a thousand activities of customers, and taking it back brings each where it was`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲公司"}"#, as: bureau.head)
        let other = try await bureau.make("customers", #"{"name":"乙公司"}"#, as: bureau.head)
        try await bureau.engine.write(as: bureau.head) { session in
            let activities = try session.object("activities")
            for number in 1...1000 {
                let customer = number % 4 == 0 ? keep : other
                let data = try JSONReader.parse(#"{"kind":"call","body":"通话 \#(number)","customer":"\#(customer)"}"#)
                _ = try session.create(activities, data)
            }
        }
        func numbers() async throws -> [Int64] {
            try await bureau.engine.database.read { connection in
                try [keep, other].map { customer in
                    try connection.value("SELECT count(*) FROM activity WHERE customer = \(customer)").integer ?? 0
                }
            }
        }
        let before = try await bureau.everything()
        #expect(try await numbers() == [250, 750])
        let outcome = try await bureau.merge("customers", keep, [other], as: bureau.head)
        #expect(outcome.moved.first { $0.object == "activity" }?.count == 750)
        #expect(try await numbers() == [1000, 0])
        #expect(try await bureau.unmerge("customers", keep, as: bureau.head).kept == [])
        let after = try await bureau.everything()
        for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
        #expect(try await bureau.engine.verifyKept() == [])
    }

    @Test func `of opportunities keeps one state, and counts the lines of all`() async throws {
        let bureau = try await Bureau.open()
        let product = try await bureau.make("products", #"{"name":"泵"}"#, as: bureau.head)
        func deal(_ name: String, _ quantity: Int) async throws -> RecordID {
            let id = try await bureau.make("opportunities", #"{"name":"\#(name)"}"#, as: bureau.head)
            try await bureau.make(
                "opportunity_lines",
                #"{"product":"\#(product)","opportunity":"\#(id)","quantity":"\#(quantity)","price":{"value":"100","currency":"CNY"}}"#,
                as: bureau.head
            )
            return id
        }
        let (open, lost) = (try await deal("采购一", 1), try await deal("采购二", 2))
        try await bureau.change(
            "opportunities",
            lost,
            #"{"stage":"lost","loss_reason":"price"}"#,
            as: bureau.head
        )
        _ = try await bureau.merge("opportunities", open, [lost], as: bureau.head)
        let merged = try await bureau.show("opportunities", open, as: bureau.head)
        #expect(merged["amount"]?["value"]?.string == "300.00")
        #expect(merged["outcome"]?.string == "open" && merged["loss_reason"]?.isNull == true)
        #expect(merged["closed_on"]?.isNull == true)
        #expect(try await bureau.engine.verifyKept() == [])
        #expect(try await bureau.unmerge("opportunities", open, as: bureau.head).kept == [])
        let back = try await bureau.show("opportunities", open, as: bureau.head)
        #expect(back["amount"]?["value"]?.string == "100.00")
        #expect(try await bureau.engine.verifyKept() == [])
        _ = try await bureau.merge("opportunities", open, [lost], choices: ["stage": lost], as: bureau.head)
        let closed = try await bureau.show("opportunities", open, as: bureau.head)
        #expect(closed["outcome"]?.string == "lost" && closed["loss_reason"]?.string == "price")
        #expect(closed["closed_on"]?.string != nil)
        #expect(try await bureau.engine.verifyKept() == [])
    }

    @Test func `and taking it back keeps what was changed since, and says so`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲","tags":["a"]}"#, as: bureau.head)
        let other = try await bureau.make(
            "customers",
            #"{"name":"乙","phone":"13900001234","email":"b@example.com","tags":["b"]}"#,
            as: bureau.head
        )
        let third = try await bureau.make("customers", #"{"name":"丙"}"#, as: bureau.head)
        let stays = try await bureau.make("contacts", #"{"name":"王","customer":"\#(other)"}"#, as: bureau.head)
        let moves = try await bureau.make("contacts", #"{"name":"李","customer":"\#(other)"}"#, as: bureau.head)
        _ = try await bureau.merge("customers", keep, [other], as: bureau.head)
        try await bureau.change(
            "customers",
            keep,
            #"{"phone":"13900009999","industry":"retail","tags":["a","b","c"]}"#,
            as: bureau.head
        )
        try await bureau.change("contacts", moves, #"{"customer":"\#(third)"}"#, as: bureau.head)
        let new = try await bureau.make("contacts", #"{"name":"新","customer":"\#(keep)"}"#, as: bureau.head)
        let outcome = try await bureau.unmerge("customers", keep, as: bureau.head)
        #expect(
            Set(outcome.kept.map { "\($0.object).\($0.field) \($0.record)" })
                .isSuperset(of: ["customer.phone \(keep)", "contact.customer \(moves)"])
        )
        #expect(outcome.added.contains { $0.object == "contact" && $0.count == 1 })
        let record = try await bureau.show("customers", keep, as: bureau.head)
        #expect(record["phone"]?.string == "+8613900009999", "an edit is never lost")
        #expect(record["email"]?.isNull == true)
        #expect(record["industry"]?.string == "retail")
        #expect(record["tags"]?.array?.compactMap(\.string) == ["a", "c"])
        #expect(try await bureau.show("contacts", stays, as: bureau.head)["customer"]?["id"]?.string == "\(other)")
        #expect(try await bureau.show("contacts", moves, as: bureau.head)["customer"]?["id"]?.string == "\(third)")
        #expect(try await bureau.show("contacts", new, as: bureau.head)["customer"]?["id"]?.string == "\(keep)")
        #expect(try await bureau.show("customers", other, as: bureau.head)["phone"]?.string == "+8613900001234")
    }

    @Test func `takes the value that was chosen, field by field`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲","phone":"13900000001"}"#, as: bureau.head)
        let other = try await bureau.make("customers", #"{"name":"乙","level":null}"#, as: bureau.head)
        _ = try await bureau.merge(
            "customers",
            keep,
            [other],
            choices: ["name": other, "phone": other],
            as: bureau.head
        )
        let record = try await bureau.show("customers", keep, as: bureau.head)
        #expect(record["name"]?.string == "乙")
        #expect(record["phone"]?.isNull == true, "empty was chosen")
    }

    @Test func `takes an address that has a city and no street for a filled one`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let address = #"{"name":"乙","address":{"province":"广东省","city":"深圳市"}}"#
        let other = try await bureau.make("customers", address, as: bureau.head)
        _ = try await bureau.merge("customers", keep, [other], as: bureau.head)
        let record = try await bureau.show("customers", keep, as: bureau.head)
        #expect(record["address"]?["city"]?.string == "深圳市")
    }

    @Test func `never makes a company belong to itself`() async throws {
        let bureau = try await Bureau.open()
        let top = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let middle = try await bureau.make("customers", #"{"name":"乙","parent":"\#(top)"}"#, as: bureau.head)
        let low = try await bureau.make("customers", #"{"name":"丙","parent":"\#(middle)"}"#, as: bureau.head)
        let before = try await bureau.everything()
        _ = try await bureau.merge("customers", low, [top], as: bureau.head)
        #expect(try await bureau.show("customers", low, as: bureau.head)["parent"]?.isNull == true)
        #expect(try await bureau.show("customers", middle, as: bureau.head)["parent"]?["id"]?.string == "\(low)")
        _ = try await bureau.unmerge("customers", low, as: bureau.head)
        let after = try await bureau.everything()
        #expect(after["customer"] == before["customer"])
    }

    @Test func `needs the right to change all and to delete the others`() async throws {
        let bureau = try await Bureau.open()
        let mine = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.chen)
        let hers = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.lin)
        let unseen = await problem { _ = try await bureau.merge("customers", mine, [hers], as: bureau.chen) }
        #expect(unseen?.kind == .notFound, "what may not be seen does not exist")
        try await bureau.engine.write(as: bureau.lin) { session in
            let object = try session.object("customers")
            try session.share(object, hers, user: bureau.chen.userID, team: nil, canEdit: false)
        }
        let read = await problem { _ = try await bureau.merge("customers", mine, [hers], as: bureau.chen) }
        #expect(read?.kind == .forbidden)
        try await bureau.engine.write(as: bureau.lin) { session in
            let object = try session.object("customers")
            try session.share(object, hers, user: bureau.chen.userID, team: nil, canEdit: true)
        }
        // A share lets change, not delete.
        let edit = await problem { _ = try await bureau.merge("customers", mine, [hers], as: bureau.chen) }
        #expect(edit?.kind == .forbidden)
        _ = try await bureau.merge("customers", hers, [mine], as: bureau.head)
        let undo = await problem { _ = try await bureau.unmerge("customers", hers, as: bureau.lin) }
        #expect(undo?.kind == .forbidden, "the other record is not hers to bring back")
        let strange = await problem {
            _ = try await bureau.merge("customers", hers, [hers], as: bureau.head)
        }
        #expect(strange?.kind == .invalid)
    }

    @Test func `a value may be unique to the record that went away`() async throws {
        let bureau = try await Bureau.open()
        let keep = try await bureau.make("customers", #"{"name":"甲"}"#, as: bureau.head)
        let other = try await bureau.make("customers", #"{"name":"乙","code":"K7"}"#, as: bureau.head)
        _ = try await bureau.merge("customers", keep, [other], as: bureau.head)
        #expect(try await bureau.show("customers", keep, as: bureau.head)["code"]?.string == "K7")
        _ = try await bureau.unmerge("customers", keep, as: bureau.head)
        #expect(try await bureau.show("customers", other, as: bureau.head)["code"]?.string == "K7")
        #expect(try await bureau.show("customers", keep, as: bureau.head)["code"]?.isNull == true)
    }
}

/// Numbers that can be thrown again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 ^ state >> 32
    }
}

extension Bureau {
    /// Customers above each other, contacts, activities, leads and shares by chance; some in the recycle bin.
    func fill(_ dice: inout Dice) async throws -> (customers: [RecordID], contacts: [RecordID]) {
        var (customers, contacts): ([RecordID], [RecordID]) = ([], [])
        func maybe(_ json: String) -> String { Bool.random(using: &dice) ? "," + json : "" }
        for number in 1...8 {
            var json = "{\"name\":\"客户\(number)\""
            json += maybe("\"phone\":\"139000010\(number)0\"") + maybe("\"tags\":[\"a\(number % 3)\",\"b\"]")
            json += maybe("\"code\":\"C\(number)\"") + maybe("\"employees\":\(number % 2)")
            json += maybe("\"registered_capital\":\"\(number)00.50\"") + maybe("\"description\":\"备注\(number)\"")
            if let parent = customers.randomElement(using: &dice) { json += maybe("\"parent\":\"\(parent)\"") }
            customers.append(try await make("customers", json + "}", as: head))
        }
        for number in 1...10 {
            var json = "{\"name\":\"联系人\(number)\""
            json += maybe("\"mobile\":\"138000010\(number + 10)\"") + maybe("\"email\":\"c\(number)@example.com\"")
            if let customer = customers.randomElement(using: &dice) { json += maybe("\"customer\":\"\(customer)\"") }
            contacts.append(try await make("contacts", json + "}", as: head))
        }
        for number in 1...25 {
            var json = "{\"kind\":\"note\",\"body\":\"\(number)\""
            if let customer = customers.randomElement(using: &dice) { json += maybe("\"customer\":\"\(customer)\"") }
            if let contact = contacts.randomElement(using: &dice) {
                json += maybe("\"about\":{\"object\":\"contact\",\"id\":\"\(contact)\"}")
            }
            let id = try await make("activities", json + "}", as: head)
            if number % 6 == 0 {
                try await engine.write(as: head) { try $0.delete(try $0.object("activities"), id) }
            }
        }
        let shared = customers.shuffled(using: &dice).prefix(4)
        for (index, id) in shared.enumerated() {
            try await engine.write(as: head) { session in
                let object = try session.object("customers")
                try session.share(object, id, user: self.lin.userID, team: nil, canEdit: index % 2 == 0)
                if index > 1 { try session.share(object, id, user: nil, team: self.lin.teamID, canEdit: false) }
            }
        }
        return (customers, contacts)
    }
}
