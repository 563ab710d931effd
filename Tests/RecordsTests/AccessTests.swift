import Identity
import Records
import Schema
import Testing
import Values

@Suite struct AccessTests {
    @Test func `a salesperson sees only her own companies, her team mate those of the team, the head all`() async throws
    {
        let office = try await Office.open()
        try await office.company(#"{"name":"Ada's"}"#, as: office.ada)
        try await office.company(#"{"name":"Bob's"}"#, as: office.bob)
        #expect(try await office.names(as: office.ada) == ["Ada's"])
        #expect(try await office.names(as: office.bob) == ["Bob's"])
        #expect(try await office.names(as: office.mei) == ["Ada's"])
        #expect(try await office.names(as: office.head) == ["Bob's", "Ada's"])
        let denied = await problem { _ = try await office.names(as: office.outsider) }
        #expect(denied?.kind == .notFound)
    }

    @Test func `a record of somebody else is not found by any way`() async throws {
        let office = try await Office.open()
        let bobs = try await office.company(#"{"name":"北方机械","phone":"13800001234"}"#, as: office.bob)
        let ada = office.ada
        var search = ListQuery()
        search.search = "北方"
        #expect(try await office.names("companies", search, as: ada).isEmpty)
        var filter = ListQuery()
        filter.filter = "name contains \"北方\""
        filter.total = true
        #expect(try await office.json("companies", filter, as: ada)["total"]?.integer == 0)
        let id = bobs.id
        for attempt in 0..<6 {
            let outcome = await problem {
                try await office.engine.write(as: ada) { session in
                    let object = try session.object("companies")
                    switch attempt {
                    case 0: _ = try session.find(object, id)
                    case 1: _ = try session.update(object, id, .object([]))
                    case 2: try session.delete(object, id)
                    case 3: _ = try session.history(object, id)
                    case 4: _ = try session.shares(object, id)
                    default: try session.share(object, id, user: ada.userID, team: nil, canEdit: true)
                    }
                }
            }
            #expect(outcome?.kind == .notFound, "way \(attempt)")
        }
        let linked = await problem {
            try await office.make("deals", #"{"name":"x","company":"\#(id)"}"#, as: ada)
        }
        #expect(linked?.fields.first?.code == "unknown_link")
    }

    @Test func `who sees a company sees its deals, and the name of a hidden company is not shown`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"共享"}"#, as: office.ada)
        try await office.engine.write(as: office.ada) { [office] session in
            try session.share(
                try session.object("companies"),
                company.id,
                user: office.bob.userID,
                team: nil,
                canEdit: false
            )
        }
        let deal = try await office.make("deals", #"{"name":"大单","company":"\#(company.id)"}"#, as: office.bob)
        #expect(try await office.names("deals", as: office.ada) == ["大单"])
        try await office.engine.write(as: office.ada) { session in
            let object = try session.object("companies")
            for share in try session.shares(object, company.id) { try session.unshare(object, company.id, share.id) }
        }
        let list = try await office.json("deals", as: office.bob)
        #expect(list["data"]?.array?.first?["company"]?["id"]?.string == company.id.description)
        #expect(list["data"]?.array?.first?["company"]?["name"]?.isNull == true)
        #expect(deal.owner == office.bob.userID)
    }

    @Test func `a share for reading does not allow a change, a share for editing does`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"甲"}"#, as: office.ada)
        for canEdit in [false, true] {
            try await office.engine.write(as: office.ada) { [office] session in
                try session.share(
                    try session.object("companies"),
                    company.id,
                    user: office.bob.userID,
                    team: nil,
                    canEdit: canEdit
                )
            }
            let outcome = await problem {
                try await office.change("companies", company.id, #"{"staff":\#(canEdit ? 2 : 1)}"#, as: office.bob)
            }
            #expect(outcome?.kind == (canEdit ? nil : .forbidden))
        }
    }

    @Test func `a hidden field cannot be read, filtered, sorted or written`() async throws {
        let office = try await Office.open()
        try await office.company(#"{"name":"甲","secret":"geheim"}"#, as: office.ada)
        var ada = office.ada
        ada.rights.fields["company.secret"] = .hidden
        let reader = ada
        #expect(try await office.json("companies", as: reader)["data"]?.array?.first?["secret"] == nil)
        for way in ["filter", "sort", "fields", "write"] {
            let outcome = await problem {
                var query = ListQuery()
                if way == "filter" { query.filter = #"secret starts with "g""# }
                if way == "sort" { query.sort = ["secret"] }
                if way == "fields" { query.fields = ["secret"] }
                if way == "write" { try await office.company(#"{"name":"x","secret":"y"}"#, as: reader) }
                _ = try await office.names("companies", query, as: reader)
            }
            #expect(outcome?.kind == (way == "write" ? .invalid : .malformed), "\(way)")
        }
    }

    @Test func `giving a record away needs the right to it`() async throws {
        let office = try await Office.open()
        let company = try await office.company(#"{"name":"甲"}"#, as: office.ada)
        let bob = try #require(office.bob.userID)
        let refused = await problem {
            try await office.change("companies", company.id, #"{"owner":"\#(bob)"}"#, as: office.ada)
        }
        #expect(refused?.kind == .forbidden)
        try await office.change("companies", company.id, #"{"owner":"\#(bob)"}"#, as: office.head)
        #expect(try await office.names(as: office.bob) == ["甲"])
        #expect(try await office.names(as: office.ada).isEmpty)
    }
}
