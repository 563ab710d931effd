import Database
import Exchange
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Testing
import Values

/// A person with two roles that differ about a field: each role's word holds for the records that it reaches.
@Suite struct DifferingRolesTests {
    private struct Case {
        let company: Company
        let person: Actor
        let own: RecordID
        let other: RecordID
    }

    /// One role reads all customers without their revenue; the other shows and changes it on the person's own.
    private func make() async throws -> Case {
        let company = try await Company.open()
        var wide = Rights()
        wide.objects["customer"] = ObjectRights(everything: .all)
        wide.objects["customer"]?.update = .all
        wide.fields["customer.annual_revenue"] = .hidden
        var narrow = Rights()
        narrow.objects["customer"] = ObjectRights(everything: .own)
        let (identities, roles) = (company.identities, [("wide", wide), ("narrow", narrow)])
        try await company.engine.database.write { connection in
            for (key, rights) in roles {
                _ = try identities.addRole(
                    key: key,
                    label: Label(key, zh: "角色\(key)"),
                    rights: rights,
                    by: .system("setup"),
                    on: connection
                )
            }
        }
        let person = try await company.person("孙平", "sun@example.cn", team: nil, roles: ["wide", "narrow"])
        let id = try #require(person.userID)
        func customer(_ name: String, _ owner: RecordID, _ revenue: String) async throws -> RecordID {
            let json = #"{"name":"\#(name)","owner":"\#(owner)","annual_revenue":"\#(revenue)"}"#
            return try await company.make("customers", json).id
        }
        let stranger = try #require(company.stranger.userID)
        return Case(
            company: company,
            person: person,
            own: try await customer("自己的", id, "111"),
            other: try await customer("别人的", stranger, "222")
        )
    }

    private func revenue(_ world: Case, _ id: RecordID) async throws -> String? {
        try await world.company.show("customers", id, as: world.person)["annual_revenue"]?["value"]?.string
    }

    private func names(_ world: Case, _ adjust: (inout ListQuery) -> Void) async throws -> [String] {
        var query = ListQuery()
        adjust(&query)
        let asked = query
        return try await world.company.engine.read(as: world.person) { session in
            let page = try session.list(try session.object("customers"), asked)
            return page.rows.compactMap { row in page.plan.slot("name").flatMap { row.values($0).first?.text } }
        }
    }

    @Test func `both records are seen, the field only on one's own`() async throws {
        let world = try await make()
        #expect(try await revenue(world, world.own) == "111.00")
        #expect(try await revenue(world, world.other) == nil)
        #expect(try await names(world) { $0.sort = ["name"] }.count == 2)
        let bytes = Mutex<[UInt8]>([])
        try await Export.write(world.company.engine, object: "customers", format: .jsonLines, as: world.person) {
            part in
            bytes.withLock { $0 += part }
        }
        let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
        #expect(text.contains("111.00") && !text.contains("222.00") && text.contains("别人的"))
    }

    @Test func `filter, order, sums and history tell nothing about it`() async throws {
        let world = try await make()
        #expect(try await names(world) { $0.filter = "annual_revenue > 0" } == ["自己的"])
        #expect(try await names(world) { $0.filter = "not (annual_revenue > 1000)" } == ["自己的"])
        #expect(try await names(world) { $0.filter = "annual_revenue is empty" } == [])
        #expect(try await names(world) { $0.filter = "annual_revenue = 222 or name = \"别人的\"" } == [])
        #expect(try await names(world) { $0.filter = "name = \"别人的\"" } == ["别人的"])
        // What is not known sorts like what is empty, whatever it is.
        let (up, down) = (
            try await names(world) { $0.sort = ["annual_revenue"] },
            try await names(world) { $0.sort = ["-annual_revenue"] }
        )
        try await world.company.change("customers", world.other, #"{"annual_revenue":"1"}"#, as: world.company.admin)
        #expect(try await names(world) { $0.sort = ["annual_revenue"] } == up)
        #expect(try await names(world) { $0.sort = ["-annual_revenue"] } == down)
        let sums = try await world.company.engine.read(as: world.person) { session in
            try session.groups(try session.object("customers"), by: ["type"], sum: "annual_revenue").map(\.sum)
        }
        #expect(sums == [11_100])
        for (id, isSeen) in [(world.own, true), (world.other, false)] {
            let changes = try await world.company.engine.read(as: world.person) { session in
                try session.history(try session.object("customers"), id).compactMap(\.changes).joined()
            }
            #expect(changes.contains("annual_revenue") == isSeen && changes.contains("name"))
        }
    }

    @Test func `a linked record's field on which roles differ cannot be asked about`() async throws {
        let world = try await make()
        for text in ["parent.annual_revenue > 0", "sum(customers.annual_revenue) > 0"] {
            let refused = await problem { _ = try await names(world) { $0.filter = text } }
            #expect(refused?.kind == .malformed, "\(text): \(String(describing: refused))")
        }
    }

    @Test func `the field is written only where a role gives that right`() async throws {
        let world = try await make()
        try await world.company.change("customers", world.own, #"{"annual_revenue":"5"}"#, as: world.person)
        let refused = await problem {
            try await world.company.change("customers", world.other, #"{"annual_revenue":"5"}"#, as: world.person)
        }
        #expect(refused?.fields.map(\.code) == ["unknown_field"], "a field that is not seen there does not exist there")
        try await world.company.change("customers", world.other, #"{"level":"a"}"#, as: world.person)
        let made = try await world.company.make("customers", #"{"name":"新","annual_revenue":"7"}"#, as: world.person)
        #expect(try await revenue(world, made.id) == "7.00")
    }

    @Test func `nobody hands out more than one of their roles gives`() async throws {
        let world = try await make()
        var greedy = Rights()
        greedy.objects["customer"] = ObjectRights(everything: .all)
        #expect(!world.person.rights.covers(greedy), "all records with the field is what neither role gives")
        greedy.fields["customer.annual_revenue"] = .hidden
        #expect(world.person.rights.covers(greedy))
        var own = Rights()
        own.objects["customer"] = ObjectRights(everything: .own)
        #expect(world.person.rights.covers(own) && world.person.rights.covers(world.person.rights))
    }

    @Test func `roles that agree about fields are one`() throws {
        var first = Rights()
        first.objects["customer"] = ObjectRights(everything: .own)
        first.fields["customer.level"] = .hidden
        var second = first
        second.objects["customer"] = ObjectRights(everything: .all)
        #expect(first.union(second).parts.isEmpty)
        second.fields = [:]
        #expect(first.union(second).differs("customer", "level"))
        #expect(!first.union(second).union(.all).differs("customer", "level"))
    }
}
