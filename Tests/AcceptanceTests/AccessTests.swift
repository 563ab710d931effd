import Database
import Identity
import Records
import SQLText
import Schema
import Testing
import Values

/// AT20: who sees what, on every way to a record. A leak fails, and so does a lock-out.
@Suite struct AccessTests {
    @Test(arguments: AccessMatrix.roles)
    func `every role reaches what it may and nothing else, whatever the way`(role: String) async throws {
        let expected = AccessMatrix.expected(role)
        #expect(expected.count == AccessMatrix.records.count)
        let company = try await Company.open()
        let home = role == "sales_manager" ? company.east : company.shanghai
        let actor = try await company.person("钱进", "qian@example.cn", team: home, roles: role == "none" ? [] : [role])
        var differences: [String] = []
        for (index, record) in AccessMatrix.records.enumerated() {
            let probe = try await ProbedRecord(company: company, actor: actor, record: record, number: index).make()
            let wanted = expected[record] ?? []
            #expect(wanted.count == Probe.ways.count, "\(record): \(wanted.count) of \(Probe.ways.count)")
            for (way, want) in zip(Probe.ways, wanted) {
                if way == "bin" { try await putIntoBin(probe) }
                let outcome = try await probe.outcome(way)
                if outcome.rawValue != want { differences.append("\(record), \(way): \(outcome), expected \(want)") }
            }
            try await company.engine.write(as: .system("clean up")) {
                try $0.purge(try $0.object(probe.plural), probe.id)
            }
        }
        #expect(differences == [])
    }

    private func putIntoBin(_ probe: Probe) async throws {
        try await probe.company.engine.write(as: .system("bin")) { session in
            let object = try session.object(probe.plural)
            let isAlive = try session.connection.value(
                "SELECT 1 FROM \(name: object.key) WHERE id = \(probe.id) AND deleted_at IS NULL"
            )
            if isAlive.integer == 1 { try session.delete(object, probe.id) }
        }
    }

    @Test func `a linked record's name cannot be sorted by`() async throws {
        let company = try await Company.open()
        for way in ["customer.name", "-customer.phone", "owner.email"] {
            let refused = await problem {
                _ = try await company.engine.read(as: company.colleague) { session in
                    var query = ListQuery()
                    query.sort = [way]
                    return try session.list(try session.object("contacts"), query).rows.count
                }
            }
            #expect(refused?.kind == .malformed, "\(way)")
        }
    }

    @Test func `a person with two roles has the rights of both`() async throws {
        let company = try await Company.open()
        let both = try await company.person(
            "孙平",
            "sun@example.cn",
            team: company.shanghai,
            roles: ["salesperson", "service_agent"]
        )
        let other = try await company.make(
            "customers",
            #"{"name":"别组客户","owner":"\#(try #require(company.stranger.userID))"}"#
        )
        let shown = try await company.show("customers", other.id, as: both)
        #expect(shown["name"]?.string == "别组客户")
        let refused = await problem { try await company.change("customers", other.id, #"{"level":"a"}"#, as: both) }
        #expect(refused?.kind == .forbidden)
        let own = try await company.make("customers", #"{"name":"自己的"}"#, as: both)
        try await company.change("customers", own.id, #"{"level":"a"}"#, as: both)
    }

    @Test func `salespeople read products, prices, the lines of their deals and the posts of their contacts`()
        async throws
    {
        let company = try await Company.open()
        let product = try await company.make("products", #"{"name":"阀门","price":"100"}"#)
        let mate = company.colleague
        let customer = try await company.make("customers", #"{"name":"甲"}"#, as: mate)
        let deal = try await company.make("opportunities", #"{"name":"单","customer":"\#(customer.id)"}"#, as: mate)
        try await company.make("contacts", #"{"name":"吴","customer":"\#(customer.id)"}"#, as: mate)
        let line = #"{"opportunity":"\#(deal.id)","product":"\#(product.id)","quantity":2}"#
        let outcome = await problem { try await company.make("opportunity_lines", line, as: mate) }
        #expect(outcome == nil, "a line of one's own deal")
        for plural in ["products", "price_books", "price_book_entries", "opportunity_lines", "contact_roles"] {
            let hidden = await problem {
                _ = try await company.engine.read(as: mate) {
                    try $0.list(try $0.object(plural), ListQuery()).rows.count
                }
            }
            #expect(hidden == nil, "\(plural)")
        }
    }
}
