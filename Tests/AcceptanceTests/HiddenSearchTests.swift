import Identity
import Records
import Schema
import Testing
import Values

/// The search box finds nothing by what a person may not read.
@Suite struct HiddenSearchTests {
    private func found(_ text: String, _ company: Company, as actor: Actor) async throws -> (
        names: [String], total: Int64
    ) {
        try await company.engine.read(as: actor) { session in
            let object = try session.object("customers")
            var query = ListQuery()
            query.search = text
            let names = try session.list(object, query).rows.compactMap { row in
                try session.name(of: object.key, row.id)
            }
            return (names, try session.count(object, query))
        }
    }

    private func clerk(_ company: Company, hiding fields: [String]) async throws -> Actor {
        var rights = Rights()
        rights.objects["customer"] = ObjectRights(everything: .all)
        for field in fields { rights.fields["customer.\(field)"] = .hidden }
        let (identities, given) = (company.identities, rights)
        try await company.engine.database.write { connection in
            _ = try identities.addRole(
                key: "clerk",
                label: Label("Clerk", zh: "文员"),
                rights: given,
                by: .system("setup"),
                on: connection
            )
        }
        return try await company.person("周敏", "zhou@example.cn", team: nil, roles: ["clerk"])
    }

    @Test func `a telephone number that is hidden is found by nobody who may not read it`() async throws {
        let company = try await Company.open()
        try await company.make("customers", #"{"name":"华达仪器","phone":"13812345678","email":"info@huada.example.com"}"#)
        let clerk = try await clerk(company, hiding: ["phone"])
        let all = try await found("13812345678", company, as: .system("test"))
        #expect(all.names == ["华达仪器"])
        for text in ["13812345678", "2345", "5678"] {
            let none = try await found(text, company, as: clerk)
            #expect(none.names == [] && none.total == 0)
        }
        let named = try await found("华达", company, as: clerk)
        #expect(named.names == ["华达仪器"] && named.total == 1)
        #expect(try await found("huada", company, as: clerk).total == 1)
    }

    @Test func `other hidden texts take their column of the index along, names stay`() async throws {
        let company = try await Company.open()
        try await company.make("customers", #"{"name":"恒创贸易","phone":"13812345678","email":"boss@secret.example.com"}"#)
        let clerk = try await clerk(company, hiding: ["email"])
        #expect(try await found("secret", company, as: .system("test")).total == 1)
        #expect(try await found("secret", company, as: clerk).total == 0)
        #expect(try await found("13812345678", company, as: clerk).total == 1)
        #expect(try await found("hengchuang", company, as: clerk).total == 1)
    }
}
